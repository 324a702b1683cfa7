"""The console is killed between counting a try and looking at the code, in the hope that the try is forgotten."""

from __future__ import annotations

import signal

import pytest
from support_gate import open_gate
from support_race import run_race

from console.errors import GateDenied
from console.incident.house import is_locked
from console.incident.moment import HOUR


@pytest.fixture
def path(tmp_path):
    return tmp_path / "practice.db"


async def test_kill_9_buys_no_free_guess(path):
    async with open_gate(path) as gate:
        await gate.keeper.enrol("reid", ["approver"])
    results = run_race(path, "die", 23)
    assert results[:20] == [{"killed": signal.SIGKILL}] * 20
    assert [result["what"] for result in results[20:]] == [
        "reid is locked: 20 codes in a row were not right."
    ] * 3
    async with open_gate(path) as gate:
        officer = (await gate.keeper.house()).officers["reid"]
        assert (officer.failures, is_locked(officer)) == (20, True)


async def test_the_officer_whose_console_died_types_the_same_code_again(path):
    async with open_gate(path) as gate:
        await gate.keeper.enrol("reid", ["approver"])
    assert run_race(path, "die", 1) == [{"killed": signal.SIGKILL}]
    async with open_gate(path, officers=["reid"]) as gate:
        assert await gate.keeper.present("reid", gate.code("reid"), "gate")
        assert (await gate.keeper.house()).officers["reid"].failures == 0


async def test_the_count_of_the_dead_is_a_wait_for_the_living(path):
    async with open_gate(path) as gate:
        await gate.keeper.enrol("reid", ["approver"])
    run_race(path, "die", 5)
    async with open_gate(path, officers=["reid"]) as gate:
        gate.clock.turn(4 * HOUR)
        with pytest.raises(GateDenied, match="Wait 30 seconds"):
            await gate.keeper.present("reid", gate.code("reid"), "gate")
