"""A channel that a person works by hand: the console prints the moves and asks what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from console.channels.protocol import Channel, Failed, Ledger, Order, Outcome, Seen, Sighting
from console.playbook.kinds import RESERVED
from console.playbook.model import Channel as Named


class ManualChannel:
    """Can nothing by itself and sees nothing; so every act on it is a guided move.

    Args:
        name: the playbook's name for it.
        kind: one of `kinds.KINDS`, or a reserved channel's name.
    """

    def __init__(self, name: str, kind: str) -> None:
        self.name: Final = name
        self.kind: Final = kind

    def can(self, verb: str) -> bool:
        """Nothing."""
        del verb
        return False

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Never called when `can` is asked first; nothing happens."""
        del order, ledger
        return Failed("A person does this by hand; the console cannot.")

    async def probe(self, order: Order) -> Seen:
        """Only a person can look."""
        del order
        return Seen("cannot-see")

    async def check(self, probe: str, order: Order) -> Seen:
        """Only a person can look."""
        del probe, order
        return Seen("cannot-see")

    async def read(self) -> tuple[Sighting, ...] | None:
        """Cannot be read."""
        return None

    async def close(self) -> None:
        """Holds nothing."""


def manual_channels(channels: Iterable[Named]) -> dict[str, Channel]:
    """A channel by hand for each of a playbook's and for the reserved ones; live adapters replace some of them."""
    named = {channel.name: channel.kinds[0] for channel in channels}
    return {
        name: ManualChannel(name, kind)
        for name, kind in {**named, **{name: name for name in RESERVED}}.items()
    }
