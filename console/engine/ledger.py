"""A mass mail's recipients over the journal: every claim durable before a message's last byte may leave.

One process is one writer here too: rows that come together are written together (one commit for all connections), and a
row that somebody else wrote first is read and folded before anything is claimed. A claim by two consoles ends in
`Contended` for the later one, so a recipient is never claimed twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from console.channels import ledger as lines
from console.channels.protocol import Recipient
from console.channels.recipients import digest_of
from console.engine.proving import beginning, linked
from console.errors import ConsoleError, Contended, JournalBusy, RecordBroken
from console.journal.protocol import Journal, Row

PAGE: Final = 1_000
LINGER: Final = 0.05  # seconds an outcome may wait for a claim to ride with


class _Batch:
    """Lines that will be written in one append. `own` says of each outcome whether this process holds the claim."""

    def __init__(self) -> None:
        self.entries: list[tuple[lines.Line, bytes, bool]] = []
        self.task: asyncio.Task[None] | None = None

    def add(self, raw: bytes, *, own: bool) -> None:
        """Put one line at the end."""
        self.entries.append((lines.decode(raw), raw, own))


class JournalLedger:
    """`protocol.Ledger` over `Journal.ledger_append` and `ledger_read`.

    Args:
        journal: an open journal.
        name: the ledger's name in it.
    """

    def __init__(self, journal: Journal, name: str) -> None:
        self.name = name
        self._journal = journal
        self._tally = lines.Tally()
        self._head = beginning(journal.mode, name, "ledger")
        self._open = _Batch()
        self._mine: set[int] = set()
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._broken: ConsoleError | None = None

    async def create(self, addresses: Sequence[str]) -> None:
        """Freeze the list, durably. The same list again does nothing; one that a crash cut short is completed.

        Raises:
            RecordBroken: another list stands under this name already.
        """
        digest = digest_of(addresses)
        async with self._lock:
            await self._catch_up()
            while not self._tally.sealed:
                try:
                    await self._write_list(addresses, digest)
                except Contended:  # another console freezes the same list, or another one: look again
                    await self._catch_up()
            if self._tally.sha256 != digest:
                raise self._another_list()

    async def waiting(self) -> AsyncIterator[Recipient]:
        """Recipients not yet tried, in order; one that is claimed meanwhile is left out."""
        await self._ready()
        await self.flush()
        async for recipient in self._in_state(lines.WAITING):
            yield recipient

    async def doubtful(self) -> list[Recipient]:
        """Everyone of whom we do not know whether the message went out, by name."""
        await self.flush()
        found = [each for state in lines.MAY_HAVE_IT async for each in self._in_state(state)]
        return sorted(found, key=lambda each: each.n)

    async def refused(self) -> list[Recipient]:
        """Everyone whom the server refused, by name."""
        await self.flush()
        return [recipient async for recipient in self._in_state(lines.REFUSED)]

    async def whole(self) -> bool:
        """Whether a whole list stands under this name."""
        async with self._lock:
            await self._catch_up()
        return self._tally.sealed

    @property
    def sha256(self) -> str:
        """The digest of the list, once it is whole."""
        return self._tally.sha256

    async def addresses(self) -> list[str]:
        """Everybody on the list, in order; nobody when no whole list stands here."""
        if not await self.whole():
            return []
        found: list[str] = []
        while len(found) < self._tally.total:
            rows = await self._journal.ledger_read(
                self.name, len(found), min(PAGE, self._tally.total - len(found))
            )
            found += [lines.decode(row.body).address for row in rows]
        return found

    async def reached(self) -> list[str]:
        """Everybody whom the message reached, or may have."""
        if not await self.whole():
            return []
        await self.flush()
        states = (*lines.MAY_HAVE_IT, lines.ACCEPTED)
        return [each.address for state in states async for each in self._in_state(state)]

    async def tried(self, recipients: Sequence[Recipient]) -> None:
        """Claim them; durable when this returns.

        Raises:
            Contended: another console claimed one of them; none of these may be sent by this call.
            JournalError: the record cannot be written; nothing may be sent.
        """
        await self._ready()
        batch = self._open
        for recipient in recipients:
            batch.add(lines.tried_line(recipient.n), own=False)
        await self._written(batch)
        self._mine.update(recipient.n for recipient in recipients)

    async def told(self, n: int, outcome: str, code: int = 0, text: str = "") -> None:
        """Keep the server's word: durable with the next claim, with `counts`, or after 50 ms, whichever is first.

        Lost by a crash in between, a claimed recipient counts as in doubt: never as waiting.

        Raises:
            ValueError: no such outcome, or one that only a claimed recipient can have.
        """
        own = n in self._mine
        if lines.after_line(lines.TRIED if own else lines.WAITING, lines.Line(n=n, outcome=outcome)) is None:
            raise ValueError(f"recipient {n} was not claimed here and cannot be {outcome}")
        self._check()
        self._mine.discard(n)
        self._open.add(lines.told_line(n, outcome, code, text), own=own)
        self._linger()

    async def counts(self) -> dict[str, int]:
        """How many are `waiting`, `tried` (in doubt), `accepted`, `refused`, and `total`; all of it durable."""
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
        if self._open.entries:
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

    def _linger(self) -> None:
        if self._timer is None and self._open.task is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._start)

    def _start(self) -> asyncio.Task[None]:
        """Begin to write the open batch; lines may still join it until its turn comes."""
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
                self._open.entries[:0] = [entry for entry in batch.entries if not entry[0].tried]
                self._linger()
                raise
            except ConsoleError as error:
                self._broken = error
                raise

    async def _append(self, batch: _Batch) -> None:
        """Write the outcomes always, the claims only when nobody else holds any of them."""
        while True:
            rows, taken = self._what_fits(batch)
            try:
                if rows:
                    self._fold(await self._journal.ledger_append(self.name, rows, self._tally.rows))
            except Contended:
                await self._catch_up()
                continue
            if taken:
                raise Contended("Another console is sending to this list.")
            return

    def _what_fits(self, batch: _Batch) -> tuple[list[bytes], bool]:
        """The lines that may follow what is written, and whether a claim among them is taken (then none fits).

        An outcome of a recipient whom this process had not claimed is void once another console has.
        """
        taken = self._taken(batch)
        after: dict[int, int] = {}
        rows = []
        for line, raw, own in batch.entries:
            before = after.get(line.n, self._tally.state(line.n))
            state = lines.after_line(before, line)
            void = taken if line.tried else not own and before != lines.WAITING
            if state is not None and not void:
                after[line.n] = state
                rows.append(raw)
        return rows, taken

    def _taken(self, batch: _Batch) -> bool:
        claims = [line.n for line, _, _ in batch.entries if line.tried]
        waiting = all(self._tally.state(n) == lines.WAITING for n in claims)
        return not waiting or len(set(claims)) != len(claims)

    async def _write_list(self, addresses: Sequence[str], digest: str) -> None:
        if self._tally.total > len(addresses):
            raise self._another_list()
        async for recipient in self._in_state(lines.WAITING):
            if recipient.address != addresses[recipient.n]:
                raise self._another_list()
        for start in range(self._tally.total, len(addresses), PAGE):
            page = addresses[start : start + PAGE]
            rows = [lines.list_line(start + at, address) for at, address in enumerate(page)]
            self._fold(await self._journal.ledger_append(self.name, rows, self._tally.rows))
        seal = lines.sealed_line(len(addresses), digest)
        self._fold(await self._journal.ledger_append(self.name, [seal], self._tally.rows))

    def _another_list(self) -> RecordBroken:
        return RecordBroken(f"The ledger {self.name} holds another list of recipients.")

    # -- reading ---------------------------------------------------------------------------------------------------

    def _fold(self, rows: Sequence[Row]) -> None:
        """Take rows in, each chained to the one before: nobody is mailed whom an approver did not see on the list."""
        self._head = linked(self.name, rows, self._head, self._tally.rows)
        for row in rows:
            self._tally.fold(row.body)

    async def _catch_up(self) -> None:
        while rows := await self._journal.ledger_read(self.name, self._tally.rows, PAGE):
            self._fold(rows)

    async def _in_state(self, state: int) -> AsyncIterator[Recipient]:
        """Recipients in this state, read in pages by key; memory stays that of one page."""
        n = self._tally.next_in(state, 0)
        while n >= 0:
            page = await self._journal.ledger_read(self.name, n, min(PAGE, self._tally.total - n))
            for row in page:
                if self._tally.state(row.seq) == state:
                    yield Recipient(row.seq, lines.decode(row.body).address)
            n = self._tally.next_in(state, n + len(page)) if page else -1


def _looked_at(task: asyncio.Task[None]) -> None:
    """A write nobody waits for must not end in a warning at exit; its error is raised by the next call."""
    if not task.cancelled():
        task.exception()
