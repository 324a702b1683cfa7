"""The gatekeeper on a real journal: what it lets through, and what stands in the record afterwards."""

from __future__ import annotations

import asyncio

import pytest
from support_gate import NIGHT, open_gate

from console.engine.gatekeeper import Accepted
from console.errors import GateDenied, NotFound, Refused, SeedMissing, VaultError
from console.incident.codec import decode_house
from console.incident.house import HOUSE, CodeTried, OfficerUnlocked, is_locked
from console.incident.moment import HOUR


@pytest.fixture
async def gate(tmp_path):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        await gate.keeper.enrol("shah", ["lead"])
        yield gate


async def stored(gate):
    return [decode_house(row.body) for row in await gate.journal.read(HOUSE)]


async def kinds(gate):
    return [type(event).__name__ for event in (await stored(gate))[2:]]


async def fail(gate, officer, times):
    for _ in range(times):
        with pytest.raises(GateDenied, match="not right"):
            await gate.keeper.present(officer, gate.wrong(officer), "gate")
        gate.clock.turn(HOUR)


async def test_a_right_code_opens_and_proves(gate):
    assert await gate.keeper.present("reid", gate.code("reid"), "gate", "shah") == Accepted(
        NIGHT // 30_000, "code", 0
    )
    assert await kinds(gate) == ["CodeTried", "CodeAccepted", "OfficerProven"]
    tried, accepted, _ = (await stored(gate))[2:]
    assert (tried.officer, tried.purpose, tried.by, tried.host) == ("reid", "gate", "shah", "desk")
    assert accepted.attempt == tried.attempt
    house = await gate.keeper.house()
    assert house.officers["reid"].tested == {"desk": NIGHT}
    assert house.officers["reid"].proven
    assert not house.officers["shah"].proven


@pytest.mark.parametrize("steps", [-1, 1])
async def test_the_neighbouring_codes_open_too(gate, steps):
    assert (await gate.keeper.present("reid", gate.code("reid", steps), "gate")).offset == steps


async def test_three_early_codes_bring_advice(gate):
    said = []
    for _ in range(3):
        said.append((await gate.keeper.present("reid", gate.code("reid", 1), "gate")).advice)
        gate.clock.turn(HOUR)
    assert said[:2] == ["", ""]
    assert "clock" in said[2]


@pytest.mark.parametrize("form", ["{0}{1}", "{0} {1}", "  {0}{1} ", "{0}{1}\n", "{0}\u00a0{1}"])
async def test_codes_may_be_pasted_with_spaces(gate, form):
    code = gate.code("reid")
    assert await gate.keeper.present("reid", form.format(code[:3], code[3:]), "gate")


async def test_a_wrong_code_says_nothing_was_sent_and_counts(gate):
    with pytest.raises(GateDenied, match="That code was not right") as caught:
        await gate.keeper.present("reid", gate.wrong("reid"), "gate")
    assert caught.value.means == "NOTHING HAS BEEN SENT."
    assert "Wait 30 s for the next code" in caught.value.do
    assert "Tries left: 4" in caught.value.do
    assert await kinds(gate) == ["CodeTried"]


async def test_the_fifth_wrong_code_announces_the_wait(gate):
    for _ in range(4):
        with pytest.raises(GateDenied):
            await gate.keeper.present("reid", gate.wrong("reid"), "gate")
    with pytest.raises(GateDenied) as caught:
        await gate.keeper.present("reid", gate.wrong("reid"), "gate")
    assert "wait 30 s" in caught.value.do
    with pytest.raises(GateDenied, match="Wait 30 seconds"):
        await gate.keeper.present("reid", gate.code("reid"), "gate")
    assert await kinds(gate) == ["CodeTried"] * 5


async def test_no_code_ever_stands_in_the_record(gate):
    code, recovery = gate.code("reid"), gate.vault.recovery_for("reid")[0]
    await gate.keeper.present("reid", code, "gate")
    await gate.keeper.present_recovery("reid", recovery, "gate")
    record = b"".join(row.body for row in await gate.journal.read(HOUSE)).decode()
    assert code not in record
    assert recovery not in record
    assert recovery.replace("-", "") not in record


async def test_the_try_is_durable_before_the_vault_is_asked(gate, tmp_path):
    await gate.vault.forget("reid")
    with pytest.raises(SeedMissing):
        await gate.keeper.present("reid", "123456", "gate")
    async with open_gate(tmp_path / "practice.db") as other:
        assert (await other.keeper.house()).officers["reid"].failures == 1


