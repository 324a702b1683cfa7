"""Attack: have something read as seen, checked or quiet that nobody looked at."""

from __future__ import annotations

import pytest
from support_book import play_of
from support_incident import MINUTE, Play

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.facts import Facts, achieved, attested_by
from console.incident.manifest import from_bytes

SWEEP = "clear/sweep"
ALL = {"newsroom": "mynewsdesk", "account": "x", "voice": "x", "website": "website", "mailer": "mail"}


def facts(play: Play) -> Facts:
    return Facts(play.state, play.now.wall)


def see(play: Play, channel: str, n: int, **more) -> None:
    play.do(c.See(by="Reid", channel=channel, link=f"https://{channel}/{n}", **more))


def test_looking_at_one_channel_says_nothing_of_another():
    play = Play.open()
    play.do(c.Look(by="Reid", channels=("account",)))
    assert facts(play).posting("account") is False
    assert facts(play).posting("newsroom") is None
    play.do(c.Look(by="Reid"))
    assert facts(play).posting("newsroom") is False


def test_quiet_is_counted_only_when_every_channel_that_was_false_was_looked_at():
    play = Play.open()
    see(play, "account", 1)
    see(play, "website", 1)
    for _ in range(6):
        play.turn(10 * MINUTE)
        play.do(c.Look(by="Reid", channels=("account",)))
    assert not facts(play).quiet()
    play.do(c.Look(by="Reid", channels=("website",)))
    assert facts(play).quiet() == 15 * MINUTE


def test_quiet_begins_again_when_something_is_found_to_be_false():
    play = Play.open()
    see(play, "account", 1)
    see(play, "account", 2, verdict="unknown")
    for _ in range(6):
        play.turn(10 * MINUTE)
        play.do(c.Look(by="Reid"))
    assert facts(play).quiet() == 60 * MINUTE
    play.do(c.Mark(by="Reid", item="i2", verdict="bogus"))
    assert facts(play).quiet() == 0


@pytest.fixture
def cleared() -> Play:
    """The last sweep is open, on a machine that can look by itself."""
    play = Play.open(configured=ALL)
    play.do(c.Move(by="Reid", step=SWEEP))
    return play


def test_an_old_look_does_not_stand_against_a_later_item(cleared):
    step = cleared.state.playbook.step(SWEEP)
    cleared.do(c.Saw(step=SWEEP, verdict="agrees", raw="", value="0"))
    assert achieved(cleared.state, step)
    cleared.turn(MINUTE)
    see(cleared, "account", 1)
    assert not achieved(cleared.state, step)
    cleared.turn(MINUTE)
    assert cleared.do(c.Saw(step=SWEEP, verdict="agrees", raw="", value="0"))
    assert achieved(cleared.state, step)


def test_an_unknown_item_that_turns_out_false_counts_from_then(cleared):
    step = cleared.state.playbook.step(SWEEP)
    see(cleared, "account", 1, verdict="unknown")
    cleared.turn(MINUTE)
    cleared.do(c.Saw(step=SWEEP, verdict="agrees", raw="", value="0"))
    cleared.turn(MINUTE)
    cleared.do(c.Mark(by="Reid", item="i1", verdict="bogus"))
    assert not achieved(cleared.state, step)


def test_a_file_that_an_officer_names_is_said_and_not_checked():
    play = Play.open()
    see(play, "account", 1)
    play.do(c.Save(by="Reid", item="i1", where="/home/reid/cat.png", sha256="a" * 64))
    play.do(c.Tick())
    check = play.state.of("confirm/save").check
    assert check.raw.startswith("attested")
    play.do(c.Answer(by="Reid", step="confirm/save", value="all"))
    assert attested_by(play.state, play.state.playbook.step("confirm/save")) == "Reid"


def test_what_an_officer_says_is_gone_is_not_verified():
    play = Play.open()
    see(play, "account", 1)
    play.do(c.Gone(by="Reid", item="i1", how="removed"))
    assert not play.state.items["i1"].verified


