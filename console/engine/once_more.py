"""People in doubt of a mailing are mailed once more: asked for, approved, written down, let by the ledger. See `incident.once_more`.

Who is in doubt is read from the ledger each time: as it is asked for, as it is done, and once more by the ledger itself as it takes
the row. What was written down and not finished, by a console that died, is finished by the next beat of any console.
"""

from __future__ import annotations

import asyncio
import hashlib
from array import array
from typing import TYPE_CHECKING, Final

from console.engine.faults import Faults, no_faults
from console.engine.following import Following
from console.engine.workbench import whole
from console.errors import BadInput, Contended, GateDenied, Refused
from console.incident import commands as c
from console.incident.manifest import digest_of, from_bytes
from console.incident.once_more import ALL, OF, PEOPLE, numbers_in, ranges
from console.incident.planning import ONCE_MORE, gate_wants, stale, step_of
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from console.channels.protocol import Recipient
    from console.engine.ledger import JournalLedger
    from console.engine.session import Session
    from console.engine.workbench import Ready
    from console.incident.events import AnyEvent
    from console.incident.manifest import Manifest
    from console.incident.state import Plan, State

MOST_BY_NAME: Final = 1_000
CHANGED: Final = "who is in doubt had changed meanwhile"


class Who:
    """People in doubt, in the list's order: their numbers, and the SHA-256 of their addresses as `recipients.digest_of` makes it."""

    def __init__(self) -> None:
        self.numbers = array("L")
        self._whole = hashlib.sha256()

    def add(self, recipient: Recipient) -> None:
        """Take one in."""
        self.numbers.append(recipient.n)
        self._whole.update(f"{recipient.address}\n".encode())

    @property
    def sha256(self) -> str:
        """Of everybody taken in."""
        return self._whole.hexdigest()

    def are(self, manifest: Manifest) -> bool:
        """Whether these are exactly those of a manifest."""
        return (self.sha256, len(self.numbers)) == (manifest.recipients_sha256, manifest.reaches)


