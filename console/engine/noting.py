"""What an officer must know of the channels besides the record: an act that waits for a platform, a look that fails and why, the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.channels.protocol import WATCH
from console.engine.looking import Looking
from console.incident.board_watch import unwatched
from console.text import visible

if TYPE_CHECKING:
    from console.channels.protocol import Channel


class Noting(Looking):
    """One session's channels, as they tell how they fare; a channel that tells nothing is not spoken of."""

    def channel_notes(self, *, beside_the_board: bool = False) -> tuple[str, ...]:
        """What matters at this moment, a line each, safe to show: which act waits and until when, why something is not seen.

        Args:
            beside_the_board: leave out why a channel is not watched where the board says NOT WATCHING: `unwatched_why` goes with that.
        """
        told_there = self._unwatched() if beside_the_board else {}
        lines = []
        for name, channel in self.session.channels.items():
            notes = _notes(channel)
            watch = notes.pop(WATCH, "")
            if watch and name not in told_there:
                notes = {WATCH: f"could not be read at the last look. {watch}", **notes}
            told = (str(getattr(channel, "held", "")), *notes.values())
            lines += [f"{name}: {visible(each)}" for each in told if each]
        return tuple(lines)

    def unwatched_why(self) -> dict[str, str]:
        """Of channels that the console should look at and does not, why, as far as they tell; safe to show."""
        known = self.session.channels
        whys = {name: _notes(known[name]).get(WATCH, "") for name in self._unwatched() if name in known}
        return {name: visible(why) for name, why in whys.items() if why}

    def _unwatched(self) -> dict[str, str]:
        return unwatched(self.session.state, self.session.clock.now().wall)

    def channel_costs(self) -> tuple[str, ...]:
        """What this process has spent on each channel that costs, a line each."""
        told = ((name, str(getattr(each, "cost", ""))) for name, each in self.session.channels.items())
        return tuple(f"{name}: {visible(cost)}." for name, cost in told if cost)


def _notes(channel: Channel) -> dict[str, str]:
    return dict(getattr(channel, "notes", {}))
