"""The face over a real session in this process: SQLite, a practice vault, clocks that are turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from support_incident import MINUTE, T0, shipped
from support_pilot import screen_text, wait_for
from textual.pilot import Pilot

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.drill.practice import open_practice
from console.drill.world import World
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.places import Beside, Places
from console.playbook.scenario import load_scenario
from console.tui.app import IncidentApp
from console.tui.seat import Seat
from console.tui.widgets.contacts import Contact
from console.vault.practice import PracticeVault

MODEL = "press-channels-misused"
LOOK, CALL, VOICE, CUT = "confirm/look", "confirm/call", "pin-ignore-notice/voice", "contain/cut-link"
CONTACTS = (Contact("IT on call", "Okafor", "020 7946 0102", "Shah", "1 July"),)


@dataclass
class Face:
    """One officer's screen, and everything behind it."""

    app: IncidentApp
    session: Session
    conductor: Conductor
    clock: TurnedClock
    fingers: TurnedClock
    vault: PracticeVault
    world: World | None = None
    pilot: Pilot | None = None

    @property
    def text(self) -> str:
        """What the screen shows."""
        return screen_text(self.pilot)

    async def wait(self, until, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - a test's own limit
        """Let the app run until the screen holds the words, or the predicate holds."""
        await wait_for(self.pilot, (lambda: until in self.text) if isinstance(until, str) else until, timeout)

    async def press(self, *keys: str) -> None:
        """Press keys at the pace of fingers, none of which meets a box that has only just changed."""
        for key in keys:
            self.fingers.turn(1_000)
            await self.pilot.press(key)

    async def type(self, words: str) -> None:
        """Type words."""
        await self.press(
            *[
                {
                    " ": "space",
                    ".": "full_stop",
                    "-": "minus",
                    "/": "slash",
                    ":": "colon",
                    "'": "apostrophe",
                }.get(k, k)
                for k in words
            ]
        )

    def code(self, officer: str) -> str:
        """What the officer's app shows."""
        return self.vault.code_for(officer, self.clock.now().wall)

    async def do(self, command) -> None:
        """Make a move from behind the counter."""
        await self.session.do(command)
        await self.pilot.pause()

    async def to(self, step: str, *, by: str = "Reid") -> None:
        """Put that step into the box."""
        await self.do(c.Move(by=by, step=step))
        await self.wait(lambda: self.session.board("Reid").box.step == step)


@asynccontextmanager
async def live_face(
    folder: Path,
    *,
    officer: str = "Reid",
    size: tuple[int, int] = (80, 24),
    back: bool = False,
    before=(),
    loaded=None,
) -> AsyncIterator[Face]:
    """A live incident by hand; `before` are commands carried out before the screen stands."""
    clock, fingers = TurnedClock(T0, 1_000), TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(folder / "live.sqlite3", "live") as journal:
        vault = PracticeVault(7)
        keeper = Gatekeeper(journal, vault, clock, "desk")
        await keeper.enrol("Reid", ["officer"])
        for approver in ("Lindqvist", "Brandt"):
            await keeper.enrol(approver, ["approver"])
        loaded = loaded or shipped(MODEL)
        opening = Opening(
            by="Reid",
            loaded=loaded,
            mode="live",
            zone="Europe/London",
            fields={"account.handle": "@ExamplePolice"},
        )
        incident = await open_incident(journal, opening, clock.now())
        channels = manual_channels(loaded.playbook.channels)
        session = await Session.resume(journal, incident, clock=clock, channels=channels, gatekeeper=keeper)
        for command in before:
            await session.do(command)
        conductor = Conductor(session)
        app = made(session, conductor, folder, officer, fingers, None, back=back)
        async with shown(Face(app, session, conductor, clock, fingers, vault), size) as face:
            yield face
        await conductor.stop()


@asynccontextmanager
async def drill_face(folder: Path, *, size: tuple[int, int] = (80, 24), seed: int = 1) -> AsyncIterator[Face]:
    """A drill of the model case."""
    clock, fingers = TurnedClock(T0, 1_000), TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(folder / "practice.sqlite3", "practice") as journal:
        script = load_scenario("met-night-stream", Beside(Places.here().shelf()))
        session, conductor, world = await open_practice(
            journal,
            script.scenario,
            script.loaded,
            officer="Reid",
            clock=clock,
            seed=seed,
            source=script.source,
            zone="Europe/London",
        )
        app = made(session, conductor, folder, "Reid", fingers, world, back=False)
        vault = PracticeVault(seed, ("Reid", *world.approvers))
        async with shown(Face(app, session, conductor, clock, fingers, vault, world), size) as face:
            yield face
        await conductor.stop()


def made(session, conductor, folder, officer, fingers, world, *, back) -> IncidentApp:
    """The app, on a finger clock of its own."""
    seat = Seat(session, conductor, folder, officer, CONTACTS, world, ("Reid", "Shah"))
    return IncidentApp(seat, state=folder, clock=fingers, contacts=CONTACTS, back=back)


@asynccontextmanager
async def shown(face: Face, size: tuple[int, int]) -> AsyncIterator[Face]:
    """Run the app until the whole screen stands."""
    async with face.app.run_test(size=size) as pilot:
        face.pilot = pilot
        await face.wait(
            lambda: (
                ("Last:" in face.text and "? help" in face.text)
                or "Who are you?" in face.text
                or "too small" in face.text
            )
        )
        yield face
    await face.app.still()


def seen(words: str = "A bogus release", channel: str = "account", **more) -> c.See:
    """A report of a false item."""
    return c.See(
        by="Reid", channel=channel, words=words, link=f"https://example.org/{len(words)}/{channel}", **more
    )


def until(step: str) -> list:
    """The answers that lead to a step early in the model case."""
    answers = [
        c.Answer(by="Reid", step=LOOK, value="false-posts"),
        c.Answer(by="Reid", step=CALL, value="have-it"),
    ]
    return answers[: {LOOK: 0, CALL: 1, VOICE: 2}[step]]


__all__ = [
    "CALL",
    "CUT",
    "LOOK",
    "MINUTE",
    "MODEL",
    "T0",
    "VOICE",
    "Face",
    "drill_face",
    "live_face",
    "seen",
    "until",
]
