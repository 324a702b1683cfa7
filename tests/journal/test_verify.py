"""Verification in its own words: stands, broken, cannot tell. The attacks themselves are in tests/attacks."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from support_journal import raw, unlocked

from console.errors import JournalError, JournalPoisoned, NotFound, RecordBroken
from console.journal import chain, schema
from console.journal.sqlite import SqliteJournal
from console.journal.verify import Head, verify, verify_file


@pytest.fixture
async def written(path, open_journal):
    journal = await open_journal()
    await journal.append("L-1", [b'{"n":%d}' % n for n in range(1_200)], 0)
    await journal.append("@house", [b"{}"], 0)
    await journal.ledger_append("L-1/mail", [b"line"] * 3, 0)
    await journal.close()
    return path


def test_a_whole_file_is_told_stream_by_stream(written):
    pages = []
    found = verify_file(written, progress=lambda name, seq: pages.append((name, seq)))
    assert (found.verdict, found.mode, found.findings) == ("stands", "live", ())
    told = [(report.kind, report.name, report.entries) for report in found.reports]
    assert told == [("events", "L-1", 1_200), ("events", "@house", 1), ("ledger", "L-1/mail", 3)]
    assert pages == [("L-1", 1_200), ("@house", 1), ("L-1/mail", 3)]
    for report in found.reports:
        report.insist()


async def test_both_ways_of_reading_say_the_same(written, open_journal):
    journal = await open_journal()
    for page in (1, 7, 1_199, 1_200, 5_000):
        (report,) = verify_file(written, only="L-1").reports
        assert await verify(journal, "L-1", page=page) == report
    (report,) = verify_file(written, only="L-1/mail").reports
    assert await verify(journal, "L-1/mail", ledger=True) == report


def test_looking_changes_not_a_byte(written):
    before = {entry.name: entry.read_bytes() for entry in written.parent.iterdir()}
    verify_file(written)
    assert {entry.name: entry.read_bytes() for entry in written.parent.iterdir()} == before


async def test_what_is_not_there_is_not_found(written, open_journal, tmp_path):
    journal = await open_journal()
    with pytest.raises(NotFound):
        await verify(journal, "L-2")
    with pytest.raises(NotFound):
        verify_file(written, only="L-2")
    with pytest.raises(NotFound):
        verify_file(tmp_path / "none.db")
    assert (await verify(journal, "L-2/mail", ledger=True)).entries == 0


def test_a_known_head_that_the_file_never_had_is_told_as_missing(written):
    known = {"L-7": [Head(3, b"h" * 32)]}
    report = next(report for report in verify_file(written, known=known).reports if report.name == "L-7")
    assert (report.verdict, report.bad) == ("broken", 0)


def test_another_program_s_file_is_no_record(tmp_path):
    other = tmp_path / "other.db"
    raw(other, "CREATE TABLE theirs (a)")
    with pytest.raises(RecordBroken, match="not a record"):
        verify_file(other)
    other.write_bytes(b"words, not a database; " * 400)
    with pytest.raises(RecordBroken, match="not a record"):
        verify_file(other)


async def test_a_page_that_cannot_be_read_is_not_called_forged(written, open_journal):
    """Zeros over the last leaf of the events: what stands before is told, of the rest nothing is claimed."""
    ((page,),) = raw(written, "SELECT max(pageno) FROM dbstat WHERE name = 'events' AND pagetype = 'leaf'")
    descriptor = os.open(written, os.O_RDWR)
    os.pwrite(descriptor, b"\x00" * 4096, (page - 1) * 4096)
    os.close(descriptor)
    found = verify_file(written, only="L-1")
    (report,) = found.reports
    assert (found.verdict, report.verdict) == ("cannot tell", "cannot tell")
    assert report.bad == report.entries
    assert found.doubts
    assert "cannot tell" in report.sentences()[1]
    with pytest.raises(JournalPoisoned):
        report.insist()
    journal = await open_journal()
    small = await verify(journal, "L-1", page=10)
    assert small.verdict == "cannot tell"
    assert report.entries - 10 <= small.entries <= report.entries
    assert 0 < small.entries < 1_200
    assert small.head == (await journal.read("L-1", small.entries - 1, 1))[0].hash


def test_a_write_that_was_cut_short_is_neither_whole_nor_forged(written):
    """A hot journal: SQLite must take half a transaction back before anything can be read."""
    hot = written.parent / "hot"
    hot.mkdir()
    with closing(schema.connect(written, "live", 1000)) as connection:
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("PRAGMA cache_spill = 2")
        connection.execute("BEGIN IMMEDIATE")
        previous = connection.execute(
            "SELECT hash FROM events WHERE stream = 'L-1' AND seq = 1199"
        ).fetchone()[0]
        for row in chain.extend(previous, [b"x" * 3_000] * 50, 1_200):
            connection.execute("INSERT INTO events VALUES ('L-1', ?, ?, ?)", row)
        for entry in written.parent.glob("live.db*"):
            shutil.copy(entry, hot)
        connection.execute("ROLLBACK")
    copy = hot / written.name
    with pytest.raises(JournalError, match="cut short"):
        verify_file(copy)
    with closing(schema.connect(copy, "live", 1000)):
        pass
    (report,) = verify_file(copy, only="L-1").reports
    assert (report.verdict, report.entries) == ("stands", 1_200)


def test_no_database_words_stand_in_the_sentences_for_people(written):
    unlocked(written, "UPDATE events SET body = x'00' WHERE stream = 'L-1' AND seq = 1000")
    (report,) = verify_file(written, only="L-1").reports
    assert report.sentences() == (
        f"L-1: 1,000 entries stand; head {report.head.hex()}.",
        "Entry 1000 is wrong. It does not follow the one before: its words were changed, or it comes from another record.",
    )


async def test_the_head_of_a_broken_record_is_the_last_that_stands(written):
    ((kept,),) = raw(written, "SELECT hash FROM events WHERE stream = 'L-1' AND seq = 999")
    unlocked(written, "DELETE FROM events WHERE stream = 'L-1' AND seq = 1000")
    (report,) = verify_file(written, only="L-1").reports
    assert (report.entries, report.head) == (1_000, kept)


async def test_a_large_record_is_read_in_pages_of_bounded_size(path, open_journal):
    journal = await open_journal()
    seen = []

    class Watched:
        mode = "live"
        head, streams, snapshot = journal.head, journal.streams, journal.snapshot

        async def read(self, stream, start, limit):
            rows = await journal.read(stream, start, limit)
            seen.append(len(rows))
            return rows

    await journal.append("L-1", [b"{}"] * 1_050, 0)
    assert (await verify(Watched(), "L-1")).entries == 1_050
    assert max(seen) <= 500


def test_sqlite_is_here_with_all_we_need():
    assert sqlite3.sqlite_version_info >= schema.OLDEST_SQLITE


async def test_a_stream_begun_in_the_list_and_gone_from_the_entries_is_broken(written, open_journal):
    unlocked(written, "DELETE FROM events WHERE stream = '@house'")
    journal = await open_journal()
    report = await verify(journal, "@house")
    assert (report.verdict, report.entries) == ("broken", 0)


async def test_a_fresh_journal_verifies_as_empty(path):
    async with await SqliteJournal.open(path, "live"):
        pass
    found = verify_file(path)
    assert (found.verdict, found.reports) == ("stands", ())
