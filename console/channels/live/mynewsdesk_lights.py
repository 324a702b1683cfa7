"""Whether a newsroom's item is gone: four lights, each told apart, none judged while Mynewsdesk's cache may still speak.

`view` no longer has it, `list` lacks it, the public feed lacks it, and its public page is gone or shows its headline no more.
"Expect a delay of up to 60 seconds" says the documentation of `webservice_pressroom`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.channels.live.lights import GONE, THERE, UNSEEN, Light, Patience, on_page, told
from console.channels.live.newsroom import item_of, listed
from console.channels.live.pressroom import ORDERS, Pressroom, time_of
from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Order, Seen
from console.incident.newsroom import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock


class FourLights(Pressroom):
    """The check `absent` of a newsroom."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._checks = {"absent": self._absent}
        self._patience = Patience()

    async def _absent(self, order: Order) -> Seen:
        ref = self._meant(order.item)
        if not ref.name:
            return Seen(
                "cannot-see", "It does not say which item is meant. Give the link of its public page."
            )
        now = self._clock.now()
        early = self._patience.early(ref.name, now.boot)
        if early:
            return Seen(
                "cannot-see",
                "Mynewsdesk may show for a minute what is gone already. "
                f"The first look is at {time_of(now.wall + early)}.",
            )
        # The other three tell the newsroom's name and the headline that the page is searched for.
        three = await asyncio.gather(self._on_view(ref), self._on_list(ref), self._in_feed(ref))
        lights = (*three, await self._on_page(ref))
        verdict = self._patience.judged(ref.name, lights, self._clock.now().boot)
        old = verdict == "cannot-see" and any(light.says == THERE for light in lights)
        words = "What is shown may be old, looking again. " if old else ""
        return Seen(verdict, words + told(lights))

    async def _on_view(self, ref: Ref) -> Light:
        """`view`: 404, or an answer without the item."""
        heard = await self._heard(self._view(ref))
        if heard.status in (404, 410):
            return Light("view", GONE, heard.why, heard.kept)
        shown = listed(heard.table(), ref.media)
        self._learn(shown.items)
        if any(ref.may_be(item.ref) for item in shown.items):
            return Light("view", THERE, heard.why, heard.kept)
        if shown.whole and not shown.items:
            return Light("view", GONE, "its answer has no item", heard.kept)
        return Light("view", UNSEEN, heard.why, heard.kept)

    async def _on_list(self, ref: Ref) -> Light:
        """`list`, whole and without it, as published last and as touched last. A 404 here says that the key is not known."""
        both = await asyncio.gather(*(self._list(ref.media, order) for order in ORDERS))
        kept = ", ".join(heard.kept for heard, _ in both if heard.kept)
        if any(ref.may_be(item.ref) for _, found in both for item in found.items):
            return Light("list", THERE, "it is on the list", kept)
        for heard, found in both:
            if not found.whole:
                why = "the key is not known" if heard.status == 404 else "no whole list came"
                return Light("list", UNSEEN, f"{why}, {heard.why}", kept)
        return Light("list", GONE, f"it is none of {max(len(found.items) for _, found in both)}", kept)

    async def _in_feed(self, ref: Ref) -> Light:
        """The public feed, read whole and without it."""
        heard, found = await self._feed()
        if found is None:
            return Light("feed", UNSEEN, heard.why if heard.status != 200 else "it is no feed", heard.kept)
        if any(ref.may_be(item_of(entry).ref) for entry in found.entries):
            return Light("feed", THERE, "it is in the feed", heard.kept)
        return Light("feed", GONE, f"it is none of {len(found.entries)}", heard.kept)

    async def _on_page(self, ref: Ref) -> Light:
        """The public page, as anybody sees it."""
        known = self._known.get(ref.name)
        link = ref.link or (known.ref.link if known is not None else "")
        if not link:
            return Light("page", UNSEEN, "the address of its page is not known here")
        try:
            answers = await self._public(link)
        except (NotSent, Lost) as error:
            return Light("page", UNSEEN, str(error))
        says, why = on_page(answers[-1], known.header if known is not None else "", self._names)
        return Light("page", says, why, answers[-1].kept)
