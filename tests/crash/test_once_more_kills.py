"""SIGKILL while people in doubt are let be mailed once more: the next console goes on, and nobody gets it oftener than was approved."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from support_conductor import SEND, desk, standing
from support_once_more import IN_DOUBT, PEOPLE, Mailer, asked, goes_on, mailed, rows_again

from console.report.verify import verify_incident

LIFE = Path(__file__).with_name("once_more_life.py")


@pytest.mark.parametrize(
    "point",
    [
        "before-append:1",
        "after-append:1",
        "before-act:1",
        "after-act:1",
        "before-report:1",
        "after-append:2",
        "after-report:1",
        "after-append:3",
    ],
)
async def test_a_death_there_leaves_a_record_to_go_on_from(tmp_path, point):
    mailer, path = Mailer(), tmp_path / "live.db"
    async with standing(path, mailer) as d:
        await mailed(d)
        plan = await asked(d)
        name, _, nth = point.partition(":")
        given = (str(path), d.state.incident, SEND, plan.digest, "3", name, nth)
        child = await asyncio.create_subprocess_exec(sys.executable, str(LIFE), *given)
        assert await child.wait() == -signal.SIGKILL
        next_ = await desk(d.session.journal, d.state.incident, d.clock, mailer)
        if not next_.state.once_more:
            await next_.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
        await goes_on(next_)
        assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
        assert len(await rows_again(next_)) == 1
        found = await verify_incident(d.session.journal, d.state.incident)
        assert found.verdict == "stands", found.findings
        await next_.conductor.stop()
