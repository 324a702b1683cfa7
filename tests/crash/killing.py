"""Walks that are killed and resumed, many of them, each held against the oracle. Run by the tests of this folder.

    python tests/crash/killing.py FOLDER CPU

A line on stdin is a list of cases: `[{"kills": ["engine/before-act:1", "disk/gone:9"], "people": 6, "busy": 0}]`. A case's
lives die one after the other at those points, or their disk does; one more walks to the end, or with `"to_end": false` only
comes back. A line on stdout says what became of each. Lives are
forked off this process, which has everything imported already, so that a life costs a fork and no start. All of it stays on
one processor: a relay and a console that only wait for each other are quicker there than on two.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections import defaultdict
from pathlib import Path

import support_oracle as oracle
import walker

HERE = Path(__file__).parent
PATIENCE = 20  # seconds that a relay may take to get ready or to read out what a dead process sent


class Court:
    """Runs cases against one relay, whose log is read on as it grows."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "relay.log"
        self.read = 0
        self.mails = defaultdict(list)
        self.relay = subprocess.Popen(
            [sys.executable, HERE / "relay.py", folder / "port", self.log], stdin=subprocess.PIPE
        )
        until((folder / "port").exists)
        self.port = int((folder / "port").read_text())

    def close(self):
        self.relay.terminate()
        self.relay.wait()

    def mails_of(self, life):
        """Addresses of every message the relay kept for this walk, once nothing is left on its way to it."""
        until(lambda: walker.ask_relay(self.port, "busy") == 0)
        with self.log.open("rb") as log:
            log.seek(self.read)
            for line in log:
                self.read += len(line)
                for address in json.loads(line)["to"]:
                    self.mails[address.partition("@")[2]].append(address)
        return self.mails[life.tag]

    def case(self, number, kills, people=6, busy=0, *, to_end=True):
        """One walk and its deaths; what the oracle found, and how far it came."""
        folder = self.folder / f"walk{number}"
        folder.mkdir()
        told = {"kills": kills, "findings": [], "deaths": 0, "poisoned": 0, "doubts": 0, "doubtful": 0}
        acked, before = [], None
        for end in [*kills, ""]:
            die, disk = ("", end.removeprefix("disk/")) if end.startswith("disk/") else (end, "")
            life = walker.Life(
                folder, self.port, people=people, busy=busy, die=die, disk=disk, walks=bool(end) or to_end
            )
            said, status = fork(life)
            acked += said.acked
            mails, record = self.mails_of(life), oracle.Record(life.path)
            told["findings"] += after_a_death(record, acked, mails) + said.findings(before)
            told["deaths"] += os.WIFSIGNALED(status)
            told["poisoned"] += said.poisoned is not None
            shown = said.shown or oracle.NOTHING
            told["doubts"] += len(shown.doubts) + len(shown.interrupted)
            told["doubtful"] += len(shown.doubtful)
            if status and not os.WIFSIGNALED(status):
                told["findings"].append(f"a life ended with {status}")
            if said.ended is not None or not life.walks:
                break
            before = record
        if to_end:
            told["findings"] += (
                ["no end"] if said.ended is None else oracle.accounted(record, mails, said.ended)
            )
        shutil.rmtree(folder)
        return {**told, "passed": said.passed, "mails": len(mails)}


def after_a_death(record, acked, mails):
    """What must be so whenever the process has ended, however it did."""
    return [
        *oracle.chained(record),
        *oracle.kept(record, acked),
        *oracle.intended_before(record, mails),
        *oracle.once(mails),
        *oracle.one_code_one_gate(record),
    ]


class Said:
    """What a life printed."""

    def __init__(self, lines):
        self.acked, self.passed = [], {}
        self.stands = self.shown = self.ended = self.poisoned = None
        for line in lines:
            word, _, rest = line.rstrip("\n").partition(" ")
            first, _, second = rest.partition(" ")
            if word in ("acked", "stands"):
                self.acked.append((int(first), bytes.fromhex(second)))
                self.stands = self.stands or self.acked[0]
            elif word == "shown":
                self.shown = oracle.Shown.parse(rest)
            elif word == "ended":
                self.ended = oracle.Shown.parse(second)
            elif word in ("passed", "poisoned"):
                setattr(self, word, json.loads(rest))

    def findings(self, before):
        """What is wrong with it, given the record as the life before left it."""
        wrong = [] if self.poisoned is None else oracle.shut(self.poisoned)
        if before is not None and self.stands is not None:
            wrong += oracle.stands_where_it_stood(before, self.stands)
        if before is not None and self.shown is not None:
            wrong += oracle.shows_doubt(before, self.shown)
        return wrong


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.0005)


def fork(life):
    """A life of its own process: what it printed, and how it ended."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(writing, 1)
            gc.disable()
            passed = walker.run(life)
            walker.say("passed", json.dumps(passed, separators=(",", ":")))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a forked child must never return into its parent
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = Said(pipe)
    _, status = os.waitpid(pid, 0)
    return said, status


def main(folder, cpu):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {cpu})
    court, numbers = Court(folder), itertools.count()
    try:
        warm(folder, court.port)
        for line in sys.stdin:
            results = [court.case(next(numbers), **case) for case in json.loads(line)]
            print(json.dumps(results), flush=True)
    finally:
        court.close()


def warm(folder, port):
    """One whole walk in this process, so that every fork of it finds everything read and imported."""
    home = folder / "warm"
    home.mkdir()
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        walker.run(walker.Life(home, port, people=2))
    os.dup2(kept, 1)
    os.close(kept)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
