"""What an officer must know of the channels besides the record: an act that waits for a platform, a look that fails and why, the cost."""

from __future__ import annotations

from console.engine.looking import Looking
from console.text import visible


class Noting(Looking):
    """One session's channels, as they tell how they fare; a channel that tells nothing is not spoken of."""

    def channel_notes(self) -> tuple[str, ...]:
        """What matters at this moment, a line each, safe to show: which act waits and until when, why something is not seen."""
        lines = []
        for name, channel in self.session.channels.items():
            said: dict[str, str] = getattr(channel, "notes", {})
            told = (str(getattr(channel, "held", "")), *said.values())
            lines += [f"{name}: {visible(each)}" for each in told if each]
        return tuple(lines)

    def channel_costs(self) -> tuple[str, ...]:
        """What this process has spent on each channel that costs, a line each."""
        told = ((name, str(getattr(each, "cost", ""))) for name, each in self.session.channels.items())
        return tuple(f"{name}: {visible(cost)}." for name, cost in told if cost)
