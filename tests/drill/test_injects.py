"""When injects happen: each rule of the pure decision, on states that are made for it."""

from __future__ import annotations

import pytest
from support_drill import MINUTE, SECOND
from support_incident import T0, Play, shipped

from console.drill.injects import MOST_JITTER, Fired, due, jitter, next_time
from console.incident import commands as c
from console.incident.moment import Now
from console.playbook.model import Guard
from console.playbook.parse import parse_condition
from console.playbook.scenario import Inject
from console.playbook.scope import scope_of

LENGTH = 30 * MINUTE


def guard(text):
    condition, problems = parse_condition(text, scope_of(shipped("press-channels-misused").playbook))
    assert not problems
    return Guard(condition, text)


@pytest.fixture
def play():
    return Play.open(mode="practice")


def names(play, inject, elapsed, fired=None, seed=0):
    fired = (fired or Fired()).noticed([inject], play.state, elapsed)
    return [each.id for each in due([inject], play.state, elapsed, fired, length=LENGTH, seed=seed)]


def test_at_counts_from_the_opening_and_happens_once(play):
    inject = Inject(id="i", at=2 * MINUTE, channel="account", item="x")
    assert names(play, inject, 2 * MINUTE - 1) == []
    assert names(play, inject, 2 * MINUTE) == ["i"]
    assert names(play, inject, 9 * MINUTE, Fired().with_one("i", 2 * MINUTE)) == []


def test_after_waits_for_the_step_and_then_for_its_own_time(play):
    inject = Inject(id="i", after="confirm/look", at=MINUTE, sender="BBC", say="Hello?")
    assert names(play, inject, 5 * MINUTE) == []
    play.turn(6 * MINUTE)
    play.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    fired = Fired().noticed([inject], play.state, 6 * MINUTE)
    assert fired.causes == {"i": 6 * MINUTE}
    assert names(play, inject, 7 * MINUTE - 1, fired) == []
    assert names(play, inject, 7 * MINUTE, fired) == ["i"]


def test_on_answer_is_not_any_answer(play):
    inject = Inject(id="i", on_answer=guard("contain/cut-link == listed"), sender="IT", say="Still there?")
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    assert names(play, inject, MINUTE) == []
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="listed"))
    assert names(play, inject, MINUTE) == ["i"]


def test_on_gate_waits_for_the_gate_to_be_asked(play):
    inject = Inject(id="i", on_gate="correct/holding", approver="silent", lasts=3 * MINUTE)
    assert names(play, inject, MINUTE) == []
    play.do(c.Ask(by="Reid", step="correct/holding", nonce="1"))
    assert names(play, inject, MINUTE) == ["i"]


def test_unless_averts_and_unknown_averts_nothing(play):
    inject = Inject(
        id="i", at=MINUTE, unless=guard("contain/cut-link == gone"), channel="account", item="back"
    )
    assert names(play, inject, MINUTE) == ["i"]
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="listed"))
    assert names(play, inject, MINUTE) == ["i"]
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    assert names(play, inject, MINUTE) == []


def test_repeat_counts_from_the_last_time_and_ends_with_lasts_and_with_the_drill(play):
    inject = Inject(id="i", at=MINUTE, repeat=3 * MINUTE, lasts=7 * MINUTE, channel="account", item="back")
    fired = Fired().with_one("i", MINUTE)
    assert names(play, inject, 4 * MINUTE - 1, fired) == []
    assert names(play, inject, 4 * MINUTE, fired) == ["i"]
    fired = fired.with_one("i", 4 * MINUTE).with_one("i", 7 * MINUTE)
    assert names(play, inject, 20 * MINUTE, fired) == []  # the next would be at 10m; it lasts to 8m
    endless = Inject(id="i", at=MINUTE, repeat=3 * MINUTE, channel="account", item="back")
    late = Fired().with_one("i", LENGTH)
    assert names(play, endless, LENGTH + 5 * MINUTE, late) == []


def test_jitter_never_comes_early_repeats_with_its_seed_and_stays_small():
    drawn = {jitter(seed, "i", 0, 10 * MINUTE) for seed in range(1, 200)}
    assert len(drawn) > 100
    assert all(0 <= each <= MOST_JITTER for each in drawn)
    assert jitter(5, "i", 0, 10 * MINUTE) == jitter(5, "i", 0, 10 * MINUTE)
    assert jitter(5, "i", 0, 20 * SECOND) <= 2 * SECOND
    assert jitter(0, "i", 0, 10 * MINUTE) == 0
    assert next_time(Inject(id="i", at=0, channel="account", item="x"), Fired(), 5) == 0


def test_the_decision_is_pure(play):
    inject = Inject(id="i", at=0, channel="account", item="x")
    before = play.state
    assert names(play, inject, 0) == names(play, inject, 0) == ["i"]
    assert play.state is before
    assert play.now == Now(T0, 1_000)
