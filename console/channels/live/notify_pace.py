"""How fast GOV.UK Notify may be sent to: evenly, and just under what it takes in any minute. Pure; time is an argument.

Notify counts 3,000 messages in 60 seconds that roll on, for all keys of one type together. Sent evenly, that many never fall into
any one minute, however it counts.
"""

from __future__ import annotations

from typing import Final

MINUTE: Final = 60_000_000  # µs
BURST: Final = 25  # messages that may follow each other at once


class Pace:
    """Leave to send, so many a minute.

    Args:
        per_minute: how many, at most, in any 60 seconds, the burst included.
    """

    def __init__(self, per_minute: int) -> None:
        burst = max(1, min(BURST, per_minute // 10))
        self._each = MINUTE // max(1, per_minute - burst) + 1
        self._ahead = (burst - 1) * self._each
        self._due: int | None = None  # µs on the boot clock when the next one is due if all go evenly

    def wait(self, now: int) -> int:
        """Milliseconds from `now` (boot ms) until one more may be sent; 0 when it may."""
        if self._due is None:
            return 0
        return max(0, -(-(self._due - self._ahead - now * 1_000) // 1_000))

    def take(self, now: int) -> None:
        """One is sent at `now`."""
        self._due = max(self._due or 0, now * 1_000) + self._each
