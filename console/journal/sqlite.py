"""The journal in one SQLite file, through aiosqlite.

One task writes and owns the connection; it is fed by a queue and every caller awaits a future of its own, so a
cancelled caller leaves the write whole. One append is one multi-row INSERT in autocommit: there is never a transaction
that a cancelled task could leave open. The primary key is the compare-and-set between processes, and the INSERT itself
makes sure that it is chained to the entry that stands in the file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

import aiosqlite

from console.errors import Contended, JournalError, JournalPoisoned, RecordBroken, WrongMode
from console.journal import chain, failures, schema
from console.journal.protocol import Row, Snapshot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from console.journal.schema import Mode

T = TypeVar("T")

BUSY_MS: Final = 5_000
MOST_ROWS: Final = 8_000  # of one append: four values a row, and SQLite takes 32,766 in a statement

# Where tests may end the process: around each write, on its way to the disk and back.
FAULTS: Final = ("before-insert", "after-insert", "before-snapshot", "after-snapshot")


class _Table(NamedTuple):
    """The statements of one chained table. The first row's hash is kept only behind the predecessor we chained it to."""

    kind: chain.Kind
    insert: str
    one: str
    page: str
    last: str


_EVENTS: Final = _Table(
    "events",
    "INSERT INTO events (stream, seq, body, hash) VALUES (?, ?, ?,"
    " iif((SELECT hash FROM events WHERE stream = ? AND seq = ?) IS ?, ?, NULL))",
    "SELECT seq, body, hash FROM events WHERE stream = ? AND seq = ?",
    "SELECT seq, body, hash FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?",
    "SELECT seq, body, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1",
)
_LEDGER: Final = _Table(
    "ledger",
    "INSERT INTO ledger (ledger, n, body, hash) VALUES (?, ?, ?,"
    " iif((SELECT hash FROM ledger WHERE ledger = ? AND n = ?) IS ?, ?, NULL))",
    "SELECT n, body, hash FROM ledger WHERE ledger = ? AND n = ?",
    "SELECT n, body, hash FROM ledger WHERE ledger = ? AND n >= ? ORDER BY n LIMIT ?",
    "SELECT n, body, hash FROM ledger WHERE ledger = ? ORDER BY n DESC LIMIT 1",
)
_ANOTHER_ROW: Final = ", (?, ?, ?, ?)"
_SNAPSHOT: Final = "SELECT seq, hash, fold, body FROM snapshots WHERE stream = ?"
_KEEP_SNAPSHOT: Final = (
    "INSERT INTO snapshots (stream, seq, hash, fold, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream)"
    " DO UPDATE SET seq = excluded.seq, hash = excluded.hash, fold = excluded.fold, body = excluded.body"
)


def _no_fault(_name: str) -> None:
    """Nothing ends this process on purpose."""


