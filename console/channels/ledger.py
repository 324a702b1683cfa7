"""The recipients' ledger: its rows, and what they add up to. Pure; the journal keeps them, the engine writes them.

Rows are canonical JSON (RFC 8785). The list comes first, a page of people a row, then a seal, then a row for each commit:

    {"first": 0, "people": ["ann@example.org", …]}       recipients are numbered from 0; every page but the last is as long
    {"sealed": 2000, "sha256": "…"}                      the list is whole; nothing is sent before this row
    {"at": 1563578400000, "told": [["accepted", 250, "2.0.0 Ok", [0, 3]]], "tried": [4, 5]}

`tried` is written before a message's last byte may leave; `told` is the server's word on those tried before, and counts first.
What a recipient may go through:

    waiting ──▶ tried ──▶ accepted ──▶ delivered      `tried` without an outcome, or with `doubt`, is in doubt
       ▲  │       │           └──────────┴──▶ bounced
       │  └───────┴─────▶ refused                     (refused before the message could leave, or after)
       ├── `later`: the server put it off in so many words, so it was not delivered and may be tried again
       └── `again`: an officer, with a second person's code, let one in doubt be tried again

Rows of one recipient each, `{"address": …, "n": 0}`, `{"n": 0, "tried": true}` and `{"code": 250, "n": 0, "outcome":
"accepted", "text": "…"}`, are read as well: version 1 of the console wrote them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from console.errors import RecordBroken

WAITING: Final = 0
TRIED: Final = 1
ACCEPTED: Final = 2
REFUSED: Final = 3
DOUBT: Final = 4  # tried, and told to be in doubt
BOUNCED: Final = 5
DELIVERED: Final = 6
STATES: Final = (
    "waiting",
    "tried",
    "accepted",
    "refused",
    "bounced",
)  # everybody is in exactly one of these counts
MAY_HAVE_IT: Final = (TRIED, DOUBT)
HAVE_IT: Final = (ACCEPTED, DELIVERED, BOUNCED)  # the server took it; nobody of these is ever mailed again
OUTCOMES: Final = ("accepted", "refused", "doubt", "later", "bounced", "delivered", "again")
LONGEST_TEXT: Final = 200
PEOPLE: Final = 500  # on a page of the list
MOST_REASONS: Final = 50
RATE_OVER: Final = 10  # seconds

_NAMES: Final = ("waiting", "tried", "accepted", "refused", "in doubt", "bounced", "delivered")
_HEARD: Final = ("accepted", "refused", "doubt")
_NEVER: Final = 255
_KINDS: Final = len(_NAMES)
_ENHANCED: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")

Group = tuple[str, int, str, tuple[int, ...]]


def _table(moves: dict[int, int]) -> bytes:
    return bytes(moves.get(before, _NEVER) for before in range(_KINDS))


_AFTER: Final = {
    "accepted": _table({TRIED: ACCEPTED, DOUBT: ACCEPTED}),
    "refused": _table({TRIED: REFUSED, WAITING: REFUSED, DOUBT: REFUSED}),
    "doubt": _table({TRIED: DOUBT, DOUBT: DOUBT}),
    "later": _table({TRIED: WAITING, WAITING: WAITING, DOUBT: DOUBT}),
    "bounced": _table({TRIED: BOUNCED, DOUBT: BOUNCED, ACCEPTED: BOUNCED, DELIVERED: BOUNCED}),
    "delivered": _table({TRIED: DELIVERED, DOUBT: DELIVERED, ACCEPTED: DELIVERED}),
    "again": _table({TRIED: WAITING, DOUBT: WAITING}),
    "tried": _table({WAITING: TRIED}),
}


class Line(Struct, frozen=True, omit_defaults=True):
    """One row, any of its forms."""

    first: int = -1
    people: tuple[str, ...] = ()
    sealed: int = -1
    sha256: str = ""
    at: int = 0
    told: tuple[Group, ...] = ()
    tried: bool | tuple[int, ...] = ()
    n: int = -1
    address: str = ""
    outcome: str = ""
    code: int = 0
    text: str = ""

    @property
    def listed(self) -> tuple[str, ...]:
        """The people whom this row puts on the list."""
        return (self.address,) if self.address else self.people

    @property
    def groups(self) -> tuple[Group, ...]:
        """What it tells, whichever form it has."""
        return ((self.outcome, self.code, self.text, (self.n,)),) if self.outcome else self.told

    @property
    def claims(self) -> tuple[int, ...]:
        """Whom it claims, whichever form it has."""
        if isinstance(self.tried, bool):
            return (self.n,) if self.tried else ()
        return self.tried


_decoder = msgspec.json.Decoder(Line)
_encoder = msgspec.json.Encoder(order="sorted")


def page_line(first: int, people: Sequence[str]) -> bytes:
    """The row of a page of the list, whose first recipient is number `first`."""
    return _encoder.encode({"first": first, "people": people})


def sealed_line(total: int, sha256: str) -> bytes:
    """The row that says the list is whole: how many, and their digest (`recipients.digest_of`)."""
    return _encoder.encode({"sealed": total, "sha256": sha256})


def moved_line(at: int, told: Iterable[Group], tried: Sequence[int] = ()) -> bytes:
    """The row of one commit, at a moment in UTC ms; servers' texts as `stored` makes them."""
    groups = list(told)
    return _encoder.encode(
        {"at": at, **({"told": groups} if groups else {}), **({"tried": tried} if tried else {})}
    )


def stored(text: str) -> str:
    """A server's text as a row keeps it: cut, and fit for JSON."""
    return text[:LONGEST_TEXT] if text.isascii() else storable(text)[:LONGEST_TEXT]


