"""Attack: enrol a second person who does not exist, and approve with their codes. It cannot be prevented, only told."""

from __future__ import annotations

import pytest
from support_conductor import standing
from support_incident import T0

from console.engine.gatekeeper import Gatekeeper
from console.incident.events import Alarm
from console.vault.practice import PracticeVault

STEP = "correct/holding"


@pytest.mark.parametrize(("enrolled", "told"), [(T0 - 1_000, False), (T0 + 1_000, True)])
async def test_an_approver_enrolled_during_the_incident_is_an_alarm_in_its_record(tmp_path, enrolled, told):
    async with standing(tmp_path / "live.db") as desk:
        session, clock = desk.session, desk.session.clock
        assert session.state.opened_at == T0
        vault = PracticeVault(7)
        session.gatekeeper = keeper = Gatekeeper(session.journal, vault, clock, "desk")
        clock.set_wall(enrolled)
        await keeper.enrol("Ghost", ("approver",), by="Reid")
        clock.set_wall(T0 + 60_000)
        plan = await desk.conductor.ask("Shah", STEP)
        code = vault.code_for("Ghost", clock.now().wall)
        await desk.conductor.approve("Shah", STEP, "Ghost", code, digest=plan.digest)
        alarms = [event.what for _, event in session.recent if isinstance(event, Alarm)]
        assert len(alarms) == told
        assert all("Ghost" in words and "by Reid" in words for words in alarms)
