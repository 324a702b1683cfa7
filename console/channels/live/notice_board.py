"""The verbs `banner` and `banner-off`: the approved words in a folder that the website's pages include."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final, TypeVar

from console.channels.live.notice import (
    HalfDone,
    Unsayable,
    is_empty,
    notice_of,
    put_up,
    same,
    standing,
    take_down,
)
from console.channels.live.web import canonical
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.clock import Clock

_T = TypeVar("_T")


class NoticeBoard:
    """One folder.

    Args:
        settings: the channel's; `notice-folder` is the folder.
        clock: for the notice's times.
        longest: seconds that the folder may take: it may be another machine's.
    """

    def __init__(self, settings: Mapping[str, str], clock: Clock, longest: float) -> None:
        self._settings = settings
        self._folder: Final = settings["notice-folder"]
        self._clock = clock
        self._longest = longest

    async def put_up(self, order: Order) -> Outcome:
        """Put the notice up, unless just this one stands already."""
        try:
            notice = notice_of(order, self._settings, self._clock.now().wall)
        except Unsayable as error:
            return Failed(str(error))
        try:
            stands, whole = await self._apart(lambda: standing(self._folder))
            if stands is not None and whole and same(stands, notice):
                return Done(canonical({"folder": self._folder, "stands since": stands.since}))
            return Done(await self._apart(lambda: put_up(self._folder, notice)))
        except HalfDone as error:
            return InDoubt(f"The files could not all be put in their places: {error}.")
        except TimeoutError:
            return InDoubt(f"The folder did not answer within {self._longest:g} s.")
        except OSError as error:
            return Failed(f"The folder did not take it: {error.strerror}.")

    async def take_down(self, order: Order) -> Outcome:
        """Take this incident's notice down; another one's stays."""
        try:
            stands, _ = await self._apart(lambda: standing(self._folder))
            if stands is None and await self._apart(lambda: is_empty(self._folder)):
                return Done(canonical({"folder": self._folder, "stands": ""}))
            if stands is None or stands.incident != order.incident:
                whose = (
                    f"The notice of {visible(stands.incident)}"
                    if stands
                    else "Something that no console put up"
                )
                return Failed(f"{whose} stands there, not ours. It was left as it is.")
            return Done(await self._apart(lambda: take_down(self._folder)))
        except HalfDone as error:
            return InDoubt(f"The files could not all be put in their places: {error}.")
        except TimeoutError:
            return InDoubt(f"The folder did not answer within {self._longest:g} s.")
        except OSError as error:
            return Failed(f"The folder did not take it: {error.strerror}.")

    async def is_down(self, order: Order) -> Seen:
        """Whether pages include nothing from the folder."""
        del order
        try:
            empty = await self._apart(lambda: is_empty(self._folder))
        except (OSError, TimeoutError) as error:
            return Seen(
                "cannot-see", f"the folder cannot be read: {getattr(error, 'strerror', None) or 'no answer'}"
            )
        return Seen("agrees" if empty else "disagrees", canonical({"folder": self._folder, "empty": empty}))

    async def stands(self, order: Order) -> Seen:
        """Whether the notice stands in the folder, whole."""
        try:
            wanted = notice_of(order, self._settings, self._clock.now().wall)
            found, whole = await self._apart(lambda: standing(self._folder))
        except Unsayable as error:
            return Seen("disagrees", str(error))
        except (OSError, TimeoutError) as error:
            return Seen(
                "cannot-see", f"the folder cannot be read: {getattr(error, 'strerror', None) or 'no answer'}"
            )
        raw = canonical(
            {"stands": found.heading if found else "", "since": found.since if found else "", "whole": whole}
        )
        if found is None or not same(found, wanted):
            return Seen("disagrees", raw)
        return Seen("agrees" if whole else "disagrees", raw)

    async def tried(self) -> tuple[bool, str]:
        """Whether the folder is there and may be written to; nothing is written."""
        try:
            await self._apart(lambda: standing(self._folder))
            able = await self._apart(lambda: os.access(self._folder, os.W_OK | os.X_OK))
        except (OSError, TimeoutError) as error:
            return (
                False,
                f"The notice folder cannot be used: {getattr(error, 'strerror', None) or 'no answer'}.",
            )
        if not able:
            return False, "The notice folder may not be written to."
        return (
            True,
            "The notice folder can be written to. Whether pages include notice.html is seen once one is up.",
        )

    async def _apart(self, work: Callable[[], _T]) -> _T:
        """Disk work beside the loop; raises TimeoutError when the disk does not answer."""
        async with asyncio.timeout(self._longest):
            return await asyncio.to_thread(work)
