"""A recipients' ledger as it is read: who is on it, and what its rows add up to, page by page.

Each row is held against the one before it: nobody is mailed whom an approver did not see on the list.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from typing import TYPE_CHECKING, Final

from console.channels import ledger as lines
from console.channels.protocol import Recipient
from console.engine.proving import beginning, linked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.clock import Clock
    from console.journal.protocol import Journal, Row

ROWS: Final = 128  # read at once; a page of people is some 15 kB
READ_AHEAD: Final = 2_000  # people


class LedgerPages:
    """One ledger, folded as far as it was read; nothing is written here.

    Args:
        journal: an open journal.
        name: the ledger's name in it.
        clock: for the rate; without one it is 0.
    """

    def __init__(self, journal: Journal, name: str, clock: Clock | None = None) -> None:
        self.name = name
        self._journal = journal
        self._clock = clock
        self._tally = lines.Tally()
        self._head = beginning(journal.mode, name, "ledger")
        self._lock = asyncio.Lock()

    async def flush(self) -> None:
        """Return when everything that stands in the file is folded."""
        async with self._lock:
            await self._catch_up()

    async def whole(self) -> bool:
        """Whether a whole list stands under this name."""
        async with self._lock:
            await self._catch_up()
        return self._tally.sealed

    @property
    def sha256(self) -> str:
        """The digest of the list, once it is whole."""
        return self._tally.sha256

    def state(self, n: int) -> int:
        """What became of a recipient, as far as it is durable: one of the states of `channels.ledger`."""
        return self._tally.state(n)

    async def doubts(self) -> AsyncIterator[Recipient]:
        """Everyone of whom we do not know whether the message went out, in order."""
        async for recipient in self.people(lines.MAY_HAVE_IT):
            yield recipient

    async def doubtful(self) -> list[Recipient]:
        """As `doubts`, at once."""
        return [each async for each in self.doubts()]

    async def refused(self) -> list[Recipient]:
        """Everyone whom the server refused, by name."""
        return [each async for each in self.people((lines.REFUSED,))]

    async def reached(self) -> AsyncIterator[str]:
        """Everybody whom the message reached, or may have."""
        async for recipient in self.people((*lines.MAY_HAVE_IT, *lines.HAVE_IT)):
            yield recipient.address

    async def people(self, states: Collection[int] | None = None) -> AsyncIterator[Recipient]:
        """Everybody in these states, or everybody, in order; nobody when no whole list stands here."""
        if not await self.whole():
            return
        await self.flush()
        if states is not None and len(states) == 1:
            async for recipient in self._in_state(next(iter(states))):
                yield recipient
            return
        for first in range(0, self._tally.total, READ_AHEAD):
            if states is not None and all(
                not first <= self._tally.next_in(each, first) < first + READ_AHEAD for each in states
            ):
                continue
            async for recipient in self._between(first, first + READ_AHEAD):
                if states is None or self._tally.state(recipient.n) in states:
                    yield recipient

    async def find(self, addresses: Iterable[str]) -> dict[str, int]:
        """The numbers of these addresses, whatever their capitals; those who are not on the list are left out."""
        wanted = {address.lower() for address in addresses}
        found: dict[str, int] = {}
        async for recipient in self.people():
            if recipient.address.lower() in wanted:
                found[recipient.address.lower()] = recipient.n
        return found

    def standing(self) -> dict[str, int]:
        """As `counts`, of what this process has folded; nothing is read or written."""
        return self._tally.counts()

    def reasons(self) -> dict[str, int]:
        """How many were refused or bounced for which reason, most first; of what this process has folded."""
        return dict(self._tally.reasons.most_common())

    def rate(self) -> int:
        """People a second of whom something final was heard lately; 0 without a clock."""
        return self._tally.rate(self._clock.now().wall) if self._clock is not None else 0

    async def entries(self) -> AsyncIterator[tuple[int, lines.Line]]:
        """Every row that tells or claims, in order, with its number."""
        await self.flush()
        start = -(-self._tally.total // self._tally.page) + 1 if self._tally.page else 0
        while rows := await self._journal.ledger_read(self.name, start, ROWS):
            for row in rows:
                yield row.seq, lines.decode(row.body)
            start = rows[-1].seq + 1

    def _fold(self, rows: Sequence[Row]) -> None:
        """Take rows in, each chained to the one before: nobody is mailed whom an approver did not see on the list."""
        self._head = linked(self.name, rows, self._head, self._tally.rows)
        for row in rows:
            self._tally.fold(row.body)

    async def _catch_up(self) -> None:
        while rows := await self._journal.ledger_read(self.name, self._tally.rows, ROWS):
            self._fold(rows)

    async def _in_state(self, state: int) -> AsyncIterator[Recipient]:
        """Recipients in this state, read in pages by key; memory stays that of a few pages."""
        n = self._tally.next_in(state, 0)
        while n >= 0:
            end = n + READ_AHEAD
            async for recipient in self._between(n, end):
                if self._tally.state(recipient.n) == state:
                    yield recipient
            n = self._tally.next_in(state, end)

    async def _between(self, first: int, end: int) -> AsyncIterator[Recipient]:
        """Recipients from number `first` to before `end`, whatever became of them."""
        end = min(end, self._tally.total)
        size = self._tally.page or 1
        rows = await self._journal.ledger_read(
            self.name, first // size, (end - 1) // size - first // size + 1
        )
        for row in rows:
            for n, address in enumerate(lines.decode(row.body).listed, row.seq * size):
                if first <= n < end:
                    yield Recipient(n, address)
