"""A condition's text to tokens, each with its offset."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<name>[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)?)
    |(?P<duration>[0-9]{1,6}[smh](?![a-z0-9-]))
    |(?P<number>-?[0-9]{1,12}(?![a-z0-9-]))
    |(?P<quoted>"[^"]*"|'[^']*')
    |(?P<sign>==|!=|<=|>=|<|>|\(|\)|,|\|)
    """,
    re.VERBOSE,
)
# What other languages write, and what is written here.
_FOREIGN: Final = {
    "=": "==",
    "&&": "and",
    "&": "and",
    "||": "or, or | in needs",
    "!": "not",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
}


class Token(Struct, frozen=True):
    """One token: `kind` is name, duration, number, quoted, sign, word (and, or, not, in) or end."""

    kind: str
    text: str
    start: int
    end: int


class Trouble(Exception):
    """A condition that cannot be read on. It never leaves this room: parse.py turns it into findings."""

    def __init__(self, code: str, start: int, end: int, message: str, hint: str = "", note: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(code, start, end, message, hint, note)


class Problem(Struct, frozen=True):
    """What is wrong with a condition, by offset."""

    code: str
    start: int
    end: int
    message: str
    hint: str = ""
    note: str = ""


def tokens(text: str) -> list[Token]:
    """Every token, the end last.

    Raises:
        Trouble: a character begins no token.
    """
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _trouble(text, at)
        kind = match.lastgroup or ""
        if kind == "name" and match[0] in ("and", "or", "not", "in"):
            kind = "word"
        if kind == "sign" and match[0] == "|" and text.startswith("||", at):
            raise _trouble(text, at)
        if kind != "space":
            found.append(Token(kind, match[0], at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(text), len(text) + 1)]


def _trouble(text: str, at: int) -> Trouble:
    for foreign in sorted(_FOREIGN, key=len, reverse=True):
        if text.startswith(foreign, at):
            end = at + len(foreign)
            return Trouble("PB040", at, end, f'"{foreign}" is not used here', f"write {_FOREIGN[foreign]}")
    run = re.compile(r"[^\s(),|]+").match(text, at)
    end = run.end() if run else at + 1
    said = text[at:end]
    if said[0] in "\"'":
        return Trouble("PB040", at, end, "this quote is never closed", "close it")
    lower = said.casefold()
    if re.fullmatch(r"[0-9]+[a-z]+", said):
        return Trouble(
            "PB040", at, end, f'"{said[:40]}" is no length of time', "write a number with s, m or h, as 15m"
        )
    hint = f"write {lower}" if lower != said and re.fullmatch(r"[a-z][a-z0-9/-]*", lower) else ""
    return Trouble("PB040", at, end, f'"{said[:40]}" cannot stand in a condition', hint)
