"""Does a record stand? Read page by page, nothing changed, nothing kept in memory but the page.

Three answers, and they are not the same: it *stands*; it is *broken* (from which entry on, and in what way); or we
*cannot tell* (the file cannot be read that far). What no file can show by itself is that entries were cut from its end:
for that, give the heads that were written down elsewhere (in a handover, on a brief, in another record) as `known`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.errors import JournalBusy, JournalError, JournalPoisoned, NotFound, RecordBroken
from console.journal import failures, schema
from console.journal.walk import Head, Report, Verdict, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from console.journal.chain import Kind
    from console.journal.protocol import Journal, Row
    from console.journal.schema import Mode

__all__ = ["FileReport", "Head", "Report", "Verdict", "strangers", "verify", "verify_file"]

PAGE: Final = 500  # about a millisecond of hashing between two turns of the event loop
FILE_PAGE: Final = 5_000
FIRST: Final = -(2**63)  # an entry with a number below 0 is looked at too


@dataclass(frozen=True)
class FileReport:
    """What was found out about a whole file.

    Attributes:
        mode: what the file says it is.
        findings: what is wrong with the file itself, one sentence each.
        doubts: what of the file itself could not be read, one sentence each.
        reports: each record in it.
    """

    mode: Mode
    findings: tuple[str, ...]
    doubts: tuple[str, ...]
    reports: tuple[Report, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst there is."""
        verdicts = {report.verdict for report in self.reports}
        if self.findings or "broken" in verdicts:
            return "broken"
        return "cannot tell" if self.doubts or "cannot tell" in verdicts else "stands"


async def verify(
    journal: Journal, name: str, *, ledger: bool = False, known: Iterable[Head] = (), page: int = PAGE
) -> Report:
    """Walk one stream, or one ledger, from its first entry to its end.

    Args:
        journal: where it is kept.
        name: the stream's or the ledger's name.
        ledger: whether it is a ledger.
        known: heads written down elsewhere; the stream's snapshot is asked too.
        page: entries read at a time.

    Raises:
        NotFound: no stream of that name was ever begun. A ledger without lines stands.
    """
    read = journal.ledger_read if ledger else journal.read
    walk = Walk(name, journal.mode, "ledger" if ledger else "events", known, begun=not ledger)
    try:
        kept = None if ledger else await journal.snapshot(name)
        if kept is not None:
            walk.expect(Head(kept.seq, kept.hash))
        start, size = FIRST, page
        while True:
            try:
                rows = await read(name, start, size)
            except JournalPoisoned:
                if size == 1:
                    raise
                size = 1  # towards a spot that cannot be read, entry by entry
                continue
            if not rows or not walk.take(rows):
                break
            start = walk.seq
        if (
            walk.seq == 0
            and not rows
            and not walk.known
            and not ledger
            and name not in await journal.streams()
        ):
            raise NotFound(f"There is no record of {name}.")
    except (JournalPoisoned, JournalBusy) as error:
        return walk.stopped(error.what)
    return walk.report()


async def strangers(journal: Journal, ledger: str, heads: Iterable[Head]) -> tuple[Head, ...]:
    """Those of `heads`, as the events tell them, that the ledger does not have: it was cut or changed."""
    wrong = []
    for head in heads:
        rows = await journal.ledger_read(ledger, head.seq, 1)
        if not rows or (rows[0].seq, rows[0].hash) != head:
            wrong.append(head)
    return tuple(wrong)


