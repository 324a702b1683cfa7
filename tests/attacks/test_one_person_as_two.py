"""Attack: pass for two people by spelling one name in two ways, or with one code that counts twice."""

from __future__ import annotations

import pytest
from support_gate import open_gate
from support_incident import Play

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.persons import same_person

STEP = "correct/holding"
SPELLINGS = ["reid", "REID", "Reid ", " Reid", "\uff32\uff45\uff49\uff44", "Re\u200bid"]


def approve(play: Play, officer: str, *roles: str, by: str = "Lindqvist", step: str = STEP, **more) -> None:
    digest = play.state.plan_of(step).digest
    play.do(c.Approve(by=by, step=step, digest=digest, officer=officer, roles=roles, **more))


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_name_is_one_person_however_it_is_typed(name):
    assert same_person(name, "Reid")
    assert not same_person(name, "Reidy")


@pytest.mark.parametrize("name", SPELLINGS)
def test_who_wrote_it_under_another_spelling_cannot_be_the_second(name):
    play = Play.open()
    play.do(c.EditText(by=name, text="holding", part="known", words="All is well."))
    play.do(c.Ask(by="Lindqvist", step=STEP, nonce="1"))
    approve(play, "Lindqvist", "approver")
    approve(play, "Reid", "approver")
    with pytest.raises(Refused, match="second person's code"):
        play.do(c.Act(by="Lindqvist", step=STEP, nonce="2", holder="h"))


@pytest.mark.parametrize("name", SPELLINGS)
def test_closing_is_not_approved_by_who_asked_under_another_spelling(name):
    play = Play.open()
    play.do(c.Ask(by=name, step="@close", nonce="1", answer="a duplicate"))
    with pytest.raises(GateDenied):
        approve(play, "Reid", "approver", by=name, step="@close")
    with pytest.raises(Refused):
        play.do(c.Close(by=name, reason="a duplicate"))


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_emergency_path_is_closed_to_who_acts_under_another_spelling(name):
    play = Play.open()
    play.do(c.Ask(by=name, step=STEP, nonce="1"))
    with pytest.raises(GateDenied, match="second officer"):
        approve(play, "Reid", "approver", by="Okafor", how="emergency", reason="alone")


def test_the_approver_who_acts_cannot_count_twice():
    play = Play.open()
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    approve(play, "Lindqvist", "approver", by="Reid")
    with pytest.raises(Refused, match="second person's code"):
        play.do(c.Act(by="Lindqvist", step=STEP, nonce="2", holder="h"))


def test_who_gave_the_emergency_code_cannot_act_on_it_alone():
    play = Play.open()
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    approve(play, "Lindqvist", "approver", by="Reid", how="emergency", reason="alone")
    with pytest.raises(Refused, match="second person's code"):
        play.do(c.Act(by="Lindqvist", step=STEP, nonce="2", holder="h"))
    play.do(c.Act(by="Reid", step=STEP, nonce="3", holder="h"))


def test_the_approver_may_act_when_another_approver_is_the_second():
    play = Play.open()
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    approve(play, "Lindqvist", "approver", by="Reid")
    approve(play, "Brandt", "approver", by="Reid")
    assert play.do(c.Act(by="Lindqvist", step=STEP, nonce="2", holder="h"))


@pytest.mark.parametrize("name", SPELLINGS[:2])
async def test_nobody_is_enrolled_twice_under_two_spellings(tmp_path, name):
    async with open_gate(tmp_path / "practice.sqlite3") as gate:
        await gate.keeper.enrol("Reid", ("lead",))
        with pytest.raises(Refused, match="Reid is enrolled already"):
            await gate.keeper.enrol(name, ("approver",))
