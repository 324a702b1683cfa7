"""Attack: put a value into the record that no screen or encoder can take, so that nobody can open the incident again."""

from __future__ import annotations

import pytest
from support_incident import Play, opening, shipped

from console.engine.opening import opening_answer
from console.errors import BadInput, Refused
from console.incident import commands as c
from console.incident.board import board
from console.incident.moment import clock_or_day, hhmm, hhmmss
from console.incident.wordings import values

TIMES = ["9" * 30, "9" * 5_000, "99999999999999", "\u00b2\u00b2", "\uff11" * 13, "-5", "1e9"]


@pytest.mark.parametrize("time", TIMES, ids=range(len(TIMES)))
def test_no_moment_that_has_not_been_is_an_answer(time):
    play = Play.open()
    with pytest.raises(Refused):
        play.do(c.Amend(by="Reid", slug="first-seen", value=time))


@pytest.mark.parametrize("time", ["9" * 30, "\u00b2\u00b2", "\uff11" * 13])
def test_nor_at_the_opening(time):
    asked = next(each for each in shipped("press-channels-misused").playbook.ask if each.slug == "first-seen")
    with pytest.raises(BadInput):
        opening_answer(asked, time)


@pytest.mark.parametrize("time", ["9" * 30, "99999999999999", "0"])
def test_a_record_that_holds_one_can_still_be_shown(time):
    play = Play()
    play.take(opening(answers={"first-seen": time}))
    assert board(play.state, play.now.wall, "Reid").live
    assert values(play.state, play.now.wall, "Reid")["first-seen"]


@pytest.mark.parametrize("wall", [-(10**18), -1, 0, 10**14, 10**30])
def test_every_moment_can_be_shown(wall):
    assert len(hhmm(wall)) == 5
    assert len(hhmmss(wall)) == 8
    assert clock_or_day(wall, 0)


def test_a_number_has_as_many_digits_as_numbers_have():
    play = Play.open()
    with pytest.raises(Refused, match="not a number"):
        play.do(c.Answer(by="Reid", step="notify-subscribers/count", value="9" * 5_000))


@pytest.mark.parametrize(
    "command",
    [
        c.Note(by="Reid", text="half \udcff"),
        c.See(by="Reid", channel="account", words="\ud800"),
        c.EditText(by="Reid", text="holding", part="known", words="\udfff"),
        c.Answer(by="Re\udcffid", step="confirm/look", value="false-posts"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_half_a_character_is_told_and_not_kept(command):
    play = Play.open()
    before = play.state
    with pytest.raises((BadInput, Refused), match=r"cannot be (kept|seen)"):
        play.do(command)
    assert play.state is before


def test_nothing_is_planned_with_half_a_character():
    play = Play.open()
    with pytest.raises(BadInput):
        play.do(c.Ask(by="\udcff", step="correct/holding", nonce="1"))
