"""What a verb tells after a move, and how an incident is shown in plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.printed import command
from console.cli.saying import data, out
from console.incident.answered import told_after
from console.incident.events import Answered
from console.incident.moment import hhmm, spell
from console.incident.narrate import words_of
from console.incident.sizes import size_words
from console.incident.wordings import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.cli.seat import Seat
    from console.incident.board import Board
    from console.incident.board_box import Box
    from console.incident.events import AnyEvent


def told(seat: Seat, events: Sequence[AnyEvent], *, as_json: bool) -> None:
    """Say what happened and what is next, in lines or as JSON."""
    board = seat.session.board(seat.officer)
    if as_json:
        more = {"next": next_of(board), "late": board.late, "doubts": list(board.doubts)}
        data({**moved(seat, events), "told": list(_told_of(seat, events)), **more})
        return
    out(banner(board))
    zone = zone_of(seat.state)
    for event in events:
        words = words_of(event, seat.state)
        if words:
            out(f"{hhmm(event.at, zone)} {event.by or 'console'} {words}", lines=False)
    for line in _told_of(seat, events):
        out(line, lines=False)
    if not events:
        out("Nothing changed: it stands like that already.")
    for line in where(board):
        out(line, lines=False)


def _told_of(seat: Seat, events: Sequence[AnyEvent]) -> Iterable[str]:
    """What an officer must hear of the answers among the events, besides that they are written down."""
    for event in events:
        if isinstance(event, Answered):
            yield from told_after(seat.state, event.step)


def moved(seat: Seat, events: Sequence[AnyEvent]) -> dict[str, Any]:
    """The events as plain data: what kind, and what it says in words."""
    import msgspec

    return {
        "id": seat.state.incident,
        "mode": seat.state.mode,
        "seq": seat.state.seq,
        "events": [{**msgspec.to_builtins(event), "said": words_of(event, seat.state)} for event in events],
    }


def next_of(board: Board) -> dict[str, Any] | None:
    """The step under this officer's cursor."""
    box = board.box
    if box is None:
        return None
    return {
        "step": box.step,
        "number": box.number,
        "do": box.do,
        "stage": box.stage,
        "critical": box.critical,
    }


def banner(board: Board) -> str:
    """The first line of everything: which mode, which incident."""
    since = (
        f"  {spell(board.since_first)} since the first false post" if board.since_first is not None else ""
    )
    return f"{'LIVE' if board.live else 'DRILL'}  {board.incident}  {board.title}  {board.clock}{since}"


def where(board: Board) -> list[str]:
    """Where the officer stands: the end, doubts, ways out, the next step."""
    if board.ended:
        return [board.ended]
    by = board.officer
    lines = [
        f"We do not know if it went out: {step}. To look: {command('resolve', board.incident, step, by=by)}"
        for step in board.doubts
    ]
    lines += [
        f"WAY OUT {way.number} {way.words}: {command('way-out', board.incident, way.go, by=by)}"
        for way in board.ways
    ]
    if board.late:
        lines.append(f"{board.late} late")
    if board.box is not None:
        lines.append(f"Now  {board.box.number} {board.box.do}  ({board.box.step}){_stage(board.box)}")
    if board.next:
        lines.append(f"Next {board.next}")
    return lines


_STAGES = {
    "shut": "not open yet",
    "needs": "waits for another step",
    "gate": "needs a code",
    "send": "may go",
    "running": "on its way",
    "hands": "do it by hand, then answer",
    "doubt": "we do not know if it went out",
    "interrupted": "stopped in the middle",
    "checking": "the console looks by itself",
    "settled": "settled",
}


def _stage(box: Box) -> str:
    words = _STAGES.get(box.stage, "")
    return f": {words}" if words else ""


def shown(board: Board) -> list[str]:
    """A whole board in plain lines, one fact a line."""
    lines = [
        banner(board),
        f"STREAM {board.stream} | NOTICE {board.notice}"
        + (f" | UPDATE {board.update}" if board.update else ""),
        *(f"NOT WATCHING {each.removeprefix('not watching ')}" for each in board.unwatched),
        f"Items {board.items}, saved {board.items_saved}, still there {board.items_left}",
    ]
    for phase in board.phases:
        shut = f"  {phase.shut}" if phase.shut else ""
        lines.append(f"{phase.number} {phase.title} {phase.done}/{phase.total}{shut}")
        for row in phase.rows:
            here = ">" if row.here else " "
            critical = "  CRITICAL" if row.critical else ""
            note = f"  {row.note}" if row.note else ""
            lines.append(f" {here}{row.mark} {row.number} {row.do}  ({row.step}){note}{critical}")
    lines += [f"Waiting: {each}" for each in board.waiting]
    if board.last:
        lines.append(f"Last {board.last}")
    return lines + where(board)


def boxed(box: Box, kinds: Iterable[str] = ()) -> list[str]:
    """One step in plain lines, with all that an officer needs to do it; `kinds` are those of the channels it speaks on."""
    lines = [f"{box.number} {box.do}  ({box.step}){_stage(box)}{'  CRITICAL' if box.critical else ''}"]
    lines += [f"Due {box.due}" + (f", {spell(box.late)} late" if box.late else "")] if box.due else []
    lines += [f"Why  {box.why}"] if box.why else []
    lines += [f"How  {move}" for move in box.how]
    lines += [f"Link {box.link}"] if box.link else []
    lines += [f"By   {box.by}"] if box.by else []
    lines += [f"Waits for {each}" for each in box.waits]
    lines += [line for each in box.addresses for line in each.lines()]
    lines += [f"Needs {want}" for want in box.wants]
    lines += [f"Text {part}: {words}" for part, words in (box.text.parts if box.text is not None else ())]
    if box.text is not None:
        lines.append(f"Length: {size_words(box.text.text, kinds)}")
    lines += [f"To go on, type: {box.confirm}"] if box.confirm else []
    lines += [f"By hand: {move}" for move in box.guide]
    if box.asked is not None:
        lines.append(f"? {box.asked.prompt}")
        lines += [f"  {place} {each.words}  ({each.slug})" for place, each in enumerate(box.asked.choices, 1)]
    lines += [f"Known: {box.tells}"] if box.tells else []
    return lines
