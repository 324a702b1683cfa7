"""What an officer's act sets going: gates with the gatekeeper, effects with the channels, checks and the watch."""

from __future__ import annotations

from typing import Final

from console.engine.alerts import Alerts
from console.engine.gates import Gates
from console.engine.holding import Holding
from console.engine.once_more import OnceMore
from console.engine.returned import Returns
from console.errors import ConsoleError

LOOP_EVERY: Final = 1_000


class Conductor(Alerts, Gates, Returns, Holding, OnceMore):
    """Carries out what a session has decided. One per session and process."""

    async def run(self) -> None:
        """Beat until cancelled; what goes wrong is said in `trouble`, and the next beat tries again."""
        while True:
            try:
                await self.beat()
            except ConsoleError as error:
                self.trouble = error.diagnostics()
            await self.session.clock.sleep(LOOP_EVERY)
