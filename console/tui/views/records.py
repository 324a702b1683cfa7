"""The record as rows: the last lines under the box, the log, who is on what, what stands on which channel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from console.incident import events as e
from console.incident.moment import hhmm, hhmmss
from console.incident.narrate import words_of
from console.incident.state import State
from console.incident.whereabouts import still_up, whereabouts
from console.incident.wordings import channel_words, zone_of
from console.text import fit, visible
from console.tui.text import Tone
from console.tui.views.lay import Row, cut

NAME: Final = 10
_STEP: Final = re.compile(r"\b([a-z][a-z0-9-]*/[a-z][a-z0-9-]*)(?:#[0-9.]+)?")
QUIET: Final = (e.WentLate, e.Moved, e.Looked, e.GuideShown, e.LedgerHead, e.Planned, e.Unfolded, e.Joined)
LOUD: Final = (e.Alarm, e.EffectInDoubt, e.EffectFailed, e.ApprovalRefused)


def log_row(event: e.AnyEvent, state: State, zone: tzinfo, *, seconds: bool = True) -> Row:
    """`23:30:11  Reid      note: called IT`."""
    tone: Tone = "danger" if isinstance(event, LOUD) else "late" if isinstance(event, e.WentLate) else "plain"
    if isinstance(event, e.InjectFired):
        tone = "drill"
    when = hhmmss(event.at, zone) if seconds else hhmm(event.at, zone)
    who = visible(event.by or ("drill" if isinstance(event, e.InjectFired) else "console"))
    said = numbered(words_of(event, state), state)
    return ((f"{when}  ", "muted"), (f"{fit(who, NAME, pad=True)}  ", "plain"), (said, tone))


def numbered(words: str, state: State) -> str:
    """The words with each full step name as its number: officers read 3.2, not `contain/cut-link`."""
    numbers = state.playbook.numbers
    return _STEP.sub(lambda found: numbers.get(found[1], found[0]), words)


def last_rows(recent: Iterable[tuple[int, e.AnyEvent]], state: State, count: int, width: int) -> list[Row]:
    """The newest happenings worth a line, newest first."""
    zone = zone_of(state)
    rows: list[Row] = []
    for _, event in reversed(list(recent)):
        if len(rows) >= count:
            break
        if isinstance(event, QUIET):
            continue
        rows.append(cut(log_row(event, state, zone), width))
    return rows


def channel_rows(state: State, width: int) -> list[Row]:
    """Each channel with its last false item and how many stand there still."""
    zone = zone_of(state)
    rows: list[Row] = []
    for channel in state.playbook.channels:
        bogus = [item for item in state.items.values() if item.channel == channel.name and item.bogus]
        left = sum(1 for item in bogus if still_up(state, item))
        last = hhmm(max(item.first_seen for item in bogus), zone) if bogus else "none"
        what = f"{left} still up" if left else ""
        if bogus and not left:
            gone = any(item.gone for item in bogus)
            what = f"{len(bogus)} {'gone' if gone else whereabouts(state, bogus[0])}"
        name = f"{channel.name}, {channel_words(state, channel.name)}"
        rows.append(
            cut(
                (
                    (f" {name[:32]:<33}", "plain"),
                    (f"{last:<7}", "muted"),
                    (what, "late" if left else "muted"),
                ),
                width,
            )
        )
    return rows


def people_rows(state: State, officer: str, numbers: dict[str, str], width: int) -> list[Row]:
    """Who takes part, as what, and on which step."""
    names = dict.fromkeys((state.lead, *state.officers, *state.cursors))
    rows: list[Row] = []
    for name in names:
        if not name:
            continue
        roles = ["lead"] if name == state.lead else []
        roles += [role for role in state.officers.get(name, ()) if role not in ("officer", "lead")]
        cursor = state.cursors.get(name)
        on = f"on {numbers.get(cursor.step, '')}" if cursor is not None and cursor.step else ""
        you = " (you)" if name == officer else ""
        rows.append(
            cut(((f" {visible(name)}{you}  ", "plain"), (f"{', '.join(roles)}  {on}", "muted")), width)
        )
    return rows
