"""Somebody sets the machine's clock back, to when a code they saw was fresh."""

from __future__ import annotations

import pytest
from support_gate import NIGHT, open_gate

from console.errors import GateDenied
from console.incident.moment import HOUR, MINUTE, SECOND


@pytest.fixture
async def gate(tmp_path):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        await gate.keeper.enrol("shah", ["lead"])
        yield gate


async def test_a_code_seen_but_never_used_stays_dead(gate):
    seen = gate.code("reid")
    gate.clock.turn(HOUR)
    await gate.keeper.present("shah", gate.code("shah"), "gate")
    gate.clock.set_wall(NIGHT)
    with pytest.raises(GateDenied, match="clock went backwards") as caught:
        await gate.keeper.present("reid", seen, "gate")
    assert "NOTHING HAS BEEN SENT" in caught.value.diagnostics()
    assert "recovery code" in caught.value.do


async def test_a_restart_does_not_forget_how_late_it_was(gate, tmp_path):
    seen = gate.code("reid")
    gate.clock.turn(HOUR)
    await gate.keeper.present("shah", gate.code("shah"), "gate")
    async with open_gate(
        tmp_path / "practice.db", officers=["reid", "shah"], wall=NIGHT, boot=5
    ) as restarted:
        with pytest.raises(GateDenied, match="clock went backwards"):
            await restarted.keeper.present("reid", seen, "gate")


async def test_a_used_code_stays_used_at_every_setting_of_the_clock(gate):
    code = gate.code("reid")
    await gate.keeper.present("reid", code, "gate")
    for wall in range(NIGHT - 3 * MINUTE, NIGHT + 3 * MINUTE, 15 * SECOND):
        gate.clock.turn(HOUR)  # so that no wait stands in the way of the question
        gate.clock.set_wall(wall)
        with pytest.raises(GateDenied):
            await gate.keeper.present("reid", code, "again")


async def test_setting_it_right_again_opens_the_gate(gate):
    await gate.keeper.present("reid", gate.code("reid"), "gate")
    gate.clock.set_wall(NIGHT - HOUR)
    with pytest.raises(GateDenied, match="clock went backwards"):
        await gate.keeper.present("shah", gate.code("shah"), "gate")
    gate.clock.set_wall(NIGHT + MINUTE)
    assert await gate.keeper.present("shah", gate.code("shah"), "gate")


async def test_a_second_officers_recovery_code_is_the_way_out(gate):
    await gate.keeper.present("reid", gate.code("reid"), "gate")
    gate.clock.set_wall(NIGHT - 48 * HOUR)
    assert await gate.keeper.present_recovery("shah", gate.vault.recovery_for("shah")[0], "break glass")


async def test_setting_it_back_shortens_no_wait(gate):
    for _ in range(5):
        with pytest.raises(GateDenied):
            await gate.keeper.present("reid", gate.wrong("reid"), "gate")
    for back in (SECOND, HOUR, 1000 * HOUR):
        gate.clock.set_wall(NIGHT - back)
        with pytest.raises(GateDenied, match="Wait 30 seconds"):
            await gate.keeper.present("reid", gate.wrong("reid"), "gate")


async def test_setting_it_forward_buys_no_more_than_the_lock_allows(gate):
    looked_at = 0
    for jump in range(200):
        gate.clock.set_wall(NIGHT + jump * 1000 * HOUR)
        with pytest.raises(GateDenied) as caught:
            await gate.keeper.present("reid", gate.wrong("reid"), "gate")
        looked_at += caught.value.what == "That code was not right."
    assert looked_at == 20
