"""Attack: get a code for one answer, then give another."""

from __future__ import annotations

import pytest
from support_book import DECIDED, play_of
from support_incident import Play

from console.errors import Refused
from console.incident import commands as c
from console.incident.events import Answered

STEP = "decide/publish"


@pytest.fixture
def play() -> Play:
    return play_of(DECIDED)


def approved(play: Play, answer: str) -> str:
    play.do(c.Ask(by="Reid", step=STEP, nonce=f"n{play.state.seq}", answer=answer))
    digest = play.state.of(STEP).plan
    play.do(c.Approve(by="Reid", step=STEP, digest=digest, officer="Reid"))
    play.do(c.Approve(by="Reid", step=STEP, digest=digest, officer="Lindqvist", roles=("approver",)))
    play.do(c.Act(by="Reid", step=STEP, nonce="a", holder="h"))
    return digest


def code_of(play: Play, command) -> str:
    with pytest.raises(Refused) as refused:
        play.do(command)
    return refused.value.code


def test_the_approved_answer_stands_with_its_digest(play):
    digest = approved(play, "publish")
    said = next(
        each
        for each in play.do(c.Answer(by="Reid", step=STEP, value="publish"))
        if isinstance(each, Answered)
    )
    assert said.digest == digest


def test_another_answer_is_refused(play):
    approved(play, "publish")
    assert code_of(play, c.Answer(by="Reid", step=STEP, value="hold")) == "act-first"


@pytest.mark.parametrize("value", ["publish", "hold"])
def test_no_answer_goes_round_the_gate(play, value):
    assert code_of(play, c.Answer(by="Reid", step=STEP, value=value)) == "act-first"
    play.do(c.Ask(by="Reid", step=STEP, nonce="1", answer=value))
    assert code_of(play, c.Answer(by="Reid", step=STEP, value=value)) == "act-first"


def test_a_code_is_not_asked_for_an_answer_that_was_not_said(play):
    assert code_of(play, c.Ask(by="Reid", step=STEP, nonce="1")) == "answer"
    assert code_of(play, c.Ask(by="Reid", step=STEP, nonce="1", answer="perhaps")) == "bad-value"


def test_asking_for_another_answer_is_another_plan(play):
    play.do(c.Ask(by="Reid", step=STEP, nonce="1", answer="publish"))
    first = play.state.of(STEP).plan
    play.do(c.Ask(by="Reid", step=STEP, nonce="2", answer="2"))
    assert play.state.of(STEP).plan != first
