"""Reposts and likes of an account at X: they do harm as well, are seen, and are taken back where X lets a program do it."""

from __future__ import annotations

import json

import pytest
from channels.support_x import account_at, order_of, pocket_of
from standins.x import HANDLE, THEM, US, Onward, XPlatform

from console.channels.protocol import Done, Failed, InDoubt

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
THEIRS = "We are giving away the station's cat"
NAMES = ("old", "new", "both", "deaf")


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


@pytest.fixture
def theirs(platform):
    return platform.publish(THEIRS, by=THEM)


@pytest.fixture
def repost(platform, theirs):
    return platform.publish(f"RT @SomebodyElse: {THEIRS}", source=theirs.id)


def paths(platform, method="DELETE"):
    return [each.path for each in platform.log if each.method == method]


@pytest.mark.parametrize("names", NAMES)
async def test_a_repost_stands_among_the_posts_and_is_taken_back_by_what_it_reposts(clock, names):
    async with XPlatform(clock, names=names) as platform:
        theirs = platform.publish(THEIRS, by=THEM)
        repost = platform.publish(f"RT @SomebodyElse: {THEIRS}", source=theirs.id)
        account = account_at(platform)
        (seen,) = await account.read()
        assert (seen.remote, seen.words) == (repost.id, f"RT @SomebodyElse: {THEIRS}")
        assert seen.link == f"https://x.com/{HANDLE}/status/{repost.id}"
        outcome = await account.act(order_of("delete", item=seen.link))
        assert isinstance(outcome, Done)
        assert json.loads(outcome.proof)["reposted"] == theirs.id
        assert repost.gone is not None
        assert theirs.gone is None
        assert paths(platform) == [f"/2/users/{US}/retweets/{theirs.id}"]
        assert await account.read() == ()
        await account.close()


@pytest.mark.parametrize("names", NAMES)
async def test_a_repost_that_was_never_read_is_found_out_when_x_refuses_it_as_a_post(clock, names):
    async with XPlatform(clock, names=names) as platform:
        theirs = platform.publish(THEIRS, by=THEM)
        repost = platform.publish(f"RT @SomebodyElse: {THEIRS}", source=theirs.id)
        account = account_at(platform)
        assert isinstance(await account.act(order_of("delete", item=repost.id)), Done)
        assert repost.gone is not None
        assert paths(platform) == [f"/2/tweets/{repost.id}", f"/2/users/{US}/retweets/{theirs.id}"]
        await account.close()


async def test_where_x_deletes_it_like_a_post_that_is_enough(platform, account, repost):
    platform.deletes_reposts = True
    assert isinstance(await account.act(order_of("delete", item=repost.id)), Done)
    assert paths(platform) == [f"/2/tweets/{repost.id}"]


async def test_what_somebody_else_posted_or_reposted_is_refused_and_nothing_of_ours_taken_back(
    platform, account, theirs, repost
):
    other = platform.publish("RT @SomebodyElse: ...", by=THEM, source=theirs.id)
    for item in (other, theirs):
        outcome = await account.act(order_of("delete", f"E-{item.id}", item=item.id))
        assert isinstance(outcome, Failed)
        assert "not authorized to delete" in outcome.reason
    assert repost.gone is None


async def test_a_repost_that_is_gone_is_seen_to_be_gone(platform, account, repost, clock):
    await account.read()
    order = order_of("delete", item=repost.id)
    await account.act(order)
    assert (await account.check("absent", order)).verdict == "cannot-see"
    clock.turn(60_000)
    assert (await account.check("absent", order)).verdict == "agrees"


@pytest.mark.parametrize("word", ["drop-after", "500-after", "html", "503", "402", "429", "drop-before"])
async def test_a_repost_that_meets_trouble_ends_as_a_post_does(platform, account, repost, word):
    await account.read()
    platform.script.append(word)
    outcome = await account.act(order_of("delete", item=repost.id))
    assert isinstance(outcome, Failed if word == "402" else InDoubt if word == "html" else Done)
    assert isinstance(outcome, InDoubt) or (repost.gone is not None) is isinstance(outcome, Done)
    assert isinstance(await account.act(order_of("delete", attempt=2, item=repost.id)), Done)
    assert repost.gone is not None


# -- likes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("way", ["oauth2", "oauth1"])
async def test_what_the_account_likes_is_told_newest_first(clock, names, way):
    async with XPlatform(clock, names=names) as platform:
        first, second = (platform.publish(f"{THEIRS} {n}", by=THEM, wall=NIGHT - n) for n in (9, 5))
        platform.liked = [first.id, second.id]
        account = account_at(platform, way=way)
        newest, oldest = await account.likes()
        assert (newest.remote, newest.words, newest.published) == (first.id, f"{THEIRS} 9", NIGHT - 9)
        assert newest.link == f"https://x.com/i/status/{first.id}"
        assert oldest.remote == second.id
        assert account.spent == 10_000 + 2 * 1_000
        await account.close()


async def test_an_account_that_likes_nothing_says_so(account):
    assert await account.likes() == ()


async def test_likes_that_may_not_be_read_are_not_told(platform):
    pocket = pocket_of(platform, "oauth2")
    account, app = account_at(platform, pocket), account_at(platform, way="bearer")
    for each in platform.user_tokens.values():
        each["scope"] = "tweet.read users.read"
    assert await account.likes() is None
    assert await app.likes() is None
    await account.close()
    await app.close()


@pytest.mark.parametrize("word", ["drop-before", "503", "402", "429", "html", "garbage", "redirect", "huge"])
async def test_likes_that_cannot_be_read_are_not_told(platform, account, word):
    await account._prove()
    platform.misbehave = lambda _request: word
    assert await account.likes() is None
