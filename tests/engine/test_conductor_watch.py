"""Looking from outside: checks that disagree keep a step open, and the watch tells what nobody authorised."""

from __future__ import annotations

import asyncio

import pytest
from support_conductor import KINDS, MODEL, VOICE, Scripted, desk, opened, standing
from support_incident import MINUTE, T0, shipped

from console.channels.practice import practice_channels
from console.channels.practice_world import CALM, Odds, PracticeWorld
from console.channels.protocol import Done, Seen, Sighting
from console.clock import TurnedClock
from console.engine.looking import CHECK_EVERY, CHECK_GIVES_UP
from console.engine.watching import LOOK_EVERY
from console.errors import Refused
from console.incident import commands as c
from console.incident.facts import LOOK_VALID, POSTING_WINDOW, Facts, achieved
from console.incident.planning import step_of
from console.journal.sqlite import SqliteJournal

CHANNELS = shipped(MODEL).playbook.channels
BANNER, REMOVAL, PIN = "pin-ignore-notice/banner", "remove/newsroom", "pin-ignore-notice/pin"
AGREES, DISAGREES, BLIND = Seen("agrees", "200"), Seen("disagrees", "1 left", "1"), Seen("cannot-see", "401")


@pytest.fixture
def at(tmp_path):
    return lambda *channels, **more: standing(tmp_path / "live.db", *channels, **more)


def done(d, step):
    return achieved(d.state, step_of(d.state, step))


def facts(d):
    return Facts(d.state, d.clock.now().wall)


# --- checks


async def test_an_act_is_looked_at_as_soon_as_it_ended(at):
    async with at(Scripted("website", checks=[AGREES])) as d:
        await d.act(BANNER)
        assert d.state.of(BANNER).check.verdict == "agrees"
        assert done(d, BANNER)


async def test_a_check_that_disagrees_keeps_the_step_open_until_it_agrees(at):
    website = Scripted("website", checks=[DISAGREES, DISAGREES, AGREES])
    async with at(website) as d:
        await d.act(BANNER)
        assert d.effect(BANNER).status == "done"
        assert not done(d, BANNER)
        await d.answer(BANNER, "done")
        assert not done(d, BANNER)  # what a person says does not outvote what was seen
        for _ in range(3):
            d.clock.turn(CHECK_EVERY)
            await d.conductor.beat()
        assert done(d, BANNER)
        verdicts = [event.verdict for _, event in d.session.recent if type(event).__name__ == "Checked"]
        assert verdicts == ["disagrees", "agrees"]  # the same answer is written down once


async def test_where_no_check_can_see_the_officer_decides(at):
    async with at(Scripted("website", checks=[BLIND])) as d:
        await d.act(BANNER)
        await d.answer(BANNER, "done")
        assert done(d, BANNER)


async def test_a_check_that_breaks_has_seen_nothing_and_stops_nothing(at):
    async with at(Scripted("website", checks=[RuntimeError("boom"), AGREES])) as d:
        await d.act(BANNER)
        check = d.state.of(BANNER).check
        assert (check.verdict, "boom" in check.raw) == ("cannot-see", False)
        d.clock.turn(CHECK_EVERY)
        await d.conductor.beat()
        assert done(d, BANNER)


