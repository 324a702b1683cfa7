"""Lengths of time as authors write them: `90s`, `15m`, `4h`. Milliseconds inside."""

from __future__ import annotations

import re
from typing import Final

PATTERN: Final = r"^[0-9]{1,6}[smh]$"
WHOLE: Final = r"^-?[0-9]{1,12}$"
_UNITS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000}
_duration: Final = re.compile(PATTERN)
_whole: Final = re.compile(WHOLE)


def milliseconds(text: str) -> int | None:
    """The length in milliseconds, or None when the text is not a number with one of the units s, m, h."""
    if _duration.match(text) is None or text.endswith("\n"):
        return None
    return int(text[:-1]) * _UNITS[text[-1]]


def whole(text: str) -> int | None:
    """The whole number, or None; at most 12 digits."""
    if _whole.match(text) is None or text.endswith("\n"):
        return None
    return int(text)


def fact_value(text: str) -> str | int:
    """What a fact is to a condition: milliseconds when it looks like a duration, a number, or its words."""
    for reading in (milliseconds(text), whole(text)):
        if reading is not None:
            return reading
    return text


def shown(ms: int) -> str:
    """The length in the largest unit that divides it."""
    for unit in ("h", "m", "s"):
        if ms % _UNITS[unit] == 0 and (ms or unit == "s"):
            return f"{ms // _UNITS[unit]}{unit}"
    return f"{ms // 1000}s"
