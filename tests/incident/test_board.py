"""The board: what is next, and what an incident that was ended still shows."""

from __future__ import annotations

import msgspec
import pytest
from support_incident import MINUTE, Play

from console.errors import NotFound
from console.incident import commands as c
from console.incident.board import board
from console.incident.board_box import box_for
from console.incident.plainly import numbered
from console.incident.planning import step_of

LOOK, CALL, VOICE = "confirm/look", "confirm/call", "pin-ignore-notice/voice"


def of(play: Play, officer: str = "Reid"):
    return board(play.state, play.now.wall, officer)


def stood_down() -> Play:
    play = Play.open()
    play.turn(3 * MINUTE)
    play.do(c.Answer(by="Reid", step=CALL, value="have-it"))
    play.do(c.Answer(by="Reid", step=LOOK, value="nothing", confirmed=True))
    return play


def test_nothing_is_asked_due_or_taken_back_in_what_was_ended():
    shown = of(stood_down())
    assert (shown.box, shown.next, shown.update, shown.waiting, shown.ways) == (None, "", "", (), ())
    assert not shown.can_undo
    assert shown.ended == "Stood down 23:21 by Reid: Nothing wrong here"


def test_nothing_gets_later_once_it_was_ended():
    play = stood_down()
    before = of(play)
    play.turn(600 * MINUTE)
    after = of(play)
    assert msgspec.structs.replace(after, now=before.now, clock=before.clock) == before
    assert after.clock == "09:21"
    state = play.state
    box = box_for(state, step_of(state, VOICE), play.now.wall, "Reid", numbered(state))
    assert (box.late, box.asked) == (0, None)


def test_what_was_put_off_is_not_offered_as_next():
    play = Play.open()
    assert of(play).next.startswith("1.2 ")
    play.do(c.Defer(by="Reid", step=CALL, minutes=5))
    assert of(play).next.startswith("2.1 ")
    play.do(c.Defer(by="Reid", step=VOICE, minutes=5))
    assert of(play).next.startswith("2.2 ")
    play.turn(5 * MINUTE)
    assert of(play).next.startswith("1.2 ")


def test_a_note_belongs_to_a_step_that_is_there():
    play = Play.open()
    play.do(c.Note(by="Reid", text="they know", step=CALL))
    with pytest.raises(NotFound, match="no step nope/x"):
        play.do(c.Note(by="Reid", text="they know", step="nope/x"))
