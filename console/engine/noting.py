"""What an officer must know of the channels besides the record: an act that waits for a platform, a watch that sees nothing, the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.engine.faults import Faults, no_faults
from console.engine.looking import Looking
from console.engine.workbench import Ready
from console.text import visible

if TYPE_CHECKING:
    from console.channels.protocol import Channel, Sighting
    from console.engine.session import Session

UNREAD = "It could not be read at the last look. Look there yourself."


class Noting(Looking):
    """One session's channels, as they tell how they fare; a channel that tells nothing is not spoken of."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._read_once: set[str] = set()  # channels that some look could read
        self._unread: set[str] = set()  # those of them that the last look could not

    async def _read(self, channel: Channel) -> tuple[Sighting, ...] | None:
        found = await super()._read(channel)
        if found is not None:
            self._read_once.add(channel.name)
            self._unread.discard(channel.name)
        elif channel.name in self._read_once:
            self._unread.add(channel.name)
        return found

    def channel_notes(self) -> tuple[str, ...]:
        """What matters at this moment, a line each, safe to show: which act waits and until when, what is not being watched."""
        lines = []
        for name, channel in self.session.channels.items():
            said: dict[str, str] = getattr(channel, "notes", {})
            unread = UNREAD if name in self._unread and not said else ""
            told = (str(getattr(channel, "held", "")), *said.values(), unread)
            lines += [f"{name}: {visible(each)}" for each in told if each]
        return tuple(lines)

    def channel_costs(self) -> tuple[str, ...]:
        """What this process has spent on each channel that costs, a line each."""
        told = ((name, str(getattr(each, "cost", ""))) for name, each in self.session.channels.items())
        return tuple(f"{name}: {visible(cost)}." for name, cost in told if cost)
