"""What the officer is told of the channels besides the record: what waits, what is not watched, what was spent."""

from __future__ import annotations

import pytest
from support_conductor import Scripted, standing
from support_incident import MINUTE


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
    account.notes = {"stream": "It tells nothing: \x1b[2J\u202e"}
    account.cost = "about $0.42 spent at X since this console started"
    async with at(account) as d:
        assert d.conductor.channel_notes() == ("account: It tells nothing: \\u{1b}[2J\\u{202e}",)
        assert d.conductor.channel_costs() == ("account: about $0.42 spent at X since this console started.",)


async def test_why_a_look_failed_is_a_note_until_the_board_says_not_watching_and_then_goes_with_that(at):
    account, website = Scripted("account", standing=()), Scripted("website", standing=())
    async with at(account, website) as d:
        await d.conductor.beat()
        account.standing, account.notes = None, {"watch": "402: \x1b[2J", "stream": "It tells nothing."}
        said = "account: could not be read at the last look. 402: \\u{1b}[2J"
        both = (said, "account: It tells nothing.")
        assert d.conductor.channel_notes(beside_the_board=True) == d.conductor.channel_notes() == both
        assert d.conductor.unwatched_why() == {}
        for _ in range(5):
            d.clock.turn(MINUTE)
            await d.conductor.beat()
        assert d.session.board("Reid").unwatched == ("not watching account since 23:18",)
        assert d.conductor.channel_notes(beside_the_board=True) == both[1:]
        assert d.conductor.channel_notes() == both  # where the board is not shown
        assert d.conductor.unwatched_why() == {"account": "402: \\u{1b}[2J"}


async def test_of_a_channel_that_does_not_say_why_it_is_not_watched_nothing_is_said(at):
    async with at(Scripted("account", standing=None)) as d:
        d.clock.turn(10 * MINUTE)
        assert d.session.board("Reid").unwatched == ("not watching account yet",)
        assert d.conductor.unwatched_why() == {}
