"""Who comes next in a mailing, read from the ledger a page ahead of the connections."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from console.channels.protocol import Recipient, Waiting

FULL: Final = 1_000
LOW: Final = 400


class ReadAhead:
    """A queue of people that is kept filled.

    Args:
        ledger: where they wait.
        filled: called when there are more, or no more.
        trouble: called with words when the ledger cannot be read.

    Attributes:
        people: who comes next; may be put back at its front.
        dry: whether everybody waiting was read.
    """

    def __init__(self, ledger: Waiting, filled: Callable[[], None], trouble: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._filled = filled
        self._trouble = trouble
        self._hunger = asyncio.Event()
        self._source: AsyncIterator[Recipient] | None = None
        self._task: asyncio.Task[None] | None = None
        self.people: deque[Recipient] = deque()
        self.dry = False

    @property
    def over(self) -> bool:
        """Whether nobody is left."""
        return self.dry and not self.people

    def hungry(self) -> None:
        """It is eaten up soon."""
        self._hunger.set()

    def begin(self) -> None:
        """Read from the beginning."""
        self.people.clear()
        self.dry = False
        self._hunger.set()
        self._source = self._ledger.waiting()
        self._task = asyncio.get_running_loop().create_task(self._feed(self._source))

    async def end(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(self._source, AsyncGenerator):
            await self._source.aclose()

    async def _feed(self, source: AsyncIterator[Recipient]) -> None:
        try:
            while not self.dry:
                await self._hunger.wait()
                self._hunger.clear()
                if len(self.people) >= FULL:
                    continue
                while len(self.people) < FULL and not self.dry:
                    recipient = await anext(source, None)
                    if recipient is None:
                        self.dry = True
                    else:
                        self.people.append(recipient)
                self._filled()
        except ConsoleError as error:
            self.dry = True
            self._trouble(error.what)
