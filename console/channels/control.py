"""What a person may do to a mailing that is on its way, and what it says of itself; whatever carries it out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.clock import Clock


class Control:
    """What a person may do to a mailing that is on its way: hold it, let it go on, end it.

    Those who are not claimed yet keep waiting in the ledger, whatever is done here.

    Attributes:
        note: what the transport is at besides sending, for a person: how many connections, whom it leaves alone and why.
    """

    def __init__(self) -> None:
        self._stopped = ""
        self._going = asyncio.Event()
        self._going.set()
        self._ended = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []
        self.note = ""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have this called after each pause, resume and stop."""
        self._watchers.append(watcher)

    def _changed(self) -> None:
        for watcher in self._watchers:
            watcher()

    @property
    def paused(self) -> bool:
        """Whether it is held."""
        return not self._going.is_set()

    @property
    def stopped(self) -> str:
        """Why it was ended, for a person; empty while it goes on."""
        return self._stopped

    def pause(self) -> None:
        """Hold it: nobody else is claimed until `resume`. One that was ended stays ended."""
        if not self._stopped:
            self._going.clear()
            self._changed()

    def resume(self) -> None:
        """Let it go on."""
        self._going.set()
        self._changed()

    def stop(self, words: str) -> None:
        """End it, held or not; the first reason stays."""
        self._stopped = self._stopped or words or "It was stopped."
        self._ended.set()
        self._going.set()
        self._changed()

    async def turn(self) -> None:
        """Return when it may go on, or when it was ended: ask `stopped` next."""
        await self._going.wait()

    async def rest(self, clock: Clock, ms: int) -> None:
        """Wait `ms` milliseconds of this clock; less when it is ended meanwhile."""
        waits = (asyncio.ensure_future(clock.sleep(ms)), asyncio.ensure_future(self._ended.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


class Holdable(Protocol):
    """A channel whose mailings can be held."""

    def control(self, recipients: str) -> Control | None:
        """What holds or ends the mailing kept in the ledger of that name; None when it is not on its way here."""
        ...
