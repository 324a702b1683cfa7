"""Claims and outcomes of all connections, on their way into the ledger: one commit at a time, whatever came meanwhile in the next.

A claim is answered with `line.go` once it is durable. What a relay said rides with the next claims, or goes alone soon. Where the
disk is slow, the next commit waits a little for those connections whose answers are about to come: fewer commits carry more.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol, Self

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.channels.protocol import Told, Waiting

LINGER: Final = 0.05  # seconds an outcome waits for a claim to ride with
SLOW: Final = 0.002  # seconds of a commit, from which on the next one gathers
GATHER: Final = 0.25  # of the time that the last commit took
MOST_TOLD: Final = 5_000


class Claimant(Protocol):
    """What waits for a claim."""

    def go(self) -> None:
        """It is durable."""
        ...

    def never(self) -> None:
        """It was not made."""
        ...


class Gate:
    """What stands between the connections and the ledger.

    Args:
        ledger: where it is kept.
        trouble: called with words when the ledger cannot be written or another console is sending; nothing is claimed after it.

    Attributes:
        claimed: how many claims were made.
    """

    def __init__(self, ledger: Waiting, trouble: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._trouble = trouble
        self._told: list[Told] = []
        self._claims: list[int] = []
        self._claimants: list[Claimant] = []
        self._work = asyncio.Event()
        self._claim = asyncio.Event()
        self._still = asyncio.Event()
        self._shut = False
        self._task: asyncio.Task[None] | None = None
        self.claimed = 0

    def __enter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()

    def told(self, told: Told) -> None:
        """Keep the server's word on one."""
        self._told.append(told)
        self._work.set()
        if len(self._told) >= MOST_TOLD:
            self._claim.set()

    def claim(self, n: int, claimant: Claimant) -> None:
        """Claim one; the claimant hears of it, but never from within this call."""
        self._claims.append(n)
        self._claimants.append(claimant)
        self._work.set()
        self._claim.set()

    async def drained(self) -> None:
        """Return when everything told is in the ledger, or cannot be."""
        while self._told or self._claims:
            self._claim.set()
            self._work.set()
            self._still.clear()
            await self._still.wait()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        took = 0.0
        while True:
            await self._work.wait()
            if not self._claim.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._claim.wait(), LINGER)
            if took > SLOW:
                await asyncio.sleep(min(took, LINGER) * GATHER)
            begun = loop.time()
            await self._commit()
            took = loop.time() - begun
            self._still.set()

    async def _commit(self) -> None:
        told, self._told = self._told, []
        claims, self._claims = self._claims, []
        claimants, self._claimants = self._claimants, []
        self._work.clear()
        self._claim.clear()
        made = not self._shut
        try:
            await self._ledger.commit(told, claims if made else [])
        except Exception as error:  # noqa: BLE001 - whatever it is: nothing may be sent that is not durably claimed
            made, self._shut = False, True
            self._trouble(
                error.what
                if isinstance(error, ConsoleError)
                else f"The ledger failed: {type(error).__name__}."
            )
        self.claimed += len(claims) if made else 0
        for claimant in claimants:
            if made:
                claimant.go()
            else:
                claimant.never()
