"""What a journal is, whatever keeps it: SQLite here, other engines later. Contract tests hold each to this page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Row(NamedTuple):
    """One stored entry: its place in the stream (from 0), its exact bytes, its chained hash (32 bytes)."""

    seq: int
    body: bytes
    hash: bytes


class Snapshot(NamedTuple):
    """A disposable cache of a folded state: valid for `seq` and `hash` under the fold of that version."""

    seq: int
    hash: bytes
    fold: str
    body: bytes


class Journal(Protocol):
    """Append-only streams of bytes, hash-chained, durable when `append` returns."""

    @property
    def mode(self) -> Literal["live", "practice"]:
        """What the file is for. Every chain begins with it, so a drill's record cannot pass as a live one."""
        ...

    async def append(self, stream: str, bodies: Sequence[bytes], expected_seq: int) -> list[Row]:
        """Write `bodies` at `expected_seq`, the next free seq, all or none, and return their rows once durable.

        Raises:
            Contended: that seq is taken; read on and decide again.
            JournalBusy: another process held the file too long; nothing was written.
            JournalPoisoned: the disk failed; nothing may be done from this process any more.
        """
        ...

    async def read(self, stream: str, start: int = 0, limit: int = 1000) -> list[Row]:
        """At most `limit` rows from seq `start` on, in order. No cursor is held between calls."""
        ...

    async def head(self, stream: str) -> Row | None:
        """The newest row of the stream."""
        ...

    async def streams(self) -> list[str]:
        """Names of all streams, oldest first, without ledgers."""
        ...

    async def changed(self) -> bool:
        """Whether another connection wrote since the last call (`PRAGMA data_version`)."""
        ...

    async def snapshot(self, stream: str) -> Snapshot | None:
        """The newest snapshot of the stream, unchecked."""
        ...

    async def keep_snapshot(self, stream: str, snapshot: Snapshot) -> None:
        """Replace the stream's snapshot. It may be lost at any time without harm."""
        ...

    async def ledger_append(self, ledger: str, lines: Sequence[bytes], expected_n: int) -> list[Row]:
        """As `append`, for a recipients' ledger: a chained append-only table of its own beside the events."""
        ...

    async def ledger_read(self, ledger: str, start: int = 0, limit: int = 10_000) -> list[Row]:
        """As `read`, for a ledger."""
        ...

    async def ledger_head(self, ledger: str) -> Row | None:
        """As `head`, for a ledger."""
        ...

    async def close(self) -> None:
        """Drain what is queued, then let go of the file. May be called twice."""
        ...
