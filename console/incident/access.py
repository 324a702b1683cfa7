"""What is known of one way into an account."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from console.text import counted

HOW: Final = ("ended", "changed", "issued", "kept", "found")
MOST: Final = 300  # lines that one act adds: whoever was in there may have made thousands of ways in
LONGEST: Final = 300  # characters of what others called a way in
DONE, OPEN, SKIPPED = "done", "open", "skipped"


class AccessChange(Struct, frozen=True):
    """What an act did to one way in: `how` is one of `HOW`; `detail` what else is known of it."""

    what: str
    how: str
    detail: str = ""


def bounded(changes: tuple[AccessChange, ...]) -> tuple[AccessChange, ...]:
    """What one act did, as far as the record takes it; of very many the first, and how many more of each sort."""
    kept = [AccessChange(_cut(each.what), each.how, _cut(each.detail)) for each in changes[: MOST - len(HOW)]]
    rest = [each.how for each in changes[MOST - len(HOW) :]]
    more = [
        AccessChange(counted(rest.count(how), "more way in", "more ways in"), how)
        for how in HOW
        if how in rest
    ]
    return (*kept, *more)


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."


class AccessLine(Struct, frozen=True, kw_only=True):
    """One line of the ledger.

    Attributes:
        how: one of `HOW`; `done`, `open` or `skipped` where a step tells of it.
        said: what was seen, in words.
        at: wall ms; 0 while it is open.
        verified: whether the console saw from outside that it is so; `proof` is what it saw.
        step: the step that tells of it.
    """

    channel: str
    what: str
    how: str
    said: str = ""
    by: str = ""
    at: int = 0
    verified: bool = False
    proof: str = ""
    step: str = ""
