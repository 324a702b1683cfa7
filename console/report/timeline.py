"""The record as lines for a person: when, who, what. Outside text is made visible here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.incident import events as e
from console.incident.moment import hhmmss
from console.incident.narrate import words_of
from console.incident.wordings import zone_of
from console.text import fit, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.incident.events import AnyEvent
    from console.incident.state import State
    from console.report.record import Entry

CONSOLE: Final = "console"
WHO_CELLS: Final = 14
# What the record keeps for verification and a person need not read unless they ask for everything.
MINOR: Final = (e.Moved, e.Unfolded, e.GuideShown, e.LedgerHead)


class Line(Struct, frozen=True, kw_only=True):
    """One fact. `at` is wall ms, `time` as people read it; `step` and `kind` are for filters."""

    seq: int
    at: int
    time: str
    who: str
    words: str
    step: str = ""
    kind: str = ""

    def drawn(self) -> str:
        """One line: time, who, what happened."""
        return f"{self.time} {fit(self.who, WHO_CELLS, pad=True)} {self.words}"


def line_of(seq: int, event: AnyEvent, state: State) -> Line:
    """The line of one event; `state` is any later state of the same incident."""
    return Line(
        seq=seq,
        at=event.at,
        time=hhmmss(event.at, zone_of(state)),
        who=visible(event.by) or CONSOLE,
        words=visible(words_of(event, state)),
        step=step_of(event, state),
        kind=str(event.__struct_config__.tag or ""),
    )


def step_of(event: AnyEvent, state: State) -> str:
    """The full name of the step an event is about, or empty."""
    if isinstance(event, e.WayOutOffered):
        return event.go
    named = getattr(event, "step", "")
    if named:
        return str(named)
    effect = state.effects.get(getattr(event, "effect", ""))
    return effect.step if effect is not None else ""


def timeline(
    entries: Iterable[Entry], state: State, *, wanted: str = "", everything: bool = False
) -> Iterator[Line]:
    """The lines of a record.

    Args:
        entries: events in order.
        state: the incident as it stands at their end.
        wanted: keep only lines that hold these words (any case): in who, what, step or kind.
        everything: also what only verification needs.
    """
    sought = wanted.casefold().split()
    for entry in entries:
        if not everything and isinstance(entry.event, MINOR):
            continue
        line = line_of(entry.seq, entry.event, state)
        held = f"{line.time} {line.who} {line.words} {line.step} {line.kind}".casefold()
        if all(word in held for word in sought):
            yield line
