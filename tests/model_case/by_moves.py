"""No face at all: the moves that every face makes, one by one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from model_case.machine import APPROVER, LEAD

from console.channels.recipients import Choice
from console.engine.lists import keep_list, read_list
from console.errors import Refused
from console.incident import commands as c


class Moves:
    """`night.Hands` through the session and the conductor."""

    def __init__(self, session, conductor, machine) -> None:
        self._session, self._conductor, self._machine = session, conductor, machine

    async def answer(self, box, value, words):
        if box.says and box.stage == "gate":
            await self._codes(box, answer=value)
        await self._session.do(c.Answer(by=LEAD, step=box.step, value=value, words=words))

    async def act(self, box):
        digest = await self._codes(box) if box.gated else ""
        try:
            await self._conductor.act(LEAD, box.step, confirm=box.confirm, digest=digest)
        except Refused as error:
            if not box.looks or error.code not in ("no-items", "done"):  # else the watch saved them meanwhile
                raise
        await self._conductor.shown(LEAD, box.step)

    async def _codes(self, box, answer=""):
        plan = await self._conductor.ask(LEAD, box.step, answer=answer)
        for officer in (LEAD, APPROVER) if box.second else (LEAD,):
            code = self._machine.phones[officer].code()
            await self._conductor.approve(
                LEAD, box.step, officer, code, digest=plan.digest, people=self._machine.listed
            )
        return plan.digest

    async def judge(self, found):
        for item, verdict, at_risk in found:
            await self._session.do(c.Mark(by=LEAD, item=item, verdict=verdict, at_risk=at_risk))

    async def choose_list(self, path):
        with await read_list(self._session, "mailer", Choice((str(path),))) as found:
            await keep_list(self._session, LEAD, "mailer", found)

    async def close(self):
        await self._session.do(c.Close(by=LEAD))


@asynccontextmanager
async def at_no_face(session, conductor, machine):
    """The hands, while the beat goes on."""
    beat = asyncio.create_task(conductor.run())
    try:
        yield Moves(session, conductor, machine)
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
