"""What an officer's act sets going: gates with the gatekeeper, effects with the channels, checks and the watch.

The executor takes the manifest's stored bytes, recomputes their digest, looks for the approvals once more, and does exactly
what stands there. An outcome is appended at whatever seq is free; it is never dropped.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from console.channels.protocol import Done, Failed, Order, Outcome, Seen
from console.engine.faults import Faults, no_faults
from console.engine.ledger import JournalLedger
from console.errors import ConsoleError, GateDenied, JournalBusy, Refused
from console.incident import commands as c
from console.incident.decide import decide
from console.incident.deciding_acts import standing_plan
from console.incident.events import EffectIntended
from console.incident.facts import can_act, sees, shut, unmet
from console.incident.manifest import Manifest, Target, digest_of, from_bytes
from console.incident.planning import gate_wants, step_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.engine.gatekeeper import Gatekeeper
    from console.engine.session import Session
    from console.incident.events import AnyEvent
    from console.incident.state import Effect, Plan
    from console.playbook.model import Step, Verb

CHECK_EVERY: Final = 15_000
CHECK_GIVES_UP: Final = 600_000
LOOP_EVERY: Final = 1_000
LOOK_EVERY: Final = 30_000
LOOK_BACK: Final = 3_600_000


class Conductor:
    """Carries out what a session has decided. One per session and process."""

    def __init__(self, session: Session, *, faults: Faults = no_faults) -> None:
        self.session = session
        self._faults = faults
        self._running: dict[str, asyncio.Task[None]] = {}
        self._checked: dict[str, int] = {}
        self._ledgers: dict[str, JournalLedger] = {}
        self._looked = 0
        self.trouble: str = ""

    # --- gates

    async def ask(self, by: str, step: str, *, answer: str = "", harm_now: str = "") -> Plan:
        """Plan a step and return what is to be approved.

        Raises:
            Refused: it may not be planned now.
        """
        session = self.session
        await session.do(c.Ask(by=by, step=step, nonce=session.nonce(), answer=answer, harm_now=harm_now))
        plan = session.state.plan_of(step)
        if plan is None:
            raise Refused(f"{step} could not be planned.", code="no-plan")
        return plan

    async def approve(
        self, by: str, step: str, officer: str, code: str, *, digest: str, came: str = "typed"
    ) -> tuple[AnyEvent, ...]:
        """Present an officer's code for exactly the manifest of `digest`.

        Raises:
            GateDenied: the code, the person or the text does not fit; nothing was sent.
            VaultError: the seed cannot be reached; the emergency path is on offer.
        """
        await self._may_present(by, step, officer, digest)
        gatekeeper = self._gatekeeper()
        purpose = f"approve {self.session.state.incident} {step}"
        try:
            accepted = await gatekeeper.present(officer, code, purpose, by)
        except GateDenied as error:
            await self.session.do(
                c.TurnAway(by=by, step=step, digest=digest, officer=officer, reason=error.what)
            )
            raise
        known = (await gatekeeper.house()).named(officer)
        return await self.session.do(
            c.Approve(
                by=by,
                step=step,
                digest=digest,
                officer=officer,
                roles=known.roles if known is not None else (),
                came=came,
                timecode=accepted.timecode,
            )
        )

    async def emergency(
        self, by: str, step: str, officer: str, code: str, *, digest: str, reason: str
    ) -> tuple[AnyEvent, ...]:
        """Open a gate with a second officer's recovery code and a reason. Loud in the record."""
        await self._may_present(by, step, officer, digest)
        plan = self.session.state.plans[digest]
        writers = from_bytes(plan.raw.encode()).writers
        if officer == by or officer in writers:
            raise GateDenied(
                "The emergency path needs a recovery code of a second officer.",
                do="Ask somebody who did not write it.",
            )
        if not reason.strip():
            raise GateDenied("The emergency path needs a reason.", do="Say in a few words why.")
        gatekeeper = self._gatekeeper()
        purpose = f"EMERGENCY {self.session.state.incident} {step}"
        try:
            await gatekeeper.present_recovery(officer, code, purpose, by)
        except GateDenied as error:
            await self.session.do(
                c.TurnAway(by=by, step=step, digest=digest, officer=officer, reason=error.what)
            )
            raise
        known = (await gatekeeper.house()).named(officer)
        roles = known.roles if known is not None else ()
        return await self.session.do(
            c.Approve(
                by=by,
                step=step,
                digest=digest,
                officer=officer,
                roles=roles,
                how="emergency",
                reason=reason.strip(),
            )
        )

    async def _may_present(self, by: str, step: str, officer: str, digest: str) -> None:
        """Refuse before a code is spent: the plan must stand and this person must be able to open it."""
        session = self.session
        await session.refresh()
        found = step_of(session.state, step)
        standing_plan(session.state, found, digest, session.clock.now())
        house = await self._gatekeeper().house()
        known = house.named(officer)
        if known is not None:
            trial = c.Approve(by=by, step=step, digest=digest, officer=officer, roles=known.roles)
            decide(session.state, trial, session.clock.now())

    def _gatekeeper(self) -> Gatekeeper:
        if self.session.gatekeeper is None:
            raise GateDenied("No codes can be looked at on this machine.", do="Run incident doctor.")
        return self.session.gatekeeper

    # --- effects

    async def act(
        self, by: str, step: str, *, confirm: str = "", digest: str = "", harm_now: str = ""
    ) -> tuple[AnyEvent, ...]:
        """Make the intents durable, then start what the console does by itself; guided effects wait for hands.

        Returns when the intents are on disk. `settle` waits for the ends.

        Raises:
            Refused: needs, text, confirmation or gate are not as they must be; nothing was sent.
        """
        session = self.session
        events = await session.do(
            c.Act(
                by=by,
                step=step,
                nonce=session.nonce(),
                holder=session.holder,
                confirm=confirm,
                digest=digest,
                harm_now=harm_now,
            )
        )
        mine = [event.effect for event in events if isinstance(event, EffectIntended) and not event.guided]
        if mine:
            self._start(step, mine)
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
        manifest, target = self._approved(known)
        channel = session.channels.get(target.channel)
        self._faults("before-act")
        if channel is None:
            outcome: Outcome = Failed(f"{target.channel} is not configured on this machine")
        else:
            ledger = self._ledger(manifest.recipients)
            outcome = await channel.act(order_of(manifest, target, known), ledger)
            if ledger is not None:
                outcome = await self._account(effect, ledger, outcome)
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

    async def _account(self, effect: str, ledger: JournalLedger, outcome: Outcome) -> Outcome:
        """Journal the ledger's head, and turn a mailing that stopped in the middle into an interrupted one."""
        counts = await ledger.counts()
        head = await ledger.head()
        if head is not None:
            await self.session.do(
                c.Progress(
                    effect=effect,
                    n=head.seq,
                    hash=head.hash.hex(),
                    accepted=counts["accepted"],
                    refused=counts["refused"],
                    doubtful=counts["tried"],
                    total=counts["total"],
                )
            )
        return outcome

    async def report(self, effect: str, outcome: Outcome) -> None:
        """Append an outcome, at whatever seq is free."""
        self._faults("before-report")
        known = self.session.state.effects[effect]
        if isinstance(outcome, Done):
            command = c.Report(
                by=known.by,
                effect=effect,
                outcome="done",
                proof=outcome.proof,
                remote=outcome.remote,
                accepted=outcome.accepted,
                refused=outcome.refused,
                doubtful=outcome.doubtful,
            )
        elif isinstance(outcome, Failed):
            command = c.Report(
                by=known.by, effect=effect, outcome="failed", reason=outcome.reason, proof=outcome.proof
            )
        else:
            mailing = bool(from_bytes(self.session.state.plans[known.digest].raw.encode()).recipients)
            command = c.Report(
                by=known.by,
                effect=effect,
                outcome="interrupted" if mailing else "doubt",
                reason=outcome.reason,
                proof=outcome.proof,
            )
        await self.session.do(command)
        self._faults("after-report")

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
            seen = await channel.probe(order_of(manifest, target, effect))
            suggests = {"agrees": "happened", "disagrees": "not"}.get(seen.verdict, "unknown")
            await session.do(c.Probed(by=by, effect=effect.id, raw=seen.raw, suggests=suggests))
        return tuple(each for each in session.state.effects_of(step) if each.status == "doubt")

    async def doubtful(self, step: str) -> list[str]:
        """Addresses of whom we do not know whether a mailing reached them."""
        ledger = self._ledger_of(step)
        return [each.address for each in await ledger.doubtful()] if ledger is not None else []

    async def counts(self, step: str) -> dict[str, int]:
        """How far a mailing is: `waiting`, `tried`, `accepted`, `refused`, `total`; empty when there is none."""
        ledger = self._ledger_of(step)
        return await ledger.counts() if ledger is not None else {}

    def _ledger_of(self, step: str) -> JournalLedger | None:
        plan = self.session.state.plan_of(step)
        return self._ledger(from_bytes(plan.raw.encode()).recipients) if plan is not None else None

    def _ledger(self, name: str) -> JournalLedger | None:
        """The ledger of that name, read once and kept."""
        if name and name not in self._ledgers:
            self._ledgers[name] = JournalLedger(self.session.journal, name)
        return self._ledgers.get(name)

    # --- looking

    async def check(self, step: str) -> None:
        """Look from outside at what a step claims, if the console can."""
        session = self.session
        found = session.state.playbook.step(step)
        if found is None or found.check is None or not sees(session.state, found.check):
            return
        mailing = session.state.lists.get(found.check.channel)
        channel = session.channels.get(found.check.channel)
        if found.check.verb == "accounted" and mailing is not None:
            seen = await self._accounted(mailing.ledger)
        elif channel is not None:
            seen = await channel.check(found.check.verb, self._looking(step, found.check))
        else:
            return
        await session.do(c.Saw(step=step, verdict=seen.verdict, raw=seen.raw, value=seen.value))

    async def _accounted(self, name: str) -> Seen:
        """Whether the mail server's own answers, line by line in our ledger, account for everybody on the list."""
        ledger = self._ledger(name)
        if ledger is None:
            return Seen("cannot-see", "no list was chosen")
        counts = await ledger.counts()
        raw = (
            f"{counts['accepted']} accepted, {counts['refused']} refused, {counts['tried']} in doubt, "
            f"{counts['waiting']} not started, of {counts['total']}"
        )
        return Seen("agrees" if not counts["waiting"] and not counts["tried"] else "disagrees", raw)

    def _looking(self, step: str, check: Verb) -> Order:
        """What a channel is told when it is to look: the step's own text, and what we last made on that channel."""
        state = self.session.state
        plan = state.plan_of(step)
        made = [
            each.remote
            for each in state.effects.values()
            if each.status == "done" and each.remote and check.channel in (each.channel, "items", "voices")
        ]
        return Order(
            effect=step,
            attempt=1,
            incident=state.incident,
            step=step,
            channel=check.channel,
            kind=state.configured.get(check.channel, check.channel),
            verb=check.verb,
            text=from_bytes(plan.raw.encode()).text if plan is not None else "",
            item=made[-1] if made else "",
        )

    async def look(self) -> None:
        """Read every readable channel once; report what nobody authorised, and that somebody looked."""
        session = self.session
        ours = {effect.remote for effect in session.state.effects.values() if effect.remote}
        known = {item.link for item in session.state.items.values()}
        read = []
        for channel in session.channels.values():
            sightings = await channel.read()
            if sightings is None:
                continue
            read.append(channel.name)
            for seen in reversed(sightings):
                link = seen.link or seen.remote
                if (
                    seen.remote in ours
                    or link in known
                    or seen.published < session.state.opened_at - LOOK_BACK
                ):
                    continue
                await session.do(
                    c.See(
                        channel=channel.name, link=link, words=seen.words, source="watch", when=seen.published
                    )
                )
        if read:
            await session.do(c.Look(channels=tuple(read), source="watch"))

    async def beat(self) -> None:
        """One round of what goes on by itself: read on, let time be noticed, look, check."""
        session = self.session
        if session.poisoned:
            return
        await session.refresh()
        await session.tick()
        now = session.clock.now().boot
        if session.state.end is None and now - self._looked >= LOOK_EVERY:
            self._looked = now
            await self.look()
        for step in session.state.playbook.steps():
            if self._wants_check(step, now):
                self._checked[step.name] = now
                await self.check(step.name)

    def _wants_check(self, step: Step, now: int) -> bool:
        state = self.session.state
        if step.check is None or state.end is not None or step.check.channel not in self.session.channels:
            return False
        if now - self._checked.get(step.name, -CHECK_EVERY) < CHECK_EVERY or not can_act(
            state, step.check.channel
        ):
            return False
        own = state.of(step.name)
        if own.check is not None and own.check.verdict == "agrees":
            return False
        started = [each.at for each in state.effects_of(step.name)]
        if step.act is not None:
            ended = bool(started) and all(each.status == "done" for each in state.effects_of(step.name))
            return ended and self.session.clock.now().wall - max(started) < CHECK_GIVES_UP
        return not shut(state, step, self.session.clock.now().wall) and not unmet(
            state, step, self.session.clock.now().wall
        )

    async def run(self) -> None:
        """Beat until cancelled; a busy file is tried again at the next beat."""
        while True:
            try:
                await self.beat()
            except JournalBusy as error:
                self.trouble = error.diagnostics()
            await self.session.clock.sleep(LOOP_EVERY)

    async def settle(self) -> None:
        """Wait until nothing that this process started is on its way; raise what an effect's task raised."""
        while self._running:
            await asyncio.gather(*list(self._running.values()))

    async def stop(self) -> None:
        """Stop what is running. A mailing stops between two messages; what had begun is in doubt, and said so."""
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*list(self._running.values()), return_exceptions=True)


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
