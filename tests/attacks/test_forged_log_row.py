"""Somebody with the file changes, adds or takes out an entry. Every way of it is seen, and from which entry on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_journal import raw, rechained, unlocked

from console.errors import RecordBroken
from console.journal import chain
from console.journal.protocol import Row
from console.journal.sqlite import SqliteJournal
from console.journal.verify import Head, verify, verify_file

STREAM = "L-1"


@pytest.fixture
async def path(tmp_path):
    path = tmp_path / "live.db"
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(STREAM, [b'{"n":%d}' % n for n in range(10)], 0)
        await journal.append("L-2", [b'{"other":%d}' % n for n in range(10)], 0)
        await journal.ledger_append("L-1/mail", [b"line %d" % n for n in range(10)], 0)
    return path


FORGERIES = {
    "other words": (["UPDATE events SET body = x'7b7d' WHERE stream = 'L-1' AND seq = 4"], 4),
    "another hash": (["UPDATE events SET hash = randomblob(32) WHERE stream = 'L-1' AND seq = 4"], 4),
    "one entry out": (["DELETE FROM events WHERE stream = 'L-1' AND seq = 4"], 4),
    "the first entry out": (["DELETE FROM events WHERE stream = 'L-1' AND seq = 0"], 0),
    "all entries out": (["DELETE FROM events WHERE stream = 'L-1'"], 0),
    "one out and the rest moved up": (
        [
            "DELETE FROM events WHERE stream = 'L-1' AND seq = 4",
            *(f"UPDATE events SET seq = {n - 1} WHERE stream = 'L-1' AND seq = {n}" for n in range(5, 10)),
        ],
        4,
    ),
    "two swapped": (
        [
            "UPDATE events SET seq = 99 WHERE stream = 'L-1' AND seq = 4",
            "UPDATE events SET seq = 4 WHERE stream = 'L-1' AND seq = 5",
            "UPDATE events SET seq = 5 WHERE stream = 'L-1' AND seq = 99",
        ],
        4,
    ),
    "one added at the end": (["INSERT INTO events VALUES ('L-1', 10, x'7b7d', randomblob(32))"], 10),
    "the last one again": (
        ["INSERT INTO events SELECT stream, 10, body, hash FROM events WHERE stream = 'L-1' AND seq = 9"],
        10,
    ),
    "one far beyond the end": (["INSERT INTO events VALUES ('L-1', 4711, x'7b7d', randomblob(32))"], 10),
    "one before the first": (
        [
            "PRAGMA ignore_check_constraints = ON",
            "INSERT INTO events VALUES ('L-1', -1, x'7b7d', randomblob(32))",
        ],
        0,
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_row_is_named(path, name):
    statements, bad = FORGERIES[name]
    unlocked(path, *statements)
    (report,) = verify_file(path, only=STREAM).reports
    assert (report.verdict, report.bad, report.entries) == ("broken", bad, bad)
    assert report.why
    with pytest.raises(RecordBroken):
        report.insist()
    (untouched,) = verify_file(path, only="L-2").reports
    assert untouched.verdict == "stands"
    async with await SqliteJournal.open(path, "live") as journal:
        for page in (1, 3, 500):
            assert await verify(journal, STREAM, page=page) == report


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE ledger SET body = x'00' WHERE n = 6", 6),
        ("DELETE FROM ledger WHERE n = 6", 6),
        ("INSERT INTO ledger VALUES ('L-1/mail', 10, x'00', randomblob(32))", 10),
    ],
)
def test_a_forged_ledger_line_is_named(path, statement, bad):
    unlocked(path, statement)
    (report,) = verify_file(path, only="L-1/mail").reports
    assert (report.verdict, report.bad) == ("broken", bad)


def test_a_stream_hidden_from_the_list_is_found(path):
    unlocked(path, "DELETE FROM streams WHERE stream = 'L-1'")
    found = verify_file(path)
    assert found.verdict == "broken"
    assert any("L-1" in finding for finding in found.findings)
    assert {report.name for report in found.reports} == {"L-1", "L-2", "L-1/mail"}


def test_a_whole_chain_made_anew_is_caught_by_a_head_written_down_elsewhere(path):
    known = [Head(seq, kept) for seq, kept in raw(path, "SELECT seq, hash FROM events WHERE stream = 'L-1'")]
    unlocked(path, "UPDATE events SET body = x'7b7d' WHERE stream = 'L-1' AND seq = 4")
    rechained(path, STREAM)
    (alone,) = verify_file(path, only=STREAM).reports
    assert (alone.verdict, alone.vouched) == ("stands", 0)  # a chain knows nothing of what was before it
    for head in known[4:]:
        (report,) = verify_file(path, only=STREAM, known={STREAM: [head]}).reports
        assert (report.verdict, report.entries) == ("broken", head.seq)
    (report,) = verify_file(path, only=STREAM, known={STREAM: known}).reports
    assert (report.verdict, report.bad, report.vouched, report.head) == ("broken", 4, 4, known[3].hash)


def test_triggers_left_off_are_seen_and_the_file_is_not_opened(path):
    raw(path, "DROP TRIGGER events_are_not_changed")
    found = verify_file(path)
    assert found.verdict == "broken"
    assert "events_are_not_changed" in found.findings[0]


async def test_a_trigger_of_somebody_elses_shuts_the_file(path):
    raw(path, "CREATE TRIGGER quiet AFTER INSERT ON events BEGIN SELECT 1; END")
    with pytest.raises(RecordBroken, match="quiet"):
        await SqliteJournal.open(path, "live")


async def test_an_entry_changed_under_a_running_console_stops_the_next_append(path):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(STREAM, [b"{}"], 10)
        unlocked(path, "UPDATE events SET hash = randomblob(32) WHERE stream = 'L-1' AND seq = 10")
        for bodies in ([b"{}"], [b"{}", b"{}"]):
            with pytest.raises(RecordBroken, match="not the one"):
                await journal.append(STREAM, bodies, 11)
        assert (await journal.head(STREAM)).seq == 10


@settings(max_examples=300)
@given(
    bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=8),
    where=st.integers(0, 2**30),
    bit=st.integers(0, 7),
)
def test_no_bit_can_be_flipped_unseen(bodies, where, bit):
    start = chain.genesis(STREAM, 1)
    rows = chain.extend(start, bodies, 0)
    assert chain.verify(rows, start) == chain.Walked(len(rows), rows[-1].hash)
    row = rows[where % len(rows)]
    spot = (where // len(rows)) % (len(row.body) + 32)
    both = bytearray(row.body + row.hash)
    both[spot] ^= 1 << bit
    forged = Row(row.seq, bytes(both[:-32]), bytes(both[-32:]))
    walked = chain.verify([forged if entry is row else entry for entry in rows], start)
    assert (walked.seq, walked.fault) == (row.seq, "altered")
