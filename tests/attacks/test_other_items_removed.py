"""Attack: have the console remove what nobody approved, by reporting an item that has no link."""

from __future__ import annotations

import pytest
from support_incident import Play

from console.incident import commands as c
from console.incident.board_box import box_for
from console.incident.plainly import numbered

STEP = "remove/account"
CONFIGURED = {"newsroom": "mynewsdesk", "account": "x", "voice": "x", "website": "website", "mailer": "mail"}


@pytest.fixture
def removing() -> Play:
    play = Play.open(configured=CONFIGURED, answers={"reached": "account"})
    play.do(c.See(by="Reid", channel="account", words="one that was only described on the phone"))
    play.do(c.See(by="Reid", channel="account", link="https://x.com/2"))
    play.do(c.Save(by="Reid", where="phone"))
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    play.do(c.Waive(by="Reid", step=STEP, reason="saved by phone"))
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    digest = play.state.of(STEP).plan
    play.do(c.Approve(by="Reid", step=STEP, digest=digest, officer="Reid"))
    return play


def test_an_item_without_a_link_is_left_to_hands(removing):
    without, with_link = removing.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h", confirm="2"))
    assert (without.item, without.guided) == ("i1", True)
    assert (with_link.item, with_link.guided) == ("i2", False)


def test_the_hands_are_told_what_to_do(removing):
    _, with_link = removing.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h", confirm="2"))
    removing.do(c.Report(effect=with_link.effect, outcome="done"))
    state = removing.state
    box = box_for(state, state.playbook.step(STEP), removing.now.wall, "Reid", numbered(state))
    assert (box.stage, box.guided) == ("hands", True)
    assert box.guide
