"""Somebody cuts entries off the end of a record, or bytes off the end of its file."""

from __future__ import annotations

import os

import pytest
from support_journal import unlocked

from console.errors import ConsoleError, RecordBroken
from console.journal.protocol import Snapshot
from console.journal.sqlite import SqliteJournal
from console.journal.verify import Head, strangers, verify, verify_file

STREAM, LEDGER = "L-1", "L-1/mail"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "live.db"


@pytest.fixture
async def rows(path):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.ledger_append(LEDGER, [b"line %d" % n for n in range(10)], 0)
        return await journal.append(STREAM, [b'{"n":%d}' % n for n in range(10)], 0)


def cut(path, kept):
    unlocked(path, f"DELETE FROM events WHERE stream = 'L-1' AND seq >= {kept}")


def test_from_the_file_alone_we_say_that_we_cannot_tell(path, rows):
    cut(path, 6)
    (report,) = verify_file(path, only=STREAM).reports
    assert (report.verdict, report.entries, report.vouched) == ("stands", 6, 0)
    assert "cannot be told" in " ".join(report.sentences())


def test_a_head_written_down_elsewhere_shows_the_cut(path, rows):
    known = {STREAM: [Head(rows[-1].seq, rows[-1].hash)]}
    (whole,) = verify_file(path, only=STREAM, known=known).reports
    assert (whole.verdict, whole.vouched) == ("stands", 10)
    assert "cannot be told" not in " ".join(whole.sentences())
    cut(path, 6)
    (report,) = verify_file(path, only=STREAM, known=known).reports
    assert (report.verdict, report.entries, report.bad) == ("broken", 6, 6)
    assert "cut off" in report.why


async def test_the_snapshot_remembers_too(path, rows):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.keep_snapshot(STREAM, Snapshot(rows[8].seq, rows[8].hash, "1", b""))
        assert (await verify(journal, STREAM)).vouched == 9
    cut(path, 6)
    (report,) = verify_file(path, only=STREAM).reports
    async with await SqliteJournal.open(path, "live") as journal:
        assert await verify(journal, STREAM) == report
    assert (report.verdict, report.bad) == ("broken", 6)


async def test_cut_and_grown_again_is_another_record(path, rows):
    cut(path, 6)
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(STREAM, [b'{"false":%d}' % n for n in range(6)], 6)
        report = await verify(journal, STREAM, known=[Head(rows[7].seq, rows[7].hash)])
    assert (report.verdict, report.bad) == ("broken", 7)


def test_a_record_cut_down_to_nothing_is_missed(path, rows):
    cut(path, 0)
    (report,) = verify_file(path, only=STREAM).reports
    assert (report.verdict, report.entries) == ("broken", 0)


async def test_a_cut_ledger_is_a_stranger_to_its_journalled_heads(path, rows):
    async with await SqliteJournal.open(path, "live") as journal:
        line = await journal.ledger_head(LEDGER)
        heads = [Head(line.seq, line.hash)]
        assert await strangers(journal, LEDGER, heads) == ()
    unlocked(path, "DELETE FROM ledger WHERE n = 9")
    async with await SqliteJournal.open(path, "live") as journal:
        assert await strangers(journal, LEDGER, heads) == tuple(heads)
        assert (await verify(journal, LEDGER, ledger=True)).verdict == "stands"
        assert (await verify(journal, LEDGER, ledger=True, known=heads)).verdict == "broken"


@pytest.mark.parametrize("wrote_them", [False, True], ids=["that has read", "that has written"])
async def test_a_console_further_than_the_file_refuses_to_write_on(path, rows, wrote_them):
    async with await SqliteJournal.open(path, "live") as journal:
        if wrote_them:
            await journal.append(STREAM, [b"{}"], 10)
        cut(path, 6)
        with pytest.raises(RecordBroken, match="ends before it"):
            await journal.append(STREAM, [b"{}"], 10 + wrote_them)


@pytest.mark.parametrize("kept", [0, 1, 16, 100, 4096, 8192, 12_288, 20_000, 30_000])
async def test_a_file_cut_short_is_never_called_whole(path, rows, kept):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(STREAM, [b"x" * 3_000 for _ in range(10)], 10)
    assert path.stat().st_size > kept
    os.truncate(path, kept)
    known = {STREAM: [Head(rows[-1].seq, rows[-1].hash)]}
    assert told(path, known) in {"broken", "cannot tell", 7, 8}


def told(path, known):
    """The verdict, or the exit code of the error that stands in its place."""
    try:
        return verify_file(path, known=known).verdict
    except ConsoleError as error:
        return error.exit_code
