"""Walks that are killed and resumed, many of them, each held against the oracle. Run by the tests of this folder.

    python tests/crash/killing.py FOLDER CPU

FOLDER/plan.json is a list of cases: `{"kills": ["engine/before-act:1", "any:212"], "people": 6, "busy": 0}`. A case's lives
die one after the other at those points; one more walks to the end. FOLDER/results.json says what became of each. Lives are
forked off this process, which has everything imported already, so that a life costs a fork and no start. All of it stays on
one processor: a relay and a console that only wait for each other are quicker there than on two.
"""

from __future__ import annotations

import gc
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
        self.relay = subprocess.Popen([sys.executable, HERE / "relay.py", folder / "port", self.log])
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

    def case(self, number, kills, people=6, busy=0):
        """One walk and its deaths; what the oracle found, and how far it came."""
        folder = self.folder / f"walk{number}"
        folder.mkdir()
        told = {"kills": kills, "findings": [], "deaths": 0, "lives": 0, "doubts": 0, "doubtful": 0}
        acked, before = [], None
        for die in [*kills, ""]:
            life = walker.Life(folder, self.port, people=people, busy=busy, die=die)
            said, status = fork(life)
            acked += said.acked
            mails, record = self.mails_of(life), oracle.Record(life.path)
            told["lives"] += 1
            told["findings"] += after_a_death(record, acked, mails)
            if said.shown is not None:
                told["doubts"] += len(said.shown.doubts) + len(said.shown.interrupted)
                told["doubtful"] += len(said.shown.doubtful)
                if before is not None:
                    told["findings"] += oracle.shows_doubt(before, said.shown)
            before = record
            if not os.WIFSIGNALED(status):
                told["findings"] += [f"a life ended with {status}"] if status else []
                told["findings"] += (
                    ["no end"] if said.ended is None else oracle.accounted(record, mails, said.ended)
                )
                break
            told["deaths"] += 1
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
        self.acked, self.shown, self.ended, self.passed = [], None, None, {}
        for line in lines:
            word, _, rest = line.rstrip("\n").partition(" ")
            first, _, second = rest.partition(" ")
            if word == "acked":
                self.acked.append((int(first), bytes.fromhex(second)))
            elif word == "shown":
                self.shown = oracle.Shown.parse(rest)
            elif word == "ended":
                self.ended = oracle.Shown.parse(second)
            elif word == "passed":
                self.passed = json.loads(rest)


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
    os.sched_setaffinity(0, {cpu})
    plan = json.loads((folder / "plan.json").read_text())
    court = Court(folder)
    try:
        warm(folder, court.port)
        results = [court.case(number, **case) for number, case in enumerate(plan)]
    finally:
        court.close()
    (folder / "results.json").write_text(json.dumps(results))


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
