"""What a connection that sends and the mailing behind it are to each other, whichever way the connection speaks to the relay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from console.channels.live.smtp import Answer
    from console.channels.protocol import Recipient


class Sending(Protocol):
    """One connection: takes recipients, one after the other, and answers for each."""

    @property
    def alive(self) -> bool:
        """Whether anything can still be sent on it."""
        ...

    @property
    def fresh(self) -> bool:
        """Until a message has been answered on it."""
        ...

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way on it."""
        ...

    def begin(self) -> None:
        """Take the next recipient, if there is one and nothing is on its way."""
        ...

    def go(self) -> None:
        """The claim is durable: let the message leave."""
        ...

    def never(self) -> None:
        """The claim was not made: nothing may leave."""
        ...

    def leave(self) -> None:
        """Finish what is on its way, then part politely."""
        ...

    def cut(self, why: str) -> None:
        """Close without a word; what was on its way is answered for."""
        ...


class Dispatcher(Protocol):
    """Who hands out recipients and hears what became of them. Its methods must be quick, and raise nothing."""

    def following(self) -> Recipient | None:
        """The next recipient; None when there is none now (`begin` wakes the connection)."""
        ...

    def message(self, recipient: Recipient) -> bytes:
        """The message."""
        ...

    def copy(self, recipient: Recipient) -> bytes:
        """The message as it travels after DATA, doubled dots, final dot and all."""
        ...

    def sender(self, recipient: Recipient) -> str:
        """The envelope's sender."""
        ...

    def claim(self, recipient: Recipient, line: Sending) -> None:
        """Make the claim durable, then call `line.go` or `line.never`."""
        ...

    def answered(self, recipient: Recipient, answer: Answer, line: Sending) -> None:
        """What became of one; `unsent` when nothing of it had left."""
        ...

    def ended(self, line: Sending) -> None:
        """The connection is gone, and everything that was on it was answered for."""
        ...
