"""What every journal must do, whatever keeps it. A test class inherits `JournalContract` and says how to open one."""

from __future__ import annotations

import asyncio

import pytest

from console.errors import Contended, JournalError, RecordBroken, WrongMode
from console.journal.protocol import Snapshot
from console.journal.verify import Head, strangers, verify

STREAM = "L-0001"
LEDGER = "L-0001/mail"


class JournalContract:
    """`open_journal()` opens a further connection to the same, at first empty, live journal each time it is called."""

    @pytest.fixture
    def open_journal(self):
        raise NotImplementedError

    @pytest.fixture
    async def journal(self, open_journal):
        return await open_journal()

    @pytest.fixture
    async def other(self, journal, open_journal):
        return await open_journal()

    async def test_an_empty_journal_has_nothing(self, journal):
        assert await journal.head(STREAM) is None
        assert await journal.read(STREAM) == []
        assert await journal.streams() == []
        assert await journal.snapshot(STREAM) is None
        assert await journal.ledger_head(LEDGER) is None
        assert await journal.ledger_read(LEDGER) == []

    async def test_what_was_appended_is_read_back_byte_for_byte(self, journal, other):
        bodies = [b"{}", b"", b"\x00\xff\n", "£ – ü".encode(), b"x" * 200_000]
        rows = await journal.append(STREAM, bodies, 0)
        assert [row.body for row in rows] == bodies
        assert [row.seq for row in rows] == [0, 1, 2, 3, 4]
        assert await journal.read(STREAM) == rows
        assert await other.read(STREAM) == rows
        assert await other.head(STREAM) == rows[-1]

    async def test_appending_nothing_writes_nothing(self, journal):
        assert await journal.append(STREAM, [], 0) == []
        assert await journal.streams() == []

    async def test_rows_come_in_order_and_by_the_page(self, journal):
        for seq in range(7):
            await journal.append(STREAM, [b"%d" % seq], seq)
        assert [row.seq for row in await journal.read(STREAM, 2, 3)] == [2, 3, 4]
        assert [row.seq for row in await journal.read(STREAM, 5, 100)] == [5, 6]
        assert await journal.read(STREAM, 7) == []

    async def test_a_taken_seq_is_contended_and_writes_nothing(self, journal):
        rows = await journal.append(STREAM, [b"first", b"second"], 0)
        for seq in (0, 1):
            with pytest.raises(Contended):
                await journal.append(STREAM, [b"late", b"later"], seq)
        assert await journal.read(STREAM) == rows
        assert (await journal.append(STREAM, [b"third"], 2))[0].seq == 2

    async def test_a_seq_beyond_the_end_says_that_entries_are_gone(self, journal):
        await journal.append(STREAM, [b"first"], 0)
        with pytest.raises(RecordBroken):
            await journal.append(STREAM, [b"third"], 2)
        with pytest.raises(ValueError, match="from 0"):
            await journal.append(STREAM, [b"none"], -1)
        assert len(await journal.read(STREAM)) == 1

    async def test_two_connections_take_turns_on_one_chain(self, journal, other):
        for seq in range(0, 20, 2):
            await journal.append(STREAM, [b"mine"], seq)
            await other.append(STREAM, [b"theirs"], seq + 1)
        report = await verify(journal, STREAM)
        assert (report.verdict, report.entries) == ("stands", 20)

    async def test_of_two_who_race_for_a_seq_exactly_one_wins(self, journal, other):
        for seq in range(15):
            tries = [journal.append(STREAM, [b"mine"], seq), other.append(STREAM, [b"theirs"], seq)]
            ends = await asyncio.gather(*tries, return_exceptions=True)
            assert sorted(type(end).__name__ for end in ends) == ["Contended", "list"]
        assert (await verify(other, STREAM)).entries == 15

    async def test_many_callers_at_once_each_get_their_own_answer(self, journal):
        names = [f"L-{number:04d}" for number in range(20)]
        answers = await asyncio.gather(*(journal.append(name, [name.encode()], 0) for name in names))
        assert [rows[0].body.decode() for rows in answers] == names
        assert await journal.streams() == names

    async def test_streams_are_told_oldest_first_without_ledgers(self, journal, other):
        for name in ("L-9", "@house", "L-1"):
            await journal.append(name, [b"begun"], 0)
        await other.ledger_append(LEDGER, [b"line"], 0)
        assert await other.streams() == ["L-9", "@house", "L-1"]

    async def test_the_same_bytes_chain_differently_in_each_stream_and_ledger(self, journal):
        one = await journal.append("L-1", [b"same"], 0)
        two = await journal.append("L-2", [b"same"], 0)
        line = await journal.ledger_append("L-1", [b"same"], 0)
        assert len({one[0].hash, two[0].hash, line[0].hash}) == 3

    async def test_changed_tells_of_others_and_not_of_oneself(self, journal, other):
        await journal.append(STREAM, [b"mine"], 0)
        assert not await journal.changed()
        assert await other.changed()
        assert not await other.changed()
        await other.append(STREAM, [b"theirs"], 1)
        assert await journal.changed()
        assert not await other.changed()

    async def test_a_snapshot_is_replaced_whole(self, journal, other):
        first, second = Snapshot(3, b"h" * 32, "fold-1", b"state"), Snapshot(9, b"i" * 32, "fold-2", b"")
        await journal.keep_snapshot(STREAM, first)
        assert await other.snapshot(STREAM) == first
        await other.keep_snapshot(STREAM, second)
        assert await journal.snapshot(STREAM) == second
        assert await journal.snapshot("L-2") is None

    async def test_a_ledger_is_chained_like_a_stream_and_beside_it(self, journal, other):
        await journal.append(STREAM, [b"event"], 0)
        lines = [b"%d" % n for n in range(2_500)]
        rows = await journal.ledger_append(LEDGER, lines, 0)
        assert await other.ledger_read(LEDGER, 0, 10_000) == rows
        assert await other.ledger_head(LEDGER) == rows[-1]
        with pytest.raises(Contended):
            await other.ledger_append(LEDGER, [b"again"], 2_499)
        more = await other.ledger_append(LEDGER, [b"more"], 2_500)
        report = await verify(journal, LEDGER, ledger=True, known=[Head(rows[0].seq, rows[0].hash)])
        assert (report.verdict, report.entries, report.vouched) == ("stands", 2_501, 1)
        assert await strangers(journal, LEDGER, [Head(2_500, more[0].hash), Head(7, rows[7].hash)]) == ()
        gone, other_hash = Head(2_501, more[0].hash), Head(7, rows[8].hash)
        assert await strangers(journal, LEDGER, [gone, Head(7, rows[7].hash), other_hash]) == (
            gone,
            other_hash,
        )

    async def test_closing_writes_what_is_queued_first(self, journal, other):
        waiting = [asyncio.create_task(journal.append(f"L-{n}", [b"queued"], 0)) for n in range(10)]
        await asyncio.sleep(0)  # each has handed its write over
        await journal.close()
        assert [len(await task) for task in waiting] == [1] * 10
        assert len(await other.streams()) == 10

    async def test_closing_twice_is_once_and_nothing_works_after(self, journal):
        await asyncio.gather(journal.close(), journal.close())
        await journal.close()
        for use in (journal.append(STREAM, [b"late"], 0), journal.read(STREAM), journal.changed()):
            with pytest.raises(JournalError, match="let go"):
                await use

    async def test_a_cancelled_caller_leaves_the_write_whole(self, journal):
        seq = 0
        for turns in range(12):
            task = asyncio.create_task(journal.append(STREAM, [b"one", b"two"], seq))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await journal.append("@house", [b"the writer goes on"], turns)
            rows = await journal.read(STREAM)
            assert len(rows) in {seq, seq + 2}
            seq = len(rows)
        assert seq > 0
        assert (await verify(journal, STREAM)).verdict == "stands"

    async def test_a_practice_stream_has_no_place_in_a_live_journal(self, journal):
        assert journal.mode == "live"
        with pytest.raises(WrongMode):
            await journal.append("D-0001", [b"a drill"], 0)
        with pytest.raises(WrongMode):
            await journal.ledger_append("D-0001/mail", [b"a drill"], 0)
        assert await journal.streams() == []

    async def test_more_than_one_append_takes_is_refused_before_anything_is_written(self, journal):
        with pytest.raises(ValueError, match="at most"):
            await journal.ledger_append(LEDGER, [b""] * 100_000, 0)
        assert await journal.ledger_head(LEDGER) is None
