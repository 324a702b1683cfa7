"""Facts in the words of a log: clock times, names and plain counts."""

from __future__ import annotations

import pytest
from support_incident import MINUTE, T0, Play

from console.incident import commands as c
from console.incident.narrate import words_of
from console.text import counted


def words(play: Play, command) -> list[str]:
    return [words_of(event, play.state) for event in play.do(command)]


def test_an_opening_time_is_told_by_the_clock():
    play = Play.open()
    assert words(play, c.Amend(by="Reid", slug="first-seen", value=f"{T0 - 2 * MINUTE}")) == [
        "corrected first-seen to 23:16"
    ]
    assert words(play, c.Amend(by="Reid", slug="at-risk", value="yes")) == ["corrected at-risk to yes"]


def test_a_look_names_where_somebody_looked():
    play = Play.open()
    assert words(play, c.Look(by="Reid", channels=("account",))) == [
        "looked at account: nothing more that is false there"
    ]
    assert words(play, c.Look(by="Reid")) == ["looked at every channel: nothing more that is false"]


def test_what_an_item_is_held_for_is_told_in_words_and_not_twice():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1", verdict="unknown"))
    assert words(play, c.Mark(by="Reid", item="i1", verdict="bogus")) == ["marked i1 false"]
    assert words(play, c.Mark(by="Reid", item="i1", verdict="bogus", at_risk=True)) == [
        "marked i1 false, at risk"
    ]
    assert words(play, c.Mark(by="Reid", item="i1", verdict="bogus", at_risk=True)) == []
    assert words(play, c.Gone(by="Reid", item="i1", how="removed")) == [
        "i1 is gone (removed), seen not checked"
    ]
    assert words(play, c.Gone(by="Reid", item="i1", how="removed")) == []
    assert words(play, c.Gone(by="Reid", item="i1", how="removed", verified=True)) == ["i1 is gone (removed)"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (c.Answer(by="Reid", step="confirm/call", value="have-it"), "took back an answer to confirm/call"),
        (c.Skip(by="Reid", step="confirm/call", reason="no phone"), "took back the skipping of confirm/call"),
        (c.Defer(by="Reid", step="confirm/call"), "took back the putting off of confirm/call"),
    ],
    ids=["answer", "skip", "defer"],
)
def test_what_was_taken_back_is_named(command, told):
    play = Play.open()
    play.do(command)
    assert words(play, c.Undo(by="Reid")) == [told]


def test_one_is_counted_as_one():
    assert [counted(n, "item") for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]
    assert counted(1, "person", "people") == "1 person"
    assert counted(41_207, "person", "people") == "41,207 people"
