"""The recipients' ledger: its lines, and what they add up to. Pure; the journal keeps them, the engine writes them.

Lines are RFC 8785 JSON, one row each:

    {"address": "ann@example.org", "n": 0}                       the list; row n is recipient n, from 0
    {"sealed": 2000, "sha256": "…"}                              the list is whole; nothing is sent before this row
    {"n": 0, "tried": true}                                      written before the message's last byte may leave
    {"code": 250, "n": 0, "outcome": "accepted", "text": "…"}    the server's word

What a recipient may go through:

    waiting ──▶ tried ──▶ accepted | refused      `tried` without an outcome, or with `doubt`, is in doubt for ever
       ▲  └──────▶ refused       (refused before the message could leave)
       └── `later`: the server put it off in so many words, so it was not delivered and may be tried again
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
import rfc8785
from msgspec import Struct

from console.errors import RecordBroken

WAITING: Final = 0
TRIED: Final = 1
ACCEPTED: Final = 2
REFUSED: Final = 3
DOUBT: Final = 4  # tried, and told to be in doubt: whatever is told later, never tried again
STATES: Final = ("waiting", "tried", "accepted", "refused")
MAY_HAVE_IT: Final = (TRIED, DOUBT)
OUTCOMES: Final = ("accepted", "refused", "doubt", "later")
LONGEST_TEXT: Final = 200

_AFTER: Final = {
    ("accepted", TRIED): ACCEPTED,
    ("refused", TRIED): REFUSED,
    ("refused", WAITING): REFUSED,
    ("doubt", TRIED): DOUBT,
    ("accepted", DOUBT): ACCEPTED,
    ("refused", DOUBT): REFUSED,
    ("doubt", DOUBT): DOUBT,
    ("later", DOUBT): DOUBT,
    ("later", TRIED): WAITING,
    ("later", WAITING): WAITING,
}


_NAMES: Final = (*STATES, "in doubt")


class Line(Struct, frozen=True, omit_defaults=True):
    """One row, any of the four forms."""

    n: int = -1
    address: str = ""
    sealed: int = -1
    sha256: str = ""
    tried: bool = False
    outcome: str = ""
    code: int = 0
    text: str = ""


_decoder = msgspec.json.Decoder(Line)


def list_line(n: int, address: str) -> bytes:
    """The row of recipient `n`."""
    return rfc8785.dumps({"n": n, "address": address})


def sealed_line(total: int, sha256: str) -> bytes:
    """The row that says the list is whole: how many, and their digest (`recipients.digest_of`)."""
    return rfc8785.dumps({"sealed": total, "sha256": sha256})


def tried_line(n: int) -> bytes:
    """The row that claims recipient `n`."""
    return rfc8785.dumps({"n": n, "tried": True})


def told_line(n: int, outcome: str, code: int = 0, text: str = "") -> bytes:
    """The row of the server's word on recipient `n`; its text is cut, and made fit for JSON."""
    return rfc8785.dumps({"n": n, "outcome": outcome, "code": code, "text": storable(text)[:LONGEST_TEXT]})


def storable(text: str) -> str:
    """A server's text without the lone surrogates that no canonical JSON can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def decode(raw: bytes) -> Line:
    """The line of stored bytes.

    Raises:
        RecordBroken: the bytes are no line of a ledger.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordBroken(f"A line of the recipients' ledger cannot be read: {error}.") from error


def after_line(before: int, line: Line) -> int | None:
    """The state that a claim or an outcome leads to; None when it cannot follow."""
    if line.tried:
        return TRIED if before == WAITING else None
    return _AFTER.get((line.outcome, before))


class Tally:
    """What the lines add up to: one byte a recipient, and the counts. Fold every row, in order, exactly once.

    Attributes:
        rows: how many rows were folded; the next row's number.
        total: recipients on the list.
        sealed: whether the list is whole; `sha256` is its digest then.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.sealed = False
        self.sha256 = ""
        self._states = bytearray()
        self._counts = [0, 0, 0, 0, 0]
        self._people = hashlib.sha256()

    @property
    def total(self) -> int:
        """Recipients on the list."""
        return len(self._states)

    def state(self, n: int) -> int:
        """WAITING, TRIED, ACCEPTED, REFUSED or DOUBT."""
        return self._states[n]

    def next_in(self, state: int, start: int) -> int:
        """The first recipient from `start` on that is in this state; -1 when there is none."""
        return self._states.find(state, start)

    def counts(self) -> dict[str, int]:
        """How many are `waiting`, `tried` (in doubt), `accepted`, `refused`; and `total`."""
        counts = dict(zip(STATES, self._counts, strict=False))
        counts["tried"] += self._counts[DOUBT]
        return {**counts, "total": self.total}

    def fold(self, raw: bytes) -> Line:
        """Take in the next row.

        Raises:
            RecordBroken: the row cannot follow the ones before it, such as a second claim of one recipient.
        """
        line = decode(raw)
        if line.address:
            self._listed(line)
        elif line.sealed >= 0:
            self._seal(line)
        else:
            self._moved(line)
        self.rows += 1
        return line

    def _listed(self, line: Line) -> None:
        if self.sealed or line.n != self.total:
            raise self._broken("names a recipient out of turn")
        self._people.update(line.address.encode() + b"\n")
        self._states.append(WAITING)
        self._counts[WAITING] += 1

    def _seal(self, line: Line) -> None:
        if self.sealed or line.sealed != self.total or line.sha256 != self._people.hexdigest():
            raise self._broken("seals another list than the one above it")
        self.sealed, self.sha256 = True, line.sha256

    def _moved(self, line: Line) -> None:
        if not self.sealed or not 0 <= line.n < self.total:
            raise self._broken("speaks of nobody on the list")
        before = self._states[line.n]
        after = after_line(before, line)
        if after is None:
            raise self._broken(f"says {line.outcome or 'tried'} of one that is {_NAMES[before]}")
        self._counts[before] -= 1
        self._counts[after] += 1
        self._states[line.n] = after

    def _broken(self, words: str) -> RecordBroken:
        return RecordBroken(f"Line {self.rows} of the recipients' ledger {words}.")
