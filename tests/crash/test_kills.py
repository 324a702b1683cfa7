"""SIGKILL at every named point and at random pairs of moments, again and again, with a real relay as the ground truth.

0 acknowledged facts lost · 0 mails twice · 0 effects without a durable intent · every unknown shown in doubt
"""

from __future__ import annotations

import random

import pytest

from console.engine import faults
from console.journal import sqlite

PAIRS, CHUNKS = 500, 5
SEED = 20190719
MAIL_KILLS = 0.15  # of the deaths: between the relay's keeping a message and its answer
PASSINGS, MAILS = 685, 8  # of a walk with six recipients; the first test holds that they are about that

POINTS = (*(f"engine/{point}" for point in faults.POINTS), *(f"journal/{point}" for point in sqlite.FAULTS))
# Where only a longer walk comes by.
SNAPSHOTS = ("engine/before-snapshot", "journal/before-snapshot", "journal/after-snapshot")
LONG, LONGER = {"busy": 520}, {"busy": 1_050}


def wrong(told):
    return {" ".join(case["kills"]): case["findings"] for case in told if case["findings"]}


def passings(court):
    everyday, long = court([{"kills": []}, {"kills": [], **LONGER}])
    assert wrong([everyday, long]) == {}
    return {**long["passed"], **everyday["passed"]}, everyday


def test_a_walk_that_nobody_kills_passes_every_point_and_sends_to_everybody(court):
    passed, everyday = passings(court)
    assert (everyday["deaths"], everyday["mails"]) == (0, MAILS)
    assert set(passed) == {*POINTS, "any", "writes"}
    assert set(POINTS) - set(everyday["passed"]) == set(SNAPSHOTS)
    assert abs(everyday["passed"]["any"] - PASSINGS) < 50


def test_a_death_at_every_named_point(court):
    passed, _ = passings(court)
    cases = [
        {"kills": [f"{point}:{nth}"], **(LONGER if point in SNAPSHOTS else {})}
        for point in POINTS
        for nth in (1, max(2, passed[point] // 2))
    ]
    told = court(cases)
    assert wrong(told) == {}
    assert [case["kills"] for case in told if case["deaths"] != 1] == []


def test_a_death_at_every_mail_that_the_relay_took_and_we_did_not_hear_of(court):
    told = court([{"kills": [f"relay:{nth}"]} for nth in range(1, MAILS + 1)])
    assert wrong(told) == {}
    assert [case["kills"] for case in told if case["deaths"] != 1] == []
    assert all(case["doubts"] for case in told)
    assert sum(case["doubtful"] for case in told) >= MAILS - 2  # of the mailing, by name


def pairs():
    dice = random.Random(SEED)
    for _ in range(PAIRS):
        first = dice.randint(1, PASSINGS - 20)
        kills = [f"any:{first}", f"any:{dice.randint(1, max(PASSINGS - first, 20))}"]
        if dice.random() < 2 * MAIL_KILLS:
            kills[dice.randrange(2)] = f"relay:{dice.randint(1, MAILS)}"
        yield {"kills": kills}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_deaths_at_pairs_of_moments(court, chunk):
    cases = list(pairs())[chunk::CHUNKS]
    told = court(cases)
    assert wrong(told) == {}
    assert sum(case["deaths"] for case in told) > 1.7 * len(cases)
    assert sum(case["doubts"] for case in told) > len(cases) / 10
    assert sum(case["doubtful"] for case in told) > len(cases) / 10


def test_dying_again_and_again_the_walk_comes_to_its_end(court):
    told = court([{"kills": [f"any:{every}"] * 40} for every in (45, 61, 83)])
    assert wrong(told) == {}
    assert [case["deaths"] for case in told if case["deaths"] < 5] == []
    assert all("passed" in case for case in told)
