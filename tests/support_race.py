"""Many processes at one gate. Run as a program, so that it may fork while it has a single thread.

    python support_race.py JOURNAL MOVE COUNT

COUNT children open the journal, wait for one another, and make the move. Each prints a JSON line: what came of it.

Moves: `present` one officer's right code · `accept` for a try that was counted already · `own` code of an officer each ·
`die` while the vault looks at a wrong code, one child after the other, an hour apart.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

from support_gate import NIGHT, open_gate

from console.errors import ConsoleError
from console.incident.admission import Attempt, Matched, Stamp, decide_accept
from console.vault.practice import PracticeVault


async def present(gate, at):
    return (await gate.keeper.present("reid", gate.code("reid"), f"gate {at}")).timecode


async def own(gate, at):
    return (await gate.keeper.present(f"officer {at}", gate.code(f"officer {at}"), f"gate {at}")).timecode


async def accept(gate, at):
    attempt, matched = Attempt("reid", f"gate {at}", f"try {at}"), Matched(NIGHT // 30_000, 0)
    await gate.keeper.move(lambda house, now: (decide_accept(house, attempt, matched, Stamp(now, "desk")),))
    return matched.timecode


async def die(gate, at):
    gate.clock.turn(at * 3_600_000)
    return (await gate.keeper.present("reid", gate.wrong("reid"), f"gate {at}")).timecode


class DeadlyVault(PracticeVault):
    """Its process is killed the moment a code is looked at."""

    async def match(self, officer, code, wall):
        os.kill(os.getpid(), signal.SIGKILL)


MOVES = {"present": present, "own": own, "accept": accept, "die": die}


async def child(path, move, at, ready, go):
    officers = ["reid", *(f"officer {n}" for n in range(64))]
    async with open_gate(path, officers=officers) as gate:
        if move == "die":
            gate.keeper._vault = DeadlyVault(7, officers)
        os.write(ready, b".")
        os.read(go, 1)
        try:
            return {"timecode": await MOVES[move](gate, at)}
        except ConsoleError as error:
            return {"error": type(error).__name__, "what": error.what}


def fork(path, move, at, ready, go):
    """A child's process id; the child itself never returns."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(go[1])
        line = json.dumps(asyncio.run(child(path, move, at, ready[1], go[0]))) + "\n"
        os.write(1, line.encode())
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a forked child must never return into its parent
        traceback.print_exc()
        os._exit(1)


def run_race(path, move, count):
    """What came of each child of a race in a process of its own, as plain dicts in the order they ended."""
    tests = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, __file__, path, move, str(count)],
        cwd=tests.parent,
        env={"PYTHONPATH": f"{tests}:{tests.parent}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(path, move, count):
    ready, go = os.pipe(), os.pipe()
    at_once = 1 if move == "die" else count
    for first in range(0, count, at_once):
        children = [fork(path, move, at, ready, go) for at in range(first, first + at_once)]
        for _ in children:
            os.read(ready[0], 1)
        os.write(go[1], b"." * at_once)
        for pid in children:
            _, status = os.waitpid(pid, 0)
            if os.WIFSIGNALED(status):
                os.write(1, (json.dumps({"killed": os.WTERMSIG(status)}) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
