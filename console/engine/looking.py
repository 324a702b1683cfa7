"""Looking from outside: checks of what a step claims, and the watch for what nobody authorised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.channels.protocol import Order, Seen
from console.engine.differing import LONGEST_LINE, absence
from console.engine.faults import Faults, no_faults
from console.engine.sweeping import Sweeping
from console.engine.workbench import Ready, seen_by
from console.incident import commands as c
from console.incident.facts import ABSENCES, OWN_PROBES, SWEEP, concerned, contradicted, sees, shut, unmet
from console.incident.mailed import newest_mailing
from console.incident.manifest import from_bytes
from console.incident.posted import posted

if TYPE_CHECKING:
    from console.engine.session import Session
    from console.playbook.model import Step, Verb


CHECK_EVERY: Final = 15_000
CHECK_GIVES_UP: Final = 600_000
_ABSENT: Final = {"agrees": "gone", "disagrees": "STILL THERE"}


class Looking(Sweeping):
    """What one session looks at."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._checked: dict[str, int] = {}

    async def check(self, step: str) -> None:
        """Look from outside at what a step claims, if the console can."""
        session = self.session
        found = session.state.playbook.step(step)
        if found is None or found.check is None or not sees(session.state, found.check):
            return
        if _own(found.check):
            await session.tick()
            return
        mailing = session.state.lists.get(found.check.channel)
        channel = session.channels.get(found.check.channel)
        if found.check.verb == "accounted" and mailing is not None:
            seen = await self._accounted(newest_mailing(session.state, found.check.channel) or mailing.ledger)
        elif session.state.live and found.check.verb in ABSENCES:
            seen = await self._absent(step, found.check)
            if found.check.verb == SWEEP:
                seen = await self.swept(seen)
        elif channel is not None:
            seen = await seen_by(channel, channel.check(found.check.verb, self._looking(step, found.check)))
        else:
            return
        await session.do(c.Saw(step=step, verdict=seen.verdict, raw=seen.raw, value=seen.value))

    async def _absent(self, step: str, check: Verb) -> Seen:
        """Whether every false item that the check is about is gone, each looked for on its own channel; never more than was seen.

        What a suspension hides, and nobody can look at any more, counts as gone on the word of who said so.
        """
        state = self.session.state
        verdicts, lines, hidden = [], [], []
        for item in concerned(state, check):
            seen = await absence(self.session, item, step)
            word = _ABSENT.get(seen.verdict, "not seen")
            if seen.verdict == "cannot-see" and item.gone == "hidden":
                hidden.append(item.id)
                word = "hidden by the suspension"
            else:
                verdicts.append(seen.verdict)
            lines.append(f"{item.id} {word}: {seen.raw}"[:LONGEST_LINE])
        lines = [f"attested: hidden by the suspension: {', '.join(hidden)}", *lines] if hidden else lines
        left = verdicts.count("disagrees")
        if left:
            return Seen("disagrees", "\n".join(lines), str(left))
        whole = bool(lines) and set(verdicts) <= {"agrees"}
        return Seen("agrees" if whole else "cannot-see", "\n".join(lines), "0" if whole else "")

    async def _accounted(self, name: str) -> Seen:
        """Whether the mail server's own answers, line by line in our ledger, account for everybody on the list."""
        ledger = self.ledger(name)
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
        return Order(
            effect=step,
            attempt=1,
            incident=state.incident,
            step=step,
            channel=check.channel,
            kind=state.configured.get(check.channel, check.channel),
            verb=check.verb,
            text=from_bytes(plan.raw.encode()).text if plan is not None else "",
            item=posted(state, check.channel),
        )

    async def beat(self) -> None:
        """One round of what goes on by itself: read on, miss consoles that died, let time be noticed, look, check."""
        session = self.session
        if session.poisoned:
            return
        await session.refresh()
        await session.claim_orphans()
        await session.tick()
        now = session.clock.now().boot
        if session.state.end is None:
            await self.watch()
        for step in session.state.playbook.steps():
            if self._wants_check(step, now):
                self._checked[step.name] = now
                await self.check(step.name)

    def _wants_check(self, step: Step, now: int) -> bool:
        state = self.session.state
        if step.check is None or state.end is not None or step.check.channel not in self.session.channels:
            return False
        if _own(step.check) or not sees(state, step.check):
            return False
        if now - self._checked.get(step.name, -CHECK_EVERY) < CHECK_EVERY:
            return False
        own = state.of(step.name)
        if own.check is not None and own.check.verdict == "agrees" and not contradicted(state, step):
            return False
        started = [each.at for each in state.effects_of(step.name)]
        if step.act is not None and (started or own.answer is None):
            ended = bool(started) and all(each.status == "done" for each in state.effects_of(step.name))
            return ended and self.session.clock.now().wall - max(started) < CHECK_GIVES_UP
        return not shut(state, step, self.session.clock.now().wall) and not unmet(
            state, step, self.session.clock.now().wall
        )


def _own(check: Verb) -> bool:
    """Whether the record itself answers this check, as time is noticed: a channel, a twin's too, knows less and is not asked."""
    return f"{check.channel}.{check.verb}" in OWN_PROBES
