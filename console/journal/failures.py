"""SQLite's errors, told once, at the border, in our own words.

    a taken seq (primary key, or the trigger that allows only the next)   Contended: read on and decide again
    BUSY, LOCKED, after the busy timeout                                  JournalBusy: nothing was written
    everything else (IOERR, FULL, CORRUPT, NOTADB, READONLY, ...)         JournalPoisoned: nothing more is written

What is not known to be harmless poisons: after a failed flush the kernel may hold a page as clean that never reached
the disk, so such a write is never tried again ("Can Applications Recover from fsync Failures?", ATC 2020).
"""

from __future__ import annotations

import sqlite3
from typing import Final

from console.errors import ConsoleError, Contended, JournalBusy, JournalPoisoned, RecordBroken

PRIMARY: Final = 0xFF  # the low byte of an extended result code
TAKEN: Final = (
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_TRIGGER,
)
STOPS: Final = (
    "This console writes nothing more, so it sends nothing more. What was kept before still stands."
)

DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_PLAIN: Final = {
    sqlite3.SQLITE_FULL: "The disk is full: the last entry may not have been kept",
    sqlite3.SQLITE_IOERR: "The disk failed while the record was being written or read",
    sqlite3.SQLITE_CORRUPT: "The file of the record is damaged",
    sqlite3.SQLITE_NOTADB: "The file of the record is not a record any more",
    sqlite3.SQLITE_READONLY: "The file of the record cannot be written, or was moved away under this console",
    sqlite3.SQLITE_CANTOPEN: "The file of the record, or the one beside it, cannot be opened",
}


def told(error: sqlite3.Error) -> ConsoleError:
    """The error of ours that `error` means; raise it from `error`."""
    extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if extended in TAKEN:
        return Contended("Another console wrote first.", "Nothing of this move was kept.", code="contended")
    if extended == sqlite3.SQLITE_CONSTRAINT_NOTNULL:
        return RecordBroken(
            "The entry before this one is not the one this console wrote or read.",
            "The record was changed under it. Nothing of this move was kept.",
        )
    primary = extended & PRIMARY
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return JournalBusy("Another process holds the file of the record.", "Nothing of this move was kept.")
    plain = _PLAIN.get(primary, "The record could not be written or read")
    name = getattr(error, "sqlite_errorname", "")
    do = RecordBroken.what_now if primary in DAMAGED else ""
    return JournalPoisoned(f"{plain} ({name or error}).", STOPS, do)


def told_at_opening(error: sqlite3.Error, path: object) -> ConsoleError:
    """As `told`, before anything was written: a file that SQLite does not know is simply not ours."""
    if getattr(error, "sqlite_errorcode", 0) & PRIMARY == sqlite3.SQLITE_NOTADB:
        return RecordBroken(f"{path} is not a record of this console.")
    return told(error)
