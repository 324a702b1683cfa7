"""A console that lets people in doubt be mailed once more, and is killed at a point. Run by `test_once_more_kills.py`.

python tests/crash/once_more_life.py RECORD INCIDENT STEP DIGEST COUNT POINT NTH
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support_conductor import T0, desk
from support_once_more import Mailer

from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.journal.sqlite import SqliteJournal


async def life(record, incident, step, digest, count, point, nth):
    passed = []

    def fault(at):
        passed.append(at)
        if passed.count(point) == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)

    async with await SqliteJournal.open(Path(record), "live") as journal:
        clock = TurnedClock(T0 + 3_600_000, 3_600_000)
        made = await desk(journal, incident, clock, Mailer())
        made.session._faults = fault
        await Conductor(made.session, faults=fault).once_more("Reid", step, confirm=count, digest=digest)


if __name__ == "__main__":
    asyncio.run(life(*sys.argv[1:]))
