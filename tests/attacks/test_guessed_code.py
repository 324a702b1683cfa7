"""A million guesses, by an attacker who knows the rules, has every clock and never tires."""

from __future__ import annotations

import random

import pytest

from console.errors import GateDenied
from console.incident.admission import Attempt, Stamp, decide_add, decide_try
from console.incident.house import TRIES_BEFORE_LOCK, House, fold_house, wait_of
from console.incident.moment import HOUR, Now

NIGHT = 1_563_574_560_000
STEPS_IN_WINDOW = 3
CODES = 10**6


def house_with_reid():
    stamp = Stamp(Now(NIGHT, 0))
    return fold_house(House(), decide_add(House(), "reid", ["approver"], (), stamp))


def guesses(house, moments):
    """How many of the guesses at those moments have their code looked at, and the house after them."""
    looked_at = 0
    for at, now in enumerate(moments):
        try:
            tried = decide_try(house, Attempt("reid", "gate", str(at)), Stamp(now))
        except GateDenied:
            continue
        looked_at += 1
        house = fold_house(house, tried)
    return looked_at, house


def every_100_ms(count):
    return (Now(NIGHT + at * 100, at * 100) for at in range(count))


def at_random(count):
    chance = random.Random(7)
    return (Now(NIGHT + chance.randrange(10**12), chance.randrange(10**12)) for _ in range(count))


@pytest.mark.parametrize("moments", [every_100_ms, at_random])
def test_of_a_million_guesses_twenty_are_looked_at(moments):
    looked_at, house = guesses(house_with_reid(), moments(500_000))
    assert looked_at == TRIES_BEFORE_LOCK
    assert house.officers["reid"].failures == TRIES_BEFORE_LOCK


def test_the_chance_of_success_is_below_one_in_ten_thousand():
    chance = 1 - (1 - STEPS_IN_WINDOW / CODES) ** TRIES_BEFORE_LOCK
    assert chance < 1e-4


def test_twenty_guesses_take_the_patient_most_of_a_night():
    house, now = house_with_reid(), Now(NIGHT, 0)
    for at in range(TRIES_BEFORE_LOCK):
        wait = wait_of(house.officers["reid"], now)
        now = Now(now.wall + wait, now.boot + wait)
        house = fold_house(house, decide_try(house, Attempt("reid", "gate", str(at)), Stamp(now)))
    assert now.boot > 8 * HOUR
