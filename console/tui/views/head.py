"""The top of the incident screen: who and when, what is known of the false posts, where in the playbook."""

from __future__ import annotations

from typing import Final

from console.incident.board import Board, PhaseView
from console.incident.moment import MINUTE
from console.text import cells, visible
from console.tui.text import Part
from console.tui.views.lay import Row, cut, ends, size

NARROW: Final = 76


def banner(board: Board, clock: str, width: int) -> tuple[list[str], str]:
    """What stands on the first line after LIVE or DRILL: left, cut from its end, and right, kept whole."""
    if width < NARROW:
        since = "" if board.since_first is None else f"{max(board.since_first, 0) // MINUTE} min"
        return [board.incident], "  ".join(part for part in (board.officer, since, clock[:5]) if part)
    return [board.incident, board.title], "  ".join(
        part for part in (board.officer, since_words(board), clock) if part
    )


def since_words(board: Board) -> str:
    """`14 min since first false post`, as far as it is known."""
    if board.since_first is None:
        return "no false post timed"
    return f"{max(board.since_first, 0) // MINUTE} min since first false post"


def status_row(board: Board, width: int) -> Row:
    """The stream of false posts, the public notice, the next update."""
    sent = board.notice.startswith("sent")
    late = "LATE" in board.update
    parts: list[Part] = [
        ("STREAM ", "muted"),
        (board.stream, "late" if board.stream.startswith("still") else "plain"),
        (" | NOTICE ", "muted"),
        (board.notice, "done" if sent else "late"),
    ]
    if not board.update:
        return cut(tuple(parts), width)
    row: Row = ()
    for words in (board.update, board.update.partition(" in ")[0]):
        row = (*parts, (" | UPDATE ", "muted"), (words, "late" if late else "plain"))
        if size(row) <= width:
            break
    return cut(row, width)


def alarm_rows(board: Board, width: int, *, poisoned: str = "", unchecked: bool = False) -> list[Row]:
    """What must not be missed: a record that cannot be written, an alarm, an older part not yet checked."""
    rows: list[Row] = []
    if poisoned:
        rows += [
            cut(
                (
                    (
                        "THE RECORD CANNOT BE WRITTEN. Every gate is shut; nothing goes out from here.",
                        "danger",
                    ),
                ),
                width,
            ),
            cut((("Leave with q, free the disk, then: incident resume. " + poisoned, "danger"),), width),
        ]
    if board.ended:
        rows.append(cut(((board.ended, "strong"),), width))
    if unchecked:
        rows.append(cut((("The older part of the record is still being checked.", "muted"),), width))
    return rows


def phases_row(board: Board, viewed: str, width: int) -> Row:
    """All phases in order; the one looked at in capitals, its neighbours with their counts as far as there is room."""
    late: Row = ((f"{board.late} late", "late"),) if board.late else ()
    room = width - (size(late) + 2 if late else 0)
    place = next((i for i, phase in enumerate(board.phases) if phase.id == viewed), 0)
    full = {place}
    shut: set[bool] = set()  # the sides on which the next one had no room
    for each in sorted(range(len(board.phases)), key=lambda i: (abs(i - place), i < place)):
        if (each < place) in shut or each == place:
            continue
        if _length(board.phases, {*full, each}) > room:
            shut.add(each < place)
        else:
            full.add(each)
    parts: list[Part] = []
    for i, phase in enumerate(board.phases):
        if parts:
            parts.append((" > ", "muted"))
        parts.append(_phase(phase, here=i == place, full=i in full))
    return ends(tuple(parts), late, width)


def _phase(phase: PhaseView, *, here: bool, full: bool) -> Part:
    title = visible(phase.title)
    if here:
        return (f"{phase.number} {title.upper()} {_count(phase)}", "strong")
    done = phase.total > 0 and phase.done == phase.total
    if not full:
        return (f"{phase.number}{'x' if done else ''}", "muted")
    return (f"{phase.number} {title} {_count(phase)}", "muted" if done or phase.shut else "plain")


def _count(phase: PhaseView) -> str:
    if not phase.total:
        return "[-]"
    return "[x]" if phase.done == phase.total else f"{phase.done}/{phase.total}"


def _length(phases: tuple[PhaseView, ...], full: set[int]) -> int:
    texts = []
    for i, phase in enumerate(phases):
        part = _phase(phase, here=False, full=i in full)
        texts.append(part if isinstance(part, str) else part[0])
    return cells(" > ".join(texts))
