"""A mass mail's recipients over the journal: every claim durable before a message's last byte may leave.

One process is one writer here too: what comes together is written together, as one row in one commit for all connections, and
a row that somebody else wrote first is read and folded before anything is claimed. A claim by two consoles ends in
`Contended` for the later one, so a recipient is never claimed twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from console.channels import ledger as lines
from console.channels.protocol import Recipient, Told
from console.channels.recipients import digest_of
from console.engine.ledger_pages import LedgerPages
from console.errors import ConsoleError, Contended, JournalBusy, RecordBroken

if TYPE_CHECKING:
    from console.clock import Clock
    from console.journal.protocol import Journal, Row

PAGES: Final = 16  # of people, written at once
MOST_AGAIN: Final = 10_000  # numbers in a row that lets people be tried again
LINGER: Final = 0.05  # seconds an outcome may wait for a claim to ride with


class _Batch:
    """What will be written in one append. Of each outcome: whether this process holds the claim."""

    def __init__(self) -> None:
        self.told: list[tuple[Told, bool]] = []
        self.claims: list[int] = []
        self.task: asyncio.Task[None] | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.told and not self.claims


class JournalLedger(LedgerPages):
    """`protocol.Ledger` over `Journal.ledger_append` and `ledger_read`.

    Args:
        journal: an open journal.
        name: the ledger's name in it.
        clock: gives the moment that stands on each commit; without one, none does.
    """

    def __init__(self, journal: Journal, name: str, clock: Clock | None = None) -> None:
        super().__init__(journal, name, clock)
        self._open = _Batch()
        self._mine: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._broken: ConsoleError | None = None

    async def create(self, addresses: Iterable[str], sha256: str = "") -> None:
        """Freeze the list, durably. The same list again does nothing; one that a crash cut short is completed.

        Args:
            addresses: in their order; may be gone through more than once.
            sha256: their `digest_of`, where it is known.

        Raises:
            RecordBroken: another list stands under this name already.
        """
        digest = sha256 or digest_of(addresses)
        async with self._lock:
            await self._catch_up()
            while not self._tally.sealed:
                try:
                    await self._write_list(addresses, digest)
                except Contended:  # another console freezes the same list, or another one: look again
                    await self._catch_up()
            if self._tally.sha256 != digest:
                raise self._another_list()

    # -- who -------------------------------------------------------------------------------------------------------

    async def waiting(self) -> AsyncIterator[Recipient]:
        """Recipients not yet tried, in order; one that is claimed meanwhile is left out."""
        await self._ready()
        await self.flush()
        async for recipient in self._in_state(lines.WAITING):
            yield recipient

    # -- what becomes of them --------------------------------------------------------------------------------------

    async def commit(self, told: Sequence[Told], claims: Sequence[int]) -> None:
        """Keep what servers said, and claim these recipients; durable when this returns.

        Raises:
            Contended: another console claimed one of them; none of these may be sent by this call.
            JournalError: the record cannot be written; nothing may be sent.
            ValueError: an outcome that no recipient can have.
        """
        await self._ready()
        batch = self._open
        for each in told:
            self._add(batch, each)
        batch.claims += claims
        if not batch.empty:
            await self._written(batch)
            self._mine.update(claims)

    async def once_more(self, approval: str, numbers: Sequence[int] = (), *, whole: bool = False) -> int:
        """Let these, each of whom is in doubt, be tried again on one approval, in one append: all or nobody, and once.

        Args:
            approval: the digest of what was approved; it stands in the row.
            numbers: of them; without any it is only looked up.
            whole: they must be everybody who is in doubt.

        Returns:
            How many were let on this approval, by whomever; 0 for nobody yet.

        Raises:
            Contended: who is in doubt has changed; nobody was let.
        """
        await self._ready()
        await self.flush()
        async with self._lock:
            while True:
                await self._catch_up()
                if self._tally.again[approval] or not numbers:
                    return self._tally.again[approval]
                doubtful = self._tally.counts()["tried"]
                if (whole and doubtful != len(numbers)) or any(
                    self._tally.state(n) not in lines.MAY_HAVE_IT for n in numbers
                ):
                    raise Contended("Who is in doubt has changed.")
                at = self._clock.now().wall if self._clock is not None else 0
                rows = [
                    lines.moved_line(at, [("again", 0, approval, tuple(numbers[first : first + MOST_AGAIN]))])
                    for first in range(0, len(numbers), MOST_AGAIN)
                ]
                try:
                    self._fold(await self._journal.ledger_append(self.name, rows, self._tally.rows))
                except Contended:
                    continue
                self._mine.difference_update(numbers)
                return len(numbers)

    async def tried(self, recipients: Sequence[Recipient]) -> None:
        """Claim them; durable when this returns. Raises as `commit` does."""
        await self.commit((), [recipient.n for recipient in recipients])

    async def told(self, n: int, outcome: str, code: int = 0, text: str = "") -> None:
        """Keep the server's word: durable with the next claim, with `counts`, or after 50 ms, whichever is first.

        Lost by a crash in between, a claimed recipient counts as in doubt: never as waiting.

        Raises:
            ValueError: no such outcome, or one that only a claimed recipient can have.
        """
        before = lines.TRIED if n in self._mine else lines.WAITING
        if lines.after(before, outcome) is None:
            raise ValueError(f"recipient {n} was not claimed here and cannot be {outcome}")
        self._check()
        self._add(self._open, Told(n, outcome, code, text))
        self._linger()

    async def counts(self) -> dict[str, int]:
        """As `protocol.Ledger`; all of it durable."""
        await self._ready()
        await self.flush()
        return self._tally.counts()

    async def head(self) -> Row | None:
        """The newest row, for the incident's own record of the ledger."""
        await self.flush()
        return await self._journal.ledger_head(self.name)

    async def flush(self) -> None:
        """Return when everything told so far is durable."""
        self._check()
        if not self._open.empty:
            await self._written(self._open)
        async with self._lock:
            await self._catch_up()
        self._check()

    # -- writing ---------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken

    async def _ready(self) -> None:
        self._check()
        if not self._tally.sealed:
            async with self._lock:
                await self._catch_up()
        if not self._tally.sealed:
            raise RecordBroken(
                f"The ledger {self.name} has no whole list of recipients.",
                do="Read the list in again: nothing was sent to anybody on it.",
            )

    def _add(self, batch: _Batch, told: Told) -> None:
        if told.outcome not in lines.OUTCOMES:
            raise ValueError(f"no server says {told.outcome}")
        own = told.n in self._mine
        self._mine.discard(told.n)
        batch.told.append((told, own))

    def _linger(self) -> None:
        if self._timer is None and self._open.task is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._start)

    def _start(self) -> asyncio.Task[None]:
        """Begin to write the open batch; more may still join it until its turn comes."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch = self._open
        if batch.task is None:
            batch.task = asyncio.get_running_loop().create_task(self._write(batch))
            batch.task.add_done_callback(_looked_at)
        return batch.task

    async def _written(self, batch: _Batch) -> None:
        # Shielded: a caller who is cancelled must not tear an append that others wait for.
        await asyncio.shield(batch.task or self._start())

    async def _write(self, batch: _Batch) -> None:
        async with self._lock:
            self._open = _Batch()
            try:
                await self._append(batch)
            except Contended:
                raise
            except JournalBusy:
                # Nothing was written. A claim fails here and now; what a server said must not be lost with it.
                self._open.told[:0] = batch.told
                self._linger()
                raise
            except ConsoleError as error:
                self._broken = error
                raise

    async def _append(self, batch: _Batch) -> None:
        """Write the outcomes always, the claims only when nobody else holds any of them."""
        while True:
            row, taken = self._what_fits(batch)
            try:
                if row:
                    self._fold(await self._journal.ledger_append(self.name, [row], self._tally.rows))
            except Contended:
                await self._catch_up()
                continue
            if taken:
                raise Contended("Another console is sending to this list.")
            return

    def _what_fits(self, batch: _Batch) -> tuple[bytes, bool]:
        """The row that may follow what is written, empty for none, and whether a claim of it is taken (then none is made).

        An outcome of a recipient whom this process had not claimed is void once another console has.
        """
        after: dict[int, int] = {}
        groups: list[lines.Group] = []
        grouped: dict[tuple[str, int, str], list[int]] = {}
        state = self._tally.state
        for (n, outcome, code, text, looked), own in batch.told:
            twice = n in after
            before = after[n] if twice else state(n)
            now = lines.after(before, outcome)
            if now is None or (not own and looked == (before == lines.WAITING)):
                continue
            after[n] = now
            key = (outcome, code, text)
            if twice:  # said of one who stands in a group already: this must come after it
                groups += _closed(grouped)
                grouped = {}
            grouped.setdefault(key, []).append(n)
        groups += _closed(grouped)
        claims = batch.claims
        taken = len(set(claims)) != len(claims) or any(
            after.get(n, state(n)) != lines.WAITING for n in claims
        )
        if not groups and (taken or not claims):
            return b"", taken
        at = self._clock.now().wall if self._clock is not None else 0
        return lines.moved_line(at, groups, () if taken else claims), taken

    async def _write_list(self, addresses: Iterable[str], digest: str) -> None:
        source = iter(addresses)
        if not await self._begins_like(source):
            raise self._another_list()
        size = self._tally.page or lines.PEOPLE
        while pages := _pages(source, self._tally.total, size):
            self._fold(await self._journal.ledger_append(self.name, pages, self._tally.rows))
        seal = lines.sealed_line(self._tally.total, digest)
        self._fold(await self._journal.ledger_append(self.name, [seal], self._tally.rows))

    async def _begins_like(self, source: Iterator[str]) -> bool:
        """Whether what stands here is the beginning of the list; that much of it is taken from the source."""
        async for recipient in self._in_state(lines.WAITING):
            if next(source, "") != recipient.address:
                return False
        return True

    def _another_list(self) -> RecordBroken:
        return RecordBroken(f"The ledger {self.name} holds another list of recipients.")


def _pages(source: Iterator[str], first: int, size: int) -> list[bytes]:
    """The next rows of a list; nothing at its end."""
    found: list[bytes] = []
    while len(found) < PAGES and (people := list(islice(source, size))):
        found.append(lines.page_line(first, people))
        first += len(people)
    return found


def _closed(grouped: dict[tuple[str, int, str], list[int]]) -> list[lines.Group]:
    return [(outcome, code, lines.stored(text), tuple(ns)) for (outcome, code, text), ns in grouped.items()]


def _looked_at(task: asyncio.Task[None]) -> None:
    """A write nobody waits for must not end in a warning at exit; its error is raised by the next call."""
    if not task.cancelled():
        task.exception()
