"""What carries a mail channel's messages: one module behind one protocol, a relay or a service that sends in our name.

A transport knows how to reach people and what an answer means. Who was reached is the ledger's alone, so another transport
never touches it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from console.channels.control import Control

if TYPE_CHECKING:
    from console.channels.protocol import Ledger, Order, Outcome, Seen

Progress = Callable[[dict[str, int]], None]


__all__ = ["Control", "MailTest", "Progress", "Transport"]


class MailTest(Struct, frozen=True):
    """What a test of the channel found: whether it would work, and one sentence for each thing tried."""

    ok: bool
    lines: tuple[str, ...]


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
