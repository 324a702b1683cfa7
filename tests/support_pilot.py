"""Waiting in Pilot tests: for something to be true, never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual import _wait
from textual.pilot import Pilot

# A key pressed by Textual's pilot twice waits so long for its app to do nothing. Ours redraws within 1/240 of a second.
_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 10


async def wait_for(pilot: Pilot, holds: Callable[[], object], timeout: float = 10.0) -> None:  # noqa: ASYNC109 - a test's own limit
    """Let the app run until the predicate holds, and still does once all that was on its way is drawn."""
    end = time.monotonic() + timeout
    held = False
    while not (held and holds()):
        held = bool(holds())
        if time.monotonic() > end:
            raise AssertionError(f"never came true: {holds}\n{screen_text(pilot)}")
        await pilot.pause()
        await asyncio.sleep(0)


def screen_text(pilot: Pilot) -> str:
    """What the top screen shows, as lines of text."""
    return "\n".join(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())
