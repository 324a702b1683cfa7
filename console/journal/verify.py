"""Does a record stand? Read page by page, nothing changed, nothing kept in memory but the page.

Three answers, and they are not the same: it *stands*; it is *broken* (from which entry on, and in what way); or we
*cannot tell* (the file cannot be read that far). What no file can show by itself is that entries were cut from its end:
for that, give the heads that were written down elsewhere (in a handover, on a brief, in another record) as `known`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from console.errors import JournalBusy, JournalError, JournalPoisoned, NotFound, RecordBroken
from console.journal import chain, failures, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from console.journal.chain import Fault, Kind
    from console.journal.protocol import Journal, Row
    from console.journal.schema import Mode

PAGE: Final = 500  # about a millisecond of hashing between two turns of the event loop
FILE_PAGE: Final = 5_000
FIRST: Final = -(2**63)  # an entry with a number below 0 is looked at too

Verdict = Literal["stands", "broken", "cannot tell"]


class Head(NamedTuple):
    """An entry that was written down somewhere else: its seq (a ledger's line number, from 0) and its hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class Report:
    """What was found out about one record.

    Attributes:
        name: the stream or the ledger.
        kind: `events` or `ledger`.
        verdict: `stands`, `broken` or `cannot tell`.
        entries: how many entries stand, from the first on.
        head: the hash of the last of them; the genesis when there is none.
        bad: the seq of the first entry that is wrong or cannot be read; None when all stand.
        why: what is wrong there, one sentence; empty when all stand.
        vouched: how many entries the heads known from elsewhere vouch for.
    """

    name: str
    kind: Kind
    verdict: Verdict
    entries: int
    head: bytes
    bad: int | None = None
    why: str = ""
    vouched: int = 0

    def sentences(self) -> tuple[str, ...]:
        """The report for a person."""
        stand = f"{self.name}: {self.entries} entries stand"
        if self.verdict == "stands":
            end = (
                "The end is vouched for by a head written down elsewhere."
                if self.vouched and self.vouched == self.entries
                else "Whether later ones were cut off cannot be told from this file: compare the head."
            )
            return f"{stand}, all there are; head {self.head.hex()}.", end
        word = "is wrong" if self.verdict == "broken" else "cannot be read, so we cannot tell"
        return f"{stand}; head {self.head.hex()}.", f"Entry {self.bad} {word}. {self.why}"

    def insist(self) -> None:
        """Raise RecordBroken when it is broken, JournalPoisoned when we cannot tell."""
        if self.verdict == "broken":
            raise RecordBroken(f"{self.name}, entry {self.bad}: {self.why}")
        if self.verdict == "cannot tell":
            raise JournalPoisoned(f"{self.name}, entry {self.bad}: {self.why}", do=RecordBroken.what_now)


@dataclass(frozen=True)
class FileReport:
    """What was found out about a whole file: its mode, what is wrong with the file itself, and each record in it."""

    mode: Mode | None
    findings: tuple[str, ...]
    reports: tuple[Report, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst there is."""
        verdicts = {report.verdict for report in self.reports}
        if self.findings or "broken" in verdicts:
            return "broken"
        return "cannot tell" if "cannot tell" in verdicts else "stands"


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
    walk = _Walk(name, journal.mode, "ledger" if ledger else "events", known, begun=not ledger)
    try:
        if not ledger and not await journal.head(name) and name not in await journal.streams():
            raise NotFound(f"There is no record of {name}.")
        kept = None if ledger else await journal.snapshot(name)
        if kept is not None:
            walk.expect(Head(kept.seq, kept.hash))
        start = FIRST
        while rows := await read(name, start, page):
            if not walk.take(rows):
                break
            start = walk.seq
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
    listed = [name for (name,) in connection.execute("SELECT stream FROM streams ORDER BY place")]
    present = [name for (name,) in connection.execute(_STREAMS)]
    findings += [f"{name} was taken off the list of streams." for name in present if name not in listed]
    reports = []
    for kind, name in _records(connection, [*listed, *present], known):
        if only in {None, name}:
            walk = _Walk(name, is_mode, kind, known.get(name, ()), begun=kind == "events")
            reports.append(_walk_file(connection, walk, progress))
    if only is not None and not reports:
        raise NotFound(f"There is no {only} in {path}.")
    return FileReport(is_mode, tuple(findings), tuple(reports))


def _records(
    connection: sqlite3.Connection, streams: Sequence[str], known: Mapping[str, Sequence[Head]]
) -> Iterator[tuple[Kind, str]]:
    """Every name there is or should be: in entries, in the list of streams, in snapshots, in what is known."""
    kept = [name for (name,) in connection.execute("SELECT stream FROM snapshots ORDER BY stream")]
    ledgers = [name for (name,) in connection.execute(_LEDGERS)]
    events = dict.fromkeys([*streams, *kept, *(name for name in known if name not in ledgers)])
    yield from (("events", name) for name in events)
    yield from (("ledger", name) for name in ledgers)


def _walk_file(
    connection: sqlite3.Connection, walk: _Walk, progress: Callable[[str, int], None] | None
) -> Report:
    sql = _LEDGER_PAGE if walk.kind == "ledger" else _EVENTS_PAGE
    try:
        if walk.kind == "events":
            for seq, kept in connection.execute(
                "SELECT seq, hash FROM snapshots WHERE stream = ?", (walk.name,)
            ):
                walk.expect(Head(seq, kept))
        start = FIRST
        while rows := connection.execute(sql, (walk.name, start, FILE_PAGE)).fetchall():
            if not walk.take(rows):
                break
            start = walk.seq
            if progress is not None:
                progress(walk.name, walk.seq)
    except sqlite3.Error as error:
        return walk.stopped(f"SQLite says: {error}.")
    return walk.report()


class _Walk:
    """One record, page after page, and what has been seen of it so far."""

    def __init__(self, name: str, mode: Mode, kind: Kind, known: Iterable[Head], *, begun: bool) -> None:
        self.name, self.kind, self.seq = name, kind, 0
        self._mode = mode
        self._hash = chain.genesis(name, schema.APPLICATION_IDS[mode], kind)
        self._known = sorted(set(known))
        self._begun = begun
        self._vouched = 0
        self._why = ""

    def expect(self, head: Head) -> None:
        """A head that must be on the way."""
        self._known = sorted({*self._known, head})

    def take(self, rows: Sequence[Row]) -> bool:
        """Walk one page that begins where the last one ended. False when there is no going on."""
        before, previous = self.seq, self._hash
        walked = chain.verify(rows, previous, before)
        self.seq, self._hash = walked.seq, walked.hash
        if walked.fault:
            self._why = self._explain(walked.fault, rows[0] if before == 0 else None)
        for seq, expected in self._known:
            if before <= seq < walked.seq:
                if rows[seq - before][2] != expected:
                    self.seq, self._hash = seq, rows[seq - before - 1][2] if seq > before else previous
                    self._why = "Another entry was written down elsewhere: the record was replaced from here or before."
                    return False
                self._vouched = seq + 1
        return not walked.fault

    def stopped(self, why: str) -> Report:
        """The report when the next page could not be read."""
        if self._why:
            return self.report()
        return Report(self.name, self.kind, "cannot tell", self.seq, self._hash, self.seq, why, self._vouched)

    def report(self) -> Report:
        """The report at the end of the record, or at its first fault."""
        beyond = [head for head in self._known if head.seq >= self.seq]
        if not self._why and beyond:
            self._why = f"Entry {beyond[-1].seq} was there once: entries have been cut off the end."
        if not self._why and self.seq == 0 and self._begun:
            self._why = "The record was begun, and none of its entries is there."
        if self._why:
            return Report(
                self.name, self.kind, "broken", self.seq, self._hash, self.seq, self._why, self._vouched
            )
        return Report(self.name, self.kind, "stands", self.seq, self._hash, None, "", self._vouched)

    def _explain(self, fault: Fault, first: Row | None) -> str:
        if fault == "missing":
            return "It is missing, and later ones are there: it was taken out."
        if fault == "misplaced":
            return "An entry stands where none belongs: it was put in."
        if first is not None and self.seq == 0:
            for mode, number in schema.APPLICATION_IDS.items():
                genesis = chain.genesis(self.name, number, self.kind)
                if mode != self._mode and chain.link(genesis, first[1]) == first[2]:
                    return f"It was written as {mode}, and this file says {self._mode}."
            return "It does not begin this record: it was changed, or comes from another one."
        return "It does not follow the one before: its words were changed, or it comes from another record."


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
