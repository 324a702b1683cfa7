"""Two consoles, two processes, one file, the machine's own clock: they stay in step and cannot both win the same move."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support_conductor import VOICE, opened

from console.clock import SystemClock
from console.engine.conductor import LOOP_EVERY
from console.journal.sqlite import SqliteJournal
from console.journal.verify import verify_file

HERE = Path(__file__).parent
PATIENCE = 30
SOON = 15_000_000  # ns: enough for a line to be read, before both begin
STEPS = {
    "confirm/look": ("false-posts", "blind"),
    "confirm/call": ("have-it", "busy"),
    "contain/cut-link": ("gone", "listed"),
    "contain/pause-queue": ("paused", "none"),
    "rotate-mynewsdesk/keep": ("kept", "paper"),
    "rotate-mynewsdesk/two-factor": ("enforced", "some"),
    "rotate-mynewsdesk/strangers": ("none-left", "some-left"),
    "rotate-mynewsdesk/log-ins": ("0", "2"),
}


class Console:
    """A console process: what it was told, what it said, and where its screen stands."""

    def __init__(self, process):
        self.process = process
        self.seq, self.beats = 0, 0
        self._answers = asyncio.Queue()
        self._moved = asyncio.Condition()
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self):
        while line := await self.process.stdout.readline():
            what, *said = json.loads(line)
            if what != "seq":
                self._answers.put_nowait((what, *said))
                continue
            async with self._moved:
                self.seq, self.beats = said
                self._moved.notify_all()

    def tell(self, *words):
        self.process.stdin.write(json.dumps(words).encode() + b"\n")

    async def answer(self):
        async with asyncio.timeout(PATIENCE):
            return await self._answers.get()

    async def ask(self, *words):
        self.tell(*words)
        return await self.answer()

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE), self._moved:
            await self._moved.wait_for(condition)

    async def leave(self):
        if self.process.returncode is None:
            self.process.stdin.close()
            await asyncio.wait_for(self.process.wait(), PATIENCE)
        await self._listening


@asynccontextmanager
async def console(folder, incident, officer):
    environment = {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE.parent)])}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "console_process.py"),
        *(str(folder / "live.db"), incident, officer, str(folder / "sent")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        limit=2**20,
    )
    seat = Console(process)
    try:
        yield seat
        await seat.leave()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def two(tmp_path):
    """Two consoles that stand on one fresh incident."""
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        incident = await opened(journal, SystemClock(), "voice")
    async with console(tmp_path, incident, "Reid") as reid, console(tmp_path, incident, "Shah") as shah:
        for each in (reid, shah):
            await each.until(lambda each=each: each.beats >= 1)
        yield reid, shah


def sent(folder):
    return (folder / "sent").read_text().splitlines() if (folder / "sent").exists() else []


async def in_step(*consoles):
    """Both stand at the same entry, and nothing more is coming."""
    for each in consoles:
        beats = each.beats
        await each.until(lambda each=each, beats=beats: each.beats >= beats + 2)
    last = max(each.seq for each in consoles)
    for each in consoles:
        await each.until(lambda each=each: each.seq >= last)
    assert len({each.seq for each in consoles}) == 1


async def boards(*consoles):
    wall = SystemClock().now().wall
    return [[await each.ask("board", officer, wall) for officer in ("Reid", "Shah", "")] for each in consoles]


async def test_what_one_console_does_the_other_shows_within_a_second(two):
    reid, shah = two
    waited = []
    for writer, reader in [(reid, shah), (shah, reid), (reid, shah)]:
        _, seq = await writer.ask("note", "calling IT")
        beats, began = reader.beats, time.monotonic()
        await reader.until(lambda reader=reader, seq=seq: reader.seq >= seq)
        waited.append(time.monotonic() - began)
        assert reader.beats - beats <= 1
    assert LOOP_EVERY <= 1_000
    assert sorted(waited)[1] < 1.2  # a second, and the work of one beat on a busy machine


async def test_the_same_move_is_won_by_one(two, tmp_path):
    reid, shah = two
    for step, values in STEPS.items():
        at = time.monotonic_ns() + SOON
        for each, value in zip(two, values, strict=True):
            each.tell("answer", step, value, at)
        ends = [await each.answer() for each in two]
        words = sorted(end[0] for end in ends)
        assert words == ["done", "lost"], (step, ends)
        (lost,) = [end for end in ends if end[0] == "lost"]
        assert lost[1] == "Contended"
        assert "was quicker" in lost[2]
    await in_step(reid, shah)
    first, second = await boards(reid, shah)
    assert first == second
    found = verify_file(tmp_path / "live.db")
    assert (found.verdict, found.findings) == ("stands", ())


async def test_the_same_act_is_sent_by_one(two, tmp_path):
    at = time.monotonic_ns() + SOON
    for each in two:
        each.tell("act", VOICE, at)
    ends = [await each.answer() for each in two]
    assert sorted(end[0] for end in ends) == ["done", "lost"]
    await in_step(*two)
    assert len(sent(tmp_path)) == 1
    first, second = await boards(*two)
    assert first == second
    assert first[0][1]["doubts"] == []


async def test_moves_on_different_steps_are_both_made(two):
    for step, other in zip(list(STEPS)[::2], list(STEPS)[1::2], strict=True):
        at = time.monotonic_ns() + SOON
        for each, name in zip(two, (step, other), strict=True):
            each.tell("answer", name, STEPS[name][0], at)
        assert [end[0] for end in [await each.answer() for each in two]] == ["done", "done"]
    await in_step(*two)
    first, second = await boards(*two)
    assert first == second


async def test_a_console_that_is_killed_is_missed_by_the_other_within_a_beat(two, tmp_path):
    reid, shah = two
    (tmp_path / "sent.hang").touch()
    await reid.ask("act", VOICE, 0)
    async with asyncio.timeout(PATIENCE):
        while not sent(tmp_path):  # noqa: ASYNC110 - another process writes the file
            await asyncio.sleep(0.005)
    await in_step(reid, shah)
    ((_, before), *_), _ = await boards(shah, shah)
    assert before["doubts"] == []
    reid.process.kill()
    await reid.process.wait()
    beats = shah.beats
    await shah.until(lambda: shah.beats >= beats + 2)
    ((_, after), *_), _ = await boards(shah, shah)
    assert after["doubts"] == [VOICE]
    assert len(sent(tmp_path)) == 1
