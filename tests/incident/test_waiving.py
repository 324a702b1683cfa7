"""Going on without what comes first: only another step can be gone without; what opens a phase cannot, and that is said."""

import pytest
from support_incident import Play

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.board_box import box_for
from console.incident.plainly import numbered
from console.incident.planning import step_of

SWEEP, LOOK, REMOVE = "clear/sweep", "confirm/look", "remove/account"


def no_waiving(play: Play, step: str) -> str:
    state = play.state
    return box_for(state, step_of(state, step), play.now.wall, "Reid", numbered(state)).no_waiving


@pytest.mark.parametrize("reason", ["the chief wants it", ""])
def test_what_opens_a_phase_is_said_and_no_reason_opens_it(reason):
    play = Play.open()
    with pytest.raises(Refused) as refused:
        play.do(c.Waive(by="Reid", step=SWEEP, reason=reason))
    assert "it opens when quiet is at least 60m and 5.1 and 5.2 and 5.3" in refused.value.what
    assert "No reason opens it sooner." in no_waiving(play, SWEEP)


def test_a_step_that_waits_for_none_has_nothing_to_go_on_without():
    play = Play.open()
    with pytest.raises(Refused, match="nothing to go on without"):
        play.do(c.Waive(by="Reid", step=LOOK, reason="why not"))
    assert no_waiving(play, LOOK)


def test_a_step_that_waits_for_another_is_gone_on_with_once():
    play = Play.open()
    assert no_waiving(play, REMOVE) == ""
    play.do(c.Waive(by="Reid", step=REMOVE, reason="IT has it"))
    assert any(isinstance(event, e.NeedWaived) for event in play.events)
    with pytest.raises(Refused, match="nothing to go on without"):
        play.do(c.Waive(by="Reid", step=REMOVE, reason="IT has it"))
