"""The record of one incident as events in order, and the states they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from console.errors import NotFound
from console.incident.codec import decode
from console.incident.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.incident.events import AnyEvent
    from console.incident.state import State
    from console.journal.protocol import Journal

PAGE: Final = 1_000


class Entry(NamedTuple):
    """One event and its place in the record, from 0."""

    seq: int
    event: AnyEvent


async def read_entries(journal: Journal, incident: str) -> tuple[Entry, ...]:
    """All events of an incident in order.

    Raises:
        NotFound: there is no such incident in this journal.
        RecordBroken: an entry cannot be read.
    """
    found: list[Entry] = []
    while rows := await journal.read(incident, len(found), PAGE):
        found += [Entry(row.seq, decode(row.body)) for row in rows]
        if len(rows) < PAGE:
            break
    if not found:
        raise NotFound(f"There is no incident {incident} here.")
    return tuple(found)


def states(entries: Iterable[Entry]) -> Iterator[tuple[Entry, State | None, State]]:
    """Each entry with the state before it (None before the first) and after it; raises RecordBroken as `fold` does."""
    before: State | None = None
    for entry in entries:
        after = fold(before, entry.event)
        yield entry, before, after
        before = after
