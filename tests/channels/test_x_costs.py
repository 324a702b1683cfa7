"""What X costs: counted as its price list says, and a night of watching for cents, with nothing missed for it."""

from __future__ import annotations

import asyncio

import pytest
from channels.support_x import NOTICE, account_at, order_of, pocket_of
from standins.x import BEARER, Onward, XPlatform

from console.channels.live.adapter import dollars
from console.channels.live.x_reading import AFRESH, LATEST
from console.channels.protocol import Done, Failed

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
BOGUS = "We are giving away the station's cat"
MINUTE = 60_000
WHO = 10_000  # asking once whose access it is


@pytest.fixture
def clock():
    return Onward(NIGHT)


@pytest.fixture
async def platform(clock):
    async with XPlatform(clock) as running:
        yield running


@pytest.fixture
async def account(platform):
    channel = account_at(platform)
    yield channel
    await channel.close()


# -- the meter -----------------------------------------------------------------------------------------------------------


async def test_what_is_answered_is_counted_by_xs_price_list(platform, account):
    assert (account.spent, account.cost) == (0, "")
    await account.act(order_of())
    assert account.spent == WHO + 15_000
    await account.act(order_of(effect="E-2", text="See https://example.police.uk/notice"))
    assert account.spent == WHO + 215_000
    await account.act(order_of("delete", "E-3", item=platform.posts[0].id))
    assert account.spent == WHO + 225_000
    assert account.cost == "about $0.24 spent at X since this console started"
    await account.read()
    assert account.spent == WHO + 226_000
    await account.check("absent", order_of("delete", item=platform.posts[1].id))
    assert account.spent == WHO + 226_000  # it was read and paid for today


async def test_the_same_thing_costs_once_a_day(platform, account, clock):
    platform.publish(NOTICE)
    await account.profile()
    await account.profile()
    assert account.spent == WHO
    clock.turn(86_400_000)
    await account.profile()
    assert account.spent == 2 * WHO


async def test_the_apps_own_looks_cost_what_strangers_pay(platform):
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = BEARER
    account = account_at(platform, pocket, user_id="9")
    for number in range(3):
        platform.publish(f"Ours {number}")
    await account.read()
    assert account.spent == 3 * 5_000
    await account.close()


@pytest.mark.parametrize("word", ["402", "429", "503", "drop-before"])
async def test_what_is_refused_or_lost_costs_nothing(platform, account, word):
    await account.act(order_of())
    before = account.spent
    platform.misbehave = lambda _request: word
    await account.act(order_of(effect="E-2", text="Another"))
    await account.read()
    assert account.spent == before


@pytest.mark.parametrize(
    ("millionths", "words"), [(0, "$0.00"), (1, "$0.01"), (420_000, "$0.42"), (1_234_567_890, "$1,234.57")]
)
def test_amounts_are_written_as_people_write_them(millionths, words):
    assert dollars(millionths) == words


# -- a night -----------------------------------------------------------------------------------------------------------


async def test_a_night_of_watching_costs_cents(platform, account, clock):
    for number in range(300):
        platform.publish(f"Ours {number}", wall=NIGHT - (300 - number) * 3_600_000)
    seen = set()
    for look in range(1_200):
        if look % 100 == 50:
            platform.publish(f"{BOGUS} {look}")
        seen |= {each.words for each in await account.read()}
        clock.turn(30_000)
    assert {f"{BOGUS} {look}" for look in range(50, 1_200, 100)} <= seen
    assert account.spent < 250_000
    looks = [request.query for request in platform.log if request.path.endswith("/tweets")]
    assert len(looks) <= 1_200 + platform.renewals
    anew = sum("since_id" not in each for each in looks)
    assert anew <= 1_200 // 20 + platform.renewals  # every ten minutes


async def test_a_post_that_comes_behind_a_newer_one_is_not_missed(platform, account, clock):
    platform.publish("Long ago", wall=NIGHT - 3_600_000)
    await account.read()
    late = platform.publish(BOGUS)
    late.at = clock.now().boot + 60_000  # X shows it a minute late
    clock.turn(5_000)
    platform.publish(NOTICE)
    words = []
    for _ in range(4):
        words = [each.words for each in await account.read()]
        clock.turn(30_000)
    assert words == [NOTICE, BOGUS, "Long ago"]


