"""Whether what a session stands on is what was written: each entry chained to the one before, and the snapshot their fold.

A session opened from a snapshot stands on entries that it has not read. `prove` reads them, page by page between the
officer's keys, so that the screen can stop saying that the beginning is not verified yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from console.errors import RecordBroken
from console.incident.codec import decode
from console.incident.fold import fold_all
from console.journal import chain, schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.incident.state import State
    from console.journal.protocol import Journal, Row

PAGE: Final = 100  # about two milliseconds of folding between two turns of the event loop


def beginning(mode: Literal["live", "practice"], name: str, kind: chain.Kind = "events") -> bytes:
    """What entry 0 of an incident, or line 0 of a ledger, is chained to in a record of that mode."""
    return chain.genesis(name, schema.APPLICATION_IDS[mode], kind)


def linked(name: str, rows: Sequence[Row], previous: bytes, seq: int) -> bytes:
    """The hash of the last of `rows`, which begin at `seq` right behind the hash `previous`.

    Raises:
        RecordBroken: one of them does not follow the one before.
    """
    walked = chain.verify(rows, previous, seq)
    if walked.fault:
        raise RecordBroken(f"Entry {walked.seq} of {name} does not follow the one before.")
    return walked.hash


async def prove(journal: Journal, upto: State, head: bytes) -> None:
    """Read the record from entry 0 and hold it against a state that was taken from a snapshot.

    Args:
        journal: where the record is.
        upto: the state as the snapshot gave it.
        head: the hash of the last entry in it.

    Raises:
        RecordBroken: an entry was changed, or the snapshot is not what these entries make.
        JournalError: an entry cannot be read, so we cannot tell.
    """
    incident, at = upto.incident, 0
    previous, state = beginning(journal.mode, incident), None
    while rows := await journal.read(incident, at, min(PAGE, upto.seq - at)):
        previous = linked(incident, rows, previous, at)
        state = fold_all((decode(row.body) for row in rows), state)
        at += len(rows)
    if previous != head or state != upto:
        raise RecordBroken(f"What was kept of {incident} is not what its first {upto.seq} entries tell.")
