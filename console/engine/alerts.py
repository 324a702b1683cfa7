"""Channels that tell at once that something happened: their alarm makes the watch look. What it finds is what counts, never the alarm."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from console.engine.faults import Faults, no_faults
from console.engine.noting import Noting
from console.engine.workbench import Ready

if TYPE_CHECKING:
    from console.channels.protocol import Channel
    from console.engine.session import Session


class Alerts(Noting):
    """Listens to the channels of one session that have `alerts`, as long as the incident is open and its beats go on.

    `async def alerts(self)` of a channel yields a word for each thing that happened, and ends where there is nothing to listen to.
    """

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._listening: dict[str, tuple[Channel, asyncio.Task[None]]] = {}
        self._ears: set[asyncio.Task[None]] = set()  # those that end, too

    async def beat(self) -> None:
        """One round, with somebody listening to every channel that tells."""
        self._listen()
        await super().beat()

    def _listen(self) -> None:
        """Listen to the channels that there are; settings may have put others in their places."""
        ended = self.session.state.end is not None
        channels = {} if ended else self.session.channels
        for name, (channel, task) in list(self._listening.items()):
            if channels.get(name) is not channel:
                task.cancel()
                del self._listening[name]
        for name, channel in channels.items():
            if name not in self._listening and hasattr(channel, "alerts"):
                task = asyncio.create_task(self._hear(channel), name=f"listen to {name}")
                self._listening[name] = (channel, task)
                self._ears.add(task)
                task.add_done_callback(self._ears.discard)

    async def _hear(self, channel: Any) -> None:
        try:
            async with aclosing(channel.alerts()) as alerts:
                async for _ in alerts:
                    self._alarmed.add(channel.name)  # the next beat, within a second, looks there
        except Exception as error:  # noqa: BLE001 - the boundary to the world: a channel that breaks its word is watched all the same
            self.trouble = (
                f"{channel.name} tells nothing at once any more ({type(error).__name__}). The watch goes on."
            )

    async def stop(self) -> None:
        """Listen no more, and stop everything else."""
        self._listening.clear()
        for task in self._ears:
            task.cancel()
        await asyncio.gather(*self._ears, return_exceptions=True)
        await super().stop()
