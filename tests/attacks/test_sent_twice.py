"""Attack: have the same thing go out twice, by acting again, by going on with other words, or round the approvals."""

from __future__ import annotations

import pytest
from support_book import play_of
from support_incident import MINUTE, Play

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.facts import achieved
from console.incident.manifest import from_bytes

SCOPE = "correct/scope"
SEND = "notify-subscribers/send"
ALL = ("newsroom", "account", "voice", "website", "mailer")


def both_codes(play: Play, step: str, by: str = "Reid") -> str:
    play.do(c.Ask(by=by, step=step, nonce=f"n{play.state.seq}"))
    digest = play.state.plan_of(step).digest
    play.do(c.Approve(by=by, step=step, digest=digest, officer=by))
    play.do(
        c.Approve(by=by, step=step, digest=digest, officer="Lindqvist", roles=("approver",), people="41207")
    )
    return digest


def go(play: Play, step: str, by: str = "Reid", **more):
    return play.do(c.Act(by=by, step=step, nonce=f"a{play.state.seq}", holder="h", **more))


def report(play: Play, effect: str, outcome: str) -> None:
    play.do(c.Report(effect=effect, outcome=outcome, reason="as it was"))


@pytest.fixture
def posted() -> Play:
    """A statement posted on every voice by the console, its question not answered yet."""
    play = Play.open(
        configured={"newsroom": "mynewsdesk", "account": "x", "voice": "x", "website": "website"}
    )
    both_codes(play, SCOPE)
    for event in go(play, SCOPE):
        report(play, event.effect, "done")
    return play


def test_what_went_out_does_not_go_out_again_before_it_is_answered(posted):
    with pytest.raises(Refused, match="was done already") as refused:
        posted.do(c.Ask(by="Reid", step=SCOPE, nonce="again"))
    assert refused.value.code == "done"


def test_only_the_channels_that_failed_are_left():
    play = Play.open(
        configured={"newsroom": "mynewsdesk", "account": "x", "voice": "x", "website": "website"}
    )
    both_codes(play, SCOPE)
    first, *rest = go(play, SCOPE)
    report(play, first.effect, "done")
    for event in rest:
        report(play, event.effect, "failed")
    both_codes(play, SCOPE)
    channels = [each.channel for each in from_bytes(play.state.plan_of(SCOPE).raw.encode()).targets]
    assert channels == [event.channel for event in rest]
    second = go(play, SCOPE)
    for event in second:
        report(play, event.effect, "failed")
    both_codes(play, SCOPE)
    channels = [each.channel for each in from_bytes(play.state.plan_of(SCOPE).raw.encode()).targets]
    assert first.channel not in channels


def test_a_round_goes_out_once():
    play = Play.open(configured=dict.fromkeys(ALL, "x"))
    play.turn(30 * MINUTE)
    step = "correct/update"
    go(play, step, confirm="update")
    play.do(c.Answer(by="Reid", step=step, value="done"))
    play.turn(30 * MINUTE)
    for event in go(play, step, confirm="update"):
        assert event is not None
    play.do(c.Answer(by="Reid", step=step, value="done"))
    assert play.state.of(step).rounds == 2


ROUNDS = """\
format: 1
id: said-again
version: 1.0.0
title: Said again
opens-when: It lasts.
roles: {approver: Head of news}
texts:
  line: {kind: notice, known: It lasts., do: Wait., signed: Us.}
phases:
- id: say
  title: Say
  steps:
  - id: line
    do: Give the line
    repeat: 30m
    until: say/end
    text: line
    gate: second
  - id: end
    do: Say that it is over
"""


def test_codes_are_good_for_one_round_only():
    play, step = play_of(ROUNDS), "say/line"
    both_codes(play, step)
    play.do(c.Answer(by="Reid", step=step, value="could-not"))
    with pytest.raises(Refused, match="earlier round"):
        go(play, step)
    both_codes(play, step)
    assert go(play, step)


@pytest.fixture
def mailing() -> Play:
    """A mailing that was interrupted in the middle."""
    play = Play.open(configured={"mailer": "mail"})
    for step, value in (("list", "export"), ("text", "right"), ("count", "41207")):
        play.do(c.Answer(by="Reid", step=f"notify-subscribers/{step}", value=value))
    play.do(c.Waive(by="Reid", step=SEND, reason="tested by hand"))
    play.do(c.Freeze(by="Okafor", channel="mailer", ledger="l1", sha256="a" * 64, count=41_207))
    both_codes(play, SEND)
    (event,) = [each for each in go(play, SEND, confirm="41207") if hasattr(each, "holder")]
    report(play, event.effect, "interrupted")
    return play


def test_asking_again_does_not_hide_what_was_interrupted(mailing):
    before = mailing.state.of(SEND).plan
    mailing.do(c.Ask(by="Okafor", step=SEND, nonce="again"))
    assert mailing.state.of(SEND).plan == before
    assert mailing.state.effects_of(SEND)[0].status == "interrupted"


def test_somebody_else_goes_on_with_a_code_of_their_own_only(mailing):
    with pytest.raises(Refused, match="Okafor's own code"):
        go(mailing, SEND, by="Okafor", confirm="41207")
    mailing.do(c.Approve(by="Okafor", step=SEND, digest=mailing.state.of(SEND).plan, officer="Okafor"))
    (event,) = go(mailing, SEND, by="Okafor", confirm="41207")
    assert event.attempt == 2


def test_who_is_left_does_not_get_the_words_from_before_an_edit(mailing):
    mailing.do(c.EditText(by="Reid", text="correction", part="known", words="It was worse."))
    with pytest.raises(Refused, match="text was changed"):
        go(mailing, SEND, confirm="41207")
    with pytest.raises(GateDenied):
        mailing.do(c.Approve(by="Okafor", step=SEND, digest=mailing.state.of(SEND).plan, officer="Okafor"))
    mailing.do(c.Resolve(by="Reid", step=SEND, verdict="not", reason="other words for the rest"))
    both_codes(mailing, SEND)
    (event,) = go(mailing, SEND, confirm="41207")
    assert event.attempt == 1


def test_going_on_is_bound_to_what_was_looked_at(mailing):
    with pytest.raises(Refused) as refused:
        go(mailing, SEND, confirm="41207", digest="0" * 64)
    assert refused.value.code == "digest"


def test_no_code_is_taken_for_what_has_started(mailing):
    go(mailing, SEND, confirm="41207")
    with pytest.raises(GateDenied, match="started already"):
        mailing.do(c.Approve(by="Okafor", step=SEND, digest=mailing.state.of(SEND).plan, officer="Okafor"))


def test_missing_is_not_done():
    play = Play.open()
    step = play.state.playbook.step("contain/pause-queue")
    play.do(c.Answer(by="Reid", step=step.name, value="paused"))
    assert achieved(play.state, step)
    save = play.state.playbook.step("confirm/save")
    play.do(c.Answer(by="Reid", step=save.name, value="missing"))
    assert not achieved(play.state, save)
