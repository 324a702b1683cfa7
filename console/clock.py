"""The only place that knows the time.

Times are whole milliseconds. `wall` is UTC since 1970 (it can be set back); `boot` is CLOCK_BOOTTIME (it cannot).
"""

from __future__ import annotations

import time
from typing import Protocol

from console.incident.moment import Now

NANOS_PER_MS = 1_000_000


class Clock(Protocol):
    """Something that can say what time it is, and wait."""

    def now(self) -> Now:
        """The time, as wall and boot milliseconds."""
        ...

    async def sleep(self, ms: int) -> None:
        """Return when `ms` milliseconds of this clock have passed."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Now:
        """The machine's UTC and boot time."""
        return Now(
            wall=time.time_ns() // NANOS_PER_MS,  # noqa: TID251 - this is the one place
            boot=time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // NANOS_PER_MS,
        )

    async def sleep(self, ms: int) -> None:
        """Sleep in real time."""
        import asyncio  # a verb that only looks at the time must not pay for an event loop

        await asyncio.sleep(ms / 1000)


class TurnedClock:
    """A clock that stands still until it is turned; for tests and for drills that freeze or run fast."""

    def __init__(self, wall: int, boot: int = 0) -> None:
        import asyncio

        self._now = Now(wall=wall, boot=boot)
        self._event = asyncio.Event
        self._turned = asyncio.Event()
        self.sleepers = 0  # how many wait for it to be turned: what a test waits for before it turns

    def now(self) -> Now:
        """The time it was last turned to."""
        return self._now

    def turn(self, ms: int) -> None:
        """Let `ms` milliseconds pass on both clocks and wake every sleeper that is due."""
        if ms < 0:
            raise ValueError("a boot clock cannot be turned back; use set_wall")
        self._now = Now(wall=self._now.wall + ms, boot=self._now.boot + ms)
        self._turned.set()
        self._turned = self._event()

    def set_wall(self, wall: int) -> None:
        """Set the wall clock alone, as an administrator or an attacker might."""
        self._now = Now(wall=wall, boot=self._now.boot)

    async def sleep(self, ms: int) -> None:
        """Wait until the clock has been turned far enough."""
        due = self._now.boot + ms
        self.sleepers += 1
        try:
            while self._now.boot < due:
                await self._turned.wait()
        finally:
            self.sleepers -= 1
