"""What a gate says of the test mail, and under which false mail the correction is shown."""

import pytest
from support_incident import MINUTE, Play, shipped

from console.cli.manifests import drawn, plain
from console.incident import commands as c
from console.incident import events as e
from console.incident.manifest import digest_of, to_bytes
from console.incident.planning import manifest_for, step_of
from console.incident.state import Plan
from console.incident.tried_out import NONE, tried_out
from console.linear.page import what_goes_out
from console.tui.views.outgoing import gate_rows

TEST, SEND, STAFF = "notify-subscribers/test", "notify-subscribers/send", "correct/staff"
ALL = {channel.name: channel.kinds[0] for channel in shipped("press-channels-misused").playbook.channels}
FIELDS = {
    "mailer.from": "Press office <press@example.org>",
    "mailer.test-to": "reid@example.org",
    "mailer.internal-to": "staff@example.org",
}


@pytest.fixture
def play():
    made = Play.open(configured=ALL)
    made.do(c.Configure(configured=ALL, fields=FIELDS))
    made.do(c.Freeze(by="Reid", channel="mailer", ledger="l", sha256="0" * 64, count=1_500))
    return made


def planned(play, step):
    return manifest_for(play.state, step_of(play.state, step), "Reid", play.now.wall, "n")


def now(play):
    return {"at": play.now.wall, "boot": play.now.boot}


def sent(play, end=None, *, step=TEST, **more):
    """The step's mail went out and ended like this; gives its effect's id."""
    manifest = planned(play, step)
    raw = to_bytes(manifest)
    digest, effect = digest_of(raw), manifest.targets[0].effect
    play.take(e.Planned(**now(play), by="Reid", step=step, digest=digest, manifest=raw.decode()))
    play.take(
        e.EffectIntended(**now(play), by="Reid", effect=effect, step=step, digest=digest, channel="mailer")
    )
    if end is not None:
        seen = {"verified": True} if end is e.EffectDone else {}
        play.take(end(**{**now(play), "effect": effect, **seen, **more}))
    return effect


def gate(play):
    return tried_out(planned(play, SEND), play.state)


def test_nothing_was_tested(play):
    found = gate(play)
    assert (found.words, found.exactly) == (NONE, False)


def test_a_test_of_exactly_these_words_is_named_with_its_time_and_its_reader(play):
    sent(play, e.EffectDone, accepted=1)
    found = gate(play)
    assert found.exactly
    assert found.words == "A test mail of exactly these words was accepted 23:18 to reid@example.org."


def test_one_word_more_and_it_was_not_of_these_words(play):
    sent(play, e.EffectDone, accepted=1)
    play.do(c.EditText(by="Shah", text="correction", part="sorry", words="We are very sorry."))
    found = gate(play)
    assert not found.exactly
    assert found.words == f"{NONE} The last was sent 23:18 to reid@example.org; it differs in: sorry."


def test_another_promise_of_the_next_update_is_another_wording_and_is_said(play):
    sent(play, e.EffectDone, accepted=1)
    play.turn(30 * MINUTE)
    assert gate(play).differs == ("next",)


def test_the_words_that_were_tested_before_an_edit_count_when_they_stand_again(play):
    sent(play, e.EffectDone, accepted=1)
    before = play.state.texts.get("correction", {})
    play.do(c.EditText(by="Shah", text="correction", part="signed", words="Shah"))
    assert not gate(play).exactly
    assert before == {}
    play.do(
        c.EditText(
            by="Shah",
            text="correction",
            part="signed",
            words="{{ officer }}, press office, {{ organisation }}",
        )
    )
    assert gate(play).exactly


@pytest.mark.parametrize(
    ("end", "more", "words"),
    [
        (e.EffectFailed, {"reason": "refused"}, "failed"),
        (e.EffectInDoubt, {"reason": "no answer"}, "is not known to have been taken"),
        (None, {}, "is not known to have been taken"),
    ],
)
def test_a_test_that_was_not_accepted_is_none(play, end, more, words):
    sent(play, end, **more)
    found = gate(play)
    assert not found.exactly
    assert found.words.startswith(NONE)
    assert words in found.words


def test_a_test_by_hand_is_attested_and_never_called_accepted(play):
    sent(play, e.EffectDone, verified=False, by="Shah")
    assert gate(play).words == "A test mail of exactly these words was sent 23:18 by hand, as Shah says."


def test_another_sender_is_another_mail(play):
    sent(play, e.EffectDone, accepted=1)
    play.do(c.Configure(configured=ALL, fields={**FIELDS, "mailer.from": "Else <else@example.org>"}))
    assert gate(play).differs == ("who it is from",)


def test_a_mail_to_staff_is_no_test_and_needs_none(play):
    sent(play, e.EffectDone, step=STAFF, accepted=1)
    assert gate(play).words == NONE
    assert tried_out(planned(play, STAFF), play.state) is None
    assert tried_out(planned(play, TEST), play.state) is None


def test_every_gate_says_it(play):
    manifest = planned(play, SEND)
    raw = to_bytes(manifest).decode()
    plan = Plan(step=SEND, digest=digest_of(raw.encode()), raw=raw, by="Reid", at=0)
    assert f"Tested   {NONE}" in drawn(play.state, plan)
    assert plain(play.state, plan)["test_mail"]["exactly"] is False
    assert NONE in what_goes_out(manifest, play.state)
    rows = gate_rows(manifest, play.state, play.now.wall, ("a code",), "")
    assert any(part == (NONE, "late") for row in rows for part in row)


# -- the false mail it is shown under ------------------------------------------------------------------------------


def brought(play, message_id, *, channel="mailer", sha256="1"):
    play.do(
        c.Keep(
            by="Reid",
            sha256=sha256 * 64,
            name="hoax.eml",
            size=9,
            seen=channel,
            words="hoax",
            message_id=message_id,
        )
    )


def test_no_false_mail_is_known(play):
    assert "in-reply-to" not in planned(play, SEND).arguments


def test_the_earliest_false_mail_is_in_what_is_approved_and_on_the_gate(play):
    brought(play, "<first@bogus.example>")
    play.turn(MINUTE)
    brought(play, "<second@bogus.example>", sha256="2")
    for step in (TEST, SEND):
        assert planned(play, step).arguments["in-reply-to"] == "<first@bogus.example>"
    assert "in-reply-to" not in planned(play, STAFF).arguments
    manifest = planned(play, SEND)
    assert "Shown under the false mail: <first@bogus.example>" in what_goes_out(manifest, play.state)
    rows = gate_rows(manifest, play.state, play.now.wall, (), "")
    assert any("the false mail <first@bogus.example>" in row for row in rows)


def test_a_mail_that_is_ours_or_shows_a_post_elsewhere_is_not_answered(play):
    brought(play, "<ours@example.org>")
    item = next(reversed(play.state.items))
    play.do(c.Mark(by="Reid", item=item, verdict="ours"))
    brought(play, "<alert@x.example>", channel="account", sha256="2")
    assert "in-reply-to" not in planned(play, SEND).arguments
    brought(play, "<newsroom@bogus.example>", channel="newsroom", sha256="3")
    assert planned(play, SEND).arguments["in-reply-to"] == "<newsroom@bogus.example>"


def test_a_mail_that_comes_to_light_later_is_not_what_was_tested(play):
    sent(play, e.EffectDone, accepted=1)
    brought(play, "<late@bogus.example>")
    assert gate(play).differs == ("the mail it answers",)
