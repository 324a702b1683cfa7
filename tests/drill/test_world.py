"""What a drill's world does besides posting: phones, hands, a beginning in the middle, its end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support_drill import MINUTE, SECOND, drill, met

from console.drill.practice import approvers_for
from console.drill.world import end_as_real, real_command
from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.facts import achieved
from console.playbook.scenario import Inject

STEP = "correct/holding"


async def test_the_practice_phone_opens_a_gate_once():
    async with drill() as d:
        plan = await d.conductor.ask("Reid", STEP)
        code = d.world.phone_code("Lindqvist")
        assert code in d.world.phone_words("Lindqvist")
        assert d.world.phone_words("Lindqvist").startswith("DRILL practice phone")
        await d.conductor.approve("Reid", STEP, "Lindqvist", code, digest=plan.digest)
        with pytest.raises(GateDenied, match="used already"):
            await d.session.gatekeeper.present("Lindqvist", code, "again", "Reid")
        assert d.world.phone_code("nobody of that name") == ""


async def test_an_approver_who_reads_the_wrong_code_is_refused_and_later_right():
    inject = Inject(id="wrong", on_gate=STEP, approver="wrong-code", lasts=MINUTE)
    async with drill(scenario=replace(met().scenario, injects=(inject,))) as d:
        plan = await d.conductor.ask("Reid", STEP)
        await d.turn(SECOND)
        with pytest.raises(GateDenied, match="not right"):
            await d.conductor.approve(
                "Reid", STEP, "Lindqvist", d.world.phone_code("Lindqvist"), digest=plan.digest
            )
        await d.turn(MINUTE, 10 * SECOND)
        await d.conductor.approve(
            "Reid", STEP, "Lindqvist", d.world.phone_code("Lindqvist"), digest=plan.digest
        )
        assert [each.officer for each in d.session.state.plan_of(STEP).approvals] == ["Lindqvist"]


async def test_the_player_is_never_an_approver():
    assert "Lindqvist" not in approvers_for("lindqvist")
    async with drill(officer="Lindqvist") as d:
        house = await d.session.gatekeeper.house()
        assert house.named("Lindqvist").roles == ("officer",)
        assert house.named("Brandt").roles == ("approver",)


async def test_a_lock_of_one_drill_does_not_reach_into_the_next(tmp_path):
    path = tmp_path / "practice.db"
    async with drill(path) as d:
        plan = await d.conductor.ask("Reid", STEP)
        for _ in range(5):
            with pytest.raises(GateDenied):
                await d.conductor.approve("Reid", STEP, "Reid", "000000", digest=plan.digest)
    async with drill(path) as d:
        assert d.session.state.incident.endswith("-2")
        plan = await d.conductor.ask("Reid", STEP)
        await d.conductor.approve("Reid", STEP, "Reid", d.world.phone_code("Reid"), digest=plan.digest)


async def test_the_emergency_sheet_works_in_every_drill(tmp_path):
    for seed in (7, 8):
        async with drill(tmp_path / "practice.db", seed=seed) as d:
            plan = await d.conductor.ask("Reid", STEP)
            code = d.world.recovery_codes("Brandt")[0]
            await d.conductor.emergency("Reid", STEP, "Brandt", code, digest=plan.digest, reason="alone")


async def test_a_drill_may_begin_in_the_middle():
    begun = replace(
        met().scenario,
        start="contain/cut-link",
        given={"confirm/look": "false-posts", "pin-ignore-notice/voice": "up"},
    )
    async with drill(scenario=begun) as d:
        assert d.session.state.cursors["Reid"].step == "contain/cut-link"
        assert d.session.state.of("confirm/look").answer.value == "false-posts"
        assert d.session.state.of("pin-ignore-notice/voice").standing.words.startswith("EXERCISE")


async def test_hands_that_only_a_check_can_see_take_a_minute():
    async with drill() as d:
        await d.conductor.act("Reid", "pin-ignore-notice/own-account", confirm="drill account")
        await d.carried_out()
        await d.session.do(c.Answer(by="Reid", step="pin-ignore-notice/own-account", value="up"))
        pin = d.session.state.playbook.step("pin-ignore-notice/pin")
        await d.turn(50 * SECOND, 5 * SECOND)
        assert not achieved(d.session.state, pin)
        await d.turn(40 * SECOND, 5 * SECOND)
        assert achieved(d.session.state, pin)


async def test_this_is_real_ends_it_at_once_and_names_the_command():
    async with drill() as d:
        await d.session.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
        with pytest.raises(Refused):
            await d.session.do(c.Close(by="Reid", reason="enough"))
        assert await end_as_real(d.session, "Reid") == "incident open press-channels-misused"
        assert d.session.state.end.reason == "this is real"
        assert await end_as_real(d.session, "Reid") == real_command(d.session)
        lines = (await d.world.debrief()).lines()
        assert lines[0].startswith("DRILL OVER")
        before = d.session.state.seq
        await d.turn(10 * MINUTE, MINUTE)
        assert d.session.state.seq == before