def verify_file(
    path: Path,
    *,
    mode: Mode | None = None,
    only: str | None = None,
    known: Mapping[str, Sequence[Head]] | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> FileReport:
    """Walk every stream and ledger of a file, in this thread, without changing the file.

    Args:
        path: the file, or a copy of it.
        mode: what the file should be, when that is known from elsewhere.
        only: the one stream or ledger to walk.
        known: heads written down elsewhere, by name of stream or ledger.
        progress: called after each page with the name and the entries walked so far.

    Raises:
        NotFound: there is no such file, or nothing named `only` in it.
        RecordBroken: the file is not a record of this console.
        JournalError: the file cannot be read at all, so we cannot tell.
    """
    if not path.is_file():
        raise NotFound(f"There is no record at {path}.")
    try:
        with closing(schema.connect_to_read(path)) as connection:
            return _verify_connection(connection, path, mode, only, known or {}, progress)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK:
            raise JournalError(
                f"A write to {path} was cut short, and its half must be taken back before it is read.",
                "The record itself may well be whole: we cannot tell yet.",
                "Copy the file and the -journal beside it for the investigators, then open the incident once.",
            ) from error
        raise failures.told_at_opening(error, path) from error


def _verify_connection(
    connection: sqlite3.Connection,
    path: Path,
    mode: Mode | None,
    only: str | None,
    known: Mapping[str, Sequence[Head]],
    progress: Callable[[str, int], None] | None,
) -> FileReport:
    number = schema.application_id(connection)
    if number not in schema.MODES:
        raise RecordBroken(f"{path} is not a record of this console.")
    is_mode = schema.MODES[number]
    findings = [f"This is a {is_mode} record, not a {mode} one."] if mode not in {None, is_mode} else []
    changed = schema.differences(connection)
    if changed:
        findings.append(f"Tables or triggers were changed: {', '.join(changed)}.")
    doubts: list[str] = []
    listed = _names(connection, "SELECT stream FROM streams ORDER BY place", doubts)
    present = _names(connection, _STREAMS, doubts)
    ledgers = _names(connection, _LEDGERS, doubts)
    findings += [f"{name} was taken off the list of streams." for name in present if name not in listed]
    kept = _names(connection, "SELECT stream FROM snapshots ORDER BY stream", doubts)
    streams = dict.fromkeys([*listed, *present, *kept, *(name for name in known if name not in ledgers)])
    records: list[tuple[Kind, str]] = [("events", name) for name in streams]
    records += [("ledger", name) for name in ledgers]
    reports = []
    for kind, name in records:
        if only in {None, name}:
            walk = Walk(name, is_mode, kind, known.get(name, ()), begun=kind == "events")
            reports.append(_walk_file(connection, walk, progress))
    if only is not None and not reports and not doubts:
        raise NotFound(f"There is no {only} in {path}.")
    return FileReport(is_mode, tuple(findings), tuple(doubts), tuple(reports))


def _names(connection: sqlite3.Connection, sql: str, doubts: list[str]) -> list[str]:
    """The names that the query finds, up to where the file cannot be read."""
    names: list[str] = []
    try:
        names.extend(name for (name,) in connection.execute(sql))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & failures.PRIMARY not in failures.DAMAGED:
            raise
        doubts.append(f"There may be records that cannot be found: {error}.")
    return names


def _walk_file(
    connection: sqlite3.Connection, walk: Walk, progress: Callable[[str, int], None] | None
) -> Report:
    sql = _LEDGER_PAGE if walk.kind == "ledger" else _EVENTS_PAGE
    try:
        if walk.kind == "events":
            for seq, kept in connection.execute(
                "SELECT seq, hash FROM snapshots WHERE stream = ?", (walk.name,)
            ):
                walk.expect(Head(seq, kept))
        for rows in _pages(connection, sql, walk):
            if not walk.take(rows):
                break
            if progress is not None:
                progress(walk.name, walk.seq)
    except sqlite3.Error as error:
        return walk.stopped(f"SQLite says: {error}.")
    return walk.report()


def _pages(connection: sqlite3.Connection, sql: str, walk: Walk) -> Iterator[list[Row]]:
    """Page after page behind what was walked; towards a spot that cannot be read, entry by entry."""
    start, size = FIRST, FILE_PAGE
    while True:
        try:
            rows = connection.execute(sql, (walk.name, start, size)).fetchall()
        except sqlite3.DatabaseError:
            if size == 1:
                raise
            size = 1
            continue
        if not rows:
            return
        yield rows
        start = walk.seq


_EVENTS_PAGE: Final = "SELECT seq, body, hash FROM events WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?"
_LEDGER_PAGE: Final = "SELECT n, body, hash FROM ledger WHERE ledger = ? AND n >= ? ORDER BY n LIMIT ?"

# From name to name by the key, however many entries each has.
_STREAMS: Final = """
WITH RECURSIVE names (name) AS (
    SELECT min(stream) FROM events
    UNION ALL
    SELECT (SELECT min(stream) FROM events WHERE stream > name) FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL"""
_LEDGERS: Final = """
WITH RECURSIVE names (name) AS (
    SELECT min(ledger) FROM ledger
    UNION ALL
    SELECT (SELECT min(ledger) FROM ledger WHERE ledger > name) FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL"""
