"""The log of a million entries beside the log of two hundred: the same screen of the same console."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from tests.benchmarks import reopen
from tests.benchmarks.keys import ON_ENTRY, pressed, undisturbed
from tests.benchmarks.machine import Bench, console, environment
from tests.benchmarks.made import OFFICER, Made, once
from tests.benchmarks.paint import step_words
from tests.benchmarks.rounds import Samples, percentile
from tests.benchmarks.rows import Row, ms
from tests.benchmarks.terminal import Pressed, Terminal

GROUP = "1,000,000 journal rows as fast as 200"
BUDGET = 1.1  # times the short log: the same, but for noise
FEW = 200
KEYS = 30  # in a round


def measure(bench: Bench) -> list[Row]:
    """Opening the log at its end, and going up row by row, both consoles at once and in turn."""
    many = reopen.QUICK if bench.quick else reopen.EVENTS
    incidents = {
        "many": asyncio.run(once(bench.home("million"), many, tail=reopen.TAIL)),
        "few": asyncio.run(once(bench.home("few"), FEW)),
    }
    opened, moved = Samples(), Samples()
    with ExitStack() as stack:
        terminals = {name: _at_the_incident(stack, made) for name, made in incidents.items()}
        for _ in range(bench.rounds(10)):
            for name, terminal in terminals.items():
                opened.add(name, terminal.press("l", lambda said: bool(ON_ENTRY.search(said))).seconds)
                terminal.settle(0.3)
                moved.add(name, percentile(undisturbed(_ups(terminal)), 0.5))
                terminal.press("escape", lambda said: "NOW" in said)
                terminal.settle(0.3)
    rows = [(f"opening the log of {many:,} at its end", opened), ("a row up", moved)]
    return [
        Row(
            GROUP,
            what,
            ms(took.median("many")),
            f"{FEW} entries, {ms(took.median('few'))}",
            took.paired("many", "few"),
            budget=BUDGET,
        )
        for what, took in rows
    ]


def _ups(terminal: Terminal) -> list[Pressed]:
    return pressed(terminal, ["up"] * KEYS, lambda said: bool(ON_ENTRY.search(said)))


def _at_the_incident(stack: ExitStack, made: Made) -> Terminal:
    words = asyncio.run(step_words(made))
    argv = console("resume", made.incident, "--as", OFFICER)
    terminal = stack.enter_context(Terminal(argv, environment(made.home)))
    terminal.shows(words)
    terminal.settle(2.0)
    return terminal
