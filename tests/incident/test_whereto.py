"""Where something goes, in whose name and to how many: said from the manifest, and never so that two places read alike."""

import pytest
from support_incident import MINUTE, Play, shipped

from console.incident import commands as c
from console.incident import events as e
from console.incident.board import board
from console.incident.board_box import box_for
from console.incident.manifest import digest_of, to_bytes
from console.incident.outcome import names_of, what_came_of
from console.incident.plainly import numbered
from console.incident.planning import confirmation, left_to_reach, manifest_for, step_of
from console.incident.whereto import from_words, place_words, step_words, to_words
from console.linear.watch import news_line
from console.report.debrief import debrief
from console.report.figures import figures
from console.report.record import Entry

MODEL = "press-channels-misused"
VOICE, OWN = "pin-ignore-notice/voice", "pin-ignore-notice/own-account"
STAFF, TEST, SEND = "correct/staff", "notify-subscribers/test", "notify-subscribers/send"
MAIL = {
    "mailer.from": "Press office <press@example.org>",
    "mailer.internal-to": "staff@example.org, control@example.org",
    "mailer.test-to": "reid@example.org",
}
ALL = {channel.name: channel.kinds[0] for channel in shipped(MODEL).playbook.channels}


@pytest.fixture
def play():
    return Play.open(configured=ALL)


def planned(play, step):
    return manifest_for(play.state, step_of(play.state, step), "Reid", play.now.wall, "n")


def configure(play, **fields):
    play.do(c.Configure(configured=ALL, fields=fields))


@pytest.mark.parametrize(
    "handles", [{}, {"account.handle": "@ExamplePolice", "voice.handle": "@ExampleDesk"}]
)
def test_the_trusted_voice_and_the_misused_account_never_read_the_same(play, handles):
    configure(play, **handles)
    voice, account = (to_words(planned(play, step), play.state) for step in (VOICE, OWN))
    assert voice.endswith("the trusted one (voice)")
    assert account.endswith("the misused one (account)")


def test_a_voice_on_which_something_false_stands_is_not_called_trusted(play):
    play.do(c.See(by="Reid", channel="voice", words="false here too", link="https://example.org/1"))
    assert place_words(play.state, "voice").endswith("the misused one (voice)")


def test_no_sentence_of_a_step_keeps_its_braces(play):
    for step in play.state.playbook.steps():
        assert "{{" not in step_words(play.state, step.name, play.now.wall)
    configure(play, **{"account.handle": "@ExamplePolice"})
    assert step_words(play.state, OWN, play.now.wall) == "2.2 Post the notice from @ExamplePolice too"


@pytest.mark.parametrize(
    ("step", "whom"),
    [(STAFF, "staff@example.org, control@example.org"), (TEST, "reid@example.org")],
)
def test_a_mail_to_a_few_names_them_and_who_it_is_from_in_what_is_approved(play, step, whom):
    configure(play, **MAIL)
    manifest = planned(play, step)
    assert to_words(manifest, play.state) == whom
    assert from_words(manifest) == "Press office <press@example.org>"


def mailing(play, *, tried=0):
    """A mailing to 1,500 that stopped; counted when `tried` says how far it was."""
    play.do(c.Freeze(by="Reid", channel="mailer", ledger="l", sha256="0" * 64, count=1_500))
    manifest = planned(play, SEND)
    now = {"at": play.now.wall, "boot": play.now.boot}
    raw = to_bytes(manifest)
    digest = digest_of(raw)
    play.take(e.Planned(**now, by="Reid", step=SEND, digest=digest, manifest=raw.decode()))
    effect = manifest.targets[0].effect
    play.take(e.EffectIntended(**now, by="Reid", effect=effect, step=SEND, digest=digest, channel="mailer"))
    if tried:
        counts = {"accepted": tried - 14, "refused": 10, "doubtful": 4, "total": 1_500}
        play.take(e.LedgerHead(**now, effect=effect, n=1, hash="00", **counts))
    return manifest, effect


def test_how_many_of_a_mailing_that_stopped_are_those_who_are_left(play):
    manifest, effect = mailing(play, tried=908)
    step = step_of(play.state, SEND)
    assert left_to_reach(play.state, step, manifest) == 1_500  # it is on its way
    play.take(
        e.EffectInDoubt(at=play.now.wall, boot=play.now.boot, effect=effect, reason="stopped", resumable=True)
    )
    assert left_to_reach(play.state, step, manifest) == 592
    assert confirmation(play.state, step, manifest) == "592"


def test_what_was_let_go_is_said_as_it_stands(play):
    manifest, effect = mailing(play)
    assert what_came_of(play.state, SEND, "908 of 1,500 people") == "7.5 is on its way: 908 of 1,500 people."
    play.take(
        e.EffectDone(
            at=play.now.wall, boot=play.now.boot, effect=effect, accepted=1_486, refused=10, doubtful=4
        )
    )
    assert what_came_of(play.state, SEND) == "7.5: 1,486 accepted, 10 refused, 4 not known."
    assert what_came_of(play.state, VOICE) == ""
    del manifest


def test_a_drill_says_that_it_was_simulated():
    play = Play.open(mode="practice", configured=ALL)
    mailing(play)
    assert what_came_of(play.state, SEND).startswith("DRILL, simulated: 7.5 is on its way")


def test_what_is_on_its_way_is_not_put_off_any_more(play):
    play.do(c.Defer(by="Reid", step=SEND, minutes=5))
    play.turn(MINUTE)
    mailing(play)
    row = next(
        row
        for phase in board(play.state, play.now.wall, "Reid").phases
        for row in phase.rows
        if row.step == SEND
    )
    assert (row.mark, row.note) == ("[~]", "on its way")


def test_who_is_asked_for_a_count_is_shown_the_one_the_console_holds(play):
    play.do(c.Freeze(by="Reid", channel="mailer", ledger="l", sha256="0" * 64, count=1_500))
    step = step_of(play.state, "notify-subscribers/count")
    assert box_for(play.state, step, play.now.wall, "Reid", numbered(play.state)).people == 1_500


def test_names_are_kept_one_a_line():
    assert names_of(["a@example.org"], []).splitlines() == [
        "Refused, this mail did not reach them: 1",
        "a@example.org",
        "",
        "In doubt, we do not know if it reached them: 0",
    ]


def test_a_step_that_goes_late_is_read_out_with_its_names_filled_in(play):
    for step in play.state.playbook.steps():
        said = news_line(e.WentLate(at=play.now.wall, boot=0, step=step.name), play.state, "Reid")
        assert said.startswith("LATE")
        assert "{{" not in said


def test_the_figures_fill_the_names_in_and_count_whom_a_mailing_does_not_know(play):
    _, effect = mailing(play)
    play.take(
        e.EffectDone(at=play.now.wall, boot=play.now.boot, effect=effect, accepted=9, refused=0, doubtful=3)
    )
    entries = [Entry(seq, event) for seq, event in enumerate(play.events)]
    found = figures(entries, play.now.wall)
    assert found.unsure == 3
    assert not any("{{" in each.do for each in found.steps)
    lines = debrief(entries, play.state, play.now.wall).lines()
    assert any("People we do not know a mail reached" in line and line.endswith("3  [!]") for line in lines)
