from __future__ import annotations

import contextlib
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


@contextlib.contextmanager
def folder_in_memory():
    """In memory where there is such a place: processes die here, not machines."""
    with tempfile.TemporaryDirectory(prefix="walks-", dir=RAM if os.access(RAM, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def ram():
    with folder_in_memory() as folder:
        yield folder


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


@pytest.fixture(scope="session")
def courts():
    """A process of killing.py on each processor, kept for all tests: getting ready takes one as long as three walks."""
    here_to_run = getattr(os, "sched_getaffinity", lambda _pid: range(os.cpu_count() or 1))
    with folder_in_memory() as folder, contextlib.ExitStack() as stack:
        started = []
        for cpu in sorted(here_to_run(0)):
            own = folder / f"cpu{cpu}"
            own.mkdir()
            said = stack.enter_context((own / "said").open("w+"))
            command = [sys.executable, str(HERE / "killing.py"), str(own), str(cpu)]
            process = subprocess.Popen(
                command,
                cwd=own,
                env=ENVIRONMENT,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )
            started.append((stack.enter_context(process), said))
        yield started
        for process, _ in started:
            process.stdin.close()


@pytest.fixture
def court(courts):
    """Give it cases (see killing.py); it has them walked, some on each processor, and returns what became of each."""

    def hold(cases):
        parts = [cases[place :: len(courts)] for place in range(len(courts))]
        for (process, _), part in zip(courts, parts, strict=True):
            process.stdin.write(json.dumps(part) + "\n")
            process.stdin.flush()
        told = []
        for process, said in courts:
            line = process.stdout.readline()
            assert (said.read(), process.poll()) == ("", None)
            told.append(json.loads(line))
        return [told[place % len(courts)][place // len(courts)] for place in range(len(cases))]

    return hold
