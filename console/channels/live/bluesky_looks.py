"""Looking at what a Bluesky account shows: into doubts on its own server, and at claims from outside as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.channels.live.bluesky_answers import (
    POST,
    PROFILE,
    SUSPENDED,
    address,
    error_of,
    of_feed,
    pin_of,
    pinned_in,
    place,
    shown,
    tid,
)
from console.channels.live.bluesky_reading import A_PAGE, BlueskyReading, Record
from console.channels.live.social import digest, rows
from console.channels.live.web import Answer, NotSent, canonical
from console.channels.protocol import Order, Seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock


class BlueskyLooking(BlueskyReading):
    """The probes and checks of a Bluesky channel."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._probes = {
            "post": self._was_posted,
            "pin": lambda order: self._was_pinned(order, wanted=True),
            "unpin": lambda order: self._was_pinned(order, wanted=False),
            "delete": self._was_deleted,
        }
        self._checks = {
            "absent": self._absent,
            "pinned": lambda order: self._pinned(order, wanted=True),
            "unpinned": lambda order: self._pinned(order, wanted=False),
        }

    # -- looks into doubts -------------------------------------------------------------------------------------------

    async def _was_posted(self, order: Order) -> Seen:
        rkey = tid(digest(order))
        found = await self._record(POST, rkey)
        if found.value is not None and found.value.get("text") != order.text:
            return Seen("cannot-see", f"Another text stands under its name. {found.answer.proof()}")
        uri = address(await self._own_did(), POST, rkey)
        return self._settled(order, found.stands, found.answer.proof(), uri)

    async def _was_deleted(self, order: Order) -> Seen:
        where = await self._place(order.item)
        if where is None:
            return Seen("cannot-see", "it names nothing of this account")
        found = await self._record(*where)
        gone = None if found.stands is None else not found.stands
        return self._settled(order, gone, found.answer.proof(), order.item)

    async def _was_pinned(self, order: Order, *, wanted: bool) -> Seen:
        uri = address(await self._own_did(), POST, await self._meant(order))
        found = await self._profile_record()
        pinned = None if found.stands is None else pin_of(found.value or {}) == uri
        happened = None if pinned is None else pinned is wanted
        return self._settled(order, happened, found.answer.proof(), uri)

    # -- looks from outside ------------------------------------------------------------------------------------------

    async def _absent(self, order: Order) -> Seen:
        where = await self._place(order.item)
        if where is None:
            return Seen("cannot-see", "it names nothing of this account")
        uri = address(await self._own_did(), *where)
        public, seen = await self._shown(uri, where[0])
        own = await self._own_record(*where)
        stands = own.stands if own is not None else None
        raw = _both(public, own)
        if seen is False and stands is not False:
            state = error_of(await self._public("app.bsky.actor.getProfile", actor=await self._own_did()))
            if state in SUSPENDED:
                stands, raw = None, f"The account is suspended, and hides it as long as that lasts. {raw}"
        return self._weighed(
            f"absent {uri}",
            outside=None if seen is None else not seen,
            inside=None if stands is None else not stands,
            raw=raw,
        )

    async def _shown(self, uri: str, collection: str) -> tuple[Answer, bool | None]:
        """Whether the public sees it: a post by its name, anything else in the author's feed."""
        if collection == POST:
            answer = await self._public("app.bsky.feed.getPosts", uris=uri)
            return answer, shown(answer, uri)
        answer = await self._public(
            "app.bsky.feed.getAuthorFeed", actor=await self._own_did(), limit=str(A_PAGE)
        )
        feed = answer.table().get("feed") if answer.ok else None
        found = [each.remote for each in map(of_feed, rows(feed)) if each is not None]
        return answer, uri in found if isinstance(feed, list) else None

    async def _pinned(self, order: Order, *, wanted: bool) -> Seen:
        where = await self._place(order.item)
        if where is None or where[0] != POST:
            return Seen("cannot-see", "which post is meant is not said")
        did = await self._own_did()
        uri = address(did, *where)
        public = await self._public("app.bsky.feed.getAuthorFeed", actor=did, includePins="true", limit="10")
        seen = pinned_in(public)
        own = await self._own_record(PROFILE, "self")
        pinned = None if own is None or own.stands is None else pin_of(own.value or {}) == uri
        return self._weighed(
            f"pinned {wanted} {uri}",
            outside=None if seen is None else (seen == uri) is wanted,
            inside=None if pinned is None else pinned is wanted,
            raw=_both(public, own),
            value=uri if wanted else "",
        )

    # -- what an order is about --------------------------------------------------------------------------------------

    async def _meant(self, order: Order) -> str:
        """The key of the post a pin is about: the item, or else our own recent post with the text; raises NotSent."""
        where = await self._place(order.item)
        if where is None and not order.item and order.text:
            feed = await self._public(
                "app.bsky.feed.getAuthorFeed", actor=await self._own_did(), limit=str(A_PAGE)
            )
            for seen in map(of_feed, rows(feed.table().get("feed") if feed.ok else None)):
                if seen is not None and seen.words == order.text and where is None:
                    where = await self._place(seen.remote)
        if where is None or where[0] != POST:
            raise NotSent("which post is meant is not said, or it is not this account's.")
        return where[1]

    async def _place(self, item: str) -> tuple[str, str] | None:
        names = [await self._own_did(), self._handle]
        if self._session is not None:
            names.append(self._session.handle)
        return place(item, names)


def _both(public: Answer, own: Record | None) -> str:
    """What the public view and the account's server answered, as a raw answer."""
    inside = {"status": own.answer.status, "kept": own.answer.kept} if own is not None else None
    return canonical({"public": {"status": public.status, "kept": public.kept}, "own": inside})
