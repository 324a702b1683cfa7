"""A conductor over a real record, and channels written by hand: the world outside, doing what a test tells it to."""

from __future__ import annotations

import inspect
from contextlib import asynccontextmanager
from typing import NamedTuple

from support_incident import T0, shipped

from console.channels.protocol import Done, Seen
from console.channels.recipients import digest_of
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.lists import freeze_list
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.incident.counting import people_to_count
from console.incident.planning import confirmation, manifest_for, step_of
from console.journal.sqlite import SqliteJournal
from console.vault.practice import PracticeVault

MODEL = "press-channels-misused"
VOICE = "pin-ignore-notice/voice"
STAFF = "correct/staff"
SCOPE = "correct/scope"
SEND = "notify-subscribers/send"
KINDS = {each.name: each.kinds[0] for each in shipped(MODEL).playbook.channels}
ROLES = {"Reid": ("officer",), "Shah": ("officer",), "Lindqvist": ("approver",)}


class Scripted:
    """A channel that ends each act as told, in turn: an outcome, an exception, or a function of the order that makes one.

    Attributes:
        orders: every order it was given.
        ends, probes, checks: what comes next; the last of each stays. `standing` is what can be read there.
    """

    def __init__(self, name, *ends, probes=(), checks=(), standing=None):
        self.name, self.kind = name, KINDS.get(name, name)
        self.orders = []
        self.ends = list(ends) or [Done("201 made", f"{name}-1")]
        self.probes = list(probes) or [Seen("cannot-see")]
        self.checks = list(checks) or [Seen("cannot-see")]
        self.standing = standing

    def can(self, verb):
        return True

    async def act(self, order, ledger=None):
        self.orders.append(order)
        return await self._next(self.ends, order, ledger)

    async def probe(self, order):
        return await self._next(self.probes, order)

    async def check(self, probe, order):
        return await self._next(self.checks, order)

    async def read(self):
        if isinstance(self.standing, Exception):
            raise self.standing
        return self.standing

    async def close(self):
        """Holds nothing."""

    async def _next(self, told, *given):
        end = told.pop(0) if len(told) > 1 else told[0]
        if callable(end):
            end = end(*given)
        if inspect.isawaitable(end):
            end = await end
        if isinstance(end, BaseException):
            raise end
        return end


class Desk(NamedTuple):
    """One console: what an officer has in front of them."""

    session: Session
    conductor: Conductor
    clock: TurnedClock
    vault: PracticeVault

    @property
    def state(self):
        return self.session.state

    def effect(self, step, place=0):
        return self.state.effects_of(step)[place]

    def confirm(self, step, by="Reid"):
        found = step_of(self.state, step)
        return confirmation(self.state, found, manifest_for(self.state, found, by, self.clock.now().wall, ""))

    async def act(self, step, by="Reid"):
        """Set it going, and wait for its end."""
        await self.conductor.act(by, step, confirm=self.confirm(step, by))
        await self.conductor.settle()

    async def approved(self, step, *officers, by="Reid"):
        """Plan a step and present the codes of these officers for it; its digest."""
        plan = await self.conductor.ask(by, step)
        for officer in officers:
            await self.present(step, officer, plan.digest, by=by)
        return plan.digest

    async def present(self, step, officer, digest, by="Reid"):
        self.clock.turn(30_000)
        code = self.vault.code_for(officer, self.clock.now().wall)
        people = str(people_to_count(self.session.state, self.session.state.plans[digest]))
        return await self.conductor.approve(by, step, officer, code, digest=digest, people=people)

    async def answer(self, step, value, by="Reid", words=""):
        return await self.session.do(c.Answer(by=by, step=step, value=value, words=words))

    def kinds(self):
        """The kinds of the recent events, oldest first."""
        return [type(event).__name__ for _, event in self.session.recent]


async def opened(journal, clock, *configured, answers=None):
    """An incident of the model playbook, live, where the console can act on these channels by itself."""
    opening = Opening(
        by="Reid",
        loaded=shipped(MODEL),
        mode="live",
        answers=answers or {},
        configured={name: KINDS.get(name, name) for name in configured},
        fields={"account.handle": "@ExamplePolice"},
        zone="Europe/London",
    )
    return await open_incident(journal, opening, clock.now())


async def desk(journal, incident, clock, *channels, holder=""):
    """A console on an incident, with these channels."""
    vault = PracticeVault(7)
    gatekeeper = Gatekeeper(journal, vault, clock, "desk")
    for officer, roles in ROLES.items():
        if (await gatekeeper.house()).named(officer) is None:
            await gatekeeper.enrol(officer, roles)
    vault = PracticeVault(7, ROLES)
    session = await Session.resume(
        journal,
        incident,
        clock=clock,
        channels={each.name: each for each in channels},
        gatekeeper=Gatekeeper(journal, vault, clock, "desk"),
        holder=holder,
    )
    return Desk(session, Conductor(session), clock, vault)


@asynccontextmanager
async def standing(path, *channels, answers=None):
    """A desk on a fresh incident whose channels are these and no others."""
    clock = TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(path, "live") as journal:
        incident = await opened(journal, clock, *(each.name for each in channels), answers=answers)
        made = await desk(journal, incident, clock, *channels)
        yield made
        await made.conductor.stop()


async def ready_to_send(desk, people):
    """Everything before the mailing is done, and both codes are given; returns what must be typed."""
    name = f"{desk.state.incident}/mailer"
    chosen = c.Freeze(by="Reid", channel="mailer", ledger=name, sha256=digest_of(people), count=len(people))
    await freeze_list(desk.session, people, chosen)
    await desk.answer("notify-subscribers/list", "today's export")
    await desk.answer("notify-subscribers/text", "right")
    await desk.answer("notify-subscribers/count", str(len(people)))
    await desk.act("notify-subscribers/test")
    await desk.answer("notify-subscribers/test", "right")
    await desk.approved(SEND, "Reid", "Lindqvist")
    return str(len(people))
