"""What the officer is told of the channels besides the record: what waits, what is not watched, what was spent."""

from __future__ import annotations

import pytest
from support_conductor import Scripted, standing


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
