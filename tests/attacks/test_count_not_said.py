"""Attack: have a mailing approved by somebody who never looked at how many people it is for."""

from __future__ import annotations

import pytest
from support_incident import Play

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.counting import said_number

SEND = "notify-subscribers/send"
PEOPLE = 41_207


@pytest.fixture
def asked() -> Play:
    """A mailing that Reid asks for; its list was chosen by Reid too."""
    play = Play.open(configured={"mailer": "mail"})
    for step, value in (("list", "export"), ("text", "right"), ("count", str(PEOPLE))):
        play.do(c.Answer(by="Reid", step=f"notify-subscribers/{step}", value=value))
    play.do(c.Waive(by="Reid", step=SEND, reason="tested by hand"))
    play.do(c.Freeze(by="Reid", channel="mailer", ledger="l1", sha256="a" * 64, count=PEOPLE))
    play.do(c.Ask(by="Reid", step=SEND, nonce="1"))
    play.do(c.Approve(by="Reid", step=SEND, digest=play.state.of(SEND).plan, officer="Reid"))
    return play


def approve(play: Play, people: str, *, by: str = "Reid", **more):
    digest = play.state.of(SEND).plan
    return play.do(
        c.Approve(
            by=by, step=SEND, digest=digest, officer="Lindqvist", roles=("approver",), people=people, **more
        )
    )


WRONG = [
    "",
    " ",
    "0",
    "41208",
    "4120",
    "412070",
    "-41207",
    "41207.0",
    "drill 41207",
    "yes",
    "\uff14\uff11\uff12\uff10\uff17",
    "9" * 400,
]


@pytest.mark.parametrize("said", WRONG)
@pytest.mark.parametrize("by", ["Reid", "Lindqvist"])
def test_no_number_or_another_one_opens_nothing_and_says_what_stands_there(asked, said, by):
    with pytest.raises(GateDenied, match="it stands at 41,207") as caught:
        approve(asked, said, by=by)
    assert "NOTHING HAS BEEN SENT" in caught.value.diagnostics()
    with pytest.raises(Refused, match="second person's code"):
        asked.do(c.Act(by="Reid", step=SEND, nonce="2", holder="h", confirm=str(PEOPLE)))


@pytest.mark.parametrize("said", ["41207", "41,207", " 41 207 ", "41.207", "41'207"])
def test_the_number_opens_it_with_thousands_marks_or_none(asked, said):
    assert approve(asked, said)
    assert asked.do(c.Act(by="Reid", step=SEND, nonce="2", holder="h", confirm=str(PEOPLE)))


def test_the_emergency_path_asks_for_the_number_too(asked):
    with pytest.raises(GateDenied, match="it stands at 41,207"):
        approve(asked, "", how="emergency", reason="nobody answers")
    assert approve(asked, "41207", how="emergency", reason="nobody answers")


def test_the_number_of_a_list_that_was_chosen_meanwhile_is_another_plan(asked):
    old = asked.state.of(SEND).plan
    asked.do(c.Freeze(by="Reid", channel="mailer", ledger="l2", sha256="b" * 64, count=PEOPLE + 1))
    with pytest.raises(GateDenied):
        asked.do(
            c.Approve(
                by="Reid",
                step=SEND,
                digest=old,
                officer="Lindqvist",
                roles=("approver",),
                people=str(PEOPLE + 1),
            )
        )


def test_what_is_no_mailing_asks_for_no_number():
    play = Play.open()
    play.do(c.Ask(by="Reid", step="correct/holding", nonce="1"))
    digest = play.state.of("correct/holding").plan
    assert play.do(
        c.Approve(by="Reid", step="correct/holding", digest=digest, officer="Lindqvist", roles=("approver",))
    )


def test_what_is_no_number_is_none():
    assert said_number("41,207") == PEOPLE
    assert said_number("forty") == said_number("") == said_number("4e4") == -1