class OnceMore(Following):
    """Lets those in doubt of one session's mailings be mailed once more."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._letting = asyncio.Lock()

    async def ask_once_more(self, by: str, step: str, reason: str, only: Collection[str] = ()) -> Plan:
        """Plan it, and return what is to be approved.

        Args:
            by: who asks.
            step: whose mailing.
            reason: why.
            only: addresses of those; without any everybody in doubt.

        Raises:
            Refused: it may not be asked for at this moment, or one of these is not in doubt.
        """
        await self.ready()
        await self._finish_of(step)
        session, ledger = self.session, self._ledger_of(step)
        people = ALL if ledger is None or not only else await _by_name(ledger, only)
        who = await _who(ledger, people) if ledger is not None else Who()
        await session.do(
            c.AskOnceMore(
                by=by,
                step=step,
                nonce=session.nonce(),
                people=people,
                sha256=who.sha256,
                count=len(who.numbers),
                reason=reason,
            )
        )
        plan = session.state.plan_of(ONCE_MORE + step)
        if plan is None:
            raise Refused(f"It could not be planned for {step}.", code="no-plan")
        return plan

    async def asked_once_more(self, step: str) -> Plan | None:
        """What was asked for and stands, of people who are all in doubt still; None when nothing was."""
        state = self.session.state
        plan = state.plan_of(ONCE_MORE + step)
        if plan is None or plan.started or stale(plan, self.session.clock.now().wall):
            return None
        try:
            await self.named(plan)
        except GateDenied:
            return None
        return plan

    async def named(self, plan: Plan) -> list[str]:
        """The addresses of those whom such a plan is for, in order; raises GateDenied when they are not all in doubt any more."""
        manifest = from_bytes(plan.raw.encode())
        ledger = self.ledger(manifest.recipients)
        found = (
            [each async for each in _in_doubt(ledger, manifest.arguments.get(PEOPLE, ALL))] if ledger else []
        )
        who = Who()
        for each in found:
            who.add(each)
        if not who.are(manifest):
            raise GateDenied(
                "Who is in doubt has changed since it was asked for.",
                means="NOBODY HAS BEEN MAILED ONCE MORE.",
                do="Look who is in doubt, and ask again.",
                code="changed",
            )
        return [each.address for each in found]

    async def once_more(
        self, by: str, step: str, *, confirm: str = "", digest: str = ""
    ) -> tuple[AnyEvent, ...]:
        """Let exactly those be mailed once more who were approved. It mails nobody: the mailing goes on with `act`.

        Raises:
            Refused: nobody asked, the gate is not open, another number was typed, or who is in doubt has changed.
        """
        await self.ready()
        await self._finish_of(step)
        plan = self.session.state.plan_of(ONCE_MORE + step)
        if plan is None:
            raise Refused(
                f"Nobody has asked for those in doubt of {step} to be mailed once more.", code="not-asked"
            )
        manifest = from_bytes(plan.raw.encode())
        ledger = self.ledger(manifest.recipients)
        who = await _who(ledger, manifest.arguments.get(PEOPLE, ALL)) if ledger is not None else Who()
        command = c.OnceMore(
            by=by,
            step=step,
            digest=digest or plan.digest,
            sha256=who.sha256,
            count=len(who.numbers),
            confirm=confirm,
        )
        return await whole(self._once_more(command, manifest.recipients))

    async def _once_more(self, command: c.OnceMore, recipients: str) -> tuple[AnyEvent, ...]:
        events = await self.session.do(command)
        await self._finish_of(command.step)
        ledger = self.ledger(recipients)
        if ledger is None or not await ledger.once_more(command.digest):
            raise Refused(
                f"Nobody was let be mailed once more: {CHANGED}.",
                do="Look who is in doubt, and ask again.",
                code="changed",
            )
        return events

    async def account(self, step: str) -> None:
        """As `Effects.account`, once what was written down of those in doubt is finished."""
        await self._finish_of(step)
        await super().account(step)

    async def _act(self, command: c.Act) -> tuple[AnyEvent, ...]:
        await self._finish_of(command.step)
        return await super()._act(command)

    async def beat(self) -> None:
        """One round; what another console left unfinished is finished."""
        await super().beat()
        if not self.session.poisoned:
            for effect in list(self.session.state.effects.values()):
                if effect.once_more:
                    await self._finish(effect.id)

    async def _finish_of(self, step: str) -> None:
        for effect in self.session.state.effects_of(step):
            if effect.once_more:
                await self._finish(effect.id)

    async def _finish(self, ident: str) -> None:
        """Have the ledger let those of the approval, where it has not yet, and write down what it made of it."""
        async with self._letting:
            effect = self.session.state.effects[ident]
            plan = self.session.state.plans.get(effect.once_more)
            if plan is None or self.session.state.end is not None:
                return
            self._faults("before-act")
            let, why = await self._let(plan, effect.digest)
            self._faults("after-act")
            settled = c.SettleOnceMore(effect=ident, digest=plan.digest, let=let, why=why)
            self._faults("before-report")
            await self._put(settled)
            self._faults("after-report")
            ledger = self.ledger(from_bytes(plan.raw.encode()).recipients)
            if ledger is not None:
                await self._account(ident, ledger)

    async def _let(self, plan: Plan, mailing: str) -> tuple[int, str]:
        """How many the ledger lets; nobody, and why. What would be let is held to the stored bytes once more."""
        raw, state = plan.raw.encode(), self.session.state
        manifest = from_bytes(raw)
        sent = from_bytes(state.plans[mailing].raw.encode())
        same = (manifest.mode, manifest.recipients) == (state.mode, sent.recipients)
        ledger = self.ledger(manifest.recipients)
        bound = digest_of(raw) == plan.digest and manifest.arguments.get(OF) == mailing
        if not same or not bound or ledger is None or not _open(state, plan):
            return 0, "it is not what was approved"
        people = manifest.arguments.get(PEOPLE, ALL)
        try:
            let = await ledger.once_more(plan.digest)
            if let:
                return let, ""
            who = await _who(ledger, people)
            if not who.are(manifest):
                return 0, CHANGED
            return await ledger.once_more(plan.digest, who.numbers, whole=people == ALL), ""
        except Contended:
            return 0, CHANGED


def _open(state: State, plan: Plan) -> bool:
    """Whether its gate is open to whoever asked, or to one who gave a code."""
    step = step_of(state, plan.step)
    return any(
        not gate_wants(step, plan, each) for each in (plan.by, *(one.officer for one in plan.approvals))
    )


async def _who(ledger: JournalLedger, people: str) -> Who:
    who = Who()
    async for recipient in _in_doubt(ledger, people):
        who.add(recipient)
    return who


async def _in_doubt(ledger: JournalLedger, people: str) -> AsyncIterator[Recipient]:
    """Everybody in doubt of whom a manifest speaks, in order: all, or those of these numbers."""
    some = None if people == ALL else list(numbers_in(people))
    async for recipient in ledger.doubts():
        if some is None or any(first <= recipient.n <= last for first, last in some):
            yield recipient


async def _by_name(ledger: JournalLedger, only: Collection[str]) -> str:
    """The numbers of those in doubt who are named, as a manifest holds them; raises Refused when one of them is not in doubt."""
    wanted = {address.strip().lower(): address for address in only if address.strip()}
    if len(wanted) > MOST_BY_NAME:
        raise BadInput(f"{len(wanted):,} were named; {MOST_BY_NAME:,} can be, or everybody in doubt.")
    numbers = [each.n async for each in ledger.doubts() if wanted.pop(each.address.lower(), None) is not None]
    if wanted:
        named = ", ".join(visible(each) for each in list(wanted.values())[:3])
        raise Refused(
            f"{counted(len(wanted), 'person named is', 'people named are')} not in doubt: {named}.",
            do="Look who is in doubt: incident mailing.",
            code="not-in-doubt",
        )
    return ranges(numbers)
