"""How long the whole test suite takes: run here when asked, else read from the junit file of a run."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.benchmarks.machine import Bench, environment, wall
from tests.benchmarks.rows import Row, number

GROUP = "whole test suite"
BUDGET = 300.0  # seconds, on 2 cores
CORES = "2"


def measure(bench: Bench) -> list[Row]:
    """One row; not measured when nobody asked for it and no file tells."""
    what = f"pytest -n {CORES}"
    if bench.suite:
        junit = bench.folder / "junit.xml"
        argv = [sys.executable, "-m", "pytest", "-q", "-n", CORES, f"--junit-xml={junit}"]
        try:
            seconds = wall(argv, environment())
        except RuntimeError:
            return [Row(GROUP, what, budget=BUDGET, unit="s", note=f"The suite failed: {told(junit)}")]
        return [
            Row(GROUP, what, number(seconds, "s"), figure=seconds, budget=BUDGET, unit="s", note=told(junit))
        ]
    if bench.junit is not None:
        seconds = sum(
            float(each.get("time", 0)) for each in ET.parse(bench.junit).getroot().iter("testsuite")
        )
        note = f"Read from an earlier run: {told(bench.junit)}"
        return [Row(GROUP, what, number(seconds, "s"), figure=seconds, budget=BUDGET, unit="s", note=note)]
    note = "Not run: --suite runs it, --junit FILE reads the time of an earlier run."
    return [Row(GROUP, what, budget=BUDGET, unit="s", note=note)]


def told(junit: Path) -> str:
    """How many tests there were, and how they ended."""
    if not junit.is_file():
        return "no test was run"
    count = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for each in ET.parse(junit).getroot().iter("testsuite"):
        for name in count:
            count[name] += int(each.get(name, 0))
    return ", ".join(f"{many} {name}" for name, many in count.items()) + "."
