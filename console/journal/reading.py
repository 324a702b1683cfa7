"""A record read as it lies in its file: in this thread, without an event loop, without a change.

For verbs that only look. What another process is writing at that moment is waited for; what one left half written when
it died is taken back first, by SQLite, as the next writer would.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

from console.errors import NotFound, RecordBroken, WrongMode
from console.journal import failures, schema
from console.journal.protocol import Row, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from console.journal.schema import Mode

BUSY_MS: Final = 5_000
_PAGE: Final = "SELECT seq, body, hash FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?"
_LAST: Final = "SELECT seq, body, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1"
_NEWEST_WITH: Final = (
    "SELECT seq, body, hash FROM events WHERE stream = ? AND instr(body, ?) > 0 ORDER BY seq DESC LIMIT 1"
)
_SNAPSHOT: Final = "SELECT seq, hash, fold, body FROM snapshots WHERE stream = ?"


def engine_version() -> str:
    """The version of the SQLite that this Python brings."""
    return sqlite3.sqlite_version


class ReadRecord:
    """An open file of that mode, to be read; use it with `with`.

    Args:
        path: the file.
        mode: what it must be.

    Raises:
        NotFound: there is no such file.
        WrongMode, RecordBroken, JournalError: as opening a journal does.
    """

    def __init__(self, path: Path, mode: Mode) -> None:
        if not path.is_file():
            raise NotFound(f"There is no record at {path}.")
        self.mode: Final = mode
        try:
            self._connection = _opened(path, mode)
            number = schema.application_id(self._connection)
        except sqlite3.Error as error:
            raise failures.told_at_opening(error, path) from error
        found = schema.MODES.get(number)
        if found != mode:
            self._connection.close()
            if found is None:
                raise RecordBroken(f"{path} is not a record of this console.")
            raise WrongMode(f"{path} is a {found} record, and a {mode} one was asked for.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def streams(self) -> list[str]:
        """Names of all streams in the order of their first entries."""
        return [str(name) for (name,) in self._all("SELECT stream FROM streams ORDER BY place", ())]

    def read(self, stream: str, start: int = 0, limit: int = 1000) -> list[Row]:
        """At most `limit` rows from seq `start` on, in order."""
        return [Row(*row) for row in self._all(_PAGE, (stream, start, limit))]

    def ledger(self, name: str, start: int = 0, limit: int = 100) -> list[Row]:
        """As `read`, for a ledger."""
        sql = "SELECT n, body, hash FROM ledger WHERE ledger = ? AND n >= ? ORDER BY n LIMIT ?"
        return [Row(*row) for row in self._all(sql, (name, start, limit))]

    def head(self, stream: str) -> Row | None:
        """The newest row of the stream."""
        return next((Row(*row) for row in self._all(_LAST, (stream,))), None)

    def newest_with(self, stream: str, piece: bytes) -> Row | None:
        """The newest row of the stream whose bytes hold `piece`."""
        return next((Row(*row) for row in self._all(_NEWEST_WITH, (stream, piece))), None)

    def snapshot(self, stream: str) -> Snapshot | None:
        """The stream's snapshot, unchecked."""
        return next((Snapshot(*row) for row in self._all(_SNAPSHOT, (stream,))), None)

    def _all(self, sql: str, values: Sequence[object]) -> list[Any]:
        try:
            return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise failures.told(error) from error


def _opened(path: Path, mode: Mode) -> sqlite3.Connection:
    try:
        return _looked_at(path)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
    schema.connect(path, mode, BUSY_MS).close()
    return _looked_at(path)


def _looked_at(path: Path) -> sqlite3.Connection:
    connection = schema.connect_to_read(path)
    try:
        schema.application_id(connection)
    except BaseException:
        connection.close()
        raise
    return connection
