"""What is SQLite's own about the journal: waiting, poison, fault points, cancelling, and leaving."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from support_journal import raw

from console.errors import Contended, JournalBusy, JournalError, JournalPoisoned
from console.journal import failures
from console.journal.protocol import Snapshot
from console.journal.sqlite import FAULTS, MOST_ROWS, SqliteJournal
from console.journal.verify import verify


async def test_another_process_that_holds_the_file_is_busy_and_nothing_is_written(path, open_journal):
    journal = await open_journal(busy_ms=30)
    await journal.append("L-1", [b"one"], 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        for use in (
            journal.append("L-1", [b"two"], 1),
            journal.read("L-1"),
            journal.changed(),
            journal.keep_snapshot("L-1", Snapshot(0, b"h" * 32, "1", b"")),
        ):
            with pytest.raises(JournalBusy):
                await use
        assert not journal._connection.in_transaction
        holder.execute("ROLLBACK")
    assert [row.body for row in await journal.read("L-1")] == [b"one"]
    assert (await journal.append("L-1", [b"two"], 1))[0].seq == 1


async def test_a_reader_that_keeps_reading_makes_the_commit_busy_and_nothing_is_left_open(path, open_journal):
    journal = await open_journal(busy_ms=30)
    await journal.append("L-1", [b"one"] * 3, 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        cursor = reader.execute("SELECT * FROM events")
        cursor.fetchone()
        with pytest.raises(JournalBusy):
            await journal.append("L-1", [b"two"], 3)
        assert not journal._connection.in_transaction
        assert len(cursor.fetchall()) == 2
    assert (await journal.append("L-1", [b"two"], 3))[0].seq == 3


async def test_opening_waits_for_another_process_and_then_says_so(path, open_journal):
    await (await open_journal()).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalBusy):
            await SqliteJournal.open(path, "live", busy_ms=30)


async def test_many_consoles_may_make_the_file_at_once(path):
    journals = await asyncio.gather(*(SqliteJournal.open(path, "live") for _ in range(8)))
    ends = await asyncio.gather(
        *(journal.append("L-1", [b"{}"], 0) for journal in journals), return_exceptions=True
    )
    assert sum(isinstance(end, list) for end in ends) == 1
    assert sum(isinstance(end, Contended) for end in ends) == 7
    for journal in journals:
        await journal.close()


@pytest.mark.parametrize("point", FAULTS)
async def test_each_write_passes_its_fault_points_in_order(open_journal, point):
    passed = []
    journal = await open_journal(faults=passed.append)
    await journal.append("L-1", [b"{}"], 0)
    await journal.ledger_append("L-1", [b"{}"], 0)
    await journal.keep_snapshot("L-1", Snapshot(0, b"h" * 32, "1", b""))
    assert passed == ["before-insert", "after-insert"] * 2 + ["before-snapshot", "after-snapshot"]
    assert point in passed


@pytest.mark.parametrize(("point", "kept"), [("before-insert", 1), ("after-insert", 2)])
async def test_what_a_fault_point_raises_reaches_the_caller_and_the_writer_lives_on(
    open_journal, point, kept
):
    armed = []

    def faults(name):
        if name == point and armed:
            raise armed.pop()

    journal = await open_journal(faults=faults)
    await journal.append("L-1", [b"{}"], 0)
    armed.append(MemoryError("as told"))
    with pytest.raises(MemoryError, match="as told"):
        await journal.append("L-1", [b"{}"], 1)
    assert len(await journal.read("L-1")) == kept
    await journal.append("L-1", [b"{}"], kept)
    assert (await verify(journal, "L-1")).entries == kept + 1


async def test_the_most_rows_that_one_append_takes_fit_in_one_statement(open_journal):
    journal = await open_journal()
    rows = await journal.append("L-1", [b"{}"] * MOST_ROWS, 0)
    assert rows[-1].seq == MOST_ROWS - 1
    assert len(await journal.read("L-1", 0, MOST_ROWS + 1)) == MOST_ROWS


async def test_a_batch_that_is_refused_in_its_middle_leaves_none_of_it(path, open_journal):
    journal, other = await open_journal(), await open_journal()
    rows = await journal.append("L-1", [b"1", b"2"], 0)
    with pytest.raises(Contended):
        await other.append("L-1", [b"2", b"3", b"4"], 1)
    assert await journal.read("L-1") == rows


async def test_poison_is_for_good_and_reading_goes_on(path, open_journal):
    journal = await open_journal()
    await journal.append("L-1", [b"{}"], 0)
    ((pages,),) = await journal._connection.execute_fetchall("PRAGMA page_count")
    await journal._connection.execute_fetchall(f"PRAGMA max_page_count = {pages}")
    waiting = [asyncio.create_task(journal.append("L-1", [b"x" * 9_000], 1)) for _ in range(3)]
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [JournalPoisoned] * 3
    assert "full" in ends[0].diagnostics()
    await journal._connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    for use in (
        journal.append("L-1", [b"{}"], 1),
        journal.ledger_append("L-1", [b"{}"], 0),
        journal.keep_snapshot("L-1", Snapshot(0, b"h" * 32, "1", b"")),
    ):
        with pytest.raises(JournalPoisoned):
            await use
    assert len(await journal.read("L-1")) == 1
    await journal.close()
    healthy = await open_journal()
    assert (await healthy.append("L-1", [b"{}"], 1))[0].seq == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_BUSY, JournalBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, JournalBusy),
        (sqlite3.SQLITE_LOCKED, JournalBusy),
        (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, Contended),
        (sqlite3.SQLITE_CONSTRAINT_TRIGGER, Contended),
        (sqlite3.SQLITE_FULL, JournalPoisoned),
        (sqlite3.SQLITE_IOERR_FSYNC, JournalPoisoned),
        (sqlite3.SQLITE_CORRUPT, JournalPoisoned),
        (sqlite3.SQLITE_NOTADB, JournalPoisoned),
        (sqlite3.SQLITE_READONLY_DBMOVED, JournalPoisoned),
        (sqlite3.SQLITE_CANTOPEN, JournalPoisoned),
        (sqlite3.SQLITE_NOMEM, JournalPoisoned),
        (sqlite3.SQLITE_ERROR, JournalPoisoned),
        (None, JournalPoisoned),
    ],
)
def test_each_of_sqlites_errors_has_one_meaning(code, error):
    theirs = sqlite3.OperationalError("theirs")
    if code is not None:
        theirs.sqlite_errorcode = code
    assert type(failures.told(theirs)) is error


async def test_the_file_moved_away_under_us_poisons(path, open_journal):
    journal = await open_journal()
    await journal.append("L-1", [b"{}"], 0)
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(JournalPoisoned):
        await journal.append("L-1", [b"{}"], 1)
    assert raw(path.with_name("elsewhere.db"), "SELECT count(*) FROM events") == [(1,)]


async def test_what_is_no_bytes_is_our_own_mistake_and_poisons_nothing(open_journal):
    journal = await open_journal()
    with pytest.raises(TypeError):
        await journal.append("L-1", ["words"], 0)
    with pytest.raises(UnicodeEncodeError):
        await journal.append("L-\ud800", [b"{}"], 0)
    with pytest.raises(UnicodeEncodeError):
        await journal.read("L-\ud800")
    assert (await journal.append("L-1", [b"{}"], 0))[0].seq == 0


async def test_leaving_the_block_closes_and_its_thread_ends(path):
    async with await SqliteJournal.open(path, "live") as journal:
        thread = journal._connection._thread
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


PROGRAM = """
import asyncio, sys
from pathlib import Path
from console.journal.sqlite import SqliteJournal

async def main():
    journal = await SqliteJournal.open(Path(sys.argv[1]), "live")
    asyncio.create_task(journal.append("L-1", [b"{}"], 0))
    await asyncio.sleep(0)
    if sys.argv[2] == "crash":
        raise ZeroDivisionError

asyncio.run(main())
"""


@pytest.mark.parametrize(("how", "code"), [("forget", 0), ("crash", 1)])
def test_a_journal_nobody_closed_does_not_hold_the_process_open(path, how, code):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(path), how],
        timeout=20,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert "Exception in thread" not in done.stderr
    assert raw(path, "PRAGMA integrity_check") == [("ok",)]
    ((entries,),) = raw(path, "SELECT count(*) FROM events")
    assert entries in {0, 1}


async def test_an_opening_that_fails_leaves_no_thread(path, open_journal):
    await (await open_journal()).close()
    for _ in range(5):
        with pytest.raises(JournalError):
            await SqliteJournal.open(path.parent, "live")
    left = [thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name]
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)