def storable(text: str) -> str:
    """A server's text without the lone surrogates that no canonical JSON can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def decode(raw: bytes) -> Line:
    """The line of stored bytes.

    Raises:
        RecordBroken: the bytes are no row of a ledger.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordBroken(f"A line of the recipients' ledger cannot be read: {error}.") from error


def after(before: int, outcome: str) -> int | None:
    """The state that an outcome, or `tried`, leads to; None when it cannot follow."""
    table = _AFTER.get(outcome)
    found = _NEVER if table is None else table[before]
    return None if found == _NEVER else found


def reason_of(code: int, text: str) -> str:
    """What a refusal is counted under: the reply code with the enhanced one of RFC 3463, else the beginning of its words."""
    enhanced = _ENHANCED.match(text)
    words = enhanced.group(1) if enhanced else text.split("<", 1)[0][:40].strip(" :;,")
    return f"{code or ''} {words}".strip() or "no reason given"


class Tally:
    """What the rows add up to: one byte a recipient, and the counts. Fold every row, in order, exactly once.

    Attributes:
        rows: how many rows were folded; the next row's number.
        sealed: whether the list is whole; `sha256` is its digest then.
        page: how many people stand on a page of the list.
        again: how many were let be tried again, by the digest of what an approver agreed to: the text of an `again` row.
        reasons: how many were refused or bounced for which reason (`reason_of`), the rest under `other reasons`.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.sealed = False
        self.sha256 = ""
        self.page = 0
        self.reasons: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self._states = bytearray()
        self._counts = [0] * _KINDS
        self._people = hashlib.sha256()
        self._seconds: deque[tuple[int, int]] = deque(maxlen=RATE_OVER + 1)

    def rate(self, wall: int) -> int:
        """People of whom something final was heard, a second, over the last seconds before that moment (UTC ms)."""
        now = wall // 1000
        heard = [(second, many) for second, many in self._seconds if now - RATE_OVER < second <= now]
        return sum(many for _, many in heard) // (now - heard[0][0] + 1) if heard else 0

    @property
    def total(self) -> int:
        """Recipients on the list."""
        return len(self._states)

    def state(self, n: int) -> int:
        """WAITING, TRIED, ACCEPTED, REFUSED, DOUBT, BOUNCED or DELIVERED."""
        return self._states[n]

    def next_in(self, state: int, start: int) -> int:
        """The first recipient from `start` on that is in this state; -1 when there is none."""
        return self._states.find(state, start)

    def counts(self) -> dict[str, int]:
        """How many are `waiting`, `tried` (in doubt), `accepted`, `refused`, `bounced`; of those accepted `delivered`; `total`."""
        count = self._counts
        return {
            "waiting": count[WAITING],
            "tried": count[TRIED] + count[DOUBT],
            "accepted": count[ACCEPTED] + count[DELIVERED],
            "refused": count[REFUSED],
            "bounced": count[BOUNCED],
            "delivered": count[DELIVERED],
            "total": self.total,
        }

    def fold(self, raw: bytes) -> Line:
        """Take in the next row.

        Raises:
            RecordBroken: the row cannot follow the ones before it, such as a second claim of one recipient.
        """
        line = decode(raw)
        if line.address or line.people:
            self._listed(line)
        elif line.sealed >= 0:
            self._seal(line)
        else:
            self._moved(line)
        self.rows += 1
        return line

    def _listed(self, line: Line) -> None:
        people = line.listed
        first = line.n if line.address else line.first
        if self.sealed or first != self.total or (self.page and self.total % self.page) or not all(people):
            raise self._broken("names a recipient out of turn")
        if self.page and len(people) > self.page:
            raise self._broken("is a longer page than the first")
        self.page = self.page or len(people)
        self._people.update(("\n".join(people) + "\n").encode())
        self._states += bytes(len(people))
        self._counts[WAITING] += len(people)

    def _seal(self, line: Line) -> None:
        if self.sealed or line.sealed != self.total or line.sha256 != self._people.hexdigest():
            raise self._broken("seals another list than the one above it")
        self.sealed, self.sha256 = True, line.sha256

    def _moved(self, line: Line) -> None:
        groups, claims = line.groups, line.claims
        if not self.sealed or not (groups or claims):
            raise self._broken("speaks of nobody on the list")
        heard = 0
        for outcome, code, text, numbers in groups:
            self._move(outcome, numbers)
            if outcome == "again":
                self.again[text] += len(numbers)
            heard += len(numbers) if outcome in _HEARD else 0
            if outcome in ("refused", "bounced"):
                reason = reason_of(code, text)
                known = reason in self.reasons or len(self.reasons) < MOST_REASONS
                self.reasons[reason if known else "other reasons"] += len(numbers)
        if claims:
            self._move("tried", claims)
        if heard and line.at:
            self._count(line.at // 1000, heard)

    def _count(self, second: int, many: int) -> None:
        if self._seconds and self._seconds[-1][0] == second:
            many += self._seconds.pop()[1]
        self._seconds.append((second, many))

    def _move(self, outcome: str, numbers: Sequence[int]) -> None:
        states, counts, total = self._states, self._counts, len(self._states)
        table = _AFTER.get(outcome)
        if table is None:
            raise self._broken("tells what no server can say")
        for n in numbers:
            if not 0 <= n < total:
                raise self._broken("speaks of nobody on the list")
            before = states[n]
            now = table[before]
            if now == _NEVER:
                raise self._broken(f"says {outcome} of one that is {_NAMES[before]}")
            counts[before] -= 1
            counts[now] += 1
            states[n] = now

    def _broken(self, words: str) -> RecordBroken:
        return RecordBroken(f"Line {self.rows} of the recipients' ledger {words}.")
