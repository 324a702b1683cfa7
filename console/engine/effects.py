"""Carrying out what was intended, and looking into what is in doubt.

The executor takes the manifest's stored bytes, recomputes their digest, looks for the approvals once more, and does exactly
what stands there. An outcome is appended at whatever seq is free; it is never dropped.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome
from console.engine.faults import Faults, no_faults
from console.engine.ledger import JournalLedger
from console.engine.looking import Looking
from console.engine.mailings import prepare
from console.engine.workbench import Ready, seen_by, whole
from console.errors import ConsoleError, GateDenied, JournalBusy, JournalError, Refused
from console.incident import commands as c
from console.incident.access import bounded
from console.incident.deciding_effects import SETTLED
from console.incident.events import EffectIntended
from console.incident.manifest import Manifest, Target, digest_of, from_bytes
from console.incident.planning import gate_wants, step_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.channels.protocol import Channel
    from console.engine.session import Session
    from console.incident.events import AnyEvent
    from console.incident.state import Effect


class Effects(Looking):
    """The effects of one session that this process carries out; each step is looked at when its effects have ended."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._begun: set[str] = set()

    async def act(
        self, by: str, step: str, *, confirm: str = "", digest: str = "", harm_now: str = ""
    ) -> tuple[AnyEvent, ...]:
        """Make the intents durable, then start what the console does by itself; guided effects wait for hands.

        Returns when the intents are on disk. `settle` waits for the ends. Who stops waiting here stops none of it: an intent
        that this process wrote down is carried out, or stopped by `halt`.

        Raises:
            Refused: needs, text, confirmation or gate are not as they must be; nothing was sent.
        """
        await self.ready()
        command = c.Act(
            by=by,
            step=step,
            nonce=self.session.nonce(),
            holder=self.session.holder,
            confirm=confirm,
            digest=digest,
            harm_now=harm_now,
        )
        return await whole(self._act(command))

    async def _act(self, command: c.Act) -> tuple[AnyEvent, ...]:
        events = await self.session.do(command)
        mine = [event.effect for event in events if isinstance(event, EffectIntended) and not event.guided]
        if mine:
            self._start(command.step, mine)
        return events

    async def shown(self, by: str, step: str) -> None:
        """Say that the guided words of a step's intended effects are on a screen."""
        effects = tuple(
            effect.id
            for effect in self.session.state.effects_of(step)
            if effect.guided and effect.status == "intended" and not effect.shown
        )
        if effects:
            await self.session.do(c.Shown(by=by, effects=effects))

    def _start(self, step: str, effects: Sequence[str]) -> None:
        task = asyncio.create_task(self._carry_out(step, effects), name=f"act {step}")
        self._running[step] = task
        task.add_done_callback(lambda done: self._ended(step, done))

    def _ended(self, step: str, task: asyncio.Task[None]) -> None:
        if self._running.get(step) is task:
            del self._running[step]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.trouble = error.diagnostics() if isinstance(error, ConsoleError) else type(error).__name__

    async def _carry_out(self, step: str, effects: Sequence[str]) -> None:
        for effect in effects:
            await self._one(effect)
        await self.check(step)

    async def _one(self, effect: str) -> None:
        session = self.session
        known = session.state.effects[effect]
        try:
            manifest, target = self._approved(known)
            ledger = self.ledger(manifest.recipients)
            if ledger is not None:
                await prepare(session.journal, session.state, manifest, ledger)
        except ConsoleError as error:
            self.trouble = error.diagnostics()
            # Going on is refused: what went out before still did.
            await self.report(effect, Failed(error.what) if known.attempt == 1 else InDoubt(error.what))
            return
        channel = session.channels.get(target.channel)
        self._begun.add(effect)
        self._faults("before-act")
        if channel is None:
            outcome: Outcome = Failed(f"{target.channel} is not configured on this machine")
        else:
            outcome = await _acted(channel, order_of(manifest, target, known), ledger)
            if ledger is not None:
                await self._account(effect, ledger)
        self._faults("after-act")
        await self.report(effect, outcome)

    def _approved(self, effect: Effect) -> tuple[Manifest, Target]:
        """The stored manifest and the effect's target in it; refuses unless the bytes are the approved ones."""
        state = self.session.state
        plan = state.plans[effect.digest]
        raw = plan.raw.encode()
        manifest = from_bytes(raw)
        target = next((each for each in manifest.targets if each.effect == effect.id), None)
        wants = gate_wants(step_of(state, effect.step), plan, effect.by)
        if digest_of(raw) != effect.digest or target is None or manifest.mode != state.mode or wants:
            raise GateDenied(
                "What would go out is not what was approved.", do="NOTHING HAS BEEN SENT. Ask again."
            )
        return manifest, target

    async def _account(self, effect: str, ledger: JournalLedger) -> None:
        """Journal the ledger's head. Where it cannot be read, what came of the mailing is told all the same."""
        try:
            counts = await ledger.counts()
            head = await ledger.head()
        except ConsoleError as error:
            self.trouble = error.diagnostics()
            return
        if head is not None:
            await self._put(
                c.Progress(
                    effect=effect,
                    n=head.seq,
                    hash=head.hash.hex(),
                    accepted=_accepted(counts),
                    refused=counts["refused"],
                    doubtful=counts["tried"],
                    total=counts["total"],
                )
            )

    async def report(self, effect: str, outcome: Outcome) -> None:
        """Append an outcome, at whatever seq is free. It is never dropped.

        Where another console took us for dead, and said so first, what we know is added as a late word.
        """
        self._faults("before-report")
        try:
            await self._put(self._told(effect, outcome))
        except Refused as error:
            if error.code != SETTLED:
                raise
            await self._late(effect, outcome)
        self._faults("after-report")

    def _told(self, effect: str, outcome: Outcome) -> c.Report:
        known = self.session.state.effects[effect]
        if isinstance(outcome, Done):
            return c.Report(
                by=known.by,
                effect=effect,
                outcome="done",
                proof=outcome.proof,
                remote=outcome.remote,
                accepted=outcome.accepted,
                refused=outcome.refused,
                doubtful=outcome.doubtful,
                reach=outcome.reach,
                access=bounded(outcome.access),
            )
        mailing = bool(from_bytes(self.session.state.plans[known.digest].raw.encode()).recipients)
        doubt = "interrupted" if mailing else "doubt"
        word = "failed" if isinstance(outcome, Failed) else doubt
        return c.Report(
            by=known.by,
            effect=effect,
            outcome=word,
            reason=outcome.reason,
            proof=outcome.proof,
            access=bounded(outcome.access),
        )

    async def _late(self, effect: str, outcome: Outcome) -> None:
        """Add an outcome that comes after another word on the same effect; where the two differ, raise the alarm."""
        if isinstance(outcome, InDoubt):
            return
        known = self.session.state.effects[effect]
        happened = isinstance(outcome, Done)
        raw = outcome.proof if isinstance(outcome, Done) else outcome.reason
        await self._put(c.Probed(effect=effect, raw=raw, suggests="happened" if happened else "not"))
        if known.status == ("failed" if happened else "done"):
            word = "happened after all" if happened else "did not happen"
            await self._put(c.Warn(by=known.by, what=f"a late answer says that {effect} {word}: {raw}"))

    async def _put(self, command: c.AnyCommand) -> None:
        """Carry out what must not be dropped: a file that others hold is waited for."""
        while True:
            try:
                await self.session.do(command)
            except JournalBusy as error:
                self.trouble = error.diagnostics()
            else:
                return

    async def probe(self, by: str, step: str) -> tuple[Effect, ...]:
        """Look into a step's doubts before asking the officer; returns the effects with what was seen."""
        session = self.session
        for effect in session.state.effects_of(step):
            if effect.status != "doubt":
                continue
            manifest, target = self._approved(effect)
            channel = session.channels.get(target.channel)
            if channel is None or effect.guided:
                await session.do(
                    c.Probed(by=by, effect=effect.id, raw="nothing can be read back; look yourself")
                )
                continue
            seen = await seen_by(channel, channel.probe(order_of(manifest, target, effect)))
            suggests = {"agrees": "happened", "disagrees": "not"}.get(seen.verdict, "unknown")
            await session.do(c.Probed(by=by, effect=effect.id, raw=seen.raw, suggests=suggests))
        return tuple(each for each in session.state.effects_of(step) if each.status == "doubt")

    async def doubtful(self, step: str) -> list[str]:
        """Addresses of whom we do not know whether a mailing reached them."""
        ledger = self._ledger_of(step)
        return [each.address for each in await ledger.doubtful()] if ledger is not None else []

    async def refused(self, step: str) -> list[str]:
        """Addresses that a mailing's server refused."""
        ledger = self._ledger_of(step)
        return [each.address for each in await ledger.refused()] if ledger is not None else []

    async def account(self, step: str) -> None:
        """Count a mailing that stopped into the record, where a death left it uncounted: how many are left is confirmed."""
        ledger = self._ledger_of(step)
        counts = await ledger.counts() if ledger is not None else {}
        for effect in self.session.state.effects_of(step):
            known = (effect.accepted, effect.refused, effect.doubtful, effect.total)
            told = (_accepted(counts), *(counts.get(name, 0) for name in ("refused", "tried", "total")))
            if ledger is not None and effect.status == "interrupted" and known != told:
                await self._account(effect.id, ledger)

    async def counts(self, step: str) -> dict[str, int]:
        """How far a mailing is: `waiting`, `tried`, `accepted`, `refused`, `total`; empty when there is none."""
        ledger = self._ledger_of(step)
        return await ledger.counts() if ledger is not None else {}

    def _ledger_of(self, step: str) -> JournalLedger | None:
        plan = self.session.state.plan_of(step)
        return (
            self.ledger(from_bytes(plan.raw.encode()).recipients)
            if plan is not None and plan.started
            else None
        )

    async def halt(self, step: str) -> None:
        """Stop carrying a step out. A mailing ends between two messages and may go on later; what has begun is in doubt."""
        task = self._running.get(step)
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for effect in self.session.state.effects_of(step):
            if effect.status == "intended" and not effect.guided and effect.holder == self.session.holder:
                begun = effect.id in self._begun or effect.attempt > 1
                await self.report(
                    effect.id,
                    InDoubt("it was stopped") if begun else Failed("it was stopped before it began"),
                )

    async def settle(self) -> None:
        """Wait until nothing that this process started is on its way; raise what an effect's task raised."""
        while self._running:
            await asyncio.gather(*list(self._running.values()))

    async def stop(self) -> None:
        """Stop everything that this process carries out."""
        await super().stop()
        for step in list(self._running):
            await self.halt(step)


def _accepted(counts: Mapping[str, int]) -> int:
    """Whom the server took it for, what came back later among them: nobody of these is left to be mailed."""
    return counts.get("accepted", 0) + counts.get("bounced", 0)


async def _acted(channel: Channel, order: Order, ledger: JournalLedger | None) -> Outcome:
    """The channel's outcome; an adapter that breaks its word and raises leaves a doubt, never silence."""
    try:
        return await channel.act(order, ledger)
    except JournalError as error:
        return InDoubt(error.what)
    except Exception as error:  # noqa: BLE001 - the boundary to the world: whatever happened there, we do not know its end
        return InDoubt(f"{channel.name} stopped without an answer ({type(error).__name__})")


def order_of(manifest: Manifest, target: Target, effect: Effect) -> Order:
    """What a channel is told, from the approved manifest alone."""
    return Order(
        effect=effect.id,
        attempt=effect.attempt,
        incident=manifest.incident,
        step=manifest.step,
        channel=target.channel,
        kind=target.kind,
        verb=target.verb,
        text=manifest.text,
        subject=manifest.subject,
        parts=dict(manifest.parts),
        arguments=dict(manifest.arguments),
        item=target.remote,
        recipients=manifest.recipients,
    )
