"""Attack: end an incident over what is open, unknown or on its way, or over more than an approver saw."""

from __future__ import annotations

import pytest
from support_incident import MINUTE, Play

from console.errors import Refused
from console.incident import commands as c
from console.incident.decide import open_critical
from console.incident.manifest import from_bytes

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


def test_nothing_is_stood_down_once_something_false_was_seen():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
    assert refused(play, c.Answer(by="Reid", step="confirm/look", value="nothing")) == "seen"


def test_nothing_is_stood_down_once_something_was_begun():
    play = Play.open()
    play.do(c.Act(by="Reid", step=VOICE, nonce="1", holder="h", confirm="voice"))
    assert refused(play, c.Answer(by="Reid", step="confirm/look", value="nothing")) == "seen"


def test_what_turned_out_to_be_ours_can_be_stood_down():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
    play.do(c.Mark(by="Reid", item="i1", verdict="ours"))
    play.do(c.Answer(by="Reid", step="confirm/look", value="nothing"))
    assert play.state.end.stand_down


def test_the_approver_sees_every_critical_step_that_is_open():
    play = Play.open()
    approve_end(play)
    shown = from_bytes(play.state.plan_of("@close").raw.encode()).text
    assert all(step in shown for step in open_critical(play.state, play.now.wall))


def test_what_opened_since_was_not_approved():
    play = Play.open()
    play.do(c.Skip(by="Reid", step="contain/cut-link", reason="no such app"))
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
