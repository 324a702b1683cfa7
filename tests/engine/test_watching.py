"""The watch on real platforms: what came since peace time is suspect, saved by itself, each channel in its own rhythm."""

from __future__ import annotations

import asyncio

import pytest
from support_conductor import Scripted, standing
from support_incident import MINUTE, T0

from console.channels.baseline import baseline
from console.channels.protocol import Done, Failed, Sighting
from console.engine.watching import LOOK_EVERY, PAUSES
from console.errors import VaultLocked
from console.incident import commands as c
from console.incident.facts import Facts

HOUR = 60 * MINUTE
SHA = "ab" * 32
OLD = Sighting("1", "Road closed in Leeds", "https://x.com/1", T0 - 200 * HOUR)
OURS = Sighting("2", "Missing: Ann Lee", "https://x.com/2", T0 - 3 * HOUR)
FALSE = Sighting("3", "Fire the chief", "https://x.com/3", T0 - MINUTE)


class Real(Scripted):
    """A platform that shows colleagues' posts too, and can save what stands there."""

    reads_everything = True

    def __init__(self, name, *ends, look_every=LOOK_EVERY, **more):
        super().__init__(name, *ends, **more)
        self.look_every = look_every
        self.reads = 0

    async def read(self):
        self.reads += 1
        return await super().read()

    async def capture(self, item):
        raise AssertionError("the evidence channel is asked, not the platform")


def evidence(*ends):
    return Scripted("evidence", *(ends or (Done("{}", SHA, reach={"likes": 7}),)))


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


async def beats(d, count=1, pause=LOOK_EVERY):
    for _ in range(count):
        d.clock.turn(pause)
        await d.conductor.beat()


async def until(so):
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110 - what a task beside us does is no event of ours
            await asyncio.sleep(0.001)


def found(d):
    return [(item.words, item.verdict) for item in d.state.items.values()]


def with_baseline(d, *sightings):
    d.conductor.baselines = {"account": baseline("account", "x", T0 - HOUR, {}, sightings)}


# --- what is suspect


async def test_without_a_baseline_what_is_younger_than_a_day_is_suspect(at):
    young = Sighting("4", "Still young", "https://x.com/4", T0 - 23 * HOUR)
    older = Sighting("5", "Too old", "https://x.com/5", T0 - 25 * HOUR)
    async with at(Real("account", standing=(FALSE, young, older, OLD))) as d:
        await beats(d)
        assert found(d) == [("Still young", "unknown"), ("Fire the chief", "unknown")]
        assert all(item.suspect for item in d.state.items.values())


async def test_with_a_baseline_what_stood_there_is_not_and_what_came_since_is(at):
    undated = Sighting("6", "Says no time")
    async with at(Real("account", standing=(undated, FALSE, OURS, OLD))) as d:
        with_baseline(d, OURS, OLD)
        await beats(d, 3)
        assert found(d) == [("Fire the chief", "unknown"), ("Says no time", "unknown")]


async def test_an_old_item_whose_words_were_changed_is_suspect_once(at):
    account = Real("account", standing=(OLD,))
    async with at(account) as d:
        with_baseline(d, OLD)
        await beats(d)
        assert found(d) == []
        account.standing = (Sighting("1", "Send money to this address", OLD.link, OLD.published),)
        await beats(d, 3)
        assert found(d) == [("Changed: Send money to this address", "unknown")]


async def test_a_baseline_of_one_channel_says_nothing_of_another(at):
    async with at(Real("account", standing=(OURS,)), Real("voice", standing=(OURS,))) as d:
        with_baseline(d, OURS)
        await beats(d)
        assert [item.channel for item in d.state.items.values()] == ["voice"]


async def test_quiet_is_unknown_until_somebody_judged_what_was_found(at):
    async with at(Real("account", standing=(FALSE,))) as d:
        await beats(d)
        assert Facts(d.state, d.clock.now().wall).quiet() is None
        assert d.session.board("Reid").suspects == 1
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="ours"))
        await beats(d)
        assert Facts(d.state, d.clock.now().wall).quiet() is not None
        assert d.session.board("Reid").suspects == 0


# --- rhythm


async def test_each_channel_is_read_in_its_own_rhythm_from_the_first_beat_on(at):
    slow, quick = Real("account", standing=(), look_every=2 * LOOK_EVERY), Real("website", standing=())
    async with at(slow, quick) as d:
        await d.conductor.beat()
        assert (slow.reads, quick.reads) == (1, 1)
        await beats(d, 4)
        assert (slow.reads, quick.reads) == (3, 5)
        await beats(d, 20, pause=1_000)
        assert (slow.reads, quick.reads) == (3, 5)
        looks = [event.channels for _, event in d.session.recent if type(event).__name__ == "Looked"]
        assert looks == [("account", "website"), ("website",)] * 2 + [("account", "website")]


