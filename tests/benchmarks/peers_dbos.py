"""One durable event beside one step of DBOS, which is what one would take for durable steps otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from tests.benchmarks.durable import TEXT, a_session
from tests.benchmarks.machine import Bench
from tests.benchmarks.made import OFFICER
from tests.benchmarks.rounds import Samples
from tests.benchmarks.rows import Row, ms

GROUP = "one durable event"
BUDGET = 0.7  # times a DBOS step
EACH = 30
WHAT = "Session.do(Note)"


def measure(bench: Bench) -> list[Row]:
    """DBOS on SQLite as it comes, in this process; its steps and our events turn and turn about."""
    try:
        from dbos import DBOS
    except ImportError:
        return [
            Row(
                GROUP, WHAT, budget=BUDGET, note="DBOS is not installed: pip install incident-console[bench]."
            )
        ]
    steps = _launch(bench.home("dbos"))
    try:
        samples = asyncio.run(_rounds(bench, steps))
    finally:
        DBOS.destroy()
    baseline = f"DBOS step, {ms(samples.median('dbos'))}"
    ratio = samples.paired("session", "dbos")
    return [Row(GROUP, WHAT, ms(samples.median("session")), baseline, ratio, budget=BUDGET)]


def _launch(folder: Path) -> Callable[[int], float]:
    """A workflow of so many steps that do nothing; it returns the seconds of one of them."""
    from dbos import DBOS

    logging.getLogger("dbos").setLevel(logging.ERROR)
    url = f"sqlite:///{folder / 'dbos.sqlite'}"
    DBOS(
        config={"name": "bench", "system_database_url": url, "run_admin_server": False, "log_level": "ERROR"}
    )

    @DBOS.step()
    def step(place: int) -> int:
        return place

    @DBOS.workflow()
    def workflow(steps: int) -> float:
        begun = perf_counter()
        for place in range(steps):
            step(place)
        return (perf_counter() - begun) / steps

    DBOS.launch()
    return workflow


async def _rounds(bench: Bench, steps: Callable[[int], float]) -> Samples:
    samples = Samples()
    path = bench.home("dbos") / "live.sqlite3"
    async with await SqliteJournal.open(path, "live") as journal:
        session = await a_session(journal)
        for turn in range(bench.rounds(10) + 1):
            begun = perf_counter()
            for _ in range(EACH):
                await session.do(c.Note(by=OFFICER, text=TEXT))
            ours = (perf_counter() - begun) / EACH
            theirs = await asyncio.to_thread(steps, EACH)
            if turn:
                samples.add("session", ours)
                samples.add("dbos", theirs)
    return samples
