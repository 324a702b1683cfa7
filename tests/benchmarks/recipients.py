"""A list of 1,200,000 recipients: read, checked, made unique and reported on by the process that does it, beside csv.reader alone."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.machine import ROOT, Bench, environment
from tests.benchmarks.rows import Row, number

GROUP = "a list of 1,200,000 recipients: read, checked and made unique"
MANY = 1_200_000
SECONDS = 20.0
MEBIBYTES = 60.0
LINEAR = 1.1  # a line of the whole beside a line of a quarter of it
DOMAINS = ("gmail.com", "Hotmail.co.uk", "example.org", "yahoo.com", "bücher.example")

# Both say on stdout: seconds, seconds of the processor, MiB at the most, and what was found.
_TIMED = """
import json, resource, sys, time
begun = time.perf_counter()
{work}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, found]))
"""
READ = _TIMED.format(
    work="""
from console.channels.recipients import Choice
from console.engine.listing import BUFFER, read_into
with open(sys.argv[2], "wb", BUFFER) as out:
    report = read_into(Choice((sys.argv[1],)), out)
found = [report.accepted, report.duplicates, report.refused]"""
)
ALONE = _TIMED.format(
    work="""
import csv
with open(sys.argv[1], newline="") as file:
    found = [sum(1 for _ in csv.reader(file)), 0, 0]"""
)


def measure(bench: Bench) -> list[Row]:
    """Seconds, microseconds a line, and the most memory, of the whole and of a quarter."""
    many = MANY // 12 if bench.quick else MANY
    whole, quarter = _made(bench.folder / "whole.csv", many), _made(bench.folder / "quarter.csv", many // 4)
    out = bench.folder / "people"
    rounds = range(1 if bench.quick else 3)
    samples = [(_run(READ, whole, out), _run(ALONE, whole), _run(READ, quarter, out)) for _ in rounds]
    read, alone, part = (
        sorted(each, key=lambda one: one[0])[len(each) // 2] for each in zip(*samples, strict=True)
    )
    seconds, cpu, memory, (kept, twice, refused) = read
    baseline = f"csv.reader alone, {number(alone[0], 's')}, {number(alone[2], 'MiB')}"
    line = f"{number(seconds / many * 1e6, 'us')} a line, {number(cpu, 's')} of the processor"
    note = (
        f"{many:,} lines of a CSV with three columns in five domains, one of them in letters beyond ASCII: {kept:,} people kept,"
        f" {twice:,} twice, {refused:,} refused. A process of its own each time, its start included; the median of {len(rounds)}."
    )
    return [
        Row(
            GROUP, f"{many:,} lines", f"{number(seconds, 's')}: {line}", baseline, seconds, "s", SECONDS, note
        ),
        Row(
            GROUP,
            "memory of the process that reads",
            number(memory, "MiB"),
            baseline,
            memory,
            "MiB",
            MEBIBYTES,
        ),
        Row(
            GROUP,
            "a line of the whole, beside one of a quarter",
            number(cpu / many * 1e6, "us"),
            f"of {many // 4:,} lines, {number(part[1] / (many // 4) * 1e6, 'us')}",
            cpu / part[1] / 4,
            budget=LINEAR,
        ),
    ]


def _run(program: str, *arguments: Path) -> tuple[float, float, float, list[int]]:
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    seconds, cpu, memory, found = json.loads(done.stdout)
    return seconds, cpu, memory, found


def _made(path: Path, many: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_lines(many))
    return path


def _lines(many: int) -> Iterator[str]:
    """One in a thousand stands twice, one in ten thousand is no address."""
    chance = random.Random(1_200)
    yield "Name,Email,Since\n"
    for n in range(many):
        written = (
            f"reader{chance.randrange(10**9)}.{n}@{DOMAINS[n % len(DOMAINS)]}"
            if n % 1_000
            else "again@example.org"
        )
        yield f"Reader {n},{written if n % 10_000 != 1 else 'nobody'},2019-07-{n % 28 + 1:02d}\n"
