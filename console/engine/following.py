"""What becomes of a mailing afterwards, where its transport can be asked: who in doubt has it after all, what arrived, what came back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.channels.protocol import Seen
from console.engine.effects import Effects, order_of
from console.engine.faults import Faults, no_faults
from console.engine.workbench import Ready, seen_by
from console.errors import ConsoleError
from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.channels.protocol import Order
    from console.engine.session import Session
    from console.incident.state import Effect

FIRST_AFTER: Final = 60_000  # ms
LONGEST: Final = 1_800_000  # ms between two looks while nothing new is told
FOLLOWED_FOR: Final = (
    8 * 86_400_000
)  # ms: the longest that a service is sure to keep what became of a mail, and a day
LOOK_ROUND: Final = 10_000  # ms between two questions whose turn it is


class _Mailing(NamedTuple):
    effect: Effect
    order: Order
    channel: Any  # one with `look`


class _Turn(NamedTuple):
    due: int  # boot ms
    pause: int  # ms


class Following(Effects):
    """Follows the mailings of one session: each in its own rhythm, more slowly while nothing new is told."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._turns: dict[str, _Turn] = {}
        self._followed: dict[str, asyncio.Task[Seen]] = {}
        self._next_round = 0

    async def beat(self) -> None:
        """One round; a mailing whose turn it is is asked about beside everything else."""
        await super().beat()
        now = self.session.clock.now().boot
        if now < self._next_round or self.session.poisoned:
            return
        self._next_round = now + LOOK_ROUND
        for mailing in self._mailings():
            ident = mailing.effect.id
            turn = self._turns.setdefault(ident, _Turn(now + FIRST_AFTER, FIRST_AFTER))
            if now >= turn.due:
                self._ask(mailing)

    async def follow(self, step: str) -> Seen:
        """Ask what became of a step's mailing, and write down what is new.

        Returns:
            `cannot-see` where nobody can be asked; else whether anybody is still in doubt, with the counts.
        """
        found = [each for each in self._mailings() if each.effect.step == step]
        seen = Seen("cannot-see", "no mailing of this step can be asked about")
        for mailing in found:
            seen = await self._ask(mailing)
        return seen

    async def probe(self, by: str, step: str) -> tuple[Effect, ...]:
        """Look into a step's doubts, those of a mailing that stopped among them; see `Effects.probe`."""
        if any(each.status == "interrupted" for each in self.session.state.effects_of(step)):
            await self.follow(step)
        return await super().probe(by, step)

    async def reasons(self, step: str) -> dict[str, int]:
        """Why people of a step's mailing were refused, or what came back, and how many; most first."""
        ledger = self._ledger_of(step)
        if ledger is None:
            return {}
        await ledger.counts()
        return ledger.reasons()

    async def stop(self) -> None:
        """Ask no more, and stop everything else."""
        asked = list(self._followed.values())
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        await super().stop()

    def _mailings(self) -> list[_Mailing]:
        """What was mailed through a channel that can be asked, the oldest first."""
        session, found = self.session, []
        if not session.state.live:
            return []
        since = session.clock.now().wall - FOLLOWED_FOR
        for effect in session.state.effects.values():
            if effect.guided or effect.status == "failed" or effect.at < since:
                continue
            if effect.channel and not hasattr(session.channels.get(effect.channel), "look"):
                continue
            manifest = from_bytes(session.state.plans[effect.digest].raw.encode())
            target = next((each for each in manifest.targets if each.effect == effect.id), None)
            channel = session.channels.get(target.channel) if target is not None else None
            if manifest.recipients and target is not None and hasattr(channel, "look"):
                found.append(_Mailing(effect, order_of(manifest, target, effect), channel))
        return found

    def _ask(self, mailing: _Mailing) -> asyncio.Task[Seen]:
        """Ask, unless that is being done already."""
        ident = mailing.effect.id
        if ident not in self._followed:
            task = asyncio.create_task(self._asked(mailing), name=f"follow {ident}")
            self._followed[ident] = task
            task.add_done_callback(lambda _: self._followed.pop(ident, None))
        return self._followed[ident]

    async def _asked(self, mailing: _Mailing) -> Seen:
        ident, changed = mailing.effect.id, False
        ledger = self.ledger(mailing.order.recipients)
        assert ledger is not None
        try:
            if not await ledger.whole():
                return Seen("cannot-see", "nobody is on its list yet")
            before = await ledger.counts()
            seen = await seen_by(mailing.channel, mailing.channel.look(mailing.order, ledger))
            changed = await ledger.counts() != before
            effect = self.session.state.effects[ident]
            if changed and effect.status != "intended":
                await self._account(ident, ledger)
        except ConsoleError as error:
            self.trouble = error.diagnostics()
            return Seen("cannot-see", error.what)
        finally:
            pause = self._turns.get(ident, _Turn(0, FIRST_AFTER)).pause
            pause = FIRST_AFTER if changed else min(pause * 2, LONGEST)
            self._turns[ident] = _Turn(self.session.clock.now().boot + pause, pause)
        return seen
