"""The top of the incident screen: who and when, what is known of the false posts, where in the playbook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from console.incident.board import Board, PhaseView
from console.incident.moment import HOUR, MINUTE, spell
from console.text import cells, visible
from console.tui.text import Part, Tone
from console.tui.theme import WORDS
from console.tui.views.lay import Row, cut, ends, size

NARROW: Final = 76
LONG: Final = 2 * HOUR
MOST_NOTES: Final = 2
NOT_WATCHING: Final = "not watching "
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def banner(board: Board, clock: str, width: int) -> tuple[list[str], str]:
    """What stands on the first line after LIVE or DRILL: left, cut from its end, and right, kept whole.

    A title that does not fit whole says nothing: it is left out, as are words before the numbers they explain.
    """
    word = len(WORDS["live"] if board.live else WORDS["practice"]) + (2 if board.live else 4)
    room = width - word - 4 - cells(visible(board.incident))
    for since in (since_words(board), short_since(board), shortest_since(board)):
        right = "  ".join(
            part for part in (board.officer, since, clock if width >= NARROW else clock[:5]) if part
        )
        if cells(visible(right)) <= room:
            break
    whole = cells(visible(board.title)) + 2 <= room - cells(visible(right))
    return [board.incident, board.title] if whole else [board.incident], right


def since_words(board: Board) -> str:
    """`14 min since first false post`, as far as it is known."""
    minutes = shortest_since(board)
    return f"{minutes} since first false post" if minutes else "no false post timed"


def short_since(board: Board) -> str:
    """`14 min since first`; nothing where none is timed."""
    minutes = shortest_since(board)
    return f"{minutes} since first" if minutes else ""


def shortest_since(board: Board) -> str:
    """`14 min`, in hours from two hours on: a number that nobody can read at a glance is no help."""
    if board.since_first is None:
        return ""
    since = max(board.since_first, 0)
    return f"{since // MINUTE} min" if since < LONG else spell(since)


def status_row(board: Board, width: int) -> Row:
    """The stream of false posts, the public notice, the next update."""
    parts = (*_stream(board), (" | ", "muted"), *_notice(board))
    if not board.update:
        return cut(parts, width)
    row: Row = ()
    for words in (board.update, board.update.partition(" in ")[0]):
        row = (*parts, (" | UPDATE ", "muted"), (words, _update_tone(board)))
        if size(row) <= width:
            break
    return cut(row, width)


def status_rows(board: Board, width: int) -> list[Row]:
    """As `status_row`, in two rows, with how much is late at the end of the first: for a window with no room for phases."""
    late: Row = ((f"{board.late} late", "late"),) if board.late else ()
    first = ends(_stream(board), late, width)
    update: Row = ()
    if board.update:
        words = board.update.partition(" in ")[0]
        update = ((" | UPDATE ", "muted"), (words, _update_tone(board)))
    return [first, cut((*_notice(board), *update), width)]


def _stream(board: Board) -> Row:
    if board.suspects and not board.ended:
        return (("STREAM ", "muted"), (f"{board.stream}: ^P items", "late"))
    return (("STREAM ", "muted"), (board.stream, "late" if board.stream.startswith("still") else "plain"))


def unwatched_row(board: Board, width: int, whys: Mapping[str, str] = NOTHING) -> Row:
    """Where the console does not look, and of one why: all of it as far as there is room, their number where there is not."""
    many = f"{len(board.unwatched)} channels: "
    why = next(iter(whys.values()), "").rstrip(".") if len(board.unwatched) == 1 else ""
    because = (("", f": {why}. Look there yourself."),) if why else ()
    for before, after in (*because, ("", ". Look there yourself."), ("", ""), (many, "")):
        row: Row = ((unwatched_words(board, before) + after, "danger"),)
        if size(row) <= width:
            break
    return cut(row, width)


def unwatched_words(board: Board, before: str = "") -> str:
    """`NOT WATCHING account since 23:31, website since 23:40`."""
    names = ", ".join(line.removeprefix(NOT_WATCHING) for line in board.unwatched)
    return f"{NOT_WATCHING.upper()}{before}{names}"


def _notice(board: Board) -> Row:
    return (("NOTICE ", "muted"), (board.notice, "done" if board.notice.startswith("sent") else "late"))


def _update_tone(board: Board) -> Tone:
    return "late" if "LATE" in board.update else "plain"


def alarm_rows(
    board: Board,
    width: int,
    *,
    poisoned: str = "",
    unchecked: bool = False,
    notes: tuple[str, ...] = (),
    whys: Mapping[str, str] = NOTHING,
) -> list[Row]:
    """What must not be missed: a record that cannot be written, a watch that was lost, what waits for a platform, an older part not yet checked."""
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
    if board.unwatched:
        rows.append(unwatched_row(board, width, whys))
    if board.ended:
        rows.append(cut(((board.ended, "strong"),), width))
    rows += [cut(((each, "info"),), width) for each in notes[:MOST_NOTES]]
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
