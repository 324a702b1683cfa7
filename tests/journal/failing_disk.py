"""Run by tests/crash/test_disk.py, in a process of its own because the limits it sets hold for the whole process.

failing_disk.py limits FOLDER    every kind of write against every file-size limit; outcomes as JSON
failing_disk.py life FILE        one life of a file that something outside makes fail; outcomes as JSON
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path

from console.errors import ConsoleError
from console.journal.protocol import Snapshot
from console.journal.sqlite import SqliteJournal

STREAM, LEDGER = "L-1", "L-1/mail"
KEPT = 5

WRITES = {
    "one entry": lambda journal: journal.append(STREAM, [b"{}"], KEPT),
    "entries of many pages": lambda journal: journal.append(STREAM, [b"x" * 20_000] * 4, KEPT),
    "the first entry of a stream": lambda journal: journal.append("L-2", [b"{}"], 0),
    "lines of a ledger": lambda journal: journal.ledger_append(
        LEDGER, [b"line %d" % n for n in range(400)], 0
    ),
    "a snapshot": lambda journal: journal.keep_snapshot(STREAM, Snapshot(4, b"h" * 32, "1", b"y" * 9_000)),
}


async def outcome(write):
    try:
        await write
    except ConsoleError as error:
        return type(error).__name__
    return "kept"


def limit(size):
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


async def against_a_limit(path, name, size):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(STREAM, [b"{}"] * KEPT, 0)
        limit(size)
        first = await outcome(WRITES[name](journal))
        still = await outcome(journal.append("L-3", [b"{}"], 0))
        limit(None)  # the disk is well again: it must make no difference
        after = [
            await outcome(journal.append("L-4", [b"{}"], 0)),
            await outcome(journal.ledger_append("L-4", [b"{}"], 0)),
            await outcome(journal.keep_snapshot("L-4", Snapshot(0, b"h" * 32, "1", b""))),
        ]
    return {"name": name, "size": size, "path": str(path), "first": first, "still": still, "after": after}


async def limits(folder):
    # A journal's header, its first page, the database's first page, its last page, growth, and past all of it.
    sizes = [
        0,
        100,
        512,
        700,
        4_096,
        4_200,
        5_000,
        8_192,
        9_000,
        20_480,
        45_056,
        49_152,
        57_344,
        60_000,
        65_536,
        81_920,
        160_000,
    ]
    return [
        await against_a_limit(folder / f"{place}-{size}.db", name, size)
        for place, name in enumerate(WRITES)
        for size in sizes
    ]


async def life(path):
    told = {"acked": 0, "opening": None, "outcomes": []}
    try:
        journal = await SqliteJournal.open(path, "live")
    except ConsoleError as error:
        return {**told, "opening": type(error).__name__}
    async with journal:
        for _ in range(8):
            told["outcomes"].append(await outcome(journal.append(STREAM, [b"{}", b"{}"], told["acked"])))
            if told["outcomes"][-1] == "kept":
                told["acked"] += 2
    return told


def main():
    kind, place = sys.argv[1], Path(sys.argv[2])
    json.dump(asyncio.run(limits(place) if kind == "limits" else life(place)), sys.stdout)


if __name__ == "__main__":
    main()
