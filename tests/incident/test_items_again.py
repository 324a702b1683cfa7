"""One link, one thing after another: what was changed, or was gone and stands there again, takes its place on the list."""

from __future__ import annotations

import pytest
from support_incident import MINUTE, Play

from console.incident import commands as c
from console.incident.board import board
from console.incident.facts import Facts, concerned, items_for
from console.incident.narrate import words_of

LINK = "https://x.com/a/status/1"
SHA = "ab" * 32


@pytest.fixture
def play():
    """A false item, judged and saved."""
    play = Play.open(configured={"account": "x"})
    play.do(c.See(channel="account", link=LINK, words="Fire the chief", verdict="unknown", source="watch"))
    play.do(c.Mark(by="Reid", item="i1", verdict="bogus", at_risk=True))
    play.do(c.Save(item="i1", sha256=SHA, captured=True))
    play.turn(10 * MINUTE)
    return play


def again(play, words="Changed: Send money", instead="i1", **more):
    given = {"verdict": "unknown", "source": "watch", "instead": instead, **more}
    return play.do(c.See(channel="account", link=LINK, words=words, **given))


def removal(play):
    return next(each for each in play.state.playbook.steps() if each.name == "remove/account")


def test_what_was_changed_is_suspect_anew_and_what_was_known_of_it_stays(play):
    again(play)
    old, new = play.state.items.values()
    assert (old.gone, old.verified, old.then, old.saved, old.verdict) == ("changed", True, "i2", SHA, "bogus")
    assert (new.suspect, new.saved, new.at_risk, new.gone) == (True, "", True, "")
    assert new.first_seen == play.now.wall
    shown = board(play.state, play.now.wall, "Reid")
    assert (shown.items, shown.items_left, shown.suspects) == (1, 0, 1)
    assert Facts(play.state, play.now.wall).quiet() is None


def test_judged_false_it_is_the_one_to_be_saved_removed_and_looked_for(play):
    again(play)
    play.do(c.Mark(by="Reid", item="i2", verdict="bogus"))
    step = removal(play)
    assert items_for(play.state, step) == ("i2",)
    assert [each.id for each in concerned(play.state, step.check)] == ["i2"]
    assert play.state.watch.last_bogus == play.now.wall


def test_what_is_gone_and_stands_there_again_does_not_count_as_gone(play):
    play.do(c.Gone(item="i1", verified=True, proof="404"))
    (event,) = again(play, "Again: Fire the chief")
    old, new = play.state.items.values()
    assert (old.gone, old.then) == ("gone", "i2")  # it was gone for a while, and that was seen
    assert new.suspect
    line = words_of(event, play.state)
    assert line == 'item i2 (was i1) on account "Again: Fire the chief", puts someone at risk'


def test_of_two_consoles_that_see_the_same_change_one_tells_it(play):
    assert again(play)
    assert again(play) == ()
    assert again(play, "Changed: and again", instead="i2")
    assert [each.then for each in play.state.items.values()] == ["i2", "i3", ""]


def test_the_watch_lists_no_link_twice_that_it_does_not_say_is_another(play):
    assert again(play, instead="") == ()
    play.do(c.Gone(by="Reid", item="i1"))
    assert again(play, instead="") == ()


def test_an_officer_who_sees_it_again_lists_it_again(play):
    seen = c.See(by="Shah", channel="account", link=LINK, words="Fire the chief")
    assert play.do(seen) == ()
    play.do(c.Gone(by="Reid", item="i1"))
    (event,) = play.do(seen)
    assert (event.item, event.instead, event.verdict) == ("i2", "i1", "bogus")
    assert play.do(seen) == ()


def test_a_plan_to_remove_what_was_changed_is_void(play):
    step = removal(play)
    play.do(c.Waive(by="Reid", step=step.name, reason="the test is about the plan"))
    play.do(c.Ask(by="Reid", step=step.name, nonce="n"))
    again(play)
    (plan,) = play.state.plans.values()
    assert plan.void == "the list of items changed"


def test_the_console_tells_nothing_of_what_is_gone_already(play):
    play.do(c.Gone(by="Reid", item="i1", how="removed"))
    assert play.do(c.Gone(item="i1", verified=True)) == ()
    assert play.state.items["i1"].gone == "removed"
    assert len(play.do(c.Gone(by="Reid", item="i1", how="hidden"))) == 1  # a person may say it better
