"""The zone in which people read times, from a name that a machine or an old record gives."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name such as `Europe` is a folder
        return False
    return True


def zone_named(name: str) -> tzinfo:
    """The zone of that name; UTC when the machine does not know it."""
    return ZoneInfo(name) if is_zone(name) else UTC
