"""Choosing the face that fits this terminal, and sitting an officer down in front of it."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from console.cli.saying import out, say
from console.cli.seat import run
from console.places import Places, mode_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.playbook.model import Playbook
    from console.settings import Settings

CHECKED_FIRST: Final = 1_000  # entries that are walked before the first screen: some milliseconds


def plain_face(environ: Mapping[str, str] | None = None, *, asked: bool = False) -> bool:
    """Whether the plain face is wanted: asked for, ACCESSIBLE set, a dumb terminal, or none at all."""
    env = os.environ if environ is None else environ
    accessible = env.get("ACCESSIBLE", "").lower() not in ("", "0", "false", "no")
    dumb = env.get("TERM", "dumb") in ("", "dumb", "unknown")
    return asked or accessible or dumb or not (sys.stdin.isatty() and sys.stdout.isatty())


def sit(incident: str, officer: str, *, linear: bool) -> None:
    """Show an incident until the officer leaves it. The id alone decides whether it is live or practice."""
    from console.clock import SystemClock
    from console.presence import present, who_is_present

    places = Places.here()
    for each in who_is_present(places, incident):
        say(
            f"{incident} is running already on this machine: {each.officer}, process {each.pid}. Both stay in step."
        )
    with present(places, incident, officer, SystemClock().now().wall):
        work = (
            _live(incident, officer, linear=linear)
            if mode_of(incident) == "live"
            else _drill(incident, officer, linear=linear)
        )
        run(work, screen=not linear)


async def _live(incident: str, officer: str, *, linear: bool) -> None:
    from console.cli.unlocking import LATER_LINES, LATER_SCREEN, AtTheDoor
    from console.prover import prover
    from console.wiring import live_session, person_to_ask, somebody_is_asked

    places = Places.here()
    door = AtTheDoor(LATER_LINES if linear else LATER_SCREEN)
    ask = door.ask if person_to_ask() is not None else None
    # Where nobody is asked, the screen comes first and has the vault opened behind it.
    now = linear or somebody_is_asked(places)
    rooms = live_session(places, incident, ask=ask, vault_now=now, again=door.again)
    async with rooms as (session, conductor):
        session.prove = prover(places.database("live"), "live")
        await session.claim_orphans()
        await show(session, conductor, officer, None, linear=linear)


async def _drill(incident: str, officer: str, *, linear: bool) -> None:
    from console.clock import SystemClock
    from console.drill.practice import resume_practice
    from console.journal.sqlite import SqliteJournal
    from console.prover import prover

    path = Places.here().database("practice")
    async with await SqliteJournal.open(path, "practice") as journal:
        session, conductor, world = await resume_practice(journal, incident, clock=SystemClock())
        session.prove = prover(path, "practice")
        try:
            await show(session, conductor, officer, world, linear=linear)
        finally:
            await conductor.stop()


async def show(
    session: Session, conductor: Conductor, officer: str, world: World | None, *, linear: bool
) -> None:
    """Run the face that fits, and keep the folded state for whoever opens it next."""
    from console.cli.seat import keep
    from console.errors import JournalError

    settings = machine_settings()
    try:
        if linear:
            await _linear(session, conductor, officer, world, settings)
        else:
            await _screen(session, conductor, officer, world, settings)
    finally:
        if not session.poisoned:
            with suppress(JournalError):
                await keep(session.journal, session.state)


def machine_settings() -> Settings:
    """This machine's settings; what is wrong with them is said, and stops nobody."""
    from console import settings as machine

    settings, trouble = machine.usable(Places.here().settings_file)
    if trouble:
        say(trouble)
    return settings


async def _linear(
    session: Session, conductor: Conductor, officer: str, world: World | None, settings: Settings
) -> None:
    from console.linear import Descriptor, run_linear

    checking = asyncio.create_task(session.verify_prefix(), name="verify the record")
    try:
        if session.state.seq <= CHECKED_FIRST:
            await checking
        await run_linear(
            session,
            conductor,
            officer,
            stdin=Descriptor(),
            stdout=sys.stdout,
            drill=world,
            contacts=settings.contacts,
        )
    finally:
        checking.cancel()
        await asyncio.gather(checking, return_exceptions=True)


async def _screen(
    session: Session, conductor: Conductor, officer: str, world: World | None, settings: Settings
) -> None:
    from console.tui.app import run_incident

    ending = await run_incident(
        session,
        conductor,
        officer,
        state=Places.here().state,
        contacts=settings.contacts,
        drill=world,
        known=known_officers() if session.state.live else (),
        back=bool(session.state.steps),
    )
    if ending.what == "real":
        say("The drill is over. To open the same playbook for real:")
        out(ending.target)


def known_officers() -> tuple[str, ...]:
    """Names of the live officers of this machine; none when the record cannot be read."""
    from console.errors import ConsoleError
    from console.home import officers_here

    try:
        return tuple(each.name for each in officers_here(Places.here()))
    except ConsoleError:
        return ()


async def asked(
    playbook: Playbook, officer: str, zone: str, *, practice: bool, linear: bool, brief: str = ""
) -> tuple[str, dict[str, str]]:
    """Who opens it and the opening answers, asked for in the face that fits, before anything stands.

    Raises:
        click.Abort: the officer went back; nothing was opened.
    """
    import click

    from console.clock import SystemClock

    if linear:
        from console.linear import Descriptor, ask_opening
        from console.linear.talk import Gone

        try:
            said = await ask_opening(
                playbook,
                officer=officer,
                stdin=Descriptor(),
                stdout=sys.stdout,
                practice=practice,
                clock=SystemClock(),
                zone=zone,
                brief=brief,
            )
        except Gone:
            raise click.Abort from None
        return said.officer, said.answers
    from console.tui.app import run_opening
    from console.tui.seat import Beforehand

    opening = await run_opening(
        playbook,
        Beforehand(officer, () if practice else known_officers(), zone, brief),
        practice=practice,
        state=Places.here().state,
        clock=SystemClock(),
        contacts=machine_settings().contacts,
    )
    if opening is None:
        raise click.Abort
    return opening.officer, opening.answers


def again(*arguments: str) -> Any:
    """Begin another verb in this process's place: live and practice never share one."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "console", *arguments])  # noqa: S606 - our own interpreter and module, no shell
