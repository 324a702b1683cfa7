"""A code seen over a shoulder, on a shared screen or in a chat is used again by somebody else."""

from __future__ import annotations

import pytest
from support_gate import open_gate

from console.errors import GateDenied
from console.incident.codec import decode_house
from console.incident.house import HOUSE, CodeAccepted
from console.incident.moment import SECOND


@pytest.fixture
async def gate(tmp_path):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        await gate.keeper.enrol("shah", ["lead"])
        yield gate


async def accepted(gate):
    events = [decode_house(row.body) for row in await gate.journal.read(HOUSE)]
    return [event.purpose for event in events if isinstance(event, CodeAccepted)]


@pytest.mark.parametrize("later", [0, 1, 16 * SECOND, 29 * SECOND])
async def test_at_the_same_gate_and_at_another(gate, later):
    gate.clock.turn(SECOND)
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "first")
    gate.clock.turn(later)
    for purpose in ("first", "second"):
        with pytest.raises(GateDenied, match="used already") as caught:
            await gate.keeper.present("reid", code, purpose)
    assert "NOTHING HAS BEEN SENT" in caught.value.diagnostics()
    assert await accepted(gate) == ["first"]


async def test_until_the_window_has_passed_it_is_used_and_then_it_is_wrong(gate):
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "first")
    said = []
    for _ in range(4):
        gate.clock.turn(20 * SECOND)
        with pytest.raises(GateDenied) as caught:
            await gate.keeper.present("reid", code, "second")
        said.append(caught.value.what)
    assert said == ["This code was used already."] * 2 + ["That code was not right."] * 2


async def test_from_another_console_and_after_a_restart(gate, tmp_path):
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "first")
    for host in ("laptop", "desk"):
        async with open_gate(tmp_path / "practice.db", officers=["reid"], host=host) as other:
            with pytest.raises(GateDenied, match="used already"):
                await other.keeper.present("reid", code, "second")


async def test_an_older_code_that_was_never_used_dies_with_a_newer_one(gate):
    older = gate.code("reid", -1)
    await gate.keeper.present("reid", gate.code("reid"), "first")
    with pytest.raises(GateDenied, match="used already"):
        await gate.keeper.present("reid", older, "second")


async def test_a_clock_set_back_within_what_is_allowed_revives_nothing(gate):
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "first")
    gate.clock.set_wall(gate.clock.now().wall - 20 * SECOND)
    with pytest.raises(GateDenied, match="used already"):
        await gate.keeper.present("reid", code, "second")


async def test_an_approvers_code_does_not_unlock_and_the_other_way_round(gate):
    code = gate.code("shah")
    for _ in range(5):
        with pytest.raises(GateDenied):
            await gate.keeper.present("reid", gate.wrong("reid"), "gate")
    await gate.keeper.present("shah", code, "gate")
    with pytest.raises(GateDenied, match="used already"):
        await gate.keeper.unlock("reid", "shah", code)
    assert (await gate.keeper.house()).officers["reid"].failures == 5


async def test_a_replay_counts_as_a_try(gate):
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "first")
    with pytest.raises(GateDenied, match="used already"):
        await gate.keeper.present("reid", code, "second")
    assert (await gate.keeper.house()).officers["reid"].failures == 1


async def test_the_next_code_opens_the_next_gate(gate):
    await gate.keeper.present("reid", gate.code("reid"), "first")
    gate.clock.turn(30 * SECOND)
    await gate.keeper.present("reid", gate.code("reid"), "second")
    assert await accepted(gate) == ["first", "second"]