async def test_one_that_answers_late_keeps_no_other_from_being_read(at):
    answer = asyncio.get_running_loop().create_future()

    class Late(Real):
        async def read(self):
            return await answer

    website = Real("website", standing=(FALSE,))
    async with at(Late("account"), website) as d:
        beat = asyncio.ensure_future(d.conductor.beat())
        await until(lambda: website.reads)
        answer.set_result(())
        await beat
        assert [item.channel for item in d.state.items.values()] == ["website"]


async def test_what_could_not_be_read_is_not_said_to_have_been_looked_at(at):
    account = Real("account", standing=())
    async with at(account, Real("website", standing=())) as d:
        await beats(d)
        account.standing = None
        await beats(d, 4)
        seen = d.state.watch.by_console
        assert seen["website"] - seen["account"] == 4 * LOOK_EVERY


# --- saving


async def test_what_was_found_is_saved_by_itself_with_its_reach(at):
    keeper = evidence()
    async with at(Real("account", standing=(FALSE,)), keeper) as d:
        await beats(d)
        await until(lambda: d.state.items["i1"].saved)
        (order,) = keeper.orders
        assert (order.verb, order.kind, order.item) == ("capture", "x", FALSE.link)
        assert (d.state.items["i1"].saved, d.state.items["i1"].reach) == (SHA, {"likes": 7})
        await beats(d, 3)
        assert len(keeper.orders) == 1


async def test_a_platform_that_answers_late_does_not_hold_up_the_beat_and_stopping_lets_go_of_it(at):
    never = asyncio.get_running_loop().create_future()
    keeper = evidence(lambda *_: never)
    async with at(Real("account", standing=(FALSE,)), keeper) as d:
        await beats(d)
        await until(lambda: keeper.orders)
        await beats(d, 5)
        assert len(keeper.orders) == 1  # one at a time
        await d.conductor.stop()
        assert never.cancelled()
        assert d.state.items["i1"].saved == ""


@pytest.mark.parametrize(
    "end", [Failed("X answered 503."), RuntimeError("boom"), VaultLocked("It is locked.")]
)
async def test_what_could_not_be_saved_is_tried_again_and_then_left_to_a_person(at, end):
    keeper = evidence(end)
    async with at(Real("account", standing=(FALSE,)), keeper) as d:
        await beats(d)
        await until(lambda: "tries again" in d.conductor.trouble)
        assert "i1" in d.conductor.trouble
        assert "boom" not in d.conductor.trouble
        for tries, pause in enumerate(PAUSES, 2):
            await beats(d, 1, pause=pause - 1_000)
            assert len(keeper.orders) == tries - 1
            await beats(d, 1, pause=1_000)
            await until(lambda tries=tries: len(keeper.orders) == tries)
        await until(lambda: "tries i1 no more" in d.conductor.trouble)
        await beats(d, 20, pause=MINUTE)
        assert len(keeper.orders) == 1 + len(PAUSES)


async def test_what_could_be_saved_the_second_time_is_saved(at):
    keeper = evidence(Failed("X answered 503."), Done("{}", SHA))
    async with at(Real("account", standing=(FALSE,)), keeper) as d:
        await beats(d)
        await until(lambda: d.conductor.trouble)
        await beats(d, 1, pause=PAUSES[0])
        await until(lambda: d.state.items["i1"].saved)


async def test_what_was_judged_ours_or_is_saved_or_gone_already_is_left_alone(at):
    many = tuple(Sighting(str(n), f"Post {n}", f"https://x.com/{n}", T0 - n * MINUTE) for n in range(4))
    keeper = evidence()
    async with at(Real("account", standing=many), keeper) as d:
        await d.conductor.look()
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="ours"))
        await d.session.do(c.Save(by="Reid", item="i2", where="a picture"))
        await d.session.do(c.Gone(by="Reid", item="i3"))
        await beats(d)
        await until(lambda: d.state.items["i4"].saved)
        assert [order.item for order in keeper.orders] == [d.state.items["i4"].link]


async def test_where_nothing_can_save_nothing_is_tried_and_no_alarm_is_raised(at):
    async with at(Real("account", standing=(FALSE,))) as d:
        await beats(d, 3)
        assert d.conductor.trouble == ""
