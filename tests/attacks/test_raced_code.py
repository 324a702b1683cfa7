"""One code, presented by 64 processes at the same moment: one gate opens, once."""

from __future__ import annotations

from collections import Counter

import pytest
from support_gate import NIGHT, open_gate
from support_race import run_race

from console.incident.codec import decode_house
from console.incident.house import HOUSE, CodeAccepted, CodeTried

RACERS = 64


@pytest.fixture
def path(tmp_path):
    return tmp_path / "practice.db"


async def facts(path, kind):
    async with open_gate(path) as gate:
        events = [decode_house(row.body) for row in await gate.journal.read(HOUSE)]
    return [event for event in events if isinstance(event, kind)]


async def test_of_64_processes_with_the_same_code_one_is_let_through(path):
    async with open_gate(path) as gate:
        await gate.keeper.enrol("reid", ["approver"])
    results = run_race(path, "present", RACERS)
    assert len(results) == RACERS
    assert [result for result in results if "timecode" in result] == [{"timecode": NIGHT // 30_000}]
    assert {result["error"] for result in results if "error" in result} == {"GateDenied"}
    assert len(await facts(path, CodeAccepted)) == 1


async def test_of_64_that_were_counted_before_one_is_accepted(path):
    async with open_gate(path) as gate:
        await gate.keeper.enrol("reid", ["approver"])
        for at in range(RACERS):
            tried = CodeTried(at=NIGHT, boot=0, officer="reid", attempt=f"try {at}")
            await gate.keeper.record(tried)
    results = run_race(path, "accept", RACERS)
    assert Counter(result.get("what", "accepted") for result in results) == {
        "accepted": 1,
        "This code was used already.": RACERS - 1,
    }
    assert len(await facts(path, CodeAccepted)) == 1


async def test_64_officers_at_once_are_all_let_through(path):
    async with open_gate(path) as gate:
        for at in range(RACERS):
            await gate.keeper.enrol(f"officer {at}", ["approver"])
    results = run_race(path, "own", RACERS)
    assert results == [{"timecode": NIGHT // 30_000}] * RACERS
    assert len({fact.officer for fact in await facts(path, CodeAccepted)}) == RACERS
