"""Whoever can post on our account copies our own notice, with a picture beside it, or edits it where it stands."""

from __future__ import annotations

import asyncio

import pytest
from support_conductor import Scripted, desk, standing
from support_incident import T0

from console.channels.protocol import Done, InDoubt, Sighting
from console.engine.watching import LOOK_EVERY
from console.incident import commands as c
from console.incident.facts import Facts

NOTICE = "pin-ignore-notice/own-account"


class Real(Scripted):
    reads_everything = True


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


def seen(remote, words):
    return Sighting(remote, words, f"https://social.example/{remote}", T0)


async def beats(d, count=1):
    for _ in range(count):
        d.clock.turn(LOOK_EVERY)
        await d.conductor.beat()


def links(d):
    return [item.link.rpartition("/")[2] for item in d.state.items.values()]


async def posted(d, account, *, end):
    account.ends = [end]
    await d.act(NOTICE)
    return account.orders[0].text


async def test_a_copy_of_a_post_whose_name_is_known_is_suspect_and_no_quiet_runs_on(at):
    account = Real("account", standing=())
    async with at(account) as d:
        words = await posted(d, account, end=Done("201", "t-1"))
        account.standing = (seen("t-9", words), seen("t-1", words))
        await beats(d, 2)
        assert links(d) == ["t-9"]
        assert Facts(d.state, d.clock.now().wall).quiet() is None


async def test_a_copy_on_another_channel_is_suspect(at):
    account, website = Real("account", standing=()), Real("website", standing=())
    async with at(account, website) as d:
        words = await posted(d, account, end=Done("201", "t-1"))
        website.standing = (seen("n-9", words),)
        await beats(d)
        assert links(d) == ["n-9"]


async def test_one_that_may_be_the_post_in_doubt_is_ours_and_of_two_nobody_can_tell(at):
    account = Real("account", standing=())
    async with at(account) as d:
        words = await posted(d, account, end=InDoubt("no answer"))
        account.standing = (seen("t-1", words),)
        await beats(d, 2)
        assert links(d) == []
        account.standing = (seen("t-9", words), seen("t-1", words))
        await beats(d, 2)
        assert links(d) == ["t-1", "t-9"]
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="ours"))
        await beats(d)
        assert links(d) == ["t-1", "t-9"]


async def test_one_that_comes_after_the_post_in_doubt_went_is_suspect(at):
    account = Real("account", standing=())
    async with at(account) as d:
        words = await posted(d, account, end=InDoubt("no answer"))
        account.standing = (seen("t-1", words),)
        await beats(d)
        account.standing = (seen("t-9", words),)
        await beats(d)
        assert links(d) == ["t-9"]


async def test_a_copy_beside_a_post_on_its_way_is_suspect_once_that_has_a_name(at):
    answer = asyncio.get_running_loop().create_future()
    account = Real("account", lambda *_: answer, standing=())
    async with at(account) as d:
        await d.conductor.act("Reid", NOTICE, confirm="account")
        await asyncio.sleep(0)
        words = account.orders[0].text
        account.standing = (seen("t-9", words), seen("t-1", words))
        await beats(d)
        assert links(d) == []
        answer.set_result(Done("201", "t-1"))
        await d.conductor.settle()
        await beats(d)
        assert links(d) == ["t-9"]


async def test_our_own_post_in_other_words_is_suspect(at):
    account = Real("account", standing=())
    async with at(account) as d:
        words = await posted(d, account, end=Done("201", "t-1"))
        account.standing = (seen("t-1", words),)
        await beats(d)
        assert links(d) == []
        account.standing = (seen("t-1", f"{words} Details: https://evil.example"),)
        await beats(d, 2)
        assert [(item.words[:9], item.suspect) for item in d.state.items.values()] == [("Changed: ", True)]


async def test_our_own_post_that_a_platform_writes_otherwise_is_ours(at):
    account = Real("account", standing=())
    async with at(account) as d:
        words = await posted(d, account, end=Done("201", "t-1"))
        account.standing = (seen("t-1", f"Notice. {words}"),)
        await beats(d, 2)
        assert links(d) == []


async def test_an_item_of_another_channel_hides_none_under_the_same_link(at):
    """Whoever runs a feed chooses the links in it."""
    account, website = Real("account", standing=(seen("1", "old"),)), Real("website", standing=())
    async with at(account, website) as d:
        await beats(d)
        website.standing = (seen("1", "another"),)
        await beats(d)
        assert [(item.channel, item.words) for item in d.state.items.values()] == [
            ("account", "old"),
            ("website", "another"),
        ]


async def test_what_another_console_posts_while_we_read_is_ours(at):
    account = Real("account", Done("201", "t-1"), standing=())
    async with at(account) as d:
        late = Real("account", standing=())
        other = await desk(d.session.journal, d.state.incident, d.clock, late, holder="other")

        async def read():
            await d.act(NOTICE)
            return (seen("t-1", account.orders[0].text),)

        late.read = read
        await beats(other)
        assert links(other) == []
        await other.conductor.stop()
