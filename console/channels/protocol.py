"""What a channel is to the engine, whether it is a platform, a person's hands or a practice twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from msgspec import Struct

from console.incident.access import AccessChange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


WATCH: Final = "watch"  # among a channel's notes (see `live.adapter`): why its last look failed


class Order(Struct, frozen=True, kw_only=True):
    """One effect to carry out, read from the approved manifest and from nowhere else.

    Attributes:
        effect: the effect's id; the idempotency key where a platform takes one.
        attempt: 1 the first time.
        text: the final words; parts of them by name in `parts`.
        item: the remote id or link of the item it is about.
        recipients: for mail, the name of the ledger that holds them.
    """

    effect: str
    attempt: int
    incident: str
    step: str
    channel: str
    kind: str
    verb: str
    text: str = ""
    subject: str = ""
    parts: dict[str, str] = {}
    arguments: dict[str, str] = {}
    item: str = ""
    recipients: str = ""


class Done(Struct, frozen=True):
    """It happened, and this is how we know: the raw answer, and the platform's own id for what was made.

    Attributes:
        reach: of an item that was saved, how far it had gone: `likes`, `reposts`, `views`.
        access: of an act on a way into an account, what became of each.
    """

    proof: str
    remote: str = ""
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    reach: dict[str, int] = {}
    access: tuple[AccessChange, ...] = ()


class Failed(Struct, frozen=True):
    """It definitely did not happen: refused before bytes left, or an answer listed as *not done*."""

    reason: str
    proof: str = ""
    access: tuple[AccessChange, ...] = ()  # what was changed and proved before it failed


class InDoubt(Struct, frozen=True):
    """We do not know."""

    reason: str
    proof: str = ""
    access: tuple[AccessChange, ...] = ()


Outcome = Done | Failed | InDoubt


class Seen(Struct, frozen=True):
    """What a check or a probe saw: `agrees`, `disagrees` or `cannot-see`; the raw answer; a value it can fill in."""

    verdict: str
    raw: str = ""
    value: str = ""


class Sighting(Struct, frozen=True):
    """One published thing, as the channel shows it.

    Attributes:
        source: where its words were read, on a channel that is read in more ways than one: `feed`, `record`; words of one way
            tell nothing of words of another.
    """

    remote: str
    words: str
    link: str = ""
    published: int = 0
    source: str = ""


class Recipient(Struct, frozen=True):
    """One line of a ledger: its number and its address."""

    n: int
    address: str


class Told(NamedTuple):
    """The server's word on one recipient.

    Attributes:
        outcome: `accepted`, `refused`, `doubt`; `later`: put off, so it is waiting again; `bounced`, `delivered`: what came back
            after it was accepted; `again`: an officer let one in doubt be tried again.
        code: the server's; 0 when it gave none.
        looked: it was learned by looking, of one that was tried before, by whomever.
    """

    n: int
    outcome: str
    code: int = 0
    text: str = ""
    looked: bool = False


class Waiting(Protocol):
    """What sends needs no more of a ledger than this: who waits, and a durable claim of each."""

    def waiting(self) -> AsyncIterator[Recipient]:
        """Recipients not yet tried, in order."""
        ...

    async def commit(self, told: Sequence[Told], claims: Sequence[int]) -> None:
        """Keep the server's words, and claim these recipients: they are about to be sent to. Durable when this returns.

        What was told is kept in any case, where it can still be true. `refused` and `later` may be said of one who was not
        claimed: the server refused before anything left.

        Raises:
            Contended: another console holds one of the claims; then none of these may be sent to.
            ConsoleError: the record cannot be written; nothing may be sent.
        """
        ...


class Ledger(Waiting, Protocol):
    """A mass mail's recipients. A claim is durable when `commit` or `tried` returns."""

    def doubts(self) -> AsyncIterator[Recipient]:
        """Recipients of whom nobody knows whether the message reached them, in order."""
        ...

    async def tried(self, recipients: Sequence[Recipient]) -> None:
        """They are about to be sent to. From here each is in doubt until told otherwise."""
        ...

    async def told(self, n: int, outcome: str, code: int = 0, text: str = "") -> None:
        """The server's word on one: `accepted`, `refused`, `doubt` or `later`.

        Durable at the latest with the next claim or with `counts`; lost in a crash, the recipient is in doubt.
        """
        ...

    async def counts(self) -> dict[str, int]:
        """How many are `waiting`, `tried` (in doubt), `accepted`, `refused`, `bounced`, and `total`; `delivered` of the accepted.

        Everything told is durable.
        """
        ...


class Channel(Protocol):
    """One named surface of the organisation."""

    @property
    def name(self) -> str:
        """The playbook's name for it."""
        ...

    @property
    def kind(self) -> str:
        """One of `console.playbook.kinds.KINDS`."""
        ...

    def can(self, verb: str) -> bool:
        """Whether it carries this verb out by itself; False makes the act a guided move."""
        ...

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order. Raises nothing: what it does not know is an InDoubt."""
        ...

    async def probe(self, order: Order) -> Seen:
        """Look whether an order that is in doubt happened; `agrees` says it did, `disagrees` that it did not."""
        ...

    async def check(self, probe: str, order: Order) -> Seen:
        """Look from outside at what a step claims."""
        ...

    async def read(self) -> tuple[Sighting, ...] | None:
        """What is published there, newest first; None when this channel cannot be read."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
