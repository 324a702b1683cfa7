"""The incident screen between its first line and its footer, at every size. A function of (state, now, officer, fingers)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from console.incident.board import Board
from console.incident.events import AnyEvent
from console.incident.outcome import what_came_of
from console.incident.state import State
from console.tui.views import box as boxes
from console.tui.views import head, records, steps, voices
from console.tui.views.box import Drawn, Looking
from console.tui.views.lay import Row, beside, cut, ends, wrap

WIDE: Final = (110, 34)
NORMAL: Final = (75, 21)
LEAST: Final = (55, 16)
LEFT: Final = 58
LEAST_LIST: Final = 3
SAID: Final = 2
MOST_SAID: Final = 4
MOST_OWN: Final = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """What a screen knows besides the record: the newest events, what is wrong with keeping it, what the channels wait for.

    `whys` tells of channels that are not watched why.
    """

    recent: Iterable[tuple[int, AnyEvent]] = ()
    poisoned: str = ""
    unchecked: bool = False
    notes: tuple[str, ...] = ()
    whys: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """The rows, and what the mouse or a text box needs to know of them.

    Attributes:
        rows: exactly as many as were asked for.
        typed_at: (row, column, width) of the line that is being typed.
        answers: by row, the spans of the numbered answers.
        keys: by row, the list's key.
    """

    rows: list[Row] = field(default_factory=list)
    typed_at: tuple[int, int, int] | None = None
    answers: dict[int, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        """More rows below."""
        self.rows += rows

    def add_box(self, drawn: Drawn, column: int = 0) -> None:
        """The box below what stands there, `column` cells in."""
        top = len(self.rows)
        if drawn.typed_at is not None:
            row, at, width = drawn.typed_at
            self.typed_at = (top + row, at + column, width)
        for place, spans in drawn.answers.items():
            self.answers[top + place] = tuple((a + column, b + column, n) for a, b, n in spans)


def page(
    state: State, board: Board, looking: Looking, width: int, height: int, extra: Beside | None = None
) -> Page:
    """The whole body, exactly `height` rows of at most `width` cells."""
    extra = extra or Beside()
    if width < LEAST[0] or height < LEAST[1]:
        made = _too_small(board, width)
    elif width >= WIDE[0] and height >= WIDE[1]:
        made = _wide(state, board, looking, width, height, extra)
    elif width >= NORMAL[0] and height >= NORMAL[1]:
        made = _normal(state, board, looking, width, height, extra)
    else:
        made = _small(state, board, looking, width, height, extra)
    made.rows = [*made.rows, *([("",)] * (height - len(made.rows)))][:height]
    if looking.typing == "note":
        made.typed_at = next(
            ((place, 2, width - 2) for place, row in enumerate(made.rows) if row[0] == ("> ", "strong")), None
        )
    return made


def go_of(state: State, step: str) -> tuple[str, ...]:
    """The answers of a step that lead elsewhere."""
    found = state.playbook.step(step)
    return tuple(found.go) if found is not None else ()


def _alarms(board: Board, width: int, extra: Beside) -> list[Row]:
    return head.alarm_rows(
        board,
        width,
        poisoned=extra.poisoned,
        unchecked=extra.unchecked,
        notes=extra.notes,
        whys=extra.whys,
    )


def _box(state: State, board: Board, looking: Looking, width: int, height: int) -> Drawn:
    if board.box is None:
        words = board.ended or "No step is left to do. Close the incident with ^P close."
        return Drawn([cut(((words, "strong"),), width)])
    return boxes.draw(board, board.box, looking, go_of(state, board.box.step), width, height)


def _rule(width: int) -> Row:
    return (("-" * width, "muted"),)


def _normal(state: State, board: Board, looking: Looking, width: int, height: int, extra: Beside) -> Page:
    made = Page()
    viewed = steps.phase_of(looking.cursor) if looking.cursor else _current(board)
    made.add([head.status_row(board, width)])
    made.add(_alarms(board, width, extra))
    made.add([head.phases_row(board, viewed, width), _rule(width)])
    phase = next((each for each in board.phases if each.id == viewed), None)
    lines = steps.phase_lines(phase, looking.unfolded, width - 1) if phase is not None else []
    message = _message(state, looking, width)
    tail = 2 + max(len(message), SAID)  # room is kept for it, so that the box stays where it is
    room = height - len(made.rows) - tail
    drawn = _box(state, board, looking, width, room - min(len(lines), LEAST_LIST))
    _add_lines(
        made, board, looking, steps.window(lines, _cursor(board, looking), room - len(drawn.rows)), width
    )
    made.add_box(drawn)
    made.add(drawn.rows)
    spare = height - len(made.rows) - 2
    made.add([_next_row(board, looking, width)])
    made.add(message or records.last_rows(extra.recent, state, spare, width))
    made.rows = [*made.rows, *([("",)] * (height - 1 - len(made.rows)))][: height - 1]
    made.add([_saved_row(state, board, width)])
    return made


def _small(state: State, board: Board, looking: Looking, width: int, height: int, extra: Beside) -> Page:
    made = Page()
    made.add(_alarms(board, width, extra))
    made.add(head.status_rows(board, width))
    message = _message(state, looking, width)
    drawn = _box(state, board, looking, width, height - len(made.rows) - 1 - len(message))
    if looking.cursor:
        lines = [
            line for phase in board.phases for line in steps.phase_lines(phase, looking.unfolded, width - 1)
        ]
        _add_lines(made, board, looking, steps.window(lines, looking.cursor, 3), width)
        drawn = _box(state, board, looking, width, height - len(made.rows) - 1 - len(message))
    made.add_box(drawn)
    made.add(drawn.rows)
    made.add(message)
    made.rows = [*made.rows, *([("",)] * (height - 1 - len(made.rows)))][: height - 1]
    made.add([_saved_row(state, board, width)])
    return made


def _wide(state: State, board: Board, looking: Looking, width: int, height: int, extra: Beside) -> Page:
    made = Page()
    cursor = _cursor(board, looking)
    viewed = steps.phase_of(cursor)
    made.add([head.status_row(board, width)])
    made.add(_alarms(board, width, extra))
    made.add([head.phases_row(board, viewed, width), _rule(width)])
    right = width - LEFT - 3
    message = _message(state, looking, width)
    low = 9
    tall = height - len(made.rows) - low - 3 - max(len(message), 1)
    drawn = _box(state, board, looking, right, tall)
    lines = list(steps.all_lines(board, viewed, looking.unfolded, LEFT - 1))
    chosen = steps.window(lines, cursor, tall)
    for place, line in enumerate(chosen):
        if line.key:
            made.keys[len(made.rows) + place] = line.key
    here = board.box.step if board.box is not None else ""
    left = [
        steps.marked(line, cursor=bool(line.key) and line.key == cursor, here=line.key == here, width=LEFT)
        for line in chosen
    ]
    made.add_box(drawn, LEFT + 3)
    made.add(beside(left, [*drawn.rows, *[("",)] * (tall - len(drawn.rows))], (LEFT, right), " | "))
    made.add([_rule(width)])
    made.add(beside(_low_left(state, board, low), _log(state, extra, right, low), (LEFT, right), " | "))
    made.add([_rule(width), *(message or [_next_row(board, looking, width)])])
    made.rows = [*made.rows, *([("",)] * (height - 1 - len(made.rows)))][: height - 1]
    made.add([_saved_row(state, board, width)])
    return made


def _low_left(state: State, board: Board, height: int) -> list[Row]:
    numbers = {row.step: row.number for phase in board.phases for row in phase.rows}
    people = records.people_rows(state, board.officer, numbers, LEFT)
    rows: list[Row] = [(("CHANNELS", "head"), ("                    last false item", "muted"))]
    rows += records.channel_rows(state, LEFT)[: height - 3]
    rows.append((("PEOPLE", "head"),))
    return [*rows, *people][:height]


def _log(state: State, extra: Beside, width: int, height: int) -> list[Row]:
    rows: list[Row] = [(("LOG", "head"), ("  newest first; l opens it", "muted"))]
    return rows + records.last_rows(extra.recent, state, height - 1, width)


def _add_lines(made: Page, board: Board, looking: Looking, lines: list[steps.Line], width: int) -> None:
    cursor = _cursor(board, looking)
    here = board.box.step if board.box is not None else ""
    for line in lines:
        if line.key:
            made.keys[len(made.rows)] = line.key
        on = bool(line.key) and line.key == cursor
        made.rows.append(steps.marked(line, cursor=on, here=line.key == here, width=width))


def _cursor(board: Board, looking: Looking) -> str:
    return looking.cursor or (board.box.step if board.box is not None else "")


def _current(board: Board) -> str:
    if board.box is not None:
        return steps.phase_of(board.box.step)
    return board.phases[0].id if board.phases else ""


def _message(state: State, looking: Looking, width: int) -> list[Row]:
    if looking.typing == "note":
        note: list[Row] = [(("Note. Enter writes it down, Esc goes back.", "strong"),), (("> ", "strong"),)]
        return [*voices.rows(looking.voices, width, MOST_SAID - len(note)), *note]
    came = what_came_of(state, looking.following, looking.going) if looking.following else ""
    said = (came, *looking.message) if came else looking.message
    own = [_line(line) for line in voices.shared(said, width, MOST_OWN)]
    return [*voices.rows(looking.voices, width, max(MOST_SAID - len(own), 1)), *own]


def _line(words: str) -> Row:
    return ((words, "late"),)


def _next_row(board: Board, looking: Looking, width: int) -> Row:
    shut = next((f"nothing yet: {each.title} {each.shut}" for each in board.phases if each.shut), "")
    debrief = f"the debrief: incident report {board.incident} --debrief"
    row: Row = (("Next ", "muted"), debrief if board.ended else board.next or shut or "nothing more")
    besides = [f"Waiting: {'; '.join(board.waiting)}"] if board.waiting else []
    besides += [f"Mailing: {looking.going}"] if looking.going else []
    return ends(row, (("  ".join(besides), "info"),) if besides else (), width)


def _saved_row(state: State, board: Board, width: int) -> Row:
    undo: Row = ((f"u takes back {board.undoes}", "muted"),) if board.can_undo and width >= NORMAL[0] else ()
    last = records.numbered(board.last, state) or "opened"
    return ends((("Saved. ", "done"), ("Last: ", "muted"), last), undo, width)


def _too_small(board: Board, width: int) -> Page:
    made = Page()
    resume = f"incident resume {board.incident} --linear"
    step = f"NOW {board.box.number} {board.box.do}" if board.box is not None else ""
    stands = [f"{board.late} late, NOTICE" if board.late else "NOTICE"]
    stands[0] += f" {board.notice}"
    if board.update:
        stands.append(f"UPDATE {board.update.partition(' in ')[0]}")
    stands += [head.unwatched_words(board)] if board.unwatched else []
    small = "This window is too small. Make it larger, or leave with q and type:"
    text = "\n".join(part for part in (step, *stands, small, resume) if part)
    made.add([((line, "strong"),) for line in wrap(text, max(width, 8))])
    return made
