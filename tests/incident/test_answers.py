"""Answers: whose stands, what leaves a step open, what only ticks it off, what stands behind a gate, where the cursor goes."""

from __future__ import annotations

import pytest
from support_book import play_of
from support_incident import MINUTE, Play

from console.errors import Contended, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.answered import told_after
from console.incident.board import board
from console.incident.board_box import box_for
from console.incident.facts import achieved
from console.incident.plainly import numbered
from console.incident.planning import step_of

CUT, CALL, LOOK, UPDATE = "contain/cut-link", "confirm/call", "confirm/look", "correct/update"
BOOK = """\
format: 1
id: small
version: 1.0.0
title: Small
opens-when: It is small.
roles:
  approver: Head of news
phases:
- id: one
  title: One
  steps:
  - id: left
    do: Count what is left
    answer: {number: Items left, want: 0}
  - id: crit
    do: Look at the list of sessions
    critical: true
  - id: publish
    do: Decide whether the names are published
    gate: second
    answer:
      choose: {publish: Publish them, hold: Hold them back}
    go: {hold: one/wait}
  - id: wait
    do: Wait for the lawyers
  - id: last
    do: Do the last thing
  - id: alarm
    do: Look whether it is an alarm at all
    answer:
      choose: {real: It is, false-alarm: Nothing is wrong}
    go: {false-alarm: stand-down}
"""
LEFT, CRIT, PUBLISH, WAIT, LAST = "one/left", "one/crit", "one/publish", "one/wait", "one/last"


@pytest.fixture
def small() -> Play:
    return play_of(BOOK)


def said(by: str, step: str, value: str, **more) -> c.Answer:
    return c.Answer(by=by, step=step, value=value, **more)


def box_of(play: Play, step: str, officer: str = "Reid"):
    state = play.state
    return box_for(state, step_of(state, step), play.now.wall, officer, numbered(state))


def note_of(play: Play, step: str) -> str:
    phases = board(play.state, play.now.wall, "Reid").phases
    return next(row.note for phase in phases for row in phase.rows if row.step == step)


# -- whose answer stands -----------------------------------------------------------------------------------------------


def test_another_officers_answer_is_not_replaced_unseen():
    play = Play.open()
    play.do(said("O2", CALL, "no-reply"))
    with pytest.raises(Contended, match='O2 answered confirm/call at 23:18: "No reply"') as error:
        play.do(said("O1", CALL, "have-it"))
    assert error.value.code == "answered"
    assert "--over O2" in error.value.do
    assert play.state.of(CALL).answer.by == "O2"


def test_it_is_replaced_by_whoever_says_over_whom_and_both_are_told():
    play = Play.open()
    play.do(said("O2", CALL, "no-reply"))
    assert box_of(play, CALL, "O1").answered_by == "O2"
    play.do(said("O1", CALL, "have-it", over="O2"))
    assert told_after(play.state, CALL) == (
        'O2 had answered "No reply" at 23:18. Yours stands now; the record keeps both.',
    )
    with pytest.raises(Contended, match="O1 answered"):
        play.do(said("O3", CALL, "busy", over="O2"))


def test_the_same_answer_of_another_officer_joins_it():
    play = Play.open()
    play.do(said("O2", CALL, "have-it"))
    play.do(said("O1", CALL, "have-it"))
    assert told_after(play.state, CALL) == ("O2 answered the same at 23:18; both stand in the record.",)


@pytest.mark.parametrize("name", ["O2", "o2", " O2 "])
def test_ones_own_answer_is_changed_without_a_word(name):
    play = Play.open()
    play.do(said("O2", CALL, "no-reply"))
    play.do(said(name, CALL, "have-it"))
    assert play.state.of(CALL).answer.value == "have-it"


