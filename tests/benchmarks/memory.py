"""Resident memory of a live console at rest, beside the least Textual app there can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tests.benchmarks import apps
from tests.benchmarks.machine import Bench, console, environment
from tests.benchmarks.made import OFFICER, make
from tests.benchmarks.paint import MINIMAL, step_words
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.rows import Row, number
from tests.benchmarks.terminal import Terminal

GROUP = "memory of a live console"
BUDGET = 1.25  # times a minimal Textual app
EVENTS = 10_000
TAIL = 499
REST = 1.0  # seconds without a byte, or three times as long where a clock ticks: the vault, the check and the collector are done


def measure(bench: Bench) -> list[Row]:
    """VmRSS a few seconds after the first paint."""
    made = asyncio.run(make(bench.home("memory"), EVENTS, tail=TAIL))
    words = asyncio.run(step_words(made))
    env = environment(made.home)
    variants: dict[str, Callable[[], float]] = {
        "minimal": partial(_resident, MINIMAL, env, apps.MARKER),
        "console": partial(_resident, console("resume", made.incident, "--as", OFFICER), env, words),
    }
    samples = interleaved(variants, bench.rounds(5))
    baseline = f"minimal Textual app, {number(samples.median('minimal'), 'MiB')}"
    what = f"incident resume, {EVENTS:,} events, at rest"
    took = number(samples.median("console"), "MiB")
    return [Row(GROUP, what, took, baseline, samples.paired("console", "minimal"), budget=BUDGET)]


def _resident(argv: Sequence[str], env: Mapping[str, str], marker: str) -> float:
    with Terminal(argv, env) as terminal:
        terminal.shows(marker)
        terminal.settle(REST)
        return terminal.memory
