"""What can be read of a Mastodon account: by anybody, and with its own eyes."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from console.channels.live.arrivals import key_of
from console.channels.live.mastodon_answers import account_in, id_of, ids, profile, same_words, sighting
from console.channels.live.social import Social, rows, said, wall_of
from console.channels.live.web import Answer, Lost, NotSent, fetch, send
from console.channels.protocol import Order, Sighting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

A_PAGE: Final = 40  # the most that methods/accounts#statuses gives at once
PAGES: Final = 3
HORIZON: Final = 3 * 86_400_000  # ms: reading stops where a page is older
SEARCHED: Final = 10  # pages that are looked through for our own words
RECENT: Final = 86_400_000  # ms: how old our own words may be where it is not known when they were sent
MARGIN: Final = 120_000  # ms between the server's clock at one request and the next
MOST_MEDIA: Final = 4
TOKEN: Final = "access-token"  # noqa: S105 - its name
HANDLE: Final = re.compile(r"@?([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@[A-Za-z0-9.-]+)?")
_REACH: Final = {"likes": "favourites_count", "reposts": "reblogs_count", "replies": "replies_count"}


@dataclass
class Walked:
    """What was read of an account's statuses.

    Attributes:
        first: the first answer.
        statuses: newest first.
        oldest: the wall ms, by the server's clock, back to which it was wanted.
        readable: at least one page was a page.
        whole: all that is newer was read.
    """

    first: Answer | None = None
    statuses: list[dict[str, Any]] = field(default_factory=list)
    oldest: int = 0
    readable: bool = False
    whole: bool = False


class MastodonReading(Social):
    """The looking half of a Mastodon channel."""

    kind = "mastodon"
    title = "Mastodon"

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        found = HANDLE.fullmatch(settings.get("handle", ""))
        self._local = found[1] if found else ""
        self._account = ""

    async def read(self) -> tuple[Sighting, ...] | None:
        """What stands on the account, newest first, boosts included; with our own eyes where we have them."""
        found = await self._read_as(own=True)
        return found if found is not None else await self._read_as(own=False)

    async def likes(self) -> tuple[Sighting, ...] | None:
        """The posts that the account marked as favourites last, whosever they are; None where that cannot be read.

        methods/favourites, scope read:favourites. It does not tell when: `published` is the post's own time.
        """
        with suppress(NotSent, Lost):
            answer = await self._get("/api/v1/favourites", await self._bearer(), limit=str(A_PAGE))
            found = answer.json() if answer.ok else None
            if isinstance(found, list) and len(rows(found)) == len(found):
                return tuple(each for each in map(sighting, found) if each is not None)
        return None

    async def _read_as(self, *, own: bool) -> tuple[Sighting, ...] | None:
        with suppress(NotSent, Lost):
            head = await self._bearer() if own else {}
            account = await self._own_id() if own else await self._public_id()
            walked = await self._walk(account, head, HORIZON, PAGES)
            if walked.readable:
                seen = dict.fromkeys(each for each in map(sighting, walked.statuses) if each is not None)
                return tuple(sorted(seen, key=lambda each: -each.published))
        return None

    async def _walk(
        self, account: str, head: Mapping[str, str], ago: int, pages: int, **query: str
    ) -> Walked:
        """Read an account's statuses, newest first, until one is older than `ago` ms by the server's own clock."""
        walked = Walked()
        before: dict[str, str] = {}
        for _ in range(pages):
            try:
                answer = await self._get(
                    f"/api/v1/accounts/{account}/statuses", head, limit=str(A_PAGE), **query, **before
                )
            except (NotSent, Lost):
                if walked.first is None:
                    raise
                break
            if walked.first is None:
                walked.first, walked.oldest = answer, _server_time(answer, self._clock.now().wall) - ago
            page = answer.json() if answer.ok else None
            if not isinstance(page, list) or len(rows(page)) < len(page):
                break
            walked.readable = True
            walked.statuses += page
            last = said(page[-1].get("id")) if page else ""
            walked.whole = not page or 0 < wall_of(page[-1].get("created_at")) < walked.oldest
            if walked.whole or not last.isdecimal() or before == {"max_id": last}:
                break
            before = {"max_id": last}
        return walked

    async def _own_words(self, order: Order) -> tuple[Answer, str | None]:
        """The id of our own post with an order's words; empty when there is none, None when that cannot be told.

        A post that is older than the order's first try, or that another effect made, is another one with the same words.
        """
        begun = self._begun.get(key_of(order))
        ago = (self._clock.now().boot - begun if begun is not None else RECENT) + MARGIN
        account = await self._own_id()
        walked = await self._walk(account, await self._bearer(), ago, SEARCHED, exclude_reblogs="true")
        assert walked.first is not None
        for each in walked.statuses:
            remote = said(each.get("id"))
            recent = wall_of(each.get("created_at")) >= walked.oldest
            ours = self._made.get(remote, key_of(order)) == key_of(order)
            if recent and ours and same_words(order.text, each.get("content")):
                return walked.first, None if self._contested(order, remote) else remote or None
        return walked.first, "" if walked.whole else None

    def _contested(self, order: Order, remote: str) -> bool:
        """Whether a post may as well be another effect's that is in doubt with the same words."""
        others = [words for key, words in self._unsettled.items() if key != key_of(order)]
        return remote not in self._made and order.text in others

    async def _pins(self, account: str, head: Mapping[str, str] | None = None) -> tuple[str, ...] | None:
        """The ids of what is pinned on an account; None when that cannot be read."""
        answer = await self._get(
            f"/api/v1/accounts/{account}/statuses", head, pinned="true", limit=str(A_PAGE)
        )
        return ids(answer.json()) if answer.ok and isinstance(answer.json(), list) else None

    async def profile(self) -> dict[str, str]:
        """What a baseline compares later; empty when it cannot be read."""
        with suppress(NotSent, Lost):
            answer = await self._get("/api/v1/accounts/lookup", acct=self._local)
            if not answer.ok:
                answer = await self._get("/api/v1/accounts/verify_credentials", await self._bearer())
            account = account_in(answer)
            return profile(answer.table(), await self._pins(account))
        return {}

    async def capture(self, item: str) -> dict[str, str]:
        """Fetch everything about one post: its JSON, its earlier versions, its public page, its pictures.

        Returns:
            Names of what was kept, what is `missing` of it and why, and the reach: `likes`, `reposts`, `replies`.

        Raises:
            NotSent, Lost: the post itself could not be fetched.
        """
        post = id_of(item, self._base)
        if not post:
            raise NotSent("It names no post on this server.")
        answer = await self._get(f"/api/v1/statuses/{post}")
        if not answer.ok:
            answer = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
        status = answer.table() if answer.ok else {}
        if said(status.get("id")) != post:
            raise Lost(f"The post could not be read: the server answered {answer.status}.")
        pages = {}
        if said(status.get("visibility")) in ("public", "unlisted"):
            pages["page"] = said(status.get("url")) or said(status.get("uri"))
        for number, media in enumerate(rows(status.get("media_attachments"))[:MOST_MEDIA], 1):
            pages[f"medium-{number}"] = said(media.get("url"))
        found, missing = {"api": answer.kept}, []
        for name, link in {"history": f"{self._base}/api/v1/statuses/{post}/history", **pages}.items():
            try:
                found[name] = (await fetch(self._client(), link))[-1].kept
            except (NotSent, Lost) as error:
                missing.append(f"{name}: {error}")
        reach = {name: said(status.get(field)) for name, field in _REACH.items()}
        return {**found, **({"missing": "; ".join(missing)} if missing else {}), **reach}

    # -- requests ----------------------------------------------------------------------------------------------------

    async def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._told(TOKEN, 'access token')}"}

    async def _get(self, path: str, head: Mapping[str, str] | None = None, **query: str) -> Answer:
        return await send(self._client(), "GET", path, headers=dict(head or {}), params=query)

    async def _own_view(self, path: str) -> Answer | None:
        """The account's own view, which no cache answers; None when it cannot be had."""
        with suppress(NotSent, Lost):
            return await self._get(path, await self._bearer())
        return None

    async def _own_id(self) -> str:
        if not self._account:
            self._account = account_in(
                await self._get("/api/v1/accounts/verify_credentials", await self._bearer())
            )
        return self._account

    async def _public_id(self) -> str:
        return self._account or account_in(await self._get("/api/v1/accounts/lookup", acct=self._local))


def _server_time(answer: Answer, wall: int) -> int:
    """What time it was at the server (RFC 9110 section 6.6.1); ours where it does not say."""
    with suppress(ValueError, TypeError, OverflowError):
        return int(parsedate_to_datetime(answer.headers.get("date", "")).timestamp() * 1_000)
    return wall
