"""Opening answers as people type them: a time of day becomes the moment it was.

A clock time alone is today's. One that is a few minutes ahead comes from a watch that is fast, and is taken as now; one that
is hours ahead was yesterday's. In between nobody can know what was meant, so it is asked. Every face says what was understood.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from console.engine.opening import opening_answer
from console.errors import BadInput
from console.incident.moment import HOUR, MINUTE
from console.incident.zones import zone_named

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.playbook.model import Question

FAST_WATCH: Final = 10 * MINUTE
YESTERDAYS: Final = 3 * HOUR  # nobody's watch is that fast: who types 23:16 at noon means last night
_TYPED: Final = re.compile(
    r"(?:(today|yesterday|\d{4}-\d\d-\d\d)\s+)?([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII | re.IGNORECASE
)
EARLIEST: Final = 2002
_EPOCH_MS: Final = 10**12  # a moment in ms since 1970 that no clock time looks like: 2001


def answer_to(question: Question, typed: str, now: Now, zone: str) -> str:
    """The answer as it is kept; a time of day is the moment at which a clock in that zone showed it, never one to come.

    Raises:
        BadInput: it does not fit the question, or could be today's or yesterday's; the error says what to type.
    """
    text = typed.strip()
    if question.kind != "time" or text in ("", "not-sure"):
        return opening_answer(question, text)
    if text.isascii() and text.isdecimal() and int(text) >= _EPOCH_MS:
        return text
    found = _TYPED.fullmatch(text)
    if found is None:
        raise BadInput(f"{text} is not a time for “{question.say}”.", do="Type it as 23:16, or not-sure.")
    day, hour, minute = (found[1] or "").lower(), int(found[2]), int(found[3])
    return str(_moment(day, hour, minute, now.wall, zone))


def typed_form(question: Question, value: str, now: Now, zone: str) -> str:
    """A kept answer as a person would type it: `23:16`, `yesterday 23:16`, else the answer itself."""
    if question.kind != "time" or not (value.isascii() and value.isdecimal()):
        return value
    place = zone_named(zone)
    then, here = (datetime.fromtimestamp(ms / 1000, place) for ms in (int(value), now.wall))
    days = (here.date() - then.date()).days
    day = {0: "", 1: "yesterday "}.get(days, f"{then.date()} ")
    return f"{day}{then:%H:%M}"


def understood(question: Question, typed: str, now: Now, zone: str) -> str:
    """What a typed time was taken for, where that is not just what was typed; empty for nothing to say. Raises as `answer_to`."""
    text = typed.strip()
    if question.kind != "time" or text in ("", "not-sure"):
        return ""
    form = typed_form(question, answer_to(question, text, now, zone), now, zone)
    found = _TYPED.fullmatch(text)
    if found is None or form in (text.lower(), f"{int(found[2]):02d}:{found[3]}"):
        return ""
    return f"{text} has not come yet: taken as now, {form}." if " " not in form else f"Taken as {form}."


def _moment(day: str, hour: int, minute: int, wall: int, zone: str) -> int:
    place = zone_named(zone)
    here = datetime.fromtimestamp(wall / 1000, place)
    clock = f"{hour:02d}:{minute:02d}"
    if day not in ("", "today", "yesterday"):
        shown = _ms(_date(day), hour, minute, zone)
        if shown > wall:
            raise BadInput(f"{day} {clock} has not come yet.", do="Type when it was, or not-sure.")
        return shown
    yesterday = _ms(here.date() - timedelta(days=1), hour, minute, zone)
    shown = yesterday if day == "yesterday" else _ms(here.date(), hour, minute, zone)
    ahead = shown - wall
    if ahead <= 0:
        return shown
    if ahead <= FAST_WATCH:
        return wall - wall % MINUTE
    if day or ahead < YESTERDAYS:
        raise BadInput(
            f"{clock} has not come yet: it is {here:%H:%M}.",
            do=f"Type yesterday {clock} if it was then, or the right time, or not-sure.",
        )
    return yesterday


def _ms(day: date, hour: int, minute: int, zone: str) -> int:
    """The moment at which a clock in that zone showed that time on that day."""
    shown = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone_named(zone))
    return int(shown.astimezone(UTC).timestamp() * 1000)


def _date(typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = date.min
    if day.year < EARLIEST:
        raise BadInput(
            f"{typed} is no day that can be meant.", do="Type it as 2019-07-19 23:16, or not-sure."
        )
    return day
