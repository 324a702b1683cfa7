"""Attack: end an incident over what is open, unknown or on its way, or over more than an approver saw."""

from __future__ import annotations

import pytest
from support_incident import MINUTE, Play

from console.errors import Refused
from console.incident import commands as c
from console.incident.board import board
from console.incident.decide import open_critical
from console.incident.manifest import from_bytes
from console.incident.narrate import words_of

REASON = "a duplicate of another incident"
VOICE = "pin-ignore-notice/voice"


def approve_end(play: Play, reason: str = REASON) -> None:
    play.do(c.Ask(by="Reid", step="@close", nonce=f"n{play.state.seq}", answer=reason))
    digest = play.state.of("@close").plan
    play.do(c.Approve(by="Reid", step="@close", digest=digest, officer="Lindqvist", roles=("approver",)))


def refused(play: Play, command) -> str:
    with pytest.raises(Refused) as error:
        play.do(command)
    assert play.state.end is None
    return error.value.code


NOTHING_WRONG = c.Answer(by="Reid", step="confirm/look", value="nothing", confirmed=True)


def test_nothing_is_stood_down_once_something_false_was_seen():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
    assert refused(play, NOTHING_WRONG) == "seen"


def test_nothing_is_stood_down_once_something_was_begun():
    play = Play.open()
    play.do(c.Act(by="Reid", step=VOICE, nonce="1", holder="h", confirm="voice"))
    assert refused(play, NOTHING_WRONG) == "work-done"


@pytest.mark.parametrize("by", ["Reid", "Shah"])
def test_nothing_is_stood_down_once_a_critical_step_was_answered_by_anybody(by):
    play = Play.open()
    play.do(c.Answer(by=by, step="contain/cut-link", value="listed"))
    assert refused(play, NOTHING_WRONG) == "work-done"


def test_an_answer_that_was_taken_back_does_not_keep_it_open():
    play = Play.open()
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="listed"))
    play.do(c.Undo(by="Reid"))
    play.do(NOTHING_WRONG)
    assert play.state.end.stand_down


def test_no_answer_ends_an_incident_unless_it_was_said_that_it_does():
    play = Play.open()
    with pytest.raises(Refused, match="ENDS the incident") as error:
        play.do(c.Answer(by="Reid", step="confirm/look", value="nothing"))
    assert error.value.code == "stand-down"
    assert "--confirm stand-down" in error.value.do
    assert play.state.of("confirm/look").answer is None


def test_one_officer_does_not_stand_down_what_another_saw():
    play = Play.open()
    play.do(c.Answer(by="Shah", step="confirm/look", value="false-posts"))
    assert refused(play, NOTHING_WRONG) == "answered"


def test_what_turned_out_to_be_ours_can_be_stood_down():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
    play.do(c.Mark(by="Reid", item="i1", verdict="ours"))
    play.do(NOTHING_WRONG)
    assert play.state.end.stand_down


def test_a_skipped_critical_step_is_not_done_and_the_end_says_so():
    play = Play.open()
    for step in open_critical(play.state, play.now.wall):
        play.do(c.Skip(by="Ann", step=step, reason="lazy"))
    left = open_critical(play.state, play.now.wall)
    assert "contain/cut-link" in left
    with pytest.raises(Refused, match=r"contain/cut-link \(skipped\)"):
        play.do(c.Close(by="Ann"))
    assert refused(play, c.Close(by="Ann", reason=REASON)) == "gate"
    approve_end(play)
    shown = from_bytes(play.state.plan_of("@close").raw.encode()).text
    assert "contain/cut-link (skipped by Ann: lazy)" in shown
    (closed,) = play.do(c.Close(by="Reid", reason=REASON))
    assert closed.open_critical == left
    assert closed.approved_by == "Lindqvist"
    assert "contain/cut-link" in words_of(closed, play.state)
    assert f"{len(left)} critical steps not done" in board(play.state, play.now.wall, "Reid").ended


def test_a_critical_step_that_is_not_needed_or_was_done_does_not_count():
    play = Play.open(answers={"at-risk": "no"})
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    left = open_critical(play.state, play.now.wall)
    assert "contain/remove-harm" not in left
    assert "contain/cut-link" not in left


def test_the_approver_sees_every_critical_step_that_is_open():
    play = Play.open()
    approve_end(play)
    shown = from_bytes(play.state.plan_of("@close").raw.encode()).text
    assert all(step in shown for step in open_critical(play.state, play.now.wall))


def test_what_opened_since_was_not_approved():
    play = Play.open()
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    approve_end(play)
    play.do(c.Undo(by="Reid"))
    assert "contain/cut-link" in open_critical(play.state, play.now.wall)
    assert refused(play, c.Close(by="Reid", reason=REASON)) == "gate"


def test_another_reason_was_not_approved():
    play = Play.open()
    approve_end(play)
    assert refused(play, c.Close(by="Reid", reason=REASON + ".")) == "gate"
    play.do(c.Ask(by="Reid", step="@close", nonce="z", answer="another reason"))
    assert refused(play, c.Close(by="Reid", reason="another reason")) == "gate"
    assert refused(play, c.Close(by="Reid", reason=REASON)) == "gate"


def test_a_condition_that_is_true_counts_before_the_clock_has_noticed():
    play = Play.open(answers={"at-risk": "yes"})
    assert "contain/remove-harm" not in play.state.unfolded
    assert "contain/remove-harm" in open_critical(play.state, play.now.wall)


def in_doubt(play: Play) -> None:
    (event,) = [
        each
        for each in play.do(c.Act(by="Reid", step=VOICE, nonce="1", holder="h", confirm="voice"))
        if hasattr(each, "holder")
    ]
    play.do(c.Report(effect=event.effect, outcome="doubt", reason="no answer"))


def test_a_doubt_nobody_looked_into_keeps_it_open():
    play = Play.open()
    in_doubt(play)
    approve_end(play)
    assert refused(play, c.Close(by="Reid", reason=REASON)) == "doubt"
    play.do(c.Resolve(by="Reid", step=VOICE, verdict="unknown", reason="the account is gone"))
    play.do(c.Close(by="Reid", reason=REASON))


def test_time_passing_does_not_close_it():
    play = Play.open()
    play.turn(48 * 60 * MINUTE)
    play.do(c.Tick())
    assert play.state.end is None
