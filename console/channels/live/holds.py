"""Who is tried again, and when: recipients that were put off, domains that take no more for a while. Pure; times are ms.

A relay that is *greylisting* (RFC 6647) refuses each sender and recipient once and takes them some minutes later: all are tried,
then all once more. A server that says *too many* wants its whole domain left alone for a while, and everybody else goes on.
Nothing here is kept for good: whoever is put off waits in the ledger.
"""

from __future__ import annotations

import re
from typing import Final

from console.channels.address import domain_of

WAITS: Final = (1, 6, 30, 90)  # times the first pause: 10 s, 1 min, 5 min, 15 min where that is 10 s
IN_A_ROW: Final = 5  # put off at one domain, before all of it is left alone
_FOR_GOOD: Final = 1 << 60
_GREY: Final = re.compile(r"gr[ae]y-?list", re.IGNORECASE)


class _Domain:
    """One domain's run of answers."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.level = 0
        self.until = 0


class Holds:
    """Who is put off until when.

    Args:
        first: ms of the first pause; the others are multiples of it (`WAITS`).

    Attributes:
        put_off: how many recipients wait to be tried again.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._people: dict[int, tuple[int, int, str]] = {}
        self._domains: dict[str, _Domain] = {}

    @property
    def active(self) -> bool:
        """Whether anybody may have to wait."""
        return bool(self._people or self._domains)

    @property
    def put_off(self) -> int:
        """How many were put off, and are to be tried again."""
        return len(self._people)

    def held(self, n: int, address: str, now: int) -> bool:
        """Whether this one must wait."""
        if self._people and (known := self._people.get(n)) is not None and known[1] > now:
            return True
        if not self._domains:
            return False
        domain = self._domains.get(domain_of(address))
        return domain is not None and domain.until > now

    def later(self, n: int, address: str, text: str, now: int) -> bool:
        """The server put this one off; False when that was the last time, and nobody tries it again."""
        tries = self._people[n][0] if n in self._people else 0
        name = domain_of(address)
        if not _GREY.search(text):
            self._domain_says_no(name, now)
        if tries >= len(WAITS):
            self._people.pop(n, None)
            return False
        self._people[n] = (tries + 1, now + self._first * WAITS[tries], name)
        return True

    def answered(self, n: int, address: str) -> None:
        """The server took it, or refused it for good: its domain is well."""
        if self._people:
            self._people.pop(n, None)
        if self._domains and (domain := self._domains.get(domain_of(address))) is not None:
            domain.in_a_row = domain.level = 0

    def next_at(self, now: int) -> int | None:
        """When somebody's pause ends next, in ms; None when nobody waits for that."""
        times = [domain.until for domain in self._domains.values() if now < domain.until < _FOR_GOOD]
        for _, own, name in self._people.values():
            domain = self._domains.get(name)
            until = own if domain is None else max(own, domain.until)
            times += [until] if until < _FOR_GOOD else []
        return min(times, default=None)

    def exhausted(self) -> tuple[str, ...]:
        """The domains that took nothing after the longest pause; they are left alone for good."""
        return tuple(name for name, domain in self._domains.items() if domain.until == _FOR_GOOD)

    def left_alone(self, now: int) -> tuple[str, ...]:
        """The domains that are left alone at this moment."""
        return tuple(name for name, domain in self._domains.items() if domain.until > now)

    def _domain_says_no(self, name: str, now: int) -> None:
        domain = self._domains.setdefault(name, _Domain())
        domain.in_a_row += 1
        if domain.in_a_row < IN_A_ROW or domain.until > now:
            return
        domain.in_a_row = 0
        wait = WAITS[min(domain.level, len(WAITS) - 1)] * self._first
        domain.level += 1
        domain.until = _FOR_GOOD if domain.level > len(WAITS) else now + wait
