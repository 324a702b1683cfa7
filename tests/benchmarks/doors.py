"""Start-up: from fork to exit of `incident --help`, `list` and `show`, beside an interpreter that does nothing."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from tests.benchmarks.machine import Bench, console, environment, wall
from tests.benchmarks.made import make
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.rows import Row, ms

GROUP = "start-up: --help, list, show"
HELP, LOOK = 4.5, 10.0  # times `python -c pass`
EVENTS = 10_000
TAIL = 499  # a session keeps a snapshot every 500 entries: this is as far behind as one can be


def measure(bench: Bench) -> list[Row]:
    """Wall time of whole processes, output to nowhere, everything in the page cache."""
    home = bench.home("doors")
    made = asyncio.run(make(home, EVENTS, tail=TAIL))
    env = environment(home)
    python = [sys.executable, "-c"]
    samples = interleaved(
        {
            "pass": partial(wall, [*python, "pass"], env),
            "click": partial(wall, [*python, "import click"], env),
            "textual": partial(wall, [*python, "import textual.app"], env),
            "--help": partial(wall, console("--help"), env),
            "list": partial(wall, console("list"), env),
            "show": partial(wall, console("show", made.incident), env),
        },
        bench.rounds(25),
    )
    baseline = f"python -c pass, {ms(samples.median('pass'))}"
    what = {
        "--help": ("incident --help", HELP),
        "list": (f"incident list, {EVENTS:,} events", LOOK),
        "show": (f"incident show, {EVENTS:,} events, {TAIL} behind the snapshot", LOOK),
        "click": ("import click", None),
        "textual": ("import textual.app", None),
    }
    return [
        Row(GROUP, words, ms(samples.median(name)), baseline, samples.paired(name, "pass"), budget=budget)
        for name, (words, budget) in what.items()
    ]