def test_the_next_round_is_anybodys_but_not_the_one_that_was_just_answered():
    play = Play.open()
    voice = c.Act(by="O2", step=UPDATE, nonce="1", holder="h", confirm="update")
    play.do(voice)
    play.do(said("O2", UPDATE, "on the website"))
    with pytest.raises(Contended):
        play.do(said("O1", UPDATE, "nowhere"))
    play.turn(28 * MINUTE)
    assert box_of(play, UPDATE).answered_by == ""
    play.do(c.Act(by="O1", step=UPDATE, nonce="2", holder="h", confirm="update"))
    play.do(said("O1", UPDATE, "on the account"))
    assert play.state.of(UPDATE).rounds == 2


def test_what_was_begun_since_is_reported_by_whoever_did_it():
    play = Play.open()
    step = "pin-ignore-notice/voice"
    play.do(c.Act(by="O2", step=step, nonce="1", holder="h", confirm="voice"))
    play.do(said("O2", step, "not-up"))
    play.do(c.Act(by="O1", step=step, nonce="2", holder="h", confirm="voice"))
    play.do(said("O1", step, "up"))
    assert play.state.of(step).answer.by == "O1"


# -- what leaves a step open -------------------------------------------------------------------------------------------


def test_a_number_that_is_not_the_one_wanted_leaves_the_step_open_and_every_face_says_so(small):
    small.do(said("Reid", LEFT, "5"))
    assert told_after(small.state, LEFT) == ("1.1 stays open: saw 5, wanted 0.",)
    assert box_of(small, LEFT).tells.endswith("The step stays open: saw 5, wanted 0")
    assert note_of(small, LEFT) == "23:18 Reid saw: 5, wanted 0: open"
    small.do(said("Reid", LEFT, "0"))
    assert told_after(small.state, LEFT) == ()
    assert note_of(small, LEFT) == "23:18 Reid saw: 0"


def test_a_check_that_does_not_agree_leaves_the_step_open_and_says_what_it_saw():
    play = Play.open()
    for link in ("https://x.com/1", "https://x.com/2"):
        play.do(c.See(by="Reid", channel="account", link=link))
    play.do(c.Save(by="Reid", item="i1", where="on my phone"))
    play.do(said("Reid", "confirm/save", "missing"))
    assert told_after(play.state, "confirm/save") == ("1.3 stays open: that answer leaves it to be done.",)
    pin = "pin-ignore-notice/pin"
    play.do(c.Saw(step=pin, verdict="disagrees", raw="no pinned post"))
    play.do(c.Waive(by="Reid", step=pin, reason="it stands"))
    play.do(said("Reid", pin, "yes"))
    assert told_after(play.state, pin) == ("2.3 stays open: the check does not agree: no pinned post.",)


def test_an_answer_that_leads_elsewhere_says_where():
    play = Play.open()
    play.do(said("Reid", CUT, "listed"))
    assert told_after(play.state, CUT) == ("3.2 stays open: that answer leads to 3.6.",)


# -- what only ticks it off --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tick", ["done", "Done.", "OK", "ok!", "yes", "Y", "x", "all good", "it is done", "...", "1"]
)
def test_a_critical_step_is_not_ticked_off_with_a_word(small, tick):
    with pytest.raises(Refused, match="ticks it off") as error:
        small.do(said("Reid", CRIT, tick))
    assert error.value.code == "words"
    assert small.state.of(CRIT).answer is None


@pytest.mark.parametrize("seen", ["0 sessions left", "none", "two, both ours", "0"])
def test_a_critical_step_is_answered_with_what_is_seen(small, seen):
    small.do(said("Reid", CRIT, seen))
    assert small.state.of(CRIT).answer.value == seen


# -- behind a gate -----------------------------------------------------------------------------------------------------


def approve(play: Play, answer: str, *officers: str) -> str:
    play.do(c.Ask(by="Reid", step=PUBLISH, nonce=f"n{play.state.seq}", answer=answer))
    digest = play.state.of(PUBLISH).plan
    for officer in officers:
        roles = ("approver",) if officer == "Lindqvist" else ()
        play.do(c.Approve(by="Reid", step=PUBLISH, digest=digest, officer=officer, roles=roles))
    return digest


