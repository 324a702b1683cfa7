"""Opening answers as people type them: a time of day becomes the moment it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from console.engine.opening import opening_answer
from console.errors import BadInput
from console.incident.zones import zone_named

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.playbook.model import Question

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)
_EPOCH_MS: Final = 10**12  # a moment in ms since 1970 that no clock time looks like: 2001


def answer_to(question: Question, typed: str, now: Now, zone: str) -> str:
    """The answer as it is kept; a clock time is the latest moment that the clock showed it.

    Raises:
        BadInput: it does not fit the question; the error says what does.
    """
    text = typed.strip()
    if question.kind != "time" or text in ("", "not-sure"):
        return opening_answer(question, text)
    if text.isascii() and text.isdecimal() and int(text) >= _EPOCH_MS:
        return text
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise BadInput(f"{text} is not a time for “{question.say}”.", do="Type it as 23:16, or not-sure.")
    return str(latest(int(found[1]), int(found[2]), now.wall, zone))


def latest(hour: int, minute: int, wall: int, zone: str) -> int:
    """The latest moment (wall ms), not after `wall`, at which a clock in that zone showed that time."""
    place = zone_named(zone)
    here = datetime.fromtimestamp(wall / 1000, place)
    shown = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if shown > here:
        shown = (shown.replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=place)
    return int(shown.astimezone(UTC).timestamp() * 1000)
