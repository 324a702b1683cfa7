from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parent
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(map(str, (TESTS.parent, TESTS, HERE))), "PATH": ""}
RAM = Path("/dev/shm")  # a flush costs nothing there, and the rules are the same


@pytest.fixture
def ram():
    """A folder in memory where there is one: processes die here, not machines."""
    with tempfile.TemporaryDirectory(prefix="walks-", dir=RAM if os.access(RAM, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def start(ram):
    """Start a program of this folder as a process; it does not outlive the test."""
    running = []

    def start(program, *arguments, **options):
        command = [sys.executable, str(HERE / program), *map(str, arguments)]
        running.append(subprocess.Popen(command, cwd=ram, env=ENVIRONMENT, text=True, **options))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            pipe.close()


@pytest.fixture
def court(ram, start):
    """Give it cases (see killing.py); it has them walked, one process a processor, and returns what became of each."""

    sessions = itertools.count()

    def hold(cases):
        here = ram / f"session{next(sessions)}"
        here.mkdir()
        here_to_run = getattr(os, "sched_getaffinity", lambda _pid: range(os.cpu_count() or 1))
        cpus = sorted(here_to_run(0))[: len(cases)]
        parts = [cases[place :: len(cpus)] for place in range(len(cpus))]
        processes = []
        for cpu, part in zip(cpus, parts, strict=True):
            folder = here / f"cpu{cpu}"
            folder.mkdir()
            (folder / "plan.json").write_text(json.dumps(part))
            processes.append(start("killing.py", folder, cpu, stderr=subprocess.PIPE))
        for process in processes:
            _, said = process.communicate(timeout=150)
            assert (process.returncode, said) == (0, ""), said
        told = [json.loads((here / f"cpu{cpu}" / "results.json").read_text()) for cpu in cpus]
        return [told[place % len(cpus)][place // len(cpus)] for place in range(len(cases))]

    return hold
