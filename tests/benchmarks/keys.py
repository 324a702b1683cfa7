"""Key to paint: from a key written to the pty to the end of the first frame that shows what it did."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Sequence
from itertools import cycle, islice

from tests.benchmarks import apps
from tests.benchmarks.machine import Bench, console, environment
from tests.benchmarks.made import OFFICER, make
from tests.benchmarks.paint import step_words
from tests.benchmarks.rounds import percentile
from tests.benchmarks.rows import Row, ms
from tests.benchmarks.terminal import Pressed, Terminal

GROUP = "key to paint"
P50, TAIL = 15.0, 1.6  # milliseconds; p99 / p50
EVENTS = 10_000
BEHIND = 499
ROWS = 2_000  # of the table beside
KEYS = 320
IN_LINE = (
    0.0005  # seconds: a key for which the program stood in line longer than this says nothing of the program
)
ON_STEP = re.compile(r">\[")  # the cursor before a step's mark
ON_ENTRY = re.compile(r">\d")  # the cursor before an entry's time


def measure(bench: Bench) -> list[Row]:
    """Every program is there at once and gets its keys in turn, some at a time."""
    made = asyncio.run(make(bench.home("keys"), EVENTS, tail=BEHIND))
    env = environment(made.home)
    words = asyncio.run(step_words(made))
    resume = console("resume", made.incident, "--as", OFFICER)
    table = [sys.executable, apps.__file__, "datatable", str(ROWS)]
    with Terminal(resume, env) as steps, Terminal(resume, env) as log, Terminal(table, env) as other:
        for terminal, marker in ((steps, words), (log, words), (other, f"{apps.MARKER} 1")):
            terminal.shows(marker)
            terminal.settle(1.0)
        log.press("l", lambda said: bool(ON_ENTRY.search(said)))
        log.press("home", lambda said: bool(ON_ENTRY.search(said)))
        lists = {
            "steps": (steps, there_and_back(18), lambda said: bool(ON_STEP.search(said))),
            "log": (log, cycle(["down"]), lambda said: bool(ON_ENTRY.search(said))),
            "table": (other, cycle(["down"]), lambda said: apps.MARKER in said),
        }
        took: dict[str, list[Pressed]] = {name: [] for name in lists}
        for _ in range(8):
            for name, (terminal, keys, drawn) in lists.items():
                some = list(islice(keys, max(bench.rounds(KEYS) // 8, 1)))
                took[name] += pressed(terminal, some, drawn)
    return [
        *_rows("the list of steps, down and up", took["steps"], took["table"]),
        *_rows(f"the log of {EVENTS:,} entries, down from its beginning", took["log"], took["table"]),
    ]


def pressed(terminal: Terminal, keys: Sequence[str], drawn: Callable[[str], bool]) -> list[Pressed]:
    """Each of the keys, one after another, as a brisk hand presses them."""
    return [terminal.press(key, drawn) for key in keys]


def there_and_back(rows: int) -> cycle[str]:
    """So many rows down, and up again."""
    return cycle(["down"] * rows + ["up"] * rows)


def undisturbed(took: Sequence[Pressed]) -> list[float]:
    """The seconds of those keys for which the program had a processor whenever it wanted one; of all, if those are few."""
    alone = [key.seconds for key in took if key.waited <= IN_LINE]
    return alone if len(alone) >= len(took) / 4 else [key.seconds for key in took]


def _rows(what: str, took: list[Pressed], table: list[Pressed]) -> list[Row]:
    alone, other = undisturbed(took), undisturbed(table)
    p50, p99 = percentile(alone, 0.5), percentile(alone, 0.99)
    every = percentile([key.seconds for key in took], 0.99)
    beside = (
        f"DataTable of {ROWS:,} rows, p50 {ms(percentile(other, 0.5))}, p99 {ms(percentile(other, 0.99))}"
    )
    note = (
        "Of keys for which the program had to stand in line for a processor behind other programs for less than"
        f" {IN_LINE * 1000:g} ms."
    )
    counts = f"p99 {ms(p99)} of {len(alone)} keys; of all {len(took)} {ms(every)}"
    return [
        Row(GROUP, f"{what}, p50", ms(p50), beside, p50 * 1000, unit="ms", budget=P50, note=note),
        Row(GROUP, f"{what}, p99 / p50", counts, beside, p99 / p50, budget=TAIL, note=note),
    ]
