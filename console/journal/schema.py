"""The tables of a record's file, and how a file is opened, made and brought forward.

Entries are kept by (name, number) and nothing else, so one append touches one leaf. Triggers refuse every number but the
next, every UPDATE and every DELETE; with recursive_triggers on they see the delete inside INSERT OR REPLACE too. Who has
the file can take triggers off: they guard against our own mistakes, the hash chain guards against people.

Versions (`user_version`) only go forward, each in one transaction, after a copy of the file was kept beside it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from console.errors import JournalError, RecordBroken, WrongMode
from console.journal import disk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Mode = Literal["live", "practice"]
MEMORY: Final = ":memory:"

# PRAGMA application_id: "INCL" and "INCD". file(1) and the chain's genesis see them too.
APPLICATION_IDS: Final[dict[Mode, int]] = {"live": 0x494E434C, "practice": 0x494E4344}
MODES: Final[dict[int, Mode]] = {number: mode for mode, number in APPLICATION_IDS.items()}
OLDEST_SQLITE: Final = (3, 37, 0)  # the first with STRICT tables

Migration = tuple[str, ...]

MIGRATIONS: Final[tuple[Migration, ...]] = (
    (
        """CREATE TABLE events (
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 0),
    body BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID""",
        """CREATE TABLE ledger (
    ledger TEXT NOT NULL,
    n INTEGER NOT NULL CHECK (n >= 0),
    body BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (ledger, n)
) STRICT, WITHOUT ROWID""",
        "CREATE TABLE streams (place INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE) STRICT",
        """CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    fold TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT""",
        """CREATE TRIGGER events_only_the_next BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq) + 1, 0) FROM events WHERE stream = NEW.stream)
BEGIN SELECT RAISE(ABORT, 'this is not the next entry of the stream'); END""",
        """CREATE TRIGGER events_name_their_stream AFTER INSERT ON events WHEN NEW.seq = 0
BEGIN INSERT INTO streams (stream) VALUES (NEW.stream); END""",
        """CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
        """CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
        """CREATE TRIGGER ledger_only_the_next BEFORE INSERT ON ledger
WHEN NEW.n IS NOT (SELECT ifnull(max(n) + 1, 0) FROM ledger WHERE ledger = NEW.ledger)
BEGIN SELECT RAISE(ABORT, 'this is not the next line of the ledger'); END""",
        """CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
        """CREATE TRIGGER ledger_is_not_removed BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
        """CREATE TRIGGER streams_are_not_changed BEFORE UPDATE ON streams
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
        """CREATE TRIGGER streams_are_not_removed BEFORE DELETE ON streams
BEGIN SELECT RAISE(ABORT, 'the record is only added to'); END""",
    ),
)


def connect(
    path: Path | Literal[":memory:"], mode: Mode, busy_ms: int, migrations: Sequence[Migration] = MIGRATIONS
) -> sqlite3.Connection:
    """Open the file at `path`, make it if there is none, bring it forward, and leave the connection in autocommit.

    Args:
        path: the file, or `:memory:`.
        mode: what the file must be; a new one becomes it.
        busy_ms: how long a statement waits for another process, in milliseconds.
        migrations: the statements of each version, from 1 on.

    Raises:
        WrongMode: a practice file where a live one is wanted, or the reverse.
        RecordBroken: the file is not ours, or its tables or triggers are not as we made them.
        JournalError: a later console wrote it, this SQLite is too old, or the disk is not one to trust.
        sqlite3.Error: SQLite's own; `failures.told` says what it means.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalError(
            f"This Python has SQLite {sqlite3.sqlite_version}; the record needs 3.37 or later.",
            do="Use a Python with a later SQLite.",
        )
    if isinstance(path, Path):
        disk.make_ready(path)
    connection = sqlite3.connect(path, timeout=busy_ms / 1000, isolation_level=None)
    try:
        _set_up(connection, path, mode, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open an existing file to read alone: nothing is made, brought forward or rolled back."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def application_id(connection: sqlite3.Connection) -> int:
    """The file's application_id; 0 when nobody set one."""
    return _number(connection, "PRAGMA application_id")


