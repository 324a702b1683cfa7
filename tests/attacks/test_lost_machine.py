"""Attack: lose the machine in the middle of an act, and go on with its record on another one, for good stuck or twice sent."""

from __future__ import annotations

import socket

import pytest
from support_conductor import standing

from console.engine.holder import this_process
from console.engine.session import Session
from console.errors import Refused
from console.incident import commands as c

VOICE = "pin-ignore-notice/voice"
OTHER = "the-burnt-laptop/some-boot/4711/1"


async def left_by(desk, holder: str) -> Session:
    """A session on the record in which that process began to post and was never heard of again."""
    session = desk.session
    await session.do(c.Configure(configured={"voice": "x"}))
    await session.do(c.Act(by="Reid", step=VOICE, nonce="1", holder=holder, confirm="voice"))
    assert session.state.effects_of(VOICE)[0].status == "intended"
    return session


async def test_what_another_host_began_stays_with_it_until_an_officer_gives_it_up(tmp_path):
    async with standing(tmp_path / "live.db") as desk:
        session = await left_by(desk, OTHER)
        assert await session.claim_orphans() == 0
        for command in (
            c.Act(by="Reid", step=VOICE, nonce="2", holder=session.holder, confirm="voice"),
            c.Answer(by="Reid", step=VOICE, value="up"),
            c.Skip(by="Reid", step=VOICE, reason="gone"),
        ):
            with pytest.raises(Refused):
                await session.do(command)
        assert await session.claim_orphans(VOICE) == 1
        assert session.state.effects_of(VOICE)[0].status == "doubt"
        await session.do(c.Resolve(by="Reid", step=VOICE, verdict="not", reason="nothing on the account"))
        assert session.state.effects_of(VOICE)[0].status == "failed"


async def test_nobody_gives_up_what_a_living_process_here_is_doing(tmp_path):
    async with standing(tmp_path / "live.db") as desk:
        session = await left_by(desk, this_process())
        session.holder = f"{socket.gethostname()}/another/1/1"
        assert await session.claim_orphans(VOICE) == 0
        assert session.state.effects_of(VOICE)[0].status == "intended"


async def test_the_giving_up_names_one_step_only(tmp_path):
    async with standing(tmp_path / "live.db") as desk:
        session = await left_by(desk, OTHER)
        assert await session.claim_orphans("correct/staff") == 0
