"""The plain face of one incident: for screen readers, dead terminals and scripts. It decides nothing."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from console.errors import ConsoleError
from console.incident import commands as c
from console.linear import answering
from console.linear.asides import debrief_lines
from console.linear.face import Face
from console.linear.moves import find, help_lines
from console.linear.opening import ask_who
from console.linear.page import GO_ON
from console.linear.talk import Gone, Talk
from console.linear.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.incident.board import Board
    from console.linear.lines import Lines
    from console.report.brief import Contact

STEP: Final = re.compile(r"\d{1,2}\.\d{1,2}", re.ASCII)
NUMBER: Final = re.compile(r"\d{1,2}", re.ASCII)
HELP: Final = ("?", "m", "help", "moves")


async def run_linear(
    session: Session,
    conductor: Conductor,
    officer: str,
    *,
    stdin: Lines,
    stdout: TextIO,
    drill: World | None = None,
    contacts: Sequence[Contact] = (),
) -> None:
    """Walk an officer through an incident in plain lines, until it is closed, they leave, or the input ends.

    Args:
        session: the incident.
        conductor: what carries out its acts; the caller stops it afterwards.
        officer: who acts; asked for when empty.
        stdin: typed lines.
        stdout: where lines go.
        drill: a drill's world; None for a live incident.
        contacts: the machine's contacts.
    """
    talk = Talk(stdin, stdout, "LIVE" if session.state.live else "DRILL")
    try:
        name = officer or await ask_who(talk)
        face = Face(session, conductor, name, talk, drill=drill, contacts=contacts)
        await _stay(face)
    except Gone:
        return


async def _stay(face: Face) -> None:
    watch = Watch(face)
    beats: asyncio.Task[None] | None = None
    try:
        await _come_in(face)
        await watch.beat()
        beats = asyncio.create_task(watch.run(), name="beat")
        while not face.leaving:
            await _one(face, watch)
            if beats.done():
                beats.result()
    finally:
        watch.close()
        if beats is not None:
            beats.cancel()
            await asyncio.gather(beats, return_exceptions=True)


async def _one(face: Face, watch: Watch) -> None:
    """One prompt and what is typed at it."""
    was_open = face.state.end is None
    try:
        await face.look_into_doubts()
    except ConsoleError as error:
        face.talk.sorry(error)
    face.talk.catch_up()
    face.show_step()
    try:
        await face.tell_shown()
    except ConsoleError as error:
        face.talk.sorry(error)
    board = face.board()
    line = await face.talk.ask(prompt_of(board), main=True)
    try:
        await take(face, line)
    except ConsoleError as error:
        face.talk.sorry(error)
    if not face.leaving:
        await watch.beat()
    if was_open and face.state.end is not None:
        face.talk.head(face.board().ended)
        face.talk.say(*await debrief_lines(face))
        face.leaving = True


async def take(face: Face, line: str) -> None:
    """Do what a typed line says. Enter alone never sends; it goes on only where nothing is asked."""
    box = face.box()
    if not line and (box is None or (box.stage in GO_ON and face.same_step(box))):
        await answering.go_next(face, "")
        return
    if not line:
        face.talk.say("Enter alone does nothing. A number answers, ? shows all moves.")
        return
    if line.casefold() in HELP:
        face.talk.say(*help_lines(practice=not face.state.live, ended=face.state.end is not None))
        return
    if NUMBER.fullmatch(line):
        await answering.digit(face, int(line))
        return
    if STEP.fullmatch(line):
        await answering.go_to(face, line)
        return
    move, rest = find(line)
    if move is None:
        face.talk.say(f"{line} is no move. ? shows all moves. n writes a note.")
        return
    if move.word == "steps" and rest:
        await answering.go_to(face, rest)
        return
    await move.handler(face, rest)


async def _come_in(face: Face) -> None:
    """Say where this is and what happened meanwhile, and take part."""
    board, state = face.board(), face.state
    face.talk.head(f"{state.incident}, {state.playbook.title}. You are {face.officer}. {state.lead} leads.")
    if face.drill is not None:
        face.talk.say("EXERCISE. Nothing here reaches the world. real: this is real.")
        if face.drill.scenario.brief and not state.steps:
            face.talk.say(face.drill.scenario.brief)
    if not face.session.prefix_verified:
        face.talk.say("The beginning of the record is not verified yet.")
    if state.steps and board.away and state.end is None:
        face.talk.say(board.away)
    elif state.playbook.memory and state.end is None:
        face.talk.say("Do these at once, with no tool:", *state.playbook.memory)
    if state.end is None:
        face.talk.say("A number answers. ? shows all moves. q leaves, and the incident goes on.")
    if state.end is None and face.officer not in state.officers:
        await face.session.do(c.Join(by=face.officer))


def prompt_of(board: Board) -> str:
    """The prompt at the current step."""
    if board.ended:
        return "closed"
    return board.box.number if board.box is not None else "no step now"
