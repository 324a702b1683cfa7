"""What the officer is told of the channels besides the record: what waits, what is not watched, what was spent."""

from __future__ import annotations

import pytest
from support_conductor import Scripted, standing

from console.engine.watching import LOOK_EVERY


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


async def test_an_act_that_waits_for_a_platform_is_told_as_long_as_it_waits(at):
    account = Scripted("account")
    async with at(account, Scripted("website")) as d:
        assert d.conductor.channel_notes() == ()
        account.held = "X lets the next one go at 23:47 UTC."
        assert d.conductor.channel_notes() == ("account: X lets the next one go at 23:47 UTC.",)
        account.held = ""
        assert d.conductor.channel_notes() == ()


async def test_what_a_channel_tells_is_made_safe_to_show(at):
    account = Scripted("account")
    account.notes = {"watch": "It is not watched: \x1b[2J\u202e"}
    account.cost = "about $0.42 spent at X since this console started"
    async with at(account) as d:
        assert d.conductor.channel_notes() == ("account: It is not watched: \\u{1b}[2J\\u{202e}",)
        assert d.conductor.channel_costs() == ("account: about $0.42 spent at X since this console started.",)


async def test_a_channel_that_cannot_be_read_any_more_is_told_until_it_can(at):
    account, website = Scripted("account", standing=()), Scripted("website")
    async with at(account, website) as d:
        await beat(d)
        assert d.conductor.channel_notes() == ()  # nobody could ever read the website
        account.standing = None
        await beat(d)
        assert d.conductor.channel_notes() == (
            "account: It could not be read at the last look. Look there yourself.",
        )
        account.notes = {"watch": "X is not being watched."}
        assert d.conductor.channel_notes() == ("account: X is not being watched.",)
        account.notes, account.standing = {}, ()
        await beat(d)
        assert d.conductor.channel_notes() == ()


async def beat(d):
    d.clock.turn(LOOK_EVERY)
    await d.conductor.beat()
