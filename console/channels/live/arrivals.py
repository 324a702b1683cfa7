"""What was sent and got no answer may still be on its way: nothing is told as *not done* before it can no longer arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from console.channels.protocol import Seen

if TYPE_CHECKING:
    from console.channels.protocol import Order
    from console.clock import Clock

SETTLES: Final = 120_000  # ms after which a request that was lost has arrived or never will


class Arrivals:
    """When each effect was last tried. Of one that another process tried, the first look at it is taken for that."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: dict[str, int] = {}  # boot ms

    def tried(self, key: str) -> None:
        """An effect was tried, and may have been sent."""
        self._sent[key] = self._clock.now().boot

    def nothing_yet(self, key: str, raw: str) -> Seen:
        """What a look that found nothing of an effect says of it: `disagrees`, once nothing can arrive any more."""
        now = self._clock.now()
        left = self._sent.setdefault(key, now.boot) + SETTLES - now.boot
        if left <= 0:
            return Seen("disagrees", raw)
        again = clock_time(now.wall + left)
        return Seen("cannot-see", f"Nothing of it yet. It may still arrive: look again after {again}. {raw}")


def key_of(order: Order) -> str:
    """What tells an effect from every other of this machine: its id is its incident's own."""
    return f"{order.incident} {order.effect}"


def clock_time(wall: int) -> str:
    """A wall time as people read it, such as `22:16 UTC`."""
    return datetime.fromtimestamp(wall / 1000, UTC).strftime("%H:%M UTC")
