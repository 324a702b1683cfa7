"""What every part of the conductor works on: the session, the crash points, the ledgers that were read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from console.channels.protocol import Seen
from console.engine.faults import Faults, no_faults
from console.engine.ledger import JournalLedger

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from console.channels.protocol import Channel
    from console.engine.session import Session

T = TypeVar("T")
Ready = Callable[[], Awaitable[None]]


class Bench:
    """One session, seen from the parts that act on it.

    Args:
        session: the incident.
        faults: crash points, for tests.
        ready: awaited before anything is planned, approved or begun: makes the channels what the machine says at that moment.
    """

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        self.session = session
        self.ready = ready or _as_it_is
        self.trouble = ""
        self._faults = faults
        self._ledgers: dict[str, JournalLedger] = {}

    def ledger(self, name: str) -> JournalLedger | None:
        """The ledger of that name, read once and kept; None for no name."""
        if name and name not in self._ledgers:
            self._ledgers[name] = JournalLedger(self.session.journal, name, self.session.clock)
        return self._ledgers.get(name)


async def _as_it_is() -> None:
    """The channels are what they were at the beginning."""


async def whole(work: Coroutine[None, None, T]) -> T:
    """Do it to its end, whatever becomes of the caller; cancelling the caller cancels the waiting alone."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_looked_at)
    return await asyncio.shield(task)


def _looked_at(task: asyncio.Task[T]) -> None:
    """What nobody waits for any more must not end in a message on the screen."""
    if not task.cancelled():
        task.exception()


async def seen_by(channel: Channel, look: Awaitable[Seen]) -> Seen:
    """What a channel saw; an adapter that breaks its word and raises has seen nothing."""
    try:
        return await look
    except Exception as error:  # noqa: BLE001 - the boundary to the world: a look that fails tells us nothing, and that is said
        return Seen("cannot-see", f"{channel.name} gave no answer ({type(error).__name__})")
