"""Opening an incident of a million events: by snapshot and checked tail, beside folding every one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter

from console.clock import SystemClock
from console.engine.session import Session
from console.incident.codec import decode
from console.incident.fold import fold_all
from console.incident.state import State
from console.journal.sqlite import SqliteJournal
from tests.benchmarks.machine import Bench
from tests.benchmarks.made import OFFICER, Made, once
from tests.benchmarks.rounds import Samples, percentile
from tests.benchmarks.rows import Row, ms, number

GROUP = "open an incident of 1,000,000 events"
BUDGET = 0.01  # times the full fold
EVENTS, QUICK = 1_000_000, 50_000  # the ratio of a quick run says nothing: its full fold is too short
TAIL = 499  # a session keeps a snapshot every 500 entries: this is as far behind as one can be
PAGE = 1_000


def measure(bench: Bench) -> list[Row]:
    """The file is opened anew each time; its pages are in the page cache for both."""
    return asyncio.run(_measure(bench))


async def _measure(bench: Bench) -> list[Row]:
    count = QUICK if bench.quick else EVENTS
    made = await once(bench.home("million"), count, tail=TAIL)
    samples = Samples()
    await _opened(made)
    for _ in range(3):
        samples.add("fold", await _folded(made))
        samples.add("open", percentile([await _opened(made) for _ in range(7)], 0.5))
    fold = samples.median("fold")
    baseline = f"full fold, {number(fold, 's')}"
    what = f"open by snapshot, tail of {TAIL} checked, {count:,} events"
    ratio = samples.paired("open", "fold")
    seconds, held = await _proven(made)
    behind = f"reading the rest behind the officer's back; the event loop is held {ms(held)} at p99"
    return [
        Row(GROUP, what, ms(samples.median("open")), baseline, ratio, budget=None if bench.quick else BUDGET),
        Row(GROUP, behind, number(seconds, "s"), baseline, seconds / fold),
    ]


async def _opened(made: Made) -> float:
    begun = perf_counter()
    async with await SqliteJournal.open(made.path, "live") as journal:
        session = await Session.resume(journal, made.incident, clock=SystemClock(), channels={})
        session.board(OFFICER)
        took = perf_counter() - begun
    if session.prefix_verified or session.state.seq < made.count:
        raise RuntimeError("it was not opened from its snapshot")
    return took


async def _folded(made: Made) -> float:
    begun = perf_counter()
    state: State | None = None
    at = 0
    async with await SqliteJournal.open(made.path, "live") as journal:
        while rows := await journal.read(made.incident, at, PAGE):
            state = fold_all((decode(row.body) for row in rows), state)
            at += len(rows)
    return perf_counter() - begun


async def _proven(made: Made) -> tuple[float, float]:
    """Seconds until the whole record is verified, and how long a turn of the event loop takes meanwhile."""
    turns: list[float] = []

    async def watch() -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(0)
            turns.append(perf_counter() - begun)
            await asyncio.sleep(0.01)

    async with await SqliteJournal.open(made.path, "live") as journal:
        session = await Session.resume(journal, made.incident, clock=SystemClock(), channels={})
        watching = asyncio.create_task(watch())
        begun = perf_counter()
        await session.verify_prefix()
        took = perf_counter() - begun
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return took, percentile(turns, 0.99)
