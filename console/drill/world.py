"""The drill as its players meet it: injects on time, false posts on practice channels, phones that show codes or do not.

What happens is a fact in the record first (`InjectFired`), and acts on the practice world when it is read from there. So a
drill that is resumed, or seen by a second console, meets the same world.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.channels.practice_world import CALM
from console.drill.injects import Fired, averted, due, gate_waits
from console.engine.effects import order_of
from console.engine.ledger import JournalLedger
from console.errors import Contended, JournalBusy, SeedMissing
from console.incident import commands as c
from console.incident import events as e
from console.incident.decide import THIS_IS_REAL
from console.incident.facts import achieved, shut, unmet
from console.incident.house import seconds_left
from console.incident.manifest import from_bytes
from console.incident.moment import MINUTE, Now
from console.incident.wordings import EXERCISE
from console.report.debrief import Debrief, debrief
from console.report.record import read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.channels.practice_world import PracticeWorld, Published
    from console.clock import Clock
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.incident.events import AnyEvent
    from console.incident.state import State
    from console.playbook.scenario import Inject, Scenario
    from console.vault.practice import PracticeVault

POST: Final = "post"
PHONE: Final = "phone"
HANDS: Final = ("pinned", "unpinned")
HANDS_TAKE: Final = MINUTE
ENDS: Final = (e.EffectDone, e.EffectFailed, e.EffectInDoubt)


class Absent(Struct, frozen=True):
    """What an approver does at a gate (`silent` or `wrong-code`), from when to when, in wall ms; 0 for no end."""

    step: str
    how: str
    since: int
    until: int


class ReplayClock:
    """The moment of the entry that is being read again; waiting takes no time there."""

    def __init__(self) -> None:
        self.wall = 0

    def now(self) -> Now:
        """The entry's moment."""
        return Now(wall=self.wall, boot=0)

    async def sleep(self, ms: int) -> None:
        """At once."""
        del ms


