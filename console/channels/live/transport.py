"""What carries a mail channel's messages: one module behind one protocol, a relay or a service that sends in our name.

A transport knows how to reach people and what an answer means. Who was reached is the ledger's alone, so another transport
never touches it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from console.channels.protocol import Ledger, Order, Outcome, Seen
    from console.clock import Clock

Progress = Callable[[dict[str, int]], None]


class MailTest(Struct, frozen=True):
    """What a test of the channel found: whether it would work, and one sentence for each thing tried."""

    ok: bool
    lines: tuple[str, ...]


class Control:
    """What a person may do to a mailing that is on its way: hold it, let it go on, end it.

    Those who are not claimed yet keep waiting in the ledger, whatever is done here.

    Attributes:
        note: what the transport is at besides sending, for a person: how many connections, whom it leaves alone and why.
    """

    def __init__(self) -> None:
        self._stopped = ""
        self._going = asyncio.Event()
        self._going.set()
        self._ended = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []
        self.note = ""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have this called after each pause, resume and stop."""
        self._watchers.append(watcher)

    def _changed(self) -> None:
        for watcher in self._watchers:
            watcher()

    @property
    def paused(self) -> bool:
        """Whether it is held."""
        return not self._going.is_set()

    @property
    def stopped(self) -> str:
        """Why it was ended, for a person; empty while it goes on."""
        return self._stopped

    def pause(self) -> None:
        """Hold it: nobody else is claimed until `resume`. One that was ended stays ended."""
        if not self._stopped:
            self._going.clear()
            self._changed()

    def resume(self) -> None:
        """Let it go on."""
        self._going.set()
        self._changed()

    def stop(self, words: str) -> None:
        """End it, held or not; the first reason stays."""
        self._stopped = self._stopped or words or "It was stopped."
        self._ended.set()
        self._going.set()
        self._changed()

    async def turn(self) -> None:
        """Return when it may go on, or when it was ended: ask `stopped` next."""
        await self._going.wait()

    async def rest(self, clock: Clock, ms: int) -> None:
        """Wait `ms` milliseconds of this clock; less when it is ended meanwhile."""
        waits = (asyncio.ensure_future(clock.sleep(ms)), asyncio.ensure_future(self._ended.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


class Transport(Protocol):
    """One way to reach people by mail."""

    def can(self, verb: str) -> bool:
        """Whether it carries `send`, `send-internal` or `send-test` out by itself."""
        ...

    async def send(self, order: Order, ledger: Ledger, control: Control) -> str:
        """Send to everybody waiting; every claim is durable before its message may leave.

        Args:
            order: the words.
            ledger: who, and what became of each.
            control: may hold or end it; its `note` is the transport's to write.

        Returns:
            Why it ended before everybody was tried, for a person; empty when everybody was.

        Raises:
            ConsoleError: nothing was sent.
            Unfit: the words cannot be sent as they stand; nothing was sent.
        """
        ...

    async def send_few(self, order: Order, addresses: Sequence[str]) -> Outcome:
        """Send to these few, one after the other, no second try of anything; raises as `send` does."""
        ...

    def as_sent(self, order: Order, address: str) -> str:
        """The whole mail to one address as it would travel, for a person. Nothing is sent.

        Raises:
            Unfit: the words cannot be sent as they stand, or it is made elsewhere; the message says so.
        """
        ...

    async def look(self, order: Order, ledger: Ledger) -> Seen:
        """Ask what became of those in doubt and of those accepted, where that can be asked, and put it into the ledger.

        Returns:
            `cannot-see` where it cannot be asked; else `agrees` when nobody is in doubt, `disagrees` when somebody is.
        """
        ...

    async def test(self) -> MailTest:
        """Prove it with what only looks, and say what it can and cannot do."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
