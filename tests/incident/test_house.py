"""The house's rules about codes, as pure decisions over folded facts."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.errors import GateDenied, NotFound, Refused
from console.incident import admission
from console.incident.admission import Attempt, Matched, Stamp
from console.incident.codec import decode_house, encode
from console.incident.house import (
    ATTEMPTS_KEPT,
    FIRST_WAIT,
    LONGEST_WAIT,
    TRIES_BEFORE_LOCK,
    AnyHouseEvent,
    CodeAccepted,
    House,
    OfficerAdded,
    advice,
    fold_house,
    is_locked,
    seconds_left,
    timecode_at,
    tries_left,
    wait_of,
)
from console.incident.moment import HOUR, MINUTE, SECOND, Now

NIGHT = 1_563_574_560_000  # 2019-07-19 22:16:00 UTC, the start of a step
STEP_NOW = timecode_at(NIGHT)
START = Now(NIGHT, 1_000_000)


@dataclass
class Desk:
    """A house, the facts that made it, and a clock."""

    now: Now = START
    host: str = "desk"
    house: House = field(default_factory=House)
    facts: list[AnyHouseEvent] = field(default_factory=list)

    def keep(self, event):
        self.facts.append(event)
        self.house = fold_house(self.house, event)
        return event

    def turn(self, ms):
        self.now = Now(self.now.wall + ms, self.now.boot + ms)

    def stamp(self, by=""):
        return Stamp(self.now, self.host, by)

    def enrol(self, name, recovery=()):
        return self.keep(admission.decide_add(self.house, name, ["approver"], recovery, self.stamp()))

    def attempt(self, name):
        return Attempt(name, "gate", f"try-{len(self.facts)}")

    def fail(self, name, times=1):
        for _ in range(times):
            self.turn(wait_of(self.house.officers[name], self.now))
            self.keep(admission.decide_try(self.house, self.attempt(name), self.stamp()))

    def accept(self, name, offset=0):
        attempt = self.attempt(name)
        self.keep(admission.decide_try(self.house, attempt, self.stamp()))
        matched = Matched(timecode_at(self.now.wall) + offset, offset)
        return self.keep(admission.decide_accept(self.house, attempt, matched, self.stamp()))

    def officer(self, name):
        return self.house.officers[name]


@pytest.fixture
def desk():
    desk = Desk()
    desk.enrol("reid", ("hash-1", "hash-2"))
    return desk


def test_a_try_counts_until_it_is_accepted(desk):
    attempt = desk.attempt("reid")
    desk.keep(admission.decide_try(desk.house, attempt, desk.stamp("shah")))
    assert desk.officer("reid").failures == 1
    assert desk.facts[-1].by == "shah"
    desk.keep(admission.decide_accept(desk.house, attempt, Matched(STEP_NOW, 0), desk.stamp("shah")))
    assert desk.officer("reid").failures == 0
    assert desk.officer("reid").attempts == ()


def test_nothing_is_accepted_without_a_try_of_that_officer_written_down(desk):
    desk.enrol("shah")
    attempt = desk.attempt("shah")
    desk.keep(admission.decide_try(desk.house, attempt, desk.stamp()))
    for stranger in (attempt._replace(officer="reid"), attempt._replace(id="never")):
        with pytest.raises(GateDenied, match="not written down"):
            admission.decide_accept(desk.house, stranger, Matched(STEP_NOW, 0), desk.stamp())


def test_a_settled_try_is_not_settled_again(desk):
    accepted = desk.accept("reid")
    again = Attempt("reid", "gate", accepted.attempt)
    with pytest.raises(GateDenied, match="not written down"):
        admission.decide_accept(desk.house, again, Matched(STEP_NOW + 1, 1), desk.stamp())


def test_a_used_code_is_refused_and_the_next_is_announced(desk):
    desk.turn(13 * SECOND)
    desk.accept("reid")
    attempt = desk.attempt("reid")
    desk.keep(admission.decide_try(desk.house, attempt, desk.stamp()))
    with pytest.raises(GateDenied, match="used already") as caught:
        admission.decide_accept(desk.house, attempt, Matched(STEP_NOW, 0), desk.stamp())
    assert "in 17 s" in caught.value.do
    assert "NOTHING HAS BEEN SENT" in caught.value.means


def test_after_an_older_code_the_one_on_the_app_still_works(desk):
    desk.accept("reid", offset=-1)
    attempt = desk.attempt("reid")
    desk.keep(admission.decide_try(desk.house, attempt, desk.stamp()))
    with pytest.raises(GateDenied) as caught:
        admission.decide_accept(desk.house, attempt, Matched(STEP_NOW - 1, -1), desk.stamp())
    assert "at this moment" in caught.value.do
    assert admission.decide_accept(desk.house, attempt, Matched(STEP_NOW, 0), desk.stamp())


def test_one_officers_code_says_nothing_about_anothers(desk):
    desk.enrol("shah")
    desk.accept("reid", offset=1)
    assert desk.accept("shah", offset=-1).timecode == STEP_NOW - 1


def test_waits_begin_at_five_and_double_to_an_hour(desk):
    waits = []
    for _ in range(TRIES_BEFORE_LOCK - 1):
        desk.fail("reid")
        waits.append(wait_of(desk.officer("reid"), desk.now))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:7] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    assert waits == sorted(waits)


def test_the_wait_is_told_in_whole_seconds(desk):
    desk.fail("reid", 5)
    desk.turn(1)
    with pytest.raises(GateDenied, match="Wait 30 seconds: 5 codes"):
        admission.decide_try(desk.house, desk.attempt("reid"), desk.stamp())
    desk.turn(FIRST_WAIT - 1)
    assert admission.decide_try(desk.house, desk.attempt("reid"), desk.stamp())


def test_tries_left_counts_down_to_the_wait(desk):
    seen = [tries_left(desk.officer("reid"))]
    for _ in range(6):
        desk.fail("reid")
        seen.append(tries_left(desk.officer("reid")))
    assert seen == [5, 4, 3, 2, 1, 0, 0]


def test_twenty_lock_whatever_time_passes(desk):
    desk.fail("reid", TRIES_BEFORE_LOCK)
    desk.turn(1000 * HOUR)
    assert is_locked(desk.officer("reid"))
    with pytest.raises(GateDenied, match="reid is locked: 20"):
        admission.decide_try(desk.house, desk.attempt("reid"), desk.stamp())


def test_a_wait_survives_a_restart_and_no_wait_outlives_a_corrected_clock(desk):
    desk.fail("reid", 5)
    officer = desk.officer("reid")
    restarted = Now(desk.now.wall + 10 * SECOND, 4 * SECOND)
    assert wait_of(officer, restarted) == 20 * SECOND
    two_days_back = Now(desk.now.wall - 48 * HOUR, desk.now.boot + FIRST_WAIT)
    assert wait_of(officer, two_days_back) == 0


def test_a_clock_set_back_shuts_the_gate_for_everybody(desk):
    desk.enrol("shah")
    desk.accept("reid")
    for back, shut in ((60 * SECOND, False), (60 * SECOND + 1, True), (48 * HOUR, True)):
        stamp = Stamp(Now(NIGHT - back, desk.now.boot + MINUTE))
        if shut:
            with pytest.raises(GateDenied, match="clock went backwards"):
                admission.decide_try(desk.house, desk.attempt("shah"), stamp)
        else:
            assert admission.decide_try(desk.house, desk.attempt("shah"), stamp)


def test_a_code_from_the_next_step_does_not_look_like_a_rollback(desk):
    desk.accept("reid", offset=1)
    desk.enrol("shah")
    assert desk.accept("shah", offset=-1)


@pytest.mark.parametrize("name", ["nobody", "", "REID"])
def test_only_the_enrolled_are_looked_at(desk, name):
    with pytest.raises(GateDenied, match="not enrolled"):
        admission.decide_try(desk.house, desk.attempt(name), desk.stamp())


def test_the_removed_open_nothing_even_with_a_try_under_way(desk):
    attempt = desk.attempt("reid")
    desk.keep(admission.decide_try(desk.house, attempt, desk.stamp()))
    desk.keep(admission.decide_remove(desk.house, "reid", desk.stamp("shah")))
    with pytest.raises(GateDenied, match="not enrolled"):
        admission.decide_accept(desk.house, attempt, Matched(STEP_NOW, 0), desk.stamp())
    with pytest.raises(GateDenied, match="not enrolled"):
        admission.decide_recovery(desk.house, attempt, "hash-1", desk.stamp())
    with pytest.raises(NotFound):
        admission.decide_remove(desk.house, "reid", desk.stamp())


def test_a_recovery_code_is_looked_at_when_nothing_else_is(desk):
    desk.accept("reid")
    desk.turn(HOUR)
    desk.fail("reid", TRIES_BEFORE_LOCK)
    set_back = Stamp(Now(NIGHT - HOUR, 5))
    attempt = desk.attempt("reid")
    desk.keep(admission.decide_recovery_try(desk.house, attempt, set_back))
    desk.keep(admission.decide_recovery(desk.house, attempt, "hash-1", set_back))
    assert desk.officer("reid").recovery == ("hash-2",)
    assert desk.officer("reid").failures == 0


def test_a_recovery_code_is_spent_once(desk):
    for _ in range(2):
        attempt = desk.attempt("reid")
        desk.keep(admission.decide_recovery_try(desk.house, attempt, desk.stamp()))
        if desk.officer("reid").recovery == ("hash-1", "hash-2"):
            desk.keep(admission.decide_recovery(desk.house, attempt, "hash-1", desk.stamp()))
    with pytest.raises(GateDenied, match="used already"):
        admission.decide_recovery(desk.house, attempt, "hash-1", desk.stamp())


def test_without_recovery_codes_there_is_nothing_to_look_at(desk):
    desk.enrol("shah")
    with pytest.raises(GateDenied, match="no recovery codes left"):
        admission.decide_recovery_try(desk.house, desk.attempt("shah"), desk.stamp())


def test_another_officer_unlocks(desk):
    desk.enrol("shah")
    desk.fail("reid", TRIES_BEFORE_LOCK)
    desk.keep(admission.decide_unlock(desk.house, "reid", desk.stamp("shah")))
    assert not is_locked(desk.officer("reid"))
    assert desk.facts[-1].by == "shah"
    assert admission.decide_try(desk.house, desk.attempt("reid"), desk.stamp())


def test_who_cannot_unlock(desk):
    desk.enrol("shah")
    desk.enrol("okafor")
    desk.enrol("nwosu")
    desk.fail("reid", TRIES_BEFORE_LOCK)
    desk.fail("okafor", TRIES_BEFORE_LOCK)
    with pytest.raises(Refused, match="Nobody unlocks themselves"):
        admission.decide_unlock(desk.house, "reid", desk.stamp("reid"))
    with pytest.raises(GateDenied, match="okafor is locked too"):
        admission.decide_unlock(desk.house, "reid", desk.stamp("okafor"))
    with pytest.raises(GateDenied, match="not enrolled"):
        admission.decide_unlock(desk.house, "reid", desk.stamp("nobody"))
    with pytest.raises(NotFound):
        admission.decide_unlock(desk.house, "nobody", desk.stamp("shah"))
    with pytest.raises(Refused, match="not locked"):
        admission.decide_unlock(desk.house, "shah", desk.stamp("nwosu"))


def test_ones_own_recovery_code_unlocks(desk):
    with pytest.raises(Refused, match="not locked"):
        admission.decide_unlock_by_recovery(desk.house, "reid", desk.stamp("reid"))
    desk.fail("reid", TRIES_BEFORE_LOCK)
    assert (
        desk.keep(admission.decide_unlock_by_recovery(desk.house, "reid", desk.stamp("reid"))).how
        == "recovery"
    )
    assert not is_locked(desk.officer("reid"))


def test_an_officer_is_unproven_until_a_code_was_accepted(desk):
    with pytest.raises(Refused, match="No code from reid"):
        admission.decide_prove(desk.house, "reid", desk.stamp())
    desk.accept("reid")
    assert not desk.officer("reid").proven
    desk.keep(admission.decide_prove(desk.house, "reid", desk.stamp()))
    assert desk.officer("reid").proven


def test_where_and_when_a_code_was_last_tested(desk):
    desk.accept("reid")
    desk.turn(HOUR)
    desk.host = "laptop"
    desk.accept("reid")
    assert desk.officer("reid").tested == {"desk": NIGHT, "laptop": NIGHT + HOUR}


def test_enrolled_again_means_a_fresh_seed_and_no_past(desk):
    with pytest.raises(Refused, match="enrolled already"):
        desk.enrol("reid")
    desk.accept("reid")
    desk.fail("reid", 7)
    desk.keep(admission.decide_remove(desk.house, "reid", desk.stamp()))
    desk.enrol("reid", ("hash-9",))
    officer = desk.officer("reid")
    assert (officer.proven, officer.failures, officer.last_timecode, officer.recovery) == (
        False,
        0,
        -1,
        ("hash-9",),
    )
    assert desk.house.newest_timecode == STEP_NOW


@pytest.mark.parametrize("name", ["", " reid", "reid ", "re\nid", "\x1b[2Jreid", "r\u202eeid", "x" * 65])
def test_names_that_cannot_be_used(name):
    with pytest.raises(Refused, match="name cannot be used"):
        Desk().enrol(name)


@pytest.mark.parametrize(
    ("offsets", "word"),
    [
        ((1, 1, 1), "early"),
        ((-1, -1, -1), "late"),
        ((1, 1), ""),
        ((1, 0, 1), ""),
        ((1, -1, 1), ""),
        ((0, 0, 0), ""),
    ],
)
def test_three_on_the_same_side_advise_and_shift_nothing(desk, offsets, word):
    for offset in offsets:
        desk.accept("reid", offset)
        desk.turn(5 * MINUTE)
    said = advice(desk.officer("reid"))
    assert (word in said) if word else (said == "")


def test_one_in_the_middle_silences_the_advice(desk):
    for offset in (1, 1, 1, 0):
        desk.accept("reid", offset)
        desk.turn(5 * MINUTE)
    assert advice(desk.officer("reid")) == ""


@pytest.mark.parametrize(("into", "left"), [(0, 30), (1, 30), (13_000, 17), (29_001, 1), (29_999, 1)])
def test_seconds_left(into, left):
    assert seconds_left(Now(NIGHT + into, 0)) == left


def test_facts_about_strangers_change_nothing():
    accepted = CodeAccepted(at=1, boot=1, officer="ghost", timecode=2**40)
    assert fold_house(House(), accepted) == House()


names = st.sampled_from(["reid", "shah", "okafor"])
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["try", "accept", "recover", "unlock", "prove", "remove", "add", "wait", "turn back"]
        ),
        names,
        names,
        st.integers(-1, 1),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(moves)
def test_whatever_happens_the_rules_hold(script):
    desk = Desk()
    timecodes: dict[str, list[int]] = {}
    spent: list[str] = []
    for word, name, other, offset in script:
        before = desk.house
        try:
            _play(desk, word, name, other, offset)
        except (GateDenied, Refused, NotFound):
            assert desk.house is before or desk.facts[-1].__class__.__name__ == "CodeTried"
            continue
        last = desk.facts[-1] if desk.facts else None
        if isinstance(last, OfficerAdded):
            timecodes[last.officer] = []
        if isinstance(last, CodeAccepted) and word == "accept":
            assert last.timecode > max(timecodes[name], default=-1)
            timecodes[name].append(last.timecode)
        if word == "recover":
            assert last.hash not in spent
            spent.append(last.hash)
        for officer in desk.house.officers.values():
            assert officer.failures >= 0
            assert len(officer.attempts) <= ATTEMPTS_KEPT
    stored = [encode(fact) for fact in desk.facts]
    folded = House()
    for raw in stored:
        folded = fold_house(folded, decode_house(raw))
    assert msgspec.to_builtins(folded) == msgspec.to_builtins(desk.house)


def _play(desk, word, name, other, offset):
    if word == "try":
        desk.keep(admission.decide_try(desk.house, desk.attempt(name), desk.stamp()))
    elif word == "accept":
        desk.accept(name, offset)
    elif word == "recover":
        attempt = desk.attempt(name)
        desk.keep(admission.decide_recovery_try(desk.house, attempt, desk.stamp()))
        hashed = desk.officer(name).recovery[0]
        desk.keep(admission.decide_recovery(desk.house, attempt, hashed, desk.stamp()))
    elif word == "unlock":
        desk.keep(admission.decide_unlock(desk.house, name, desk.stamp(other)))
    elif word == "prove":
        desk.keep(admission.decide_prove(desk.house, name, desk.stamp()))
    elif word == "remove":
        desk.keep(admission.decide_remove(desk.house, name, desk.stamp()))
    elif word == "add":
        count = len(desk.facts)
        desk.enrol(name, (f"{name}-{count}-a", f"{name}-{count}-b"))
    elif word == "wait":
        desk.turn(45 * SECOND)
    else:
        desk.now = Now(desk.now.wall - 45 * SECOND, desk.now.boot)


def test_high_water_marks_only_grow_whatever_the_record_says(desk):
    desk.enrol("shah")
    for name, timecode in (("reid", 100), ("shah", 90), ("reid", 80)):
        desk.keep(CodeAccepted(at=1, boot=1, officer=name, timecode=timecode))
    assert desk.house.newest_timecode == 100
    assert desk.officer("reid").last_timecode == 100
    assert desk.officer("shah").last_timecode == 90