def differences(
    connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS
) -> tuple[str, ...]:
    """Names of tables, triggers, views and indexes that were taken away, changed or added, sorted."""
    with _one_moment(connection):
        found, made = _objects(connection), _as_made(tuple(migrations[: _version(connection)]))
    return tuple(sorted({name for name, _sql in found ^ made}))


def _set_up(
    connection: sqlite3.Connection, path: Path | str, mode: Mode, migrations: Sequence[Migration]
) -> None:
    # EXTRA comes before the journal mode: the switch itself must be as durable as what follows it.
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA trusted_schema = OFF")
    with _one_moment(connection):  # and before anything is written to somebody else's file
        _recognise(connection, path, mode, len(migrations))
    (kept,) = connection.execute("PRAGMA journal_mode = PERSIST").fetchone()
    if kept not in {"persist", "memory"}:
        raise JournalError(f"The record {path} stays in {kept} mode: another program holds it open.")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA temp_store = MEMORY")  # no words of the record in a temporary folder
    if _version(connection) < len(migrations):
        _bring_forward(connection, path, mode, migrations)
    changed = differences(connection, migrations)
    if changed:
        raise RecordBroken(
            f"The tables of {path} are not as this console made them: {', '.join(changed)}.",
            "Somebody changed the file with another program, so its entries may have been changed too.",
        )


def _recognise(connection: sqlite3.Connection, path: Path | str, mode: Mode, newest: int) -> None:
    number, version = application_id(connection), _version(connection)
    if number == 0 and version == 0 and not _objects(connection):
        return
    if number not in MODES:
        raise RecordBroken(
            f"{path} is not a record of this console.", do="Name another folder in INCIDENT_HOME."
        )
    if number != APPLICATION_IDS[mode]:
        raise WrongMode(f"{path} is a {MODES[number]} record, and a {mode} one was asked for.")
    if version > newest:
        raise JournalError(
            f"{path} was written by a later console (version {version}; this one knows {newest}).",
            do="Update Incident Console on this machine, then open it again. Nothing was changed.",
        )


def _bring_forward(
    connection: sqlite3.Connection, path: Path | str, mode: Mode, migrations: Sequence[Migration]
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been quicker: look again, now that nobody else can write.
        _recognise(connection, path, mode, len(migrations))
        version = _version(connection)
        if version == 0:
            connection.execute(f"PRAGMA application_id = {APPLICATION_IDS[mode]:d}")
        elif version < len(migrations) and isinstance(path, Path):
            _keep_copy(path, path.with_name(f"{path.name}.before-v{len(migrations)}"))
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations):d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _keep_copy(path: Path, kept: Path) -> None:
    """A whole copy of the file as it stands, durable before anything is changed."""
    partial = kept.with_name(f"{kept.name}.partial")
    partial.unlink(missing_ok=True)
    disk.make_ready(partial)
    # By a connection of its own: SQLite copies nothing from one that is about to write.
    with closing(connect_to_read(path)) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
    descriptor = os.open(partial, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(kept)
    disk.flush_folder(kept.parent)


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one moment: another process may be making the file right then."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


def _objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    rows = connection.execute(
        "SELECT name, ifnull(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return frozenset(rows.fetchall())


@lru_cache(maxsize=8)
def _as_made(migrations: tuple[Migration, ...]) -> frozenset[tuple[str, str]]:
    with closing(sqlite3.connect(MEMORY)) as connection:
        for statements in migrations:
            for statement in statements:
                connection.execute(statement)
        return _objects(connection)


def _version(connection: sqlite3.Connection) -> int:
    return _number(connection, "PRAGMA user_version")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(pragma).fetchone()
    return int(number)