async def test_checks_come_every_quarter_minute_and_give_up(at):
    asked = []

    def look(order):
        asked.append(order)
        return DISAGREES

    async with at(Scripted("website", checks=[look])) as d:
        await d.act(BANNER)
        for _ in range(CHECK_EVERY // 1_000):
            d.clock.turn(1_000)
            await d.conductor.beat()
        assert len(asked) <= 3
        d.clock.turn(CHECK_GIVES_UP)
        await d.conductor.beat()
        before = len(asked)
        for _ in range(5):
            d.clock.turn(CHECK_EVERY)
            await d.conductor.beat()
        assert len(asked) == before


async def test_a_check_without_an_act_runs_once_it_is_its_turn(at):
    account = Scripted("account", Done("201", "t-1"), checks=[AGREES])
    async with at(account) as d:
        await d.conductor.beat()
        assert d.state.of(PIN).check is None  # the notice is not up yet
        await d.act("pin-ignore-notice/own-account")
        await d.answer("pin-ignore-notice/own-account", "up")
        d.clock.turn(CHECK_EVERY)
        await d.conductor.beat()
        assert done(d, PIN)


async def test_a_check_is_told_what_we_made_there(at):
    asked = []

    def look(order):
        asked.append(order)
        return AGREES

    account = Scripted("account", Done("201", "t-1"), checks=[look])
    async with at(account, Scripted("website", Done("201", "w-1"))) as d:
        await d.act("pin-ignore-notice/own-account")
        await d.act(BANNER)
        await d.conductor.check(PIN)
        assert (asked[-1].item, asked[-1].verb, asked[-1].step) == ("t-1", "pinned", PIN)


# --- the watch


def posted(remote, words="Fire the chief", at=T0, link=""):
    return Sighting(remote, words, link or f"https://x.com/{remote}", at)


async def beats(d, count=1):
    for _ in range(count):
        d.clock.turn(LOOK_EVERY)
        await d.conductor.beat()


async def test_what_nobody_authorised_is_reported_once_oldest_first(at):
    account = Scripted("account", standing=(posted("2", "second"), posted("1", "first")))
    async with at(account) as d:
        await beats(d, 3)
        assert [(item.words, item.source, item.bogus) for item in d.state.items.values()] == [
            ("first", "watch", True),
            ("second", "watch", True),
        ]


async def test_what_we_made_is_ours_while_it_is_on_its_way_and_after(at):
    answer = asyncio.get_running_loop().create_future()
    account = Scripted("account", lambda *_: answer)
    async with at(account) as d:
        await d.conductor.act("Reid", "pin-ignore-notice/own-account", confirm="account")
        await asyncio.sleep(0)
        words = account.orders[0].text.replace("\n", "  ")
        account.standing = (posted("t-1", words), posted("9", "not ours"))
        await beats(d)
        answer.set_result(Done("201", "t-1"))
        await d.conductor.settle()
        await beats(d, 2)
        assert [item.words for item in d.state.items.values()] == ["not ours"]


async def test_what_a_drill_says_in_many_places_by_one_act_is_ours_in_each(at):
    account, website = Scripted("account", Done("201", "t-1")), Scripted("website", standing=())
    async with at(account, website) as d:
        await d.act("pin-ignore-notice/own-account")
        words = account.orders[0].text
        account.standing, website.standing = (posted("t-1", words),), (posted("n-1", words),)
        await beats(d)
        assert d.state.items == {}


async def test_what_an_officer_reported_is_not_reported_again(at):
    account = Scripted("account", standing=(posted("1"),))
    async with at(account) as d:
        await d.session.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
        await beats(d)
        assert [item.source for item in d.state.items.values()] == ["officer"]


async def test_what_is_older_than_the_night_is_left_alone(at):
    account = Scripted("account", standing=(posted("1", at=T0 - 2 * 60 * MINUTE),))
    async with at(account) as d:
        await beats(d)
        assert d.state.items == {}


async def test_a_channel_that_cannot_be_read_stops_no_watch(at):
    account = Scripted("account", standing=(posted("1"),))
    async with at(Scripted("website", standing=RuntimeError("boom")), account) as d:
        await beats(d)
        assert len(d.state.items) == 1
        assert "website could not be read" in d.conductor.trouble
        assert "boom" not in d.conductor.trouble
        looked = [event for _, event in d.session.recent if type(event).__name__ == "Looked"]
        assert looked[-1].channels == ("account",)


async def test_posting_is_true_then_false_then_unknown(at):
    account = Scripted("account", standing=())
    async with at(account) as d:
        assert facts(d).posting("account") is None
        await beats(d)
        assert facts(d).posting("account") is False
        account.standing = (posted("1", at=d.clock.now().wall),)
        await beats(d)
        assert facts(d).posting("account") is True
        assert facts(d).posting("newsroom") is None  # nobody looked there
        d.clock.turn(POSTING_WINDOW)
        await d.conductor.look()
        assert facts(d).posting("account") is False
        d.clock.turn(POSTING_WINDOW + 1)
        assert facts(d).posting("account") is None


async def test_quiet_counts_only_while_somebody_looks(at):
    account = Scripted("account", standing=(posted("1"),))
    async with at(account) as d:
        await beats(d)
        assert facts(d).quiet() == 0
        await beats(d, 20)
        assert facts(d).quiet() == 20 * LOOK_EVERY
        account.standing = None
        d.clock.turn(LOOK_VALID + 1)
        await d.conductor.beat()
        assert facts(d).quiet() is None
        await d.session.do(c.Look(by="Reid"))
        assert facts(d).quiet() == 20 * LOOK_EVERY + LOOK_VALID
        account.standing = (posted("2", at=d.clock.now().wall),)
        await beats(d)
        assert facts(d).quiet() == 0


async def test_the_stream_opens_the_way_out_and_moves_nobody(at):
    account = Scripted("account", standing=())
    async with at(account) as d:
        here = d.state.cursors["Reid"].step
        d.clock.turn(15 * MINUTE)
        account.standing = (posted("1", at=d.clock.now().wall),)
        await beats(d, 2)
        ways = [way.go for way in d.session.board("Reid").ways]
        assert "contain/suspend" in ways
        assert d.state.cursors["Reid"].step == here
        await d.session.do(c.Move(by="Reid", step="contain/suspend", way_out=True))
        assert d.state.cursors["Reid"].step == "contain/suspend"


# --- what goes on by itself


async def turned(d, running, times):
    """Turn the clock by a second each time that the running beats wait for it."""
    async with asyncio.timeout(20):
        for _ in range(times):
            while not d.clock.sleepers:  # noqa: ASYNC110 - a sleeper is no event
                await asyncio.sleep(0.001)
            assert not running.done()
            d.clock.turn(1_000)
            await asyncio.sleep(0)


async def test_beats_go_on_until_cancelled_also_after_the_record_failed(at):
    website = Scripted("website", standing=())
    async with at(website) as d:
        running = asyncio.ensure_future(d.conductor.run())
        await turned(d, running, 35)
        assert "Looked" in d.kinds()
        await d.session.journal.close()
        await turned(d, running, 3)
        assert "let go of the record" in d.conductor.trouble
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_after_the_end_nothing_is_looked_at(at):
    account = Scripted("account", standing=(posted("1"),))
    async with at(account) as d:
        await d.session.do(c.Answer(by="Reid", step="confirm/look", value="nothing", confirmed=True))
        assert d.state.end is not None
        before = d.state.seq
        await beats(d, 3)
        assert d.state.seq == before


async def test_with_practice_twins_the_removal_is_seen_to_be_true(tmp_path):
    clock = TurnedClock(T0, 1_000)
    world = PracticeWorld(7, clock, CALM)
    twins = practice_channels(CHANNELS, world)
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        incident = await opened(journal, clock, *KINDS)
        d = await desk(journal, incident, clock, *twins.values())
        world.cut_route()
        for number in range(3):
            world.publish("newsroom", f"bogus {number}")
        await beats(d)
        await d.act("confirm/save")
        await d.answer("contain/cut-link", "gone")
        await beats(d)
        assert done(d, "confirm/save")
        await d.act(REMOVAL)
        assert [each.status for each in d.state.effects_of(REMOVAL)] == ["done"] * 3
        assert all(
            item.gone and item.verified for item in d.state.items.values() if item.channel == "newsroom"
        )
        assert done(d, REMOVAL)
        world.publish("newsroom", "one more")
        with pytest.raises(Refused, match="done already"):
            await d.act(REMOVAL)
        await beats(d)
        assert not done(d, REMOVAL)
        with pytest.raises(Refused, match=r"waits for 1\.3"):  # it is not saved
            await d.act(REMOVAL)
        await d.act("confirm/save")
        await d.act(REMOVAL)
        assert done(d, REMOVAL)


async def test_with_practice_twins_that_answer_late_and_in_doubt_a_probe_tells_the_truth(tmp_path):
    clock = TurnedClock(T0, 1_000)
    world = PracticeWorld(7, clock, CALM)
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        incident = await opened(journal, clock, *KINDS)
        d = await desk(journal, incident, clock, *practice_channels(CHANNELS, world).values())
        world.odds = Odds(fail=0, doubt=1, happened=1, late=(2_000, 2_000))
        await d.conductor.act("Reid", VOICE, confirm="voice")
        settled = asyncio.ensure_future(d.conductor.settle())
        while not settled.done():
            clock.turn(500)
            await asyncio.sleep(0.001)
        assert d.effect(VOICE).status == "doubt"
        await d.conductor.probe("Reid", VOICE)
        _, probed = d.session.recent[-1]
        assert probed.suggests == "happened"
        assert len(await d.session.channels["voice"].read()) == 1