class World:
    """One drill's world. Made by `practice.open_practice` and `resume_practice`.

    Attributes:
        scenario: its script.
        outside: what stands on the practice channels.
        officer: the player; `approvers` are the people behind the practice phones.
    """

    def __init__(
        self,
        scenario: Scenario,
        outside: PracticeWorld,
        vault: PracticeVault,
        *,
        officer: str,
        approvers: Sequence[str],
        clock: Clock,
    ) -> None:
        self.scenario = scenario
        self.outside = outside
        self.officer = officer
        self.approvers = tuple(approvers)
        self.fired = Fired()
        self._vault = vault
        self._clock = clock
        self._absent: list[Absent] = []
        self._open_since: dict[str, int] = {}
        self._news: list[tuple[AnyEvent, State]] = []
        self._turn = asyncio.Lock()
        self._session: Session | None = None
        self._conductor: Conductor | None = None

    def attach(self, session: Session, conductor: Conductor) -> None:
        """Listen to a session's events from here on."""
        self._session, self._conductor = session, conductor
        session.subscribe(lambda state, events: self._news.extend((event, state) for event in events))

    @property
    def session(self) -> Session:
        """The drill's session."""
        if self._session is None:
            raise RuntimeError("the world of a drill is attached to its session first")
        return self._session

    # -- going on ------------------------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """One round: let the script happen, and let what happened reach the practice channels."""
        async with self._turn:
            await self._round()

    async def _round(self) -> None:
        session = self.session
        if not session.poisoned:
            await session.refresh()
        await self._take_news()
        if session.poisoned or session.state.end is not None:
            return
        state = session.state
        elapsed = self._clock.now().wall - state.opened_at
        injects = self.scenario.injects
        self.fired = self.fired.noticed(injects, state, elapsed)
        now_due = due(
            injects, state, elapsed, self.fired, length=self.scenario.length, seed=session.state.seed
        )
        for inject in now_due:
            try:
                await session.do(command_of(inject, len(self.fired.times.get(inject.id, ()))))
            except (Contended, JournalBusy):
                break  # the next beat decides again on what the others wrote
        await self._take_news()
        self._cut_if_averted()
        self._lend_hands()

    def _lend_hands(self) -> None:
        """What a step leaves to hands, and only a check can see, is done a minute after the step opens."""
        state, now = self.session.state, self._clock.now().wall
        for step in state.playbook.steps():
            if step.check is None or step.act is not None or step.check.verb not in HANDS:
                continue
            if achieved(state, step) or shut(state, step, now) is not None or unmet(state, step, now):
                continue
            if now - self._open_since.setdefault(step.name, now) >= HANDS_TAKE:
                if step.check.verb == "pinned":
                    self.outside.pin(step.check.channel)
                else:
                    self.outside.unpin(step.check.channel)

    async def _take_news(self) -> None:
        while self._news:
            event, state = self._news.pop(0)
            if isinstance(event, e.InjectFired):
                for item in self._happen(event, state):
                    await self._see(item)
            elif isinstance(event, ENDS) and self._is_foreign(event.effect, state):
                await self._again(event, state)

    def _happen(self, event: e.InjectFired, state: State) -> list[Published]:
        """Let an inject act on the world; what it published, copies by the hub included."""
        inject = next((each for each in self.scenario.injects if each.id == event.inject), None)
        self.fired = self.fired.with_one(event.inject, event.at - state.opened_at)
        if inject is None:
            return []
        if inject.approver:
            until = event.at + inject.lasts if inject.lasts is not None else 0
            self._absent.append(Absent(inject.on_gate, inject.approver, event.at, until))
        if not inject.item:
            return []
        before = {each.remote for each in self.outside.standing()}
        item = self.outside.publish(inject.channel, exercise(inject.item), at_risk=inject.at_risk)
        if self.outside.kinds.get(item.channel) == "mail":
            # A mail that was sent stands nowhere: it can be saved, and nobody can take it down.
            self.outside.remove(item.link, item.channel)
            return [item]
        return [each for each in reversed(self.outside.standing()) if each.remote not in before]

    async def _see(self, item: Published) -> None:
        """The watch reports what was published; an item that is on the list already is not listed twice."""
        await self.session.do(
            c.See(
                channel=item.channel,
                link=item.link,
                words=item.words,
                at_risk=item.at_risk,
                source="watch",
                when=item.published,
            )
        )

    def _cut_if_averted(self) -> None:
        """When every repeated false post is averted, the hub feeds the other channels no more."""
        session = self.session
        elapsed = self._clock.now().wall - session.state.opened_at
        repeated = [each for each in self.scenario.injects if each.item and each.repeat and each.unless]
        if repeated and all(averted(each, session.state, elapsed) for each in repeated):
            self.outside.cut_route()

    # -- what happened elsewhere or before ----------------------------------------------------------------------------

    async def replay(self) -> None:
        """Bring a world to where the record says it stands; for a drill that is resumed."""
        session = self.session
        entries = await read_entries(session.journal, session.state.incident)
        clock, odds, real = ReplayClock(), self.outside.odds, self.outside.clock
        self.outside.clock = clock
        try:
            for _seq, event in entries:
                clock.wall = event.at
                if isinstance(event, e.InjectFired):
                    self._happen(event, session.state)
                elif isinstance(event, ENDS):
                    await self._again(event, session.state)
        finally:
            self.outside.clock, self.outside.odds = real, odds
        self._cut_if_averted()

    def _is_foreign(self, effect: str, state: State) -> bool:
        known = state.effects.get(effect)
        return known is not None and known.holder != self.session.holder

    async def _again(self, event: e.EffectDone | e.EffectFailed | e.EffectInDoubt, state: State) -> None:
        """Let an act whose end is in the record act on this world as well: the seed makes it end the same way."""
        effect = state.effects.get(event.effect)
        if effect is None or effect.guided or isinstance(event, e.EffectFailed):
            return
        manifest = from_bytes(state.plans[effect.digest].raw.encode())
        target = next((each for each in manifest.targets if each.effect == effect.id), None)
        channel = self.session.channels.get(target.channel) if target is not None else None
        if target is None or channel is None:
            return
        if manifest.recipients:
            ledger = JournalLedger(self.session.journal, manifest.recipients)
            if await ledger.whole():
                self.outside.mailings[manifest.recipients] = await ledger.counts()
            return
        odds = self.outside.odds
        if isinstance(event, e.EffectDone):
            self.outside.odds = CALM
        try:
            await channel.act(order_of(manifest, target, effect))
        finally:
            self.outside.odds = odds

    # -- phones --------------------------------------------------------------------------------------------------------

    def phone_code(self, officer: str) -> str:
        """What the practice phone of that officer shows; empty when nobody picks up or there is no such phone."""
        wall = self._clock.now().wall
        how = self._absence(officer)
        if how == "silent":
            return ""
        try:
            code = self._vault.code_for(officer, wall)
            if how != "wrong-code":
                return code
            near = {self._vault.code_for(officer, wall + step * 30_000) for step in (-1, 0, 1)}
        except SeedMissing:
            return ""
        return next(wrong for wrong in (f"{n:06d}" for n in range(4)) if wrong not in near)

    def phone_words(self, officer: str) -> str:
        """The practice phone as a line."""
        code = self.phone_code(officer)
        if not code:
            return f"DRILL practice phone of {officer}: nobody picks up."
        left = seconds_left(self._clock.now())
        return f"DRILL practice phone of {officer}: {code}, for {left} s more."

    def recovery_codes(self, officer: str) -> tuple[str, ...]:
        """The practice recovery sheet of that officer, for the emergency path."""
        return self._vault.recovery_for(officer)

    def _absence(self, officer: str) -> str:
        """What the approver does at this moment: `silent`, `wrong-code`, or nothing."""
        if officer not in self.approvers:
            return ""
        wall = self._clock.now().wall
        for absent in self._absent:
            over = absent.until and wall >= absent.until
            if not over and gate_waits(self.session.state, absent.step):
                return absent.how
        return ""

    # -- the end -------------------------------------------------------------------------------------------------------

    async def debrief(self) -> Debrief:
        """The table of this drill against its scenario's targets."""
        session = self.session
        entries = await read_entries(session.journal, session.state.incident)
        return debrief(
            entries,
            session.state,
            self._clock.now().wall,
            targets=self.scenario.targets,
            title=self.scenario.title,
        )


def command_of(inject: Inject, turn: int = 0) -> c.Inject:
    """The fact that an inject makes; everything simulated begins with EXERCISE. `turn`: how often it happened before."""
    via, sender, say = inject.via, inject.sender, inject.say
    if inject.item:
        via, sender, say = POST, inject.channel, inject.item
    elif not say:
        via, sender = PHONE, "approver"
        say = "Nobody picks up." if inject.approver == "silent" else "I read you my code."
    return c.Inject(inject=inject.id, turn=turn, via=via, sender=sender, say=exercise(say))


def exercise(words: str) -> str:
    """The words with EXERCISE before them."""
    return words if words.startswith(EXERCISE) else f"{EXERCISE} {words}"


async def end_as_real(session: Session, officer: str) -> str:
    """End the drill because this is real; returns the exact live command."""
    if session.state.end is None:
        await session.do(c.Close(by=officer, reason=THIS_IS_REAL))
    return real_command(session)


def real_command(session: Session) -> str:
    """The command that opens the same playbook for real."""
    return f"incident open {session.state.playbook.id}"
