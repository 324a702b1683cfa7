"""Somebody carries entries from one record into another, or gives a record another name."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support_journal import raw, unlocked

from console.journal.sqlite import SqliteJournal
from console.journal.verify import verify_file


@pytest.fixture
async def path(tmp_path):
    path = tmp_path / "live.db"
    async with await SqliteJournal.open(path, "live") as journal:
        for name in ("L-1", "L-2"):
            await journal.append(name, [b'{"same":%d}' % n for n in range(10)], 0)
            await journal.ledger_append(name, [b'{"same":%d}' % n for n in range(10)], 0)
    return path


def report_of(path, name="L-1", kind="events"):
    return next(report for report in verify_file(path).reports if (report.name, report.kind) == (name, kind))


SPLICES = {
    "a whole record under another name": (
        ["DELETE FROM events WHERE stream = 'L-1'", "UPDATE events SET stream = 'L-1' WHERE stream = 'L-2'"],
        0,
    ),
    "the tail of another record": (
        [
            "DELETE FROM events WHERE stream = 'L-1' AND seq >= 5",
            "UPDATE events SET stream = 'L-1' WHERE stream = 'L-2' AND seq >= 5",
        ],
        5,
    ),
    "one entry of another record in the middle": (
        [
            "DELETE FROM events WHERE stream = 'L-1' AND seq = 5",
            "UPDATE events SET stream = 'L-1' WHERE stream = 'L-2' AND seq = 5",
        ],
        5,
    ),
    "another record hung on at the end": (
        ["UPDATE events SET stream = 'L-1', seq = seq + 10 WHERE stream = 'L-2'"],
        10,
    ),
    "a ledger as a record": (
        [
            "DELETE FROM events WHERE stream = 'L-1'",
            "INSERT INTO events SELECT * FROM ledger WHERE ledger = 'L-1'",
        ],
        0,
    ),
}


@pytest.mark.parametrize("name", SPLICES)
def test_a_splice_is_seen_where_it_was_made(path, name):
    statements, bad = SPLICES[name]
    unlocked(path, *statements)
    report = report_of(path)
    assert (report.verdict, report.bad) == ("broken", bad)


def test_the_same_words_in_another_record_do_not_help(path):
    """Both records hold the same bytes throughout, so only the chain can tell them apart."""
    bodies = raw(path, "SELECT stream, group_concat(hex(body)) FROM events GROUP BY stream")
    assert bodies[0][1] == bodies[1][1]
    hashes = raw(path, "SELECT count(DISTINCT hash) FROM events")
    assert hashes == [(20,)]


async def test_a_record_of_the_same_name_from_another_file_needs_a_head_to_be_seen(tmp_path, path):
    """Two machines may both have an L-1: the first entry's own nonce, and a head, tell them apart."""
    foreign = tmp_path / "foreign.db"
    async with await SqliteJournal.open(foreign, "live") as journal:
        await journal.append("L-1", [b'{"foreign":%d}' % n for n in range(10)], 0)
    with closing(sqlite3.connect(foreign)) as connection:
        rows = connection.execute("SELECT seq, body, hash FROM events WHERE seq >= 5").fetchall()
    for seq, body, kept in rows:
        unlocked(
            path,
            "UPDATE events SET body = ?, hash = ? WHERE stream = 'L-1' AND seq = ?",
            values=(body, kept, seq),
        )
    assert (report_of(path).verdict, report_of(path).bad) == ("broken", 5)
