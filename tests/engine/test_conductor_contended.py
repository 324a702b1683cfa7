"""Two consoles on one record: who sends, who is told, and what becomes of a console that was taken for dead."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from contextlib import closing

import pytest
from support_conductor import VOICE, Scripted, desk, opened
from support_incident import T0

from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock
from console.errors import Contended, Refused
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal

GONE = f"{socket.gethostname()}/an-earlier-boot/1/1"


async def until(condition):
    """Return when it holds; what it waits for goes on in a thread of the journal's."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a file that is busy has no event of ours
            await asyncio.sleep(0.001)


@pytest.fixture
async def two(tmp_path):
    """Two consoles on one file, as two processes that know of each other only by it."""
    clock = TurnedClock(T0, 1_000)
    path = tmp_path / "live.db"
    async with await SqliteJournal.open(path, "live") as one, await SqliteJournal.open(path, "live") as other:
        incident = await opened(one, clock, "voice")

        async def sit(journal, channel, holder=""):
            return await desk(journal, incident, clock, channel, holder=holder)

        async def sit_down(first, second, *, first_holder=""):
            return await sit(one, first, first_holder), await sit(other, second)

        yield sit_down


async def test_an_outcome_is_appended_behind_whatever_the_other_console_wrote(two):
    second = None

    async def meanwhile(order, ledger):
        for number in range(5):
            await second.session.do(c.Note(by="Shah", text=f"note {number}"))
        return Done("201", "t-1")

    first, second = await two(Scripted("voice", meanwhile), Scripted("voice"))
    await first.act(VOICE)
    await second.session.refresh()
    assert first.state == second.state
    assert second.effect(VOICE).status == "done"
    assert first.kinds()[-6:] == ["Noted"] * 5 + ["EffectDone"]


async def test_only_one_of_two_consoles_sends(two):
    channels = Scripted("voice"), Scripted("voice")
    first, second = await two(*channels)
    ends = await asyncio.gather(first.act(VOICE), second.act(VOICE), return_exceptions=True)
    assert sum(isinstance(end, Refused) for end in ends) == 1
    assert [end for end in ends if end is not None and not isinstance(end, Refused)] == []
    assert sum(len(each.orders) for each in channels) == 1


async def test_what_a_dead_console_left_is_claimed_once_by_two_that_come_back_together(two):
    dead, _ = await two(Scripted("voice"), Scripted("voice"), first_holder=GONE)
    await dead.session.do(c.Act(by="Reid", step=VOICE, nonce="n", holder=GONE, confirm="voice"))
    first, second = await two(Scripted("voice"), Scripted("voice"))
    claimed = await asyncio.gather(first.session.claim_orphans(), second.session.claim_orphans())
    assert sorted(claimed) == [0, 1]
    await second.session.refresh()
    assert second.effect(VOICE).status == "doubt"


@pytest.mark.parametrize(
    ("verdict", "outcome", "alarm"),
    [
        ("", Done("201", "t-1"), False),
        ("happened", Done("201", "t-1"), False),
        ("not", Done("201", "t-1"), True),
        ("happened", Failed("403"), True),
        ("not", Failed("403"), False),
        ("", InDoubt("reset"), False),
    ],
)
async def test_a_console_that_was_taken_for_dead_adds_what_it_knows(two, verdict, outcome, alarm):
    second = None

    async def meanwhile(order, ledger):
        await second.session.refresh()
        await second.session.do(c.Report(effect=order.effect, outcome="doubt", reason="taken for dead"))
        if verdict:
            await second.session.do(c.Resolve(by="Shah", step=VOICE, verdict=verdict))
        return outcome

    first, second = await two(Scripted("voice", meanwhile), Scripted("voice"))
    await first.act(VOICE)
    expected = {"": "doubt", "happened": "done", "not": "failed"}[verdict]
    assert first.effect(VOICE).status == expected
    assert (first.state.alarms == 1) == alarm
    assert ("EffectProbed" in first.kinds()) == (not isinstance(outcome, InDoubt))


async def test_an_outcome_waits_for_a_file_that_another_program_holds(tmp_path):
    path = tmp_path / "live.db"
    clock = TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(path, "live", busy_ms=20) as journal:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:

            def hold(order, ledger):
                holder.execute("BEGIN IMMEDIATE")
                return Done("201", "t-1")

            d = await desk(journal, await opened(journal, clock, "voice"), clock, Scripted("voice", hold))
            await d.conductor.act("Reid", VOICE, confirm="voice")
            await until(lambda: d.conductor.trouble)
            assert "Another process holds the file" in d.conductor.trouble
            assert d.effect(VOICE).status == "intended"
            holder.execute("ROLLBACK")
            await d.conductor.settle()
        assert d.effect(VOICE).status == "done"


async def test_a_move_that_another_console_made_first_is_lost_and_says_by_whom(two):
    first, second = await two(Scripted("voice"), Scripted("voice"))
    await first.answer("confirm/look", "false-posts")
    with pytest.raises(Contended, match="Reid was quicker"):
        await second.answer("confirm/look", "blind", by="Shah")


async def test_probing_a_guided_doubt_says_that_nothing_can_be_read_back(two):
    first, _ = await two(Scripted("voice"), Scripted("voice"))
    await first.session.do(
        c.Act(by="Reid", step="pin-ignore-notice/own-account", nonce="n", holder=GONE, confirm="account")
    )
    assert await first.session.claim_orphans() == 1
    (effect,) = await first.conductor.probe("Reid", "pin-ignore-notice/own-account")
    assert "look yourself" in effect.proof
    await first.session.do(c.Resolve(by="Reid", step=effect.step, verdict="happened"))
    assert first.effect(effect.step).attested