class SqliteJournal:
    """A `Journal` in one file. Made by `open`; closed by `close` or by leaving `async with`."""

    def __init__(
        self, connection: aiosqlite.Connection, mode: Mode, data_version: int, faults: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._mode = mode
        self._data_version = data_version
        self._faults = faults
        self._known: dict[tuple[str, str], Row] = {}
        self._poison: JournalPoisoned | None = None
        self._closing = False
        self._jobs: asyncio.Queue[tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]] | None] = (
            asyncio.Queue()
        )
        self._writer = asyncio.create_task(self._write(), name="journal writer")

    @classmethod
    async def open(
        cls,
        path: Path | Literal[":memory:"],
        mode: Mode,
        *,
        faults: Callable[[str], None] = _no_fault,
        busy_ms: int = BUSY_MS,
    ) -> SqliteJournal:
        """Open the file, or make it (0600, in a 0700 folder) as a file of that mode.

        Args:
            path: the file; `:memory:` keeps everything in this process, for tests.
            mode: `live` or `practice`.
            faults: called with each name of `FAULTS` as a write passes it.
            busy_ms: how long to wait for another process that holds the file, in milliseconds.

        Raises:
            WrongMode: the file is of the other mode.
            RecordBroken: the file is not ours, or its tables or triggers were changed.
            JournalBusy: another process held the file too long.
            JournalError: a later console wrote it, or its disk is not one to trust.
        """
        failed: Exception | None = None
        data_version = 0

        def connector() -> sqlite3.Connection:
            nonlocal failed, data_version
            try:
                opened = schema.connect(path, mode, busy_ms)
                ((data_version,),) = opened.execute("PRAGMA data_version")
            except Exception as error:  # noqa: BLE001 - raised again below, when aiosqlite's thread has been let go
                failed = error
                return sqlite3.connect(schema.MEMORY)
            return opened

        connection = await aiosqlite.Connection(connector, iter_chunk_size=64)
        if failed is not None:
            await connection.close()
            raise failures.told_at_opening(failed, path) if isinstance(failed, sqlite3.Error) else failed
        return cls(connection, mode, data_version, faults)

    @property
    def mode(self) -> Mode:
        """What the file is for."""
        return self._mode

    async def append(self, stream: str, bodies: Sequence[bytes], expected_seq: int) -> list[Row]:
        """Write `bodies` at `expected_seq`, all or none, and return their rows once they are on disk.

        A cancelled caller does not stop the write; who must know reads on.

        Raises:
            Contended: that seq is taken.
            JournalBusy: another process held the file too long; nothing was written.
            JournalPoisoned: the disk failed, on this append or on an earlier one.
            RecordBroken: `expected_seq` is beyond the end, or the entry before it was changed in the file.
            WrongMode: a `D-` stream in a live file, or an `L-` stream in a practice file.
            ValueError: more than `MOST_ROWS` bodies, or a negative seq.
        """
        return await self._append(_EVENTS, stream, bodies, expected_seq)

    async def read(self, stream: str, start: int = 0, limit: int = 1000) -> list[Row]:
        """At most `limit` rows from seq `start` on, in order, as they are stored."""
        return await self._rows(_EVENTS.page, (stream, start, limit))

    async def head(self, stream: str) -> Row | None:
        """The newest row of the stream."""
        return next(iter(await self._rows(_EVENTS.last, (stream,))), None)

    async def streams(self) -> list[str]:
        """Names of all streams in the order of their first entries."""
        return [name for (name,) in await self._sql("SELECT stream FROM streams ORDER BY place")]

    async def changed(self) -> bool:
        """Whether another connection wrote to the file since the last call, or since it was opened."""
        ((data_version,),) = await self._sql("PRAGMA data_version")
        before, self._data_version = self._data_version, data_version
        return bool(before != data_version)

    async def snapshot(self, stream: str) -> Snapshot | None:
        """The stream's snapshot, unchecked."""
        return next((Snapshot(*row) for row in await self._sql(_SNAPSHOT, (stream,))), None)

    async def keep_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        """Replace the stream's snapshot; raises as `append` does, for the disk's reasons."""
        await self._queued(partial(self._keep, (stream, *snapshot)))

    async def ledger_append(self, ledger: str, lines: Sequence[bytes], expected_n: int) -> list[Row]:
        """As `append`, for a ledger; a row's `seq` is its line's number, from 0."""
        return await self._append(_LEDGER, ledger, lines, expected_n)

    async def ledger_read(self, ledger: str, start: int = 0, limit: int = 10_000) -> list[Row]:
        """As `read`, for a ledger."""
        return await self._rows(_LEDGER.page, (ledger, start, limit))

    async def ledger_head(self, ledger: str) -> Row | None:
        """As `head`, for a ledger."""
        return next(iter(await self._rows(_LEDGER.last, (ledger,))), None)

    async def close(self) -> None:
        """Write what is queued, then let go of the file. May be called twice."""
        if not self._closing:
            self._closing = True
            self._jobs.put_nowait(None)
        await asyncio.shield(self._writer)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _append(self, table: _Table, name: str, bodies: Sequence[bytes], expected: int) -> list[Row]:
        if len(bodies) > MOST_ROWS:
            raise ValueError(f"one append takes at most {MOST_ROWS} entries")
        if expected < 0:
            raise ValueError("entries are numbered from 0")
        if name.startswith("D-" if self._mode == "live" else "L-"):
            raise WrongMode(f"{name} cannot be kept in a {self._mode} record.")
        if not bodies:
            return []
        return await self._queued(partial(self._insert, table, name, bodies, expected))

    async def _queued(self, job: Callable[[], Awaitable[T]]) -> T:
        """Hand `job` to the writer and await its end. Cancelling this cancels the waiting, not the job."""
        self._still_usable()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((job, future))
        return await future

    def _still_usable(self) -> None:
        if self._poison is not None:
            raise JournalPoisoned(self._poison.what, self._poison.means, self._poison.do) from self._poison
        if self._closing:
            raise _closed()

    async def _write(self) -> None:
        """The one writer: job after job until `close`, or until the event loop ends."""
        try:
            while (queued := await self._jobs.get()) is not None:
                await self._do(*queued)
        finally:
            self._closing = True
            while not self._jobs.empty():
                left = self._jobs.get_nowait()
                if left is not None and not left[1].done():
                    left[1].set_exception(_closed())
            await self._connection.close()

    async def _do(self, job: Callable[[], Awaitable[Any]], future: asyncio.Future[Any]) -> None:
        try:
            if self._poison is not None:
                self._still_usable()
            result = await job()
        except Exception as error:  # noqa: BLE001 - the writer outlives whatever a job meets; its caller is told
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)

    async def _insert(self, table: _Table, name: str, bodies: Sequence[bytes], expected: int) -> list[Row]:
        before = await self._predecessor(table, name, expected)
        previous = (
            chain.genesis(name, schema.APPLICATION_IDS[self._mode], table.kind) if before is None else before
        )
        rows = chain.extend(previous, bodies, expected)
        first = rows[0]
        values: list[object] = [name, first.seq, first.body, name, first.seq - 1, before, first.hash]
        for row in rows[1:]:
            values += (name, *row)
        self._faults("before-insert")
        try:
            await self._sql(table.insert + _ANOTHER_ROW * (len(rows) - 1), values)
        except Contended:
            last = await self._rows(table.last, (name,))
            if (last[0].seq if last else -1) < expected - 1:
                raise _cut(name, expected) from None
            raise
        self._faults("after-insert")
        self._known[table.kind, name] = rows[-1]
        return rows

    async def _predecessor(self, table: _Table, name: str, expected: int) -> bytes | None:
        """The stored hash of the entry before `expected`; None when there is none to be."""
        if expected <= 0:
            return None
        known = self._known.get((table.kind, name))
        if known is not None and known.seq == expected - 1:
            return known.hash
        for row in await self._rows(table.one, (name, expected - 1)):
            return row.hash
        raise _cut(name, expected)

    async def _keep(self, values: tuple[object, ...]) -> None:
        self._faults("before-snapshot")
        await self._sql(_KEEP_SNAPSHOT, values)
        self._faults("after-snapshot")

    async def _rows(self, sql: str, values: tuple[object, ...]) -> list[Row]:
        return list(map(Row._make, await self._sql(sql, values)))

    async def _sql(self, sql: str, values: Sequence[object] = ()) -> Iterable[Any]:
        """One statement, one trip to aiosqlite's thread, no cursor left; errors in our own words."""
        try:
            return await self._connection.execute_fetchall(sql, values)
        except (ValueError, sqlite3.ProgrammingError) as error:
            if self._closing:  # what aiosqlite and sqlite3 say of a connection that is closed
                raise _closed() from error
            raise
        except sqlite3.Error as error:
            ours = failures.told(error)
            if isinstance(ours, JournalPoisoned) and self._poison is None:
                self._poison = ours
            raise ours from error


def _closed() -> JournalError:
    return JournalError(
        "This console has let go of the record.", "Nothing of this move was kept.", "Open the incident again."
    )


def _cut(name: str, expected: int) -> RecordBroken:
    return RecordBroken(
        f"Entry {expected} of {name} was to be written, but the record ends before it.",
        "Entries that this console has read are gone from the file. Nothing of this move was kept.",
    )
