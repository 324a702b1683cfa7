"""Where an incident stands, read from its record alone: for verbs that look and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from console.errors import NotFound
from console.incident.state import FOLD_VERSION, State

if TYPE_CHECKING:
    from console.journal.reading import ReadRecord

PAGE: Final = 1_000


def standing(record: ReadRecord, incident: str) -> State:
    """The folded state at the record's end, from its snapshot where that fits.

    Raises:
        NotFound: there is no such incident in this record.
        RecordBroken: an entry cannot be read, or does not follow the one before.
    """
    state, head = _from_snapshot(record, incident)
    at = state.seq if state is not None else 0
    while rows := record.read(incident, at, PAGE):
        from console.engine.proving import beginning, linked
        from console.incident.codec import decode
        from console.incident.fold import fold_all

        head = linked(incident, rows, head or beginning(record.mode, incident), at)
        state = fold_all((decode(row.body) for row in rows), state)
        at = rows[-1].seq + 1
        if len(rows) < PAGE:
            break
    if state is None:
        raise NotFound(f"There is no incident {incident} here.")
    return state


def _from_snapshot(record: ReadRecord, incident: str) -> tuple[State | None, bytes]:
    snapshot = record.snapshot(incident)
    if snapshot is None or snapshot.fold != FOLD_VERSION:
        return None, b""
    rows = record.read(incident, snapshot.seq, 1)
    if not rows or rows[0].hash != snapshot.hash:
        return None, b""
    try:
        state = msgspec.msgpack.decode(snapshot.body, type=State)
    except msgspec.DecodeError:
        return None, b""
    fits = (state.incident, state.seq) == (incident, snapshot.seq + 1)
    return (state, snapshot.hash) if fits else (None, b"")