def test_an_approved_answer_is_given_in_one_move(small):
    digest = approve(small, "publish", "Reid", "Lindqvist")
    assert (box_of(small, PUBLISH).stage, box_of(small, PUBLISH).says) == ("answer", True)
    made = small.do(said("Reid", PUBLISH, "publish"))
    assert [type(each) for each in made] == [e.EffectIntended, e.EffectDone, e.Answered]
    assert made[-1].digest == digest
    assert box_of(small, PUBLISH).stage == "settled"


def test_an_approved_answer_that_leads_elsewhere_was_given_and_another_wants_codes_again(small):
    approve(small, "hold", "Reid", "Lindqvist")
    small.do(said("Reid", PUBLISH, "hold"))
    assert [each.status for each in small.state.effects.values()] == ["done"]
    assert small.state.cursors["Reid"].step == WAIT
    assert box_of(small, PUBLISH).stage == "gate"
    with pytest.raises(Refused) as error:
        small.do(said("Reid", PUBLISH, "publish"))
    assert error.value.means == "Approved is: hold."
    approve(small, "publish", "Reid", "Lindqvist")
    small.do(said("Reid", PUBLISH, "publish"))


def test_what_an_answer_still_needs_is_said(small):
    with pytest.raises(Refused, match="was not approved") as error:
        small.do(said("Reid", PUBLISH, "publish"))
    assert "incident approve, with --answer publish" in error.value.do
    approve(small, "publish", "Reid")
    with pytest.raises(Refused, match="still needs second person's code"):
        small.do(said("Reid", PUBLISH, "publish"))
    with pytest.raises(Refused) as error:
        small.do(c.Ask(by="Reid", step=PUBLISH, nonce="z"))
    assert error.value.do == "Say first which answer is to be approved: publish, hold."


def test_a_gated_answer_lists_what_can_be_answered_and_speaks_of_no_words_to_give(small):
    box = box_of(small, PUBLISH)
    assert (box.stage, box.guide) == ("gate", ())
    assert [each.slug for each in box.asked.choices] == ["publish", "hold"]


# -- the end -----------------------------------------------------------------------------------------------------------


def test_an_answer_that_ends_the_incident_says_so_wherever_it_is_offered(small):
    box = box_of(small, "one/alarm")
    assert [each.words for each in box.asked.choices] == ["It is", "Nothing is wrong (ENDS the incident)"]
    assert box.ends == ("false-alarm",)
    small.do(said("Reid", "one/alarm", "false-alarm", confirmed=True))
    assert board(small.state, small.now.wall, "Reid").ended == "Stood down 23:18 by Reid: Nothing is wrong"


# -- the cursor --------------------------------------------------------------------------------------------------------


def test_the_cursor_goes_on_where_an_answer_leads_to_what_is_settled(small):
    small.do(said("Reid", WAIT, "done"))
    approve(small, "hold", "Reid", "Lindqvist")
    small.do(said("Reid", PUBLISH, "hold"))
    assert small.state.cursors["Reid"].step == LEFT


def test_the_cursor_goes_on_where_taking_back_leaves_a_step_settled(small):
    small.do(said("Shah", LAST, "done"))
    small.do(said("Reid", LAST, "done"))
    small.do(c.Undo(by="Reid"))
    assert small.state.of(LAST).answer.by == "Shah"
    assert small.state.cursors["Reid"].step == LEFT


@pytest.mark.parametrize("answer", ["all", "by-hand"])
def test_what_was_saved_some_other_way_needs_no_saving_and_can_be_said(answer):
    play = Play.open(configured={"account": "x"})
    save = step_of(play.state, "confirm/save")
    play.do(c.See(by="Reid", channel="account", link="https://x.com/i/status/1", words="Send money"))
    with pytest.raises(Refused, match="has not been done yet"):
        play.do(c.Answer(by="Reid", step="confirm/save", value=answer))
    play.do(c.Save(by="Reid", item="i1", where="my phone"))
    play.do(c.Tick())
    assert achieved(play.state, save)
    play.do(c.Answer(by="Reid", step="confirm/save", value=answer))
    assert achieved(play.state, save)
    play.do(c.See(by="Reid", channel="account", link="https://x.com/i/status/2", words="Once more"))
    assert not achieved(play.state, save)
