"""One console as a process of its own, with the machine's clock, told what to do line by line.

    python tests/engine/console_process.py RECORD INCIDENT OFFICER SENT

Each line it reads is JSON: `["answer", STEP, VALUE, AT]`, `["act", STEP, AT]`, `["note", TEXT]`, `["board", OFFICER, WALL]`.
With AT, a moment of CLOCK_MONOTONIC in ns, it makes its move exactly then. Each line it prints is JSON: `["seq", SEQ, BEATS]`
whenever its screen changes, `["done", …]`, `["lost", WORDS]` or `["board", BOARD]` in answer to a line.

It beats as a face does, each second. The trusted voice it can speak with by itself writes into the file SENT, and never ends
when its word is `hang`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import msgspec

from console.channels.protocol import Done, Seen
from console.clock import SystemClock
from console.engine.conductor import LOOP_EVERY, Conductor
from console.engine.session import Session
from console.errors import ConsoleError
from console.incident import commands as c
from console.incident.board import board
from console.journal.sqlite import SqliteJournal


class Voice:
    """Writes what it says into a file that all consoles share."""

    name, kind = "voice", "x"

    def __init__(self, sent):
        self._sent = sent

    def can(self, verb):
        return True

    async def act(self, order, ledger=None):
        with self._sent.open("a") as sent:
            sent.write(f"{os.getpid()} {order.effect}\n")
        if self._sent.with_suffix(".hang").exists():
            await asyncio.Event().wait()
        return Done("201", order.effect)

    async def probe(self, order):
        return Seen("cannot-see")

    async def check(self, probe, order):
        return Seen("cannot-see")

    async def read(self):
        return None

    async def close(self):
        """Holds nothing."""


def say(*words):
    print(json.dumps(words), flush=True)


class Seat:
    """A console and its officer."""

    def __init__(self, session, officer):
        self.session = session
        self.officer = officer
        self.conductor = Conductor(session)
        self.beats = 0

    async def beat_on(self):
        while True:
            await self.conductor.beat()
            self.beats += 1
            say("seq", self.session.state.seq, self.beats)
            await self.session.clock.sleep(LOOP_EVERY)

    async def hear(self, what, *words):
        at = words[-1] if what in ("answer", "act") else 0
        while time.monotonic_ns() < at:
            pass  # two processes begin at one moment, to the microsecond
        try:
            say("done", await getattr(self, what)(*words))
        except ConsoleError as error:
            say("lost", type(error).__name__, error.what)

    async def answer(self, step, value, _at):
        await self.session.do(c.Answer(by=self.officer, step=step, value=value))

    async def act(self, step, _at):
        await self.conductor.act(self.officer, step, confirm="voice")

    async def note(self, text):
        await self.session.do(c.Note(by=self.officer, text=text))
        return self.session.state.seq

    async def board(self, officer, wall):
        return msgspec.to_builtins(board(self.session.state, wall, officer))


async def main(path, incident, officer, sent):
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with await SqliteJournal.open(Path(path), "live") as journal:
        channels = {"voice": Voice(Path(sent))}
        session = await Session.resume(journal, incident, clock=SystemClock(), channels=channels)
        seat = Seat(session, officer)
        session.subscribe(lambda state, _events: say("seq", state.seq, seat.beats))
        beats = asyncio.create_task(seat.beat_on())
        while line := await reader.readline():
            await seat.hear(*json.loads(line))
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
        await seat.conductor.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
