"""The list of steps: one phase of it on a small screen, all of it on a large one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from console.incident.board import Board, PhaseView
from console.incident.board import Row as StepRow
from console.incident.moment import spell
from console.text import cells, counted, fit, visible
from console.tui.text import Tone
from console.tui.views.lay import Row, cut

FOLDED: Final = "#folded"
_TONES: Final[dict[str, Tone]] = {
    "[x]": "done",
    "[!]": "late",
    "[?]": "danger",
    "[W]": "info",
    "[~]": "info",
    "[-]": "muted",
    "[D]": "muted",
    "[O]": "muted",
}
LEAST_DO: Final = 34
MOST_NOTE: Final = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list; `key` is the step's full name, `FOLDED` and the phase, or empty for a heading."""

    key: str
    row: Row


def keys(board: Board, *, unfolded: frozenset[str]) -> list[str]:
    """What the cursor can stand on, in order, through all phases."""
    return [line.key for phase in board.phases for line in phase_lines(phase, unfolded, 80) if line.key]


def phase_of(key: str) -> str:
    """The phase of a row's key."""
    return key.removeprefix(FOLDED).partition("/")[0]


def phase_lines(phase: PhaseView, unfolded: frozenset[str], width: int) -> list[Line]:
    """The rows of one phase; what is not needed folds into one."""
    lines = []
    if phase.shut:
        lines.append(Line("", cut(((f"    {phase.shut}", "muted"),), width)))
    folded = [row for row in phase.rows if row.folded and not row.here]
    shown = [row for row in phase.rows if row not in folded or phase.id in unfolded]
    lines += [Line(row.step, _row(row, width)) for row in shown]
    if folded and phase.id not in unfolded:
        count = counted(len(folded), "step")
        lines.append(
            Line(
                FOLDED + phase.id,
                cut((("[-]", "muted"), (f" {count} not needed so far; Enter shows them", "muted")), width),
            )
        )
    return lines


def _row(row: StepRow, width: int) -> Row:
    """`[!] 3.2 Remove the app   LATE 2m  CRITICAL`, in at most `width` cells."""
    number = f" {row.number} "
    room = width - cells(row.mark + number)
    do = visible(row.do)
    note, tone = _note(row, room - 2 - min(cells(do), LEAST_DO))
    if note and cells(do) + 2 + cells(note) > room:
        note = fit(note, max(room - 2 - cells(do), min(MOST_NOTE, room - 2 - LEAST_DO), 0))
    left = max(room - (cells(note) + 2 if note else 0), 0)
    return (
        (row.mark, _TONES.get(row.mark, "plain")),
        number,
        (fit(do, left, pad=True), "strong" if row.here else "plain"),
        "  " if note else "",
        (note, tone),
    )


def _note(row: StepRow, room: int) -> tuple[str, Tone]:
    """The right-hand words, LATE first; CRITICAL behind what is open, where there is room for it."""
    words = f"LATE {spell(row.late)}" if row.late else visible(row.note)
    tone: Tone = "late" if row.late else "danger" if row.mark == "[?]" else "muted"
    if row.critical and row.mark in ("[ ]", "[!]", "[W]"):
        both = f"{words}  CRITICAL".strip()
        words = both if cells(both) <= room else words
    return words, tone


def marked(line: Line, *, cursor: bool, here: bool, width: int) -> Row:
    """The row with its sign: `>` for the cursor, `*` for the step in the box when the cursor is elsewhere."""
    sign = ">" if cursor else "*" if here else " "
    row = line.row
    if cursor and not here:
        row = tuple((part if isinstance(part, str) else part[0], "inverse") for part in row)
    return cut(((sign, "strong"), *row), width, pad=True)


def window(lines: list[Line], cursor: str, height: int) -> list[Line]:
    """At most `height` lines with the cursor's among them; a first or last line may say how many more there are."""
    if len(lines) <= height:
        return lines
    place = next((i for i, line in enumerate(lines) if line.key == cursor), 0)
    start = max(0, min(place - height // 2, len(lines) - height))
    return lines[start : start + height]


def all_lines(board: Board, viewed: str, unfolded: frozenset[str], width: int) -> Iterator[Line]:
    """Every phase with a heading; its steps where work is, or where the cursor is."""
    for phase in board.phases:
        title = visible(phase.title)
        strong = phase.current or phase.id == viewed
        count = "done" if phase.total and phase.done == phase.total else f"{phase.done} of {phase.total}"
        head: Row = (
            (f" {phase.number} {title.upper() if strong else title}", "strong" if strong else "plain"),
            (f"  {count}", "muted"),
        )
        yield Line("", cut(head, width))
        if strong or (not phase.shut and 0 < phase.done < phase.total):
            yield from phase_lines(phase, unfolded, width)
