"""First useful paint: from fork to the words of the step to do, in a pty, beside the least Textual app there can be."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from console.clock import SystemClock
from console.engine.session import load_state
from console.incident.board import board
from console.journal.sqlite import SqliteJournal
from tests.benchmarks import apps, peers
from tests.benchmarks.machine import Bench, console, environment
from tests.benchmarks.made import OFFICER, Made, make
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.rows import Row, ms
from tests.benchmarks.terminal import Terminal

GROUP = "first useful paint of the live screen"
BUDGET = 1.2  # times a minimal Textual app
EVENTS = 10_000
TAIL = 499
MINIMAL = [sys.executable, str(Path(apps.__file__)), "minimal"]


def measure(bench: Bench) -> list[Row]:
    """Whole processes; the marker is searched for in the bytes the program writes to its terminal."""
    made = asyncio.run(make(bench.home("paint"), EVENTS, tail=TAIL))
    words = asyncio.run(step_words(made))
    env = environment(made.home)
    resume = console("resume", made.incident, "--as", OFFICER)
    variants: dict[str, Callable[[], float]] = {
        "minimal": partial(painted, MINIMAL, env, apps.MARKER),
        "console": partial(painted, resume, env, words),
    }
    others = peers.installed(bench)
    for peer in others:
        variants[peer.name] = partial(painted, peer.argv, peer.env, peer.marker)
    samples = interleaved(variants, bench.rounds(21))
    beside = f"minimal Textual app, {ms(samples.median('minimal'))}"
    what = f"incident resume, {EVENTS:,} events, {TAIL} behind the snapshot, 120x40"
    took = ms(samples.median("console"))
    rows = [Row(GROUP, what, took, beside, samples.paired("console", "minimal"), budget=BUDGET)]
    for peer in others:
        baseline = f"{peer.name}, {ms(samples.median(peer.name))}"
        rows.append(Row(GROUP, what, took, baseline, samples.paired("console", peer.name)))
    if not others:
        rows.append(Row(GROUP, "beside posting and harlequin", note=peers.WHY_NOT))
    return rows


def painted(argv: Sequence[str], env: Mapping[str, str], marker: str) -> float:
    """Seconds from fork to the marker."""
    with Terminal(argv, env) as terminal:
        return terminal.shows(marker)


async def step_words(made: Made) -> str:
    """The first words of the step that the officer stands on: no screen is useful without them."""
    async with await SqliteJournal.open(made.path, "live") as journal:
        state, _, _ = await load_state(journal, made.incident)
    box = board(state, SystemClock().now().wall, OFFICER).box
    if box is None:
        raise RuntimeError("nothing is left to do in this incident")
    return " ".join(box.do.split()[:3])
