"""Channels that tell at once: their alarm makes the watch look within a second, and nothing else is taken from it."""

from __future__ import annotations

import asyncio

import pytest
from channels.support_x import account_at, pocket_of
from standins.x import BEARER, US, XPlatform
from support_conductor import Scripted, standing
from support_incident import T0

from console.channels.protocol import Sighting
from console.clock import TurnedClock
from console.engine.conductor import LOOP_EVERY
from console.engine.watching import AT_ONCE, HURRY
from console.incident import commands as c

BOGUS = "We are giving away the station's cat"


class Telling(Scripted):
    """A channel that tells. `told` is what it tells next: a word, or an exception; `ears` are how many listen."""

    def __init__(self, name, *ends, **more):
        super().__init__(name, *ends, **more)
        self.told = asyncio.Queue()
        self.ears = self.reads = 0

    async def alerts(self):
        self.ears += 1
        try:
            while True:
                word = await self.told.get()
                if isinstance(word, Exception):
                    raise word
                yield word
        finally:
            self.ears -= 1

    async def read(self):
        self.reads += 1
        return await super().read()


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


async def beat(d, ms=LOOP_EVERY):
    d.clock.turn(ms)
    await d.conductor.beat()


async def until(holds):
    """Wait until a predicate holds; some of it comes over a socket."""
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


async def test_an_alarm_makes_the_next_beat_look_there_and_only_there(at):
    account, website = Telling("account", standing=()), Telling("website", standing=())
    async with at(account, website) as d:
        await beat(d, 60_000)
        await until(lambda: account.ears)
        before = (account.reads, website.reads)
        account.standing = (Sighting("1", BOGUS, "https://x.com/a/status/1", d.clock.now().wall),)
        await beat(d)
        assert (account.reads, website.reads) == before
        account.told.put_nowait("post.create")
        await until(lambda: account.told.empty() and "account" in d.conductor._alarmed)
        await beat(d)
        assert (account.reads, website.reads) == (before[0] + 1, before[1])
        assert [item.words for item in d.state.items.values()] == [BOGUS]
        await beat(d)
        assert account.reads == before[0] + 1


async def test_a_flood_of_alarms_makes_it_look_every_few_seconds_and_no_more_often(at):
    account = Telling("account", standing=())
    async with at(account) as d:
        await beat(d)
        await until(lambda: account.ears)
        before = account.reads
        for _ in range(20):
            account.told.put_nowait("post.create")
            await until(lambda: account.told.empty() and "account" in d.conductor._alarmed)
            await beat(d)
        looks = account.reads - before
        assert AT_ONCE <= looks <= AT_ONCE + 20_000 // HURRY
        await beat(d, HURRY)
        assert account.reads - before == looks + 1  # none is forgotten


async def test_an_alarm_by_itself_is_no_item(at):
    account = Telling("account", standing=())
    async with at(account) as d:
        await beat(d)
        account.told.put_nowait("post.create")
        await until(account.told.empty)
        await beat(d)
        assert d.state.items == {}


async def test_a_channel_that_breaks_its_word_is_watched_all_the_same(at):
    account = Telling("account", standing=())
    async with at(account) as d:
        await beat(d)
        account.told.put_nowait(RuntimeError("\x1b[2J"))
        await until(lambda: d.conductor.trouble)
        assert d.conductor.trouble == (
            "account tells nothing at once any more (RuntimeError). The watch goes on."
        )
        before = account.reads
        await beat(d, 60_000)
        assert account.reads == before + 1
        assert account.ears == 0


async def test_who_takes_a_channels_place_is_listened_to_instead(at):
    account, other = Telling("account", standing=()), Telling("account", standing=())
    async with at(account) as d:
        await beat(d)
        await until(lambda: account.ears)
        d.session.channels["account"] = other
        await beat(d)
        await until(lambda: other.ears and not account.ears)


async def test_nobody_listens_after_the_end_or_before_a_beat(at):
    account = Telling("account", standing=())
    async with at(account) as d:
        await d.session.do(c.Note(by="Reid", text="Only a verb."))
        assert account.ears == 0
        await beat(d)
        await until(lambda: account.ears)
        await d.conductor.stop()
        assert account.ears == 0


async def test_what_x_tells_is_on_the_list_within_a_second(tmp_path):
    clock = TurnedClock(T0, 1_000)
    async with XPlatform(clock) as platform:
        pocket = pocket_of(platform, "oauth2")
        pocket.secrets["bearer-token"] = BEARER
        account = account_at(platform, pocket, user_id=US, stream="yes")
        async with standing(tmp_path / "live.db", account) as d:
            account._clock = platform.clock = d.clock
            await beat(d, 60_000)
            await until(lambda: platform.streams)
            await beat(d)
            assert d.state.items == {}
            platform.publish(BOGUS)
            await until(lambda: account.spent % 10_000)
            await beat(d)
            assert [item.words for item in d.state.items.values()] == [BOGUS]
            platform.piece(None)
            await until(d.conductor.channel_notes)
            assert "account: X does not tell at once what happens." in d.conductor.channel_notes()[0]
            d.clock.turn(5_000)
            await until(lambda: not d.conductor.channel_notes())
        assert account._http is not None
        await account.close()
    assert not platform.streams


@pytest.mark.parametrize("stream", ["yes", "no"])
async def test_a_post_that_others_delete_at_x_is_gone_by_the_record_once_x_is_sure(tmp_path, stream):
    clock = TurnedClock(T0, 1_000)
    async with XPlatform(clock) as platform:
        pocket = pocket_of(platform, "oauth2")
        pocket.secrets["bearer-token"] = BEARER
        account = account_at(platform, pocket, user_id=US, stream=stream)
        async with standing(tmp_path / "live.db", account) as d:
            account._clock = platform.clock = d.clock
            false, other = platform.publish(BOGUS), platform.publish("Another")
            await beat(d, 60_000)
            await until(lambda: platform.streams or stream == "no")
            await beat(d, 180_000)
            began = d.clock.now().boot
            platform.take_away(false)
            await until(lambda: false.id not in account._standing or stream == "no")
            while not d.state.items["i1"].gone:
                await beat(d, 10_000)
                await until(lambda: d.conductor._asking is None or d.conductor._asking.done())
            took = d.clock.now().boot - began
            assert took <= (120_000 if stream == "yes" else 720_000)
            gone, stands = d.state.items.values()
            assert (gone.gone, gone.verified, stands.gone) == ("gone", True, "")
            assert stands.link.endswith(other.id)
        await account.close()
