"""An incident in a terminal, on the screen or in plain lines, over a real session whose clock a test turns through a file.

`python -m support_tui_app MODE FOLDER OFFICER [FACE [SCENARIO]]`: opens an incident (or goes on with the one in FOLDER) and
shows it in FACE, `screen` or `linear`.
Each line that is appended to FOLDER/turn is a number of milliseconds by which the clock is turned.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from support_incident import T0, shipped

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.drill.practice import open_practice, resume_practice
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.journal.sqlite import SqliteJournal
from console.linear import Descriptor, ask_opening, run_linear
from console.places import Beside, Places
from console.playbook.scenario import load_scenario
from console.tui.app import run_incident, run_opening
from console.tui.seat import Beforehand
from console.tui.widgets.contacts import Contact
from console.vault.practice import PracticeVault

SEED = 4  # a night on which the first notice goes out, and nobody hears what became of the second
MODEL = "press-channels-misused"
CONTACTS = (
    Contact("Approver", "A. Lindqvist", "020 7946 0101", "M. Brandt", "1 July"),
    Contact("IT on call", "Okafor", "020 7946 0102"),
)


def read(path: Path) -> list[str]:
    """The turns asked for so far."""
    return path.read_text().split() if path.exists() else []


async def turned(clock: TurnedClock, path: Path) -> None:
    """Turn the clock as the file grows."""
    done = 0
    while True:
        lines = read(path)
        for line in lines[done:]:
            clock.turn(int(line))
        done = len(lines)
        await asyncio.sleep(0.02)


async def asked(playbook, officer: str, folder: Path, clock: TurnedClock, face: str):
    """What is asked before a live incident stands."""
    if face == "linear":
        return await ask_opening(
            playbook,
            officer=officer,
            stdin=Descriptor(),
            stdout=sys.stdout,
            practice=False,
            clock=clock,
            zone="Europe/London",
        )
    known = Beforehand(officer, ("Reid", "Shah"), "Europe/London")
    return await run_opening(playbook, known, practice=False, state=folder, clock=clock)


async def live(folder: Path, officer: str, clock: TurnedClock, face: str) -> None:
    """A live incident: channels by hand, codes from a practice vault."""
    async with await SqliteJournal.open(folder / "live.sqlite3", "live") as journal:
        vault = PracticeVault(7)
        keeper = Gatekeeper(journal, vault, clock, "desk")
        names = await journal.streams()
        back = any(name.startswith("L-") for name in names)
        if not back:
            playbook = shipped(MODEL).playbook
            opening = await asked(playbook, officer, folder, clock, face)
            if opening is None:
                return
            officer = opening.officer
            await keeper.enrol(officer, ["officer"])
            for name in ("Lindqvist", "Brandt"):
                await keeper.enrol(name, ["approver"])
            made = Opening(
                by=opening.officer,
                loaded=shipped(MODEL),
                mode="live",
                zone="Europe/London",
                answers=opening.answers,
                fields={"account.handle": "@ExamplePolice"},
            )
            incident = await open_incident(journal, made, clock.now())
        else:
            incident = next(name for name in names if name.startswith("L-"))
            vault = PracticeVault(7, (await keeper.house()).officers)
            keeper = Gatekeeper(journal, vault, clock, "desk")
        channels = manual_channels(shipped(MODEL).playbook.channels)
        session = await Session.resume(journal, incident, clock=clock, channels=channels, gatekeeper=keeper)
        await session.claim_orphans()
        (folder / "codes").write_text(
            "\n".join(
                f"{name} {vault.code_for(name, clock.now().wall)}" for name in (await keeper.house()).officers
            )
        )
        await show(session, Conductor(session), officer, None, folder, back=back, face=face)


async def practice(folder: Path, officer: str, clock: TurnedClock, face: str, scenario: str) -> None:
    """A drill with its world."""
    async with await SqliteJournal.open(folder / "practice.sqlite3", "practice") as journal:
        names = [name for name in await journal.streams() if name.startswith("D-")]
        if names:
            session, conductor, world = await resume_practice(journal, names[0], clock=clock)
        else:
            made = load_scenario(scenario, Beside(Places.here().shelf()))
            session, conductor, world = await open_practice(
                journal,
                made.scenario,
                made.loaded,
                officer=officer,
                clock=clock,
                seed=SEED,
                source=made.source,
                zone="Europe/London",
            )
        await show(session, conductor, officer, world, folder, back=bool(names), face=face)


async def show(session, conductor, officer, world, folder, *, back, face):
    """The face, and how it was left."""
    if face == "linear":
        await run_linear(
            session,
            conductor,
            officer,
            stdin=Descriptor(),
            stdout=sys.stdout,
            drill=world,
            contacts=CONTACTS,
        )
        await conductor.stop()
        print("ENDING left")
        return
    ending = await run_incident(
        session, conductor, officer, state=folder, contacts=CONTACTS, drill=world, back=back
    )
    await conductor.stop()
    print("ENDING", ending.what, ending.target)


async def main(
    mode: str, folder: Path, officer: str, face: str = "screen", scenario: str = "met-night-stream"
) -> None:
    """Show it until it is left."""
    clock = TurnedClock(T0, 1_000)
    turning = asyncio.create_task(turned(clock, folder / "turn"))
    try:
        if mode == "live":
            await live(folder, officer, clock, face)
        else:
            await practice(folder, officer, clock, face, scenario)
    finally:
        turning.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
