"""What is known of one way into an account."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

HOW: Final = ("ended", "changed", "issued", "kept", "found")
DONE, OPEN, SKIPPED = "done", "open", "skipped"


class AccessChange(Struct, frozen=True):
    """What an act did to one way in: `how` is one of `HOW`; `detail` what else is known of it."""

    what: str
    how: str
    detail: str = ""


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
