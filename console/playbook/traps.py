"""The YAML parser's own traps, in words that name the cure.

The parser says what it did not find; an author wants to know what to type. Positions come in 0-based as the parser
gives them and go out 1-based.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.playbook.findings import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    char = line[stop.col : stop.col + 1]
    problem = stop.problem
    if "cannot start any token" in problem or "tab character" in problem:
        return _token(stop, line, char)
    if "mapping values are not allowed" in problem:
        return _colon(stop, lines, line)
    if "end of stream" in problem and "quoted" in stop.context:
        return _open(
            stop, "this quote is never closed", "close it, or put the whole text in the other kind of quotes"
        )
    if "expected ',' or" in problem:
        return _flow(stop, lines, line, char)
    if "block sequence entries" in problem:
        return _at(stop, "a list cannot begin on this line", f"{QUOTE}, or begin the list on its own line")
    if "unknown escape" in problem:
        return _at(stop, "a backslash in double quotes begins an escape", "use single quotes here")
    if "comment or line break" in problem:
        return _open(stop, "a text that begins with > or | needs quotes", QUOTE)
    if "expected node content" in problem:
        return _at(stop, f'a stray "{char}"', f"delete it, or {QUOTE}")
    if "did not find expected" in problem:
        return _left_over(stop, lines, line, char)
    return _at(stop, f"this is not YAML: {problem or stop.context or 'the parser stops here'}", "")


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


def _token(stop: Stop, line: str, char: str) -> Said:
    if "\t" in line[: stop.col + 1]:
        col = line.index("\t") + 1
        return Place(stop.line + 1, col, col + 1), "a tab; YAML is indented with spaces", "use spaces here"
    return _value(stop, line), f'a text cannot begin with "{char}"', QUOTE


def _colon(stop: Stop, lines: Sequence[str], line: str) -> Said:
    above = lines[stop.line - 1] if stop.line else ""
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


def _flow(stop: Stop, lines: Sequence[str], line: str, char: str) -> Said:
    context = lines[stop.context_line] if 0 <= stop.context_line < len(lines) else ""
    bracket = context[stop.context_col : stop.context_col + 1]
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


def _left_over(stop: Stop, lines: Sequence[str], line: str, char: str) -> Said:
    before = line[: stop.col].rstrip()
    if before.endswith("}}") or "{{" in before:
        return _value(stop, line), "a text that begins with {{ needs quotes", QUOTE
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
    del lines
    return _value(stop, line), "the parser cannot read on here", QUOTE
