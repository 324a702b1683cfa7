"""Attack: be both persons where two are asked for."""

from __future__ import annotations

import pytest
from support_incident import Play

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.events import Approved
from console.incident.narrate import words_of

STEP = "correct/holding"


@pytest.fixture
def asked() -> Play:
    play = Play.open()
    play.do(c.EditText(by="Shah", text="holding", part="known", words="Somebody else is posting as us."))
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    return play


def approve(play: Play, officer: str, *roles: str, how: str = "code", reason: str = "") -> None:
    digest = play.state.plan_of(STEP).digest
    play.do(
        c.Approve(by="Reid", step=STEP, digest=digest, officer=officer, roles=roles, how=how, reason=reason)
    )


def test_the_one_who_asked_cannot_be_the_second(asked):
    approve(asked, "Reid", "approver")
    with pytest.raises(Refused, match="second person's code"):
        asked.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))


def test_a_second_code_of_the_same_officer_counts_once(asked):
    approve(asked, "Reid", "approver")
    approve(asked, "Reid", "approver")
    assert len(asked.state.plan_of(STEP).approvals) == 1


def test_the_one_who_wrote_it_cannot_be_the_second(asked):
    approve(asked, "Reid")
    approve(asked, "Shah", "approver")
    with pytest.raises(Refused, match="second person's code"):
        asked.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))


def test_an_officer_without_the_role_cannot(asked):
    with pytest.raises(GateDenied, match="Okafor cannot be the second person"):
        approve(asked, "Okafor", "it")


def test_the_second_person_alone_is_not_two(asked):
    approve(asked, "Lindqvist", "approver")
    with pytest.raises(Refused, match="Reid's own code"):
        asked.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))


def test_the_emergency_path_is_closed_to_the_one_who_asked(asked):
    with pytest.raises(GateDenied, match="second officer"):
        approve(asked, "Reid", "approver", how="emergency", reason="alone")


def test_the_emergency_path_is_closed_to_the_one_who_wrote_it(asked):
    with pytest.raises(GateDenied, match="second officer"):
        approve(asked, "Shah", "approver", how="emergency", reason="alone")


def test_the_emergency_path_wants_a_reason(asked):
    with pytest.raises(GateDenied, match="reason"):
        approve(asked, "Lindqvist", how="emergency")


def test_the_emergency_path_opens_it_loudly(asked):
    approve(asked, "Lindqvist", how="emergency", reason="phone in the river")
    asked.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))
    approved = next(event for event in asked.events if isinstance(event, Approved))
    assert (approved.how, approved.reason) == ("emergency", "phone in the river")
    assert "EMERGENCY PATH" in words_of(approved, asked.state)


def test_closing_over_open_critical_steps_wants_somebody_else():
    play = Play.open()
    with pytest.raises(Refused, match="critical steps not done"):
        play.do(c.Close(by="Reid"))
    play.do(c.Ask(by="Reid", step="@close", nonce="1", answer="duplicate of another incident"))
    digest = play.state.plan_of("@close").digest
    with pytest.raises(GateDenied):
        play.do(c.Approve(by="Reid", step="@close", digest=digest, officer="Reid", roles=("approver",)))
    with pytest.raises(Refused):
        play.do(c.Close(by="Reid", reason="duplicate of another incident"))
    play.do(c.Approve(by="Reid", step="@close", digest=digest, officer="Lindqvist", roles=("approver",)))
    play.do(c.Close(by="Reid", reason="duplicate of another incident"))
    assert play.state.end is not None
