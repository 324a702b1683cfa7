"""Reads the beginning of a record in a process of its own: `python -m console.prover MODE FILE`, the state on its stdin."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from console.apart import NotStarted, apart, tell
from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.engine.session import Prove
    from console.incident.state import State
    from console.journal.protocol import Journal
    from console.journal.schema import Mode

LAST: Final = 10  # of 19: the officer's keys go first


def prover(path: Path, mode: Mode) -> Prove:
    """What a session has its record read by: another process, or this one where no other can be had.

    Args:
        path: the file that the session's journal is.
        mode: what the file is for.
    """

    async def prove(journal: Journal, upto: State, head: bytes) -> None:
        try:
            await apart("console.prover", mode, str(path), given=msgspec.msgpack.encode((head, upto)))
        except NotStarted:
            from console.engine import proving

            await proving.prove(journal, upto, head)

    return prove


async def _read(mode: Mode, path: Path, given: bytes) -> None:
    from console.engine.proving import prove
    from console.incident.state import State
    from console.journal.sqlite import SqliteJournal

    head, upto = msgspec.msgpack.decode(given, type=tuple[bytes, State])
    async with await SqliteJournal.open(path, mode) as journal:
        await prove(journal, upto, head)


def main() -> None:
    """Read the record's beginning and hold it against what is on stdin."""
    os.nice(LAST)
    mode: Mode = "live" if sys.argv[1] == "live" else "practice"
    try:
        asyncio.run(_read(mode, Path(sys.argv[2]), sys.stdin.buffer.read()))
    except ConsoleError as error:
        sys.exit(tell(error))


if __name__ == "__main__":
    main()
