"""One connection to a relay that takes one command at a time: aiosmtplib's own loop, behind the face that `pipeline.Line` has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.channels.live.smtp import Answer

if TYPE_CHECKING:
    from console.channels.live.dispatcher import Dispatcher
    from console.channels.live.smtp import Connection
    from console.channels.protocol import Recipient


class _NotClaimed(Exception):
    """The claim was not made; nothing may be sent."""


class PlainLine:
    """The envelope loop of one connection; see `pipeline.Line`."""

    def __init__(self, dispatcher: Dispatcher, connection: Connection) -> None:
        self._dispatcher = dispatcher
        self._connection = connection
        self._claim: asyncio.Future[bool] | None = None
        self._leaving = False
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether anything can still be sent on it."""
        return self._connection.alive

    @property
    def fresh(self) -> bool:
        """Until a message has been answered on it."""
        return self._connection.fresh

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way on it."""
        return self._task is None or self._task.done()

    def begin(self) -> None:
        """Take the next recipient, if there is one and nothing is on its way."""
        if not self.idle or self._leaving:
            return
        if not self.alive:  # it went while it was idle
            self._dispatcher.ended(self)
        elif (recipient := self._dispatcher.following()) is not None:
            self._task = asyncio.get_running_loop().create_task(self._serve(recipient))

    def go(self) -> None:
        """The claim is durable."""
        if self._claim is not None and not self._claim.done():
            self._claim.set_result(True)

    def never(self) -> None:
        """The claim was not made."""
        if self._claim is not None and not self._claim.done():
            self._claim.set_result(False)

    def leave(self) -> None:
        """Finish what is on its way, then part politely."""
        if not self._leaving and self.idle:
            self._task = asyncio.get_running_loop().create_task(self._part())
        self._leaving = True

    def cut(self, why: str) -> None:
        """Close without a word; what was on its way is answered for."""
        del why
        self._connection.cut()

    async def _serve(self, recipient: Recipient | None) -> None:
        while recipient is not None:
            answer = await self._deliver(recipient)
            if answer is not None:
                self._dispatcher.answered(recipient, answer, self)
            if not self.alive:
                self._dispatcher.ended(self)
                return
            recipient = None if self._leaving else self._dispatcher.following()
        if self._leaving:
            await self._part()

    async def _deliver(self, recipient: Recipient) -> Answer | None:
        message = self._dispatcher.message(recipient)

        async def claim() -> None:
            self._claim = asyncio.get_running_loop().create_future()
            self._dispatcher.claim(recipient, self)
            if not await self._claim:
                raise _NotClaimed

        try:
            return await self._connection.deliver(
                self._dispatcher.sender(recipient), recipient.address, message, claim
            )
        except _NotClaimed:
            return None

    async def _part(self) -> None:
        await self._connection.quit()
        self._dispatcher.ended(self)