async def test_recovery_codes_open_once_each(gate):
    first, second = gate.vault.recovery_for("reid")[:2]
    assert await gate.keeper.present_recovery("reid", first.lower(), "break glass") == Accepted(
        0, "recovery", 0
    )
    with pytest.raises(GateDenied, match="That recovery code was not right"):
        await gate.keeper.present_recovery("reid", first, "break glass")
    assert await gate.keeper.present_recovery("reid", second, "break glass")
    with pytest.raises(GateDenied):
        await gate.keeper.present_recovery("shah", gate.vault.recovery_for("reid")[2], "break glass")
    assert len((await gate.keeper.house()).officers["reid"].recovery) == 6


async def test_another_officers_code_unlocks_and_is_spent_by_it(gate):
    await fail(gate, "reid", 20)
    with pytest.raises(GateDenied, match="locked"):
        await gate.keeper.present("reid", gate.code("reid"), "gate")
    code = gate.code("shah")
    await gate.keeper.unlock("reid", "shah", code)
    assert (await kinds(gate))[-4:] == ["CodeTried", "CodeAccepted", "OfficerProven", "OfficerUnlocked"]
    assert await gate.keeper.present("reid", gate.code("reid"), "gate")
    with pytest.raises(GateDenied, match="used already"):
        await gate.keeper.present("shah", code, "gate")


async def test_a_refused_unlock_spends_no_code(gate):
    code = gate.code("shah")
    with pytest.raises(Refused, match="not locked"):
        await gate.keeper.unlock("reid", "shah", code)
    with pytest.raises(NotFound):
        await gate.keeper.unlock("nobody", "shah", code)
    await fail(gate, "reid", 20)
    with pytest.raises(GateDenied):
        await gate.keeper.unlock("reid", "shah", gate.wrong("shah"))
    with pytest.raises(Refused, match="Nobody unlocks themselves"):
        await gate.keeper.unlock("reid", "reid", gate.code("reid"))
    assert is_locked((await gate.keeper.house()).officers["reid"])
    assert await gate.keeper.present("shah", gate.code("shah"), "gate")


async def test_ones_own_recovery_code_unlocks(gate):
    await fail(gate, "reid", 20)
    await gate.keeper.unlock_by_recovery("reid", gate.vault.recovery_for("reid")[4])
    last = (await stored(gate))[-1]
    assert isinstance(last, OfficerUnlocked)
    assert (last.officer, last.by, last.how) == ("reid", "reid", "recovery")
    assert not is_locked((await gate.keeper.house()).officers["reid"])


async def test_enrolling_twice_makes_no_second_seed(gate):
    code = gate.code("reid")
    with pytest.raises(Refused, match="enrolled already"):
        await gate.keeper.enrol("reid", ["approver"])
    assert await gate.keeper.present("reid", code, "gate")


async def test_a_seed_left_over_by_a_death_is_cleared_by_remove(gate):
    await gate.vault.enrol("okafor")  # as a process does that dies before the officer is written down
    with pytest.raises(VaultError, match="already"):
        await gate.keeper.enrol("okafor", ["lead"])
    with pytest.raises(NotFound):
        await gate.keeper.remove("okafor")
    assert await gate.keeper.enrol("okafor", ["lead"])


async def test_the_removed_are_shut_out_and_their_seed_is_gone(gate):
    code = gate.code("reid")
    await gate.keeper.remove("reid", "shah")
    with pytest.raises(GateDenied, match="not enrolled"):
        await gate.keeper.present("reid", code, "gate")
    with pytest.raises(SeedMissing):
        gate.code("reid")
    await gate.keeper.remove("reid", "shah")


async def test_two_consoles_on_one_file_see_one_house(gate, tmp_path):
    async with open_gate(tmp_path / "practice.db", officers=["reid", "shah"], host="laptop") as other:
        await other.keeper.house()
        await fail(gate, "reid", 5)
        assert (await other.keeper.house()).officers["reid"].failures == 5
        other.clock.turn(6 * HOUR)
        assert await other.keeper.present("reid", other.code("reid"), "gate")
        officer = (await gate.keeper.house()).officers["reid"]
        assert (officer.failures, list(officer.tested)) == (0, ["laptop"])


async def test_many_tasks_of_one_console_lose_no_fact(gate):
    async def one(at):
        await gate.keeper.record(CodeTried(at=at, boot=0, officer="reid", attempt=str(at)))

    await asyncio.gather(*(one(at) for at in range(40)))
    house = await gate.keeper.house()
    assert house.officers["reid"].failures == 40
    assert {event.attempt for event in (await stored(gate))[2:]} == {str(at) for at in range(40)}


async def test_a_long_house_is_read_in_pages(gate, tmp_path):
    tried = CodeTried(at=1, boot=1, officer="reid")
    await gate.keeper.move(lambda _house, _now: (tried,) * 2500)
    async with open_gate(tmp_path / "practice.db") as other:
        assert (await other.keeper.house()).officers["reid"].failures == 2500