async def test_what_is_new_costs_once_and_then_nothing(platform, account, clock):
    await account.read()
    platform.publish(BOGUS)
    before = account.spent
    for _ in range(20):
        assert len(await account.read()) == 1
        clock.turn(30_000)
    assert account.spent == before + 1_000
    assert platform.log[-1].query["since_id"] == platform.posts[0].id


async def test_what_is_proved_gone_does_not_stand_there(platform, account, clock):
    ours, theirs = platform.publish(NOTICE), platform.publish(BOGUS)
    assert len(await account.read()) == 2
    clock.turn(300_000)
    await account.read()
    assert isinstance(await account.act(order_of("delete", item=theirs.id)), Done)
    assert [each.remote for each in await account.read()] == [ours.id]
    ours.gone = clock.now().boot
    for _ in range(5):
        await account.check("absent", order_of("delete", item=ours.id))
        clock.turn(30_000)
    assert await account.read() == ()


async def read_at(account, clock, ms):
    clock.turn(ms)
    return [each.words for each in await account.read()]


async def test_what_others_took_away_stands_there_until_the_newest_page_is_read_again(
    platform, account, clock
):
    posts = [platform.publish(f"Post {number}") for number in range(4)]
    clock.turn(LATEST)
    assert len(await account.read()) == 4
    before = account.spent
    for each in (posts[0], posts[3]):  # the oldest of all, and the newest
        platform.take_away(each)
    assert len(await read_at(account, clock, AFRESH - MINUTE)) == 4
    assert await read_at(account, clock, MINUTE) == ["Post 2", "Post 1"]
    assert account.spent == before  # it was paid for today


async def test_what_lies_behind_the_newest_page_stands_as_it_was_and_what_is_new_is_not_missed(
    platform, account, clock
):
    old = platform.publish("Old", wall=NIGHT - MINUTE)
    clock.turn(LATEST)
    assert await read_at(account, clock, LATEST) == ["Old"]
    for number in range(250):  # more than two pages at once
        platform.publish(f"{BOGUS} {number}")
    platform.take_away(old)
    words = await read_at(account, clock, AFRESH)
    assert len(words) == 251
    assert words[-1] == "Old"


async def test_a_newest_page_that_cannot_be_read_takes_nothing_away(platform, account, clock):
    platform.publish(BOGUS)
    await account.read()
    clock.turn(AFRESH)
    platform.misbehave = lambda _request: "503"
    assert await account.read() is None
    platform.misbehave = lambda _request: ""
    assert await read_at(account, clock, MINUTE) == [BOGUS]
    assert "since_id" not in platform.log[-1].query


async def test_a_newest_page_that_shows_nothing_and_says_that_there_is_more_takes_nothing_away(
    platform, account, clock
):
    platform.publish(BOGUS)
    await account.read()
    timeline = platform._timeline

    def empty(account, query):
        answer = timeline(account, query)
        if "since_id" not in query:
            answer.body = {"meta": {"result_count": 0, "next_token": "p0"}}
        return answer

    platform._timeline = empty
    assert await read_at(account, clock, AFRESH) == [BOGUS]


async def test_looks_at_the_same_time_miss_nothing(platform, account):
    for number in range(120):
        platform.publish(f"Ours {number}")
    first, second = await asyncio.gather(account.read(), account.read())
    assert len(first) == len(second) == 120


async def test_a_try_says_what_a_night_costs(platform, account):
    for number in range(24):
        platform.publish(f"Ours {number}", wall=NIGHT - number * 3_600_000)
    said = "\n".join((await account.test()).lines)
    assert "a night of watching costs about $0.21" in said
    assert "A post costs $0.015, with a link $0.200, a deletion $0.010." in said
    assert account.spent == 2 * WHO


# -- an empty purse --------------------------------------------------------------------------------------------------------


async def test_empty_credits_end_an_act_and_are_told_of_the_watch(platform, account):
    await account.read()
    assert account.notes == {}
    platform.credits = 0
    assert await account.read() is None
    (note,) = account.notes.values()
    assert note.startswith("The timeline cannot be read.")
    assert "used up (402). Buy some at https://console.x.com" in note
    outcome = await account.act(order_of("delete", item="20"))
    assert isinstance(outcome, Failed)
    assert "Buy some at https://console.x.com; it was not deleted." in outcome.reason
    platform.credits = None
    assert await account.read() == ()
    assert account.notes == {}
