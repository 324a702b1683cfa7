"""Attack: get a code for one text, then send another."""

from __future__ import annotations

import pytest
from support_incident import Play

from console.errors import GateDenied, Refused
from console.incident import commands as c

STEP = "correct/holding"


@pytest.fixture
def approved() -> Play:
    """The holding line, approved by its sender and by a second person, not yet given."""
    play = Play.open()
    play.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    digest = play.state.plan_of(STEP).digest
    play.do(c.Approve(by="Reid", step=STEP, digest=digest, officer="Reid"))
    play.do(c.Approve(by="Reid", step=STEP, digest=digest, officer="Lindqvist", roles=("approver",)))
    return play


def test_what_was_approved_goes(approved):
    events = approved.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))
    assert [type(event).__name__ for event in events] == ["EffectIntended"]


def test_an_edit_voids_both_codes(approved):
    approved.do(c.EditText(by="Reid", text="holding", part="known", words="Everything is fine."))
    with pytest.raises(Refused) as refused:
        approved.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))
    assert refused.value.code == "gate"
    assert "text was changed" in refused.value.what


def test_the_old_digest_opens_nothing_after_an_edit(approved):
    old = approved.state.plan_of(STEP).digest
    approved.do(c.EditText(by="Reid", text="holding", part="known", words="Everything is fine."))
    approved.do(c.Ask(by="Reid", step=STEP, nonce="3"))
    with pytest.raises(GateDenied, match="no longer what would go out"):
        approved.do(c.Approve(by="Reid", step=STEP, digest=old, officer="Shah", roles=("approver",)))
    with pytest.raises(Refused):
        approved.do(c.Act(by="Reid", step=STEP, nonce="4", holder="h"))


def test_a_corrected_opening_answer_voids_it(approved):
    approved.do(c.Amend(by="Reid", slug="reached", value="account"))
    with pytest.raises(Refused, match="opening answer was corrected"):
        approved.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))


def test_a_promise_whose_time_has_passed_voids_it(approved):
    approved.turn(45 * 60_000)
    with pytest.raises(Refused, match="time it promises has passed"):
        approved.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h"))


def test_the_sender_must_have_looked_at_this_digest(approved):
    with pytest.raises(Refused) as refused:
        approved.do(c.Act(by="Reid", step=STEP, nonce="2", holder="h", digest="0" * 64))
    assert refused.value.code == "digest"


def test_a_new_item_voids_a_removal():
    play = Play.open(answers={"reached": "account"})
    play.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
    play.do(c.Save(by="Reid", where="phone"))
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    play.do(c.Answer(by="Reid", step="confirm/save", value="all"))
    play.do(c.Ask(by="Reid", step="remove/account", nonce="1"))
    digest = play.state.plan_of("remove/account").digest
    play.do(c.Approve(by="Reid", step="remove/account", digest=digest, officer="Reid"))
    play.do(c.See(by="Reid", channel="account", link="https://x.com/2"))
    play.do(c.Save(by="Reid", where="phone"))
    with pytest.raises(Refused) as refused:
        play.do(c.Act(by="Reid", step="remove/account", nonce="2", holder="h", confirm="1"))
    assert refused.value.code == "gate"
