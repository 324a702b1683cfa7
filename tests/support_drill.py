"""Drills for tests: the shipped scenario over a practice journal, on a clock that is turned."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import cache
from typing import NamedTuple

from support_incident import T0, read_shipped

from console.channels.practice_world import CALM
from console.clock import TurnedClock
from console.drill.practice import open_practice, resume_practice
from console.engine.conductor import Conductor
from console.engine.session import Session
from console.journal.sqlite import SqliteJournal
from console.playbook.scenario import load_scenario

SECOND = 1_000
MINUTE = 60_000


@cache
def met():
    return load_scenario("met-night-stream", read_shipped)


class Drilled(NamedTuple):
    """A drill that stands, and what is needed to move it."""

    session: Session
    conductor: Conductor
    world: object
    clock: TurnedClock
    journal: SqliteJournal

    async def turn(self, ms, step=SECOND):
        """Let time pass in small steps, with a beat after each."""
        left = ms
        while left > 0:
            self.clock.turn(min(step, left))
            left -= step
            await self.world.beat()
            await self.conductor.beat()

    async def carried_out(self):
        """Let the clock run until nothing that was started is on its way."""
        task = asyncio.ensure_future(self.conductor.settle())
        while not task.done():
            self.clock.turn(100)
            await asyncio.sleep(0.001)
        task.result()
        await self.world.beat()
        await self.conductor.beat()


@asynccontextmanager
async def drill(
    path=":memory:", *, officer="Reid", seed=7, answers=None, odds=CALM, clock=None, scenario=None
):
    """A drill of the model case, calm: nothing goes wrong by chance."""
    clock = clock or TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(path, "practice") as journal:
        case = met()
        session, conductor, world = await open_practice(
            journal,
            scenario or case.scenario,
            case.loaded,
            officer=officer,
            clock=clock,
            seed=seed,
            answers=answers,
            source=case.source,
            zone="Europe/London",
        )
        world.outside.odds = odds
        yield Drilled(session, conductor, world, clock, journal)
        await conductor.stop()


@asynccontextmanager
async def resumed(path, incident, clock):
    """The same drill in another process, as far as anybody can tell."""
    async with await SqliteJournal.open(path, "practice") as journal:
        session, conductor, world = await resume_practice(journal, incident, clock=clock)
        world.outside.odds = CALM
        yield Drilled(session, conductor, world, clock, journal)
        await conductor.stop()