def test_a_critical_act_that_somebody_says_happened_is_still_asked_about():
    play = Play.open(configured={"mailer": "mail"})
    step = "notify-subscribers/send"
    for name, value in (("list", "export"), ("text", "right"), ("count", "3")):
        play.do(c.Answer(by="Reid", step=f"notify-subscribers/{name}", value=value))
    play.do(c.Waive(by="Reid", step=step, reason="tested by hand"))
    play.do(c.Freeze(by="Reid", channel="mailer", ledger="l", sha256="a" * 64, count=3))
    play.do(c.Ask(by="Reid", step=step, nonce="1"))
    digest = play.state.of(step).plan
    play.do(c.Approve(by="Reid", step=step, digest=digest, officer="Reid"))
    code = c.Approve(
        by="Reid", step=step, digest=digest, officer="Lindqvist", roles=("approver",), people="3"
    )
    play.do(code)
    (event,) = play.do(c.Act(by="Reid", step=step, nonce="2", holder="h", confirm="3"))
    play.do(c.Report(effect=event.effect, outcome="interrupted", reason="the relay went away"))
    play.do(c.Resolve(by="Reid", step=step, verdict="happened", reason="IT says so"))
    found = play.state.playbook.step(step)
    (effect,) = play.state.effects_of(step)
    assert (effect.by, effect.said_by, effect.attested) == ("Reid", "Reid", True)
    assert not achieved(play.state, found)
    with pytest.raises(Refused, match="Say what you see"):
        play.do(c.Answer(by="Reid", step=step, value="done"))
    play.do(c.Answer(by="Reid", step=step, value="done", words="the relay's log says 3"))
    assert attested_by(play.state, found) == "Reid"


OPENED_BY_AN_ANSWER = """\
format: 1
id: opened-by-an-answer
version: 1.0.0
title: Opened by an answer
opens-when: It must be said.
channels: {website: website}
texts:
  note: {kind: notice, known: It is so., do: Wait., signed: Us.}
phases:
- id: ask
  title: Ask
  steps:
  - id: first
    do: Ask whether it is so
    answer:
      choose: {so: It is so, not-so: It is not}
- id: say
  title: Say
  opens: ask/first == so
  steps:
  - id: post
    do: Say that it is so
    act: website.banner
    text: note
"""


def test_an_answer_is_not_taken_back_when_it_opened_what_was_done():
    play = play_of(OPENED_BY_AN_ANSWER)
    play.do(c.Answer(by="Reid", step="ask/first", value="so"))
    play.do(c.Act(by="Shah", step="say/post", nonce="1", holder="h"))
    with pytest.raises(Refused, match="say/post was done on the strength of it"):
        play.do(c.Undo(by="Reid"))


def writers_of(play: Play, step: str) -> tuple[str, ...]:
    play.do(c.Ask(by="Okafor", step=step, nonce=f"n{play.state.seq}"))
    return from_bytes(play.state.plan_of(step).raw.encode()).writers


def test_who_changed_an_answer_in_the_text_wrote_it_too():
    play = Play.open()
    play.do(c.Amend(by="Lindqvist", slug="reached", value="account"))
    assert writers_of(play, "correct/holding") == ("Lindqvist", "Okafor")


def test_who_chose_the_list_wrote_it_too():
    play = Play.open(configured={"mailer": "mail"})
    step = "notify-subscribers/send"
    for name, value in (("list", "export"), ("text", "right"), ("count", "3")):
        play.do(c.Answer(by="Reid", step=f"notify-subscribers/{name}", value=value))
    play.do(c.Waive(by="Reid", step=step, reason="tested by hand"))
    play.do(c.Freeze(by="Lindqvist", channel="mailer", ledger="l", sha256="a" * 64, count=3))
    assert "Lindqvist" in writers_of(play, step)


SWEPT = """\
format: 1
id: swept
version: 1.0.0
title: Swept
opens-when: It must be swept.
channels:
  account: x
phases:
- id: clear
  title: Clear
  steps:
  - id: sweep
    do: Count what is left everywhere
    check: items.all-absent
    answer: {number: Items left, want: 0}
  - id: worst
    do: Look for the worst of it
    check: items.at-risk-absent
    answer:
      choose: {gone: It is gone, still: Still there}
"""


@pytest.mark.parametrize(
    ("step", "value", "looked"), [("sweep", "3", 0), ("worst", "gone", 0), ("sweep", "0", 1)]
)
def test_only_who_found_nothing_left_anywhere_looked_everywhere(step, value, looked):
    play = play_of(SWEPT)
    play.do(c.See(by="Reid", channel="account", link="https://x.com/ExamplePolice/status/1", at_risk=True))
    events = play.do(c.Answer(by="Reid", step=f"clear/{step}", value=value))
    assert len([event for event in events if isinstance(event, e.Looked)]) == looked
