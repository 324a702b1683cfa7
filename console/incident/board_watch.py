"""The lines of a board about the watch: what it found and nobody judged, and where the console does not look. Pure.

A watch that was lost is never quiet: silence tells only where somebody listens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.moment import MINUTE, hhmm
from console.incident.wordings import zone_of
from console.playbook.kinds import KINDS

if TYPE_CHECKING:
    from console.incident.state import State

POSTING_SHOWN: Final = 5 * MINUTE
GRACE: Final = 90_000  # ms that may pass before a look that is missing is one that was lost
MISSED: Final = 3  # looks of a channel's own rhythm


def suspects(state: State) -> int:
    """How many finds of the watch stand there and were not judged."""
    return sum(1 for item in state.items.values() if item.suspect)


def unwatched(state: State, now: int) -> dict[str, str]:
    """Connected channels that the console should look at and does not, with since when: `since 23:31`, or `yet`."""
    if not state.live or state.end is not None:
        return {}
    found = {}
    for name, kind in state.configured.items():
        every = KINDS[kind].look_every if kind in KINDS else 0
        last = state.watch.by_console.get(name, 0)
        if every and now - (last or state.opened_at) > max(GRACE, MISSED * every):
            found[name] = f"since {hhmm(last, zone_of(state))}" if last else "yet"
    return found


def unwatched_lines(state: State, now: int) -> tuple[str, ...]:
    """The same, a line each: `not watching account since 23:31`."""
    return tuple(f"not watching {name} {when}" for name, when in unwatched(state, now).items())


def stream_line(state: State, now: int) -> str:
    """What is known of the false messages still coming; before anything else, what waits to be judged."""
    found = suspects(state)
    if found and state.end is None:
        return f"{found} new, not judged"
    watch = state.watch
    zone = zone_of(state)
    if not watch.last_bogus:
        return "no false item reported yet"
    last = hhmm(watch.last_bogus, zone)
    if now - watch.last_bogus < POSTING_SHOWN:
        return f"still posting, last {last}"
    if watch.last_look <= watch.last_bogus:
        return f"last {last}, nobody has looked since"
    looked = hhmm(watch.last_look, zone)
    return f"{'last' if unwatched_lines(state, now) else 'quiet since'} {last}, looked {looked}"
