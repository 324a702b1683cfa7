"""What a moment is, for code that is handed the time and never asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final, NamedTuple

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LATEST: Final = (
    32_503_680_000_000  # the year 3000: whatever a record claims, a screen must be able to show it
)


class Now(NamedTuple):
    """One moment on both clocks, in whole milliseconds.

    Attributes:
        wall: UTC since 1970-01-01; may jump when somebody sets the clock.
        boot: since the machine started; only grows, also while it sleeps.
    """

    wall: int
    boot: int


def hhmm(wall: int, zone: tzinfo = UTC) -> str:
    """The moment as an officer reads it: `23:16`."""
    return _at(wall, zone).strftime("%H:%M")


def clock_or_day(wall: int, now: int, zone: tzinfo = UTC) -> str:
    """`23:16`, with the weekday before it when it is not within 18 hours of `now`."""
    form = "%H:%M" if abs(wall - now) < 18 * HOUR else "%a %H:%M"
    return _at(wall, zone).strftime(form)


def hhmmss(wall: int, zone: tzinfo = UTC) -> str:
    """The moment with seconds: `23:16:05`."""
    return _at(wall, zone).strftime("%H:%M:%S")


def spell(ms: int) -> str:
    """A length of time in the fewest words that still help: `45s`, `14m`, `2h05m`."""
    seconds = max(ms, 0) // SECOND
    if seconds < 60:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h{minutes % 60:02d}m"


def age_words(ms: int) -> str:
    """As `spell`, but whole days for what is older than two."""
    return f"{ms // DAY} days" if ms >= 2 * DAY else spell(ms)


def _at(wall: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(min(max(wall, 0), LATEST) / SECOND, zone)
