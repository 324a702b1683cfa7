"""Named crash points. Nothing happens at them unless a test arms one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

POINTS: Final = (
    "before-append",
    "after-append",
    "after-publish",
    "before-act",
    "after-act",
    "before-report",
    "after-report",
    "before-snapshot",
)

Faults = Callable[[str], None]


def no_faults(_point: str) -> None:
    """The fault hook of ordinary life."""
