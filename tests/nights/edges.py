"""Where a request meets a platform: what goes wrong there on a night, and what happens to the console at that very moment.

Besides what `support_http` knows, a request may

    lost            get no answer, and be carried out later, when the clock was turned that far
    looked before   meet the console's own watch, which looks at everything just before it is carried out, or just after
    looked after
    halted before   have the officer stop the step before it is carried out, or after
    halted after
    killed before   be the last that this console does
    killed after
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools

from support_http import BadRequest

from console.clock import TurnedClock

NOTHING = ("drop-before", "500", "503", "redirect", "lost")  # not done by then, and no answer says so
DONE = ("drop-after", "500-after", "html", "garbage")  # done, and no answer says so
DEFINITE = ("429", "402")  # not done, and that is said
HEAVY = ("silent", "huge", "bomb", "endless")  # done too; they take their time
STOPS = ("halted before", "halted after", "killed before", "killed after")
LOOKS = ("looked before", "looked after")
UNANSWERED = (*NOTHING, *DONE, *HEAVY, *STOPS)
LATEST = 50_000  # ms after which nothing that was sent arrives any more


class NightClock(TurnedClock):
    """Time passes while somebody waits for it, and then at once; what is due meanwhile is done on the way.

    Attributes:
        due: what is to be done, by boot ms.
        waits: awaited once in the middle of every wait.
    """

    def __init__(self, wall, boot=0):
        super().__init__(wall, boot)
        self.due = []
        self._numbers = itertools.count()
        self.waits = _nothing

    def turn(self, ms):
        end = self.now().boot + ms
        while self.due and min(self.due)[0] <= end:
            at, number, act = min(self.due)
            self.due.remove((at, number, act))
            super().turn(max(at - self.now().boot, 0))
            act()
        super().turn(max(end - self.now().boot, 0))

    def later(self, ms, act):
        self.due.append((self.now().boot + ms, next(self._numbers), act))

    async def sleep(self, ms):
        self.turn(ms // 2)
        await self.waits()
        self.turn(ms - ms // 2)
        await asyncio.sleep(0)


async def _nothing():
    """Nothing happens meanwhile."""


class Edges:
    """In front of a stand-in: every request passes the night here. `night` is set once it is made."""

    night = None

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.misbehave = lambda request: self.night.word(self, request)

    async def reply(self, request):
        self.night.truth.acts(self, request)
        answer = await super().reply(request)
        self.night.truth.acted(self, request)
        return answer

    async def _answered(self, request, word):
        if word == "lost":
            effect = self.night.truth.on_its_way(self)
            act = functools.partial(self.night.truth.late, effect, lambda: self._arrives(request))
            self.night.clock.later(self.night.luck_of(self, request).randrange(1_000, LATEST), act)
            raise ConnectionResetError
        what, _, when = word.partition(" ")
        happens = {"looked": self.night.glance, "halted": self.night.halt, "killed": self.night.kill}.get(
            what
        )
        if happens is None:
            return await super()._answered(request, word)
        if when == "before":
            await happens()
            if what != "looked":
                raise ConnectionResetError
            return await super()._answered(request, "")
        answer = await super()._answered(request, "")
        await happens()
        if what != "looked":
            raise ConnectionResetError
        return answer

    def _arrives(self, request):
        """What was lost is carried out after all; nobody hears of it."""
        with contextlib.suppress(StopIteration, BadRequest):
            self.reply(request).send(None)
        self.log.append(request)
