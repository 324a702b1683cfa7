"""A gate with everything real behind it: SQLite, the practice vault, a clock that is turned by hand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import NamedTuple

from console.clock import TurnedClock
from console.engine.gatekeeper import Gatekeeper
from console.journal.sqlite import SqliteJournal
from console.vault.practice import PracticeVault

NIGHT = 1_563_574_560_000  # 2019-07-19 22:16:00 UTC, the start of a step
BOOT = 1_000_000


class Gate(NamedTuple):
    """A gatekeeper and what is behind it."""

    keeper: Gatekeeper
    vault: PracticeVault
    clock: TurnedClock
    journal: SqliteJournal

    def code(self, officer, steps=0):
        """What the officer's app shows, or showed, or will show."""
        return self.vault.code_for(officer, self.clock.now().wall + steps * 30_000)

    def wrong(self, officer):
        """Six digits that fit no step of the window."""
        near = {self.code(officer, steps) for steps in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


@asynccontextmanager
async def open_gate(path, *, officers=(), wall=NIGHT, boot=BOOT, host="desk"):
    """A gate on the journal at `path`; `officers` are those already enrolled there by another gate."""
    clock, vault = TurnedClock(wall, boot), PracticeVault(7, officers)
    async with await SqliteJournal.open(path, "practice") as journal:
        yield Gate(Gatekeeper(journal, vault, clock, host), vault, clock, journal)
