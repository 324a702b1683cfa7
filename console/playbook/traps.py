"""The YAML parser's own traps, in words that name the cure.

The parser says what it did not find; an author wants to know what to type. Positions come in 0-based as the parser
gives them and go out 1-based.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from console.playbook.findings import Place

QUOTE: Final = "put quotes here"
_NO_SPACE: Final = re.compile(r"^(\s*(?:- )?[a-z][a-z0-9-]*:)\S")
_VALUE: Final = re.compile(r"^\s*(?:- )*(?:[\w-]+:\s+)?")


class Stop(Struct, frozen=True):
    """Where the parser stopped and what it said: 0-based places, -1 when there is no context."""

    problem: str
    context: str
    line: int
    col: int
    context_line: int
    context_col: int


Said = tuple[Place, str, str]


def explain(stop: Stop, lines: Sequence[str]) -> Said:
    """The place, what is wrong, and the cure."""
    line = lines[stop.line] if stop.line < len(lines) else ""
    trap = _Trap(stop, lines, line, line[stop.col : stop.col + 1])
    for needle, teller in _TELLERS:
        if needle in stop.problem:
            return teller(trap)
    return _at(stop, f"this is not YAML: {stop.problem or stop.context or 'the parser stops here'}", "")


class _Trap(Struct, frozen=True):
    """Where the parser stopped, with the file's lines, the line it stopped in, and the character there."""

    stop: Stop
    lines: Sequence[str]
    line: str
    char: str

    @property
    def context(self) -> str:
        """The line in which that began which the parser could not end."""
        at = self.stop.context_line
        return self.lines[at] if 0 <= at < len(self.lines) else ""


def _at(stop: Stop, message: str, hint: str) -> Said:
    return Place(stop.line + 1, stop.col + 1, stop.col + 2), message, hint


def _open(stop: Stop, message: str, hint: str) -> Said:
    place = Place(stop.context_line + 1, stop.context_col + 1, stop.context_col + 2)
    return place, message, hint


def _value(stop: Stop, line: str) -> Place:
    """The whole value that holds the problem, from the key's colon to the end of the line."""
    match = _VALUE.match(line)
    start = match.end() if match and match.end() <= stop.col else stop.col
    return Place(stop.line + 1, start + 1, 0)


def _token(trap: _Trap) -> Said:
    stop, line = trap.stop, trap.line
    if "\t" in line[: stop.col + 1]:
        col = line.index("\t") + 1
        return Place(stop.line + 1, col, col + 1), "a tab; YAML is indented with spaces", "use spaces here"
    return _value(stop, line), f'a text cannot begin with "{trap.char}"', QUOTE


def _colon(trap: _Trap) -> Said:
    stop, line = trap.stop, trap.line
    above = trap.lines[stop.line - 1] if stop.line else ""
    squeezed = _NO_SPACE.match(above)
    first = line[: stop.col].strip().lstrip("- ")
    if ":" not in first and squeezed:
        col = squeezed.end(1)
        return Place(stop.line, col, col + 1), "no space after the colon", "put a space after this colon"
    if ": " not in line[: stop.col] and above.strip():
        start = len(line) - len(line.lstrip()) + 1
        message = "this line is indented as if it went on from the line above"
        return Place(stop.line + 1, start, stop.col + 1), message, "align it with its neighbours"
    return _value(stop, line), "a colon and a space inside a text", QUOTE


def _no_colon(trap: _Trap) -> Said:
    stop = trap.stop
    squeezed = _NO_SPACE.match(trap.context)
    if squeezed:
        col = squeezed.end(1)
        return (
            Place(stop.context_line + 1, col, col + 1),
            "no space after the colon",
            "put a space after this colon",
        )
    place = Place(stop.context_line + 1, stop.context_col + 1, 0)
    return (
        place,
        "neither a key with its value, nor a list",
        "write `key: value`, or indent it under the text above",
    )


def _flow(trap: _Trap) -> Said:
    stop, line, char = trap.stop, trap.line, trap.char
    bracket = trap.context[stop.context_col : stop.context_col + 1]
    if stop.line != stop.context_line or char in "]}":
        return _open(stop, f'this "{bracket}" is never closed', "close it on the same line")
    start = max(
        line.rfind(sign, 0, stop.col) + width for sign, width in ((",", 1), ("[", 1), ("{", 1), (": ", 2))
    )
    start += len(line[start : stop.col]) - len(line[start : stop.col].lstrip())
    end = next((at for at in range(stop.col, len(line)) if line[at] in ",]}"), len(line))
    what = {":": "a colon inside a text", "{": "a brace inside a text", "?": "a question mark inside a text"}
    message = what.get(char, "a text goes on after its end") + f', between "{bracket}" and its end'
    return Place(stop.line + 1, start + 1, max(end, start + 1) + 1), message, QUOTE


def _left_over(trap: _Trap) -> Said:
    stop, line, char = trap.stop, trap.line, trap.char
    before = line[: stop.col].rstrip()
    if before.endswith("}}") or "{{" in before:
        return _value(stop, line), "a text that begins with {{ needs quotes", QUOTE
    for quote in ('"', "'"):
        opened = _opened_above(stop.line, before, quote, trap.lines)
        if opened is not None:
            return opened, "this quote is never closed", "close it"
    if before.endswith(("'", '"')):
        return (
            _value(stop, line),
            "a text goes on after its closing quote",
            "put the whole text in one pair of quotes",
        )
    if char in "]}":
        return _at(stop, f'a stray "{char}"', f"delete it, or {QUOTE}")
    if not before and line.strip():
        message = "this line does not line up with the ones above"
        start = len(line) - len(line.lstrip()) + 1
        return Place(stop.line + 1, start, 0), message, "align it with its neighbours"
    return _value(stop, line), "the parser cannot read on here", QUOTE


def _opened_above(line: int, before: str, quote: str, lines: Sequence[str]) -> Place | None:
    """Where a quote was opened that the one on this line closes by mistake."""
    if not before.endswith(quote) or before.count(quote) % 2 == 0:
        return None
    for above in range(line - 1, -1, -1):
        if lines[above].count(quote) % 2:
            col = lines[above].rindex(quote) + 1
            return Place(above + 1, col, col + 1)
    return None


def _unclosed(trap: _Trap) -> Said:
    return _open(
        trap.stop, "this quote is never closed", "close it, or put the whole text in the other kind of quotes"
    )


def _list(trap: _Trap) -> Said:
    return _at(trap.stop, "a list cannot begin on this line", f"{QUOTE}, or begin the list on its own line")


def _escape(trap: _Trap) -> Said:
    return _at(trap.stop, "a backslash in double quotes begins an escape", "use single quotes here")


def _block(trap: _Trap) -> Said:
    return _open(trap.stop, "a text that begins with > or | needs quotes", QUOTE)


def _stray(trap: _Trap) -> Said:
    return _at(trap.stop, f'a stray "{trap.char}"', f"delete it, or {QUOTE}")


# What the parser says, and who tells it to a person; the first that fits.
_TELLERS: Final[tuple[tuple[str, Callable[[_Trap], Said]], ...]] = (
    ("cannot start any token", _token),
    ("tab character", _token),
    ("mapping values are not allowed", _colon),
    ("unexpected end of stream", _unclosed),
    ("expected ',' or", _flow),
    ("block sequence entries", _list),
    ("could not find expected ':'", _no_colon),
    ("unknown escape", _escape),
    ("comment or line break", _block),
    ("expected node content", _stray),
    ("did not find expected", _left_over),
)
