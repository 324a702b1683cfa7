"""Have one night again: `PYTHONPATH=tests python -m nights SEED`. Prints what happened, and what was not so."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from nights.night import Night

from console.journal.sqlite import SqliteJournal


async def main(seeds):
    """Have these nights."""
    with tempfile.TemporaryDirectory() as folder:
        async with await SqliteJournal.open(":memory:", "live") as journal:
            for seed in seeds:
                night = Night(seed, journal, Path(folder))
                await night.go()
                print(f"night {seed}", *night.moves, sep="\n    ")


asyncio.run(main(map(int, sys.argv[1:])))
