"""Run by test_processes.py: appends in forked children, kills them, and tells by JSON what each had been promised.

    child.py DIRECTORY points       one kill at the first and at a later passing of each of the journal's fault points
    child.py DIRECTORY random N S   N kills at random moments, by the dice of seed S
    child.py DIRECTORY race P N     P processes that write N entries each to one stream, as fast as they can

Each child writes a byte to a pipe for every append that was answered, as a screen would show it to an officer. The
file is shared by all of them, so each also has to live with what the one before left behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from console.errors import Contended
from console.journal.protocol import Snapshot
from console.journal.sqlite import FAULTS, SqliteJournal

STREAM, LEDGER = "L-1", "L-1/mail"


class Die:
    """Ends the process at the `nth` passing of a fault point."""

    def __init__(self, point, nth):
        self.point, self.left = point, nth

    def __call__(self, name):
        if name == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def work(path, pipe, faults):
    async with await SqliteJournal.open(path, "live", faults=faults) as journal:
        head, line = await journal.head(STREAM), await journal.ledger_head(LEDGER)
        seq, n = (head.seq + 1 if head else 0), (line.seq + 1 if line else 0)
        while True:
            await journal.append(STREAM, [b"%d:%d" % (seq + at, os.getpid()) for at in range(3)], seq)
            seq += 3
            await journal.ledger_append(LEDGER, [b"line"] * 5, n)
            n += 5
            os.write(pipe, b"%d %d\n" % (seq, n))
            if seq % 4 == 0:
                await journal.keep_snapshot(STREAM, Snapshot(seq - 1, b"h" * 32, "1", b"state"))


def one_life(path, faults, seconds, *, promised_first=False):
    """Fork, let it work, kill it; returns (events, lines) that it was promised, and how it ended."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        asyncio.run(work(path, writing, faults))
        os._exit(0)
    os.close(writing)
    if seconds is not None:
        if promised_first:
            select.select([reading], [], [], 60)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        told = pipe.read().splitlines()
    _pid, status = os.waitpid(pid, 0)
    promised = [int(number) for number in told[-1].split()] if told else None
    return {"promised": promised, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None}


async def contend(path, entries):
    """Write at the end, and when somebody else was there first, read on and try again. Returns how often that was."""
    async with await SqliteJournal.open(path, "live", busy_ms=20_000) as journal:
        lost = 0
        for mine in range(entries):
            while True:
                head = await journal.head(STREAM)
                try:
                    await journal.append(
                        STREAM, [b"%d:%d" % (os.getpid(), mine)], head.seq + 1 if head else 0
                    )
                    break
                except Contended:
                    lost += 1
    return lost


def race(path, processes, entries):
    """One set of entries by each process; returns each one's pid and how often it came second."""
    children = {}
    for _ in range(processes):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(writing, b"%d" % asyncio.run(contend(path, entries)))
            os._exit(0)
        os.close(writing)
        children[pid] = reading
    told = []
    for pid, reading in children.items():
        with os.fdopen(reading) as pipe:
            told.append({"pid": pid, "lost": int(pipe.read())})
        os.waitpid(pid, 0)
    return told


def main():
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    lives = []
    if kind == "points":
        for point in FAULTS:
            for nth in (1, 2, 5):
                faults = Die(point, nth)
                lives.append({"point": point, **one_life(folder / "live.db", faults, None)})
    elif kind == "race":
        lives = race(folder / "live.db", int(sys.argv[3]), int(sys.argv[4]))
    else:
        dice = random.Random(int(sys.argv[4]))
        lives = [
            one_life(
                folder / "live.db", lambda _name: None, dice.uniform(0.0, 0.05), promised_first=life % 2 == 0
            )
            for life in range(int(sys.argv[3]))
        ]
    json.dump(lives, sys.stdout)


if __name__ == "__main__":
    main()
