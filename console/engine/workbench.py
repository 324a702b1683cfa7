"""What every part of the conductor works on: the session, the crash points, the ledgers that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.engine.faults import Faults, no_faults
from console.engine.ledger import JournalLedger

if TYPE_CHECKING:
    from console.engine.session import Session


class Bench:
    """One session, seen from the parts that act on it."""

    def __init__(self, session: Session, *, faults: Faults = no_faults) -> None:
        self.session = session
        self.trouble = ""
        self._faults = faults
        self._ledgers: dict[str, JournalLedger] = {}

    def ledger(self, name: str) -> JournalLedger | None:
        """The ledger of that name, read once and kept; None for no name."""
        if name and name not in self._ledgers:
            self._ledgers[name] = JournalLedger(self.session.journal, name)
        return self._ledgers.get(name)
