"""What stands on an account at X, read so that a night of watching costs cents: the newest posts now and then, else only what is new.

X shows a post up to a minute late, so a post may come behind one that is newer. What was read is asked for again until nothing older
than it can come any more. X charges for the same post once a UTC day, so that to look again whether the newest ones still stand there
costs nothing but once after midnight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.channels.live.web import Lost, NotSent
from console.channels.live.x_answers import id_in, id_time, published, reposted, same, words
from console.channels.live.x_calls import MINUTE, PAGE, XCalls, dated, timeline_in
from console.channels.live.x_needs import BEARER
from console.channels.protocol import WATCH, Sighting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

DAY: Final = 24 * 60 * MINUTE  # within it X takes the same words once only
LATEST: Final = 2 * MINUTE  # ms after which nothing older than a post that is shown can come any more
AFRESH: Final = 10 * MINUTE  # ms after which the newest page is read again, for what went
MOST_KEPT: Final = 1_000  # posts


class XReading(XCalls):
    """What is read of an account at X."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._spoken: dict[str, str] = {}  # what this process tried to post, by effect
        self._standing: dict[str, dict[str, Any]] = {}  # posts that were read, by number
        self._since: dict[str, int] = {}  # boot ms when each was first read
        self._upto = ""  # the number up to which nothing can come any more
        self._page_at = -1  # boot ms when the newest page was last read; -1 before the first time
        self._deleted_at = -LATEST  # boot ms when X last told that something was deleted

    async def read(self) -> tuple[Sighting, ...] | None:
        """The posts of the last day and more, reposts among them, newest first; None when the timeline cannot be read.

        X is asked for what is new, and every ten minutes, or when it told of a deletion, for the newest page again: a post that others
        took away stands among them until then, and where it is older than that page for good.
        """
        try:
            posts = await (self._newest() if self._is_stale() else self._news())
        except (NotSent, Lost) as error:
            self.notes[WATCH] = str(error)
            return None
        self.notes.pop(WATCH, None)
        now = self._clock.now().boot
        for post in posts:
            self._standing[id_in(post)] = post
            self._since.setdefault(id_in(post), now)
        self._settle(now)
        newest = sorted(self._standing, key=int, reverse=True)
        for ident in newest[MOST_KEPT:]:
            self._not_standing(ident)
        return tuple(map(self._sighting, (self._standing[each] for each in newest[:MOST_KEPT])))

    def _is_stale(self) -> bool:
        """Whether the newest page is to be read again; after a deletion until X must show it."""
        if self._page_at < 0:
            return False
        now = self._clock.now().boot
        return now - self._page_at >= AFRESH or self._page_at < self._deleted_at + LATEST

    async def _news(self) -> list[dict[str, Any]]:
        """What came since the last look; at the first the posts of a day and more. Raises NotSent, Lost."""
        now = self._clock.now()
        posts, _, _ = await self._timeline(since=self._upto, back=now.wall - DAY)
        self._page_at = now.boot if self._page_at < 0 else self._page_at
        return posts

    async def _newest(self) -> list[dict[str, Any]]:
        """The newest page, and what is new behind it; what it does not show although it reaches so far stands there no more.

        Raises NotSent, Lost.
        """
        now, known = self._clock.now(), tuple(self._standing)
        posts, whole, _ = await self._timeline(pages=1)
        if not posts and not whole:
            return await self._news()  # it does not say how far it reaches
        shown = {id_in(each) for each in posts}
        oldest = 0 if whole else min(map(int, shown))
        if oldest > int(self._upto or 0):
            behind, _, _ = await self._timeline(since=self._upto, until=str(oldest), back=now.wall - DAY)
            posts += behind
        self._page_at = now.boot
        for ident in known:
            if int(ident) >= oldest and ident not in shown:
                self._not_standing(ident)
        return posts

    async def likes(self) -> tuple[Sighting, ...] | None:
        """The posts that the account liked last, whosever they are, the newest like first; None where that cannot be read.

        X shows them to the account alone. It does not tell when they were liked: `published` is the post's own time.
        """
        if self._access.way == BEARER:
            return None
        try:
            path = f"/2/users/{await self._prove()}/liked_tweets"
            answer = await self._named(path, timeline_in({"max_results": str(PAGE)}), dated, outside=False)
            posts = self._page(answer)
        except (NotSent, Lost):
            return None
        return tuple(
            Sighting(id_in(each), words(each), f"https://x.com/i/status/{id_in(each)}", published(each))
            for each in posts
        )

    def _settle(self, now: int) -> None:
        """Note up to which post nothing can come any more: it was first read long ago, or is much older than one that X shows."""
        newest = max(map(id_time, self._standing), default=0)
        settled = (
            int(each)
            for each, since in self._since.items()
            if now - since >= LATEST or id_time(each) < newest - LATEST
        )
        self._upto = str(max(settled, default=0) or self._upto)

    def _not_standing(self, ident: str) -> None:
        """It is known to be gone."""
        self._standing.pop(ident, None)
        self._since.pop(ident, None)

    def _sighting(self, post: dict[str, Any]) -> Sighting:
        return Sighting(id_in(post), self._words(post), self._link(id_in(post)), published(post))

    def _words(self, post: dict[str, Any]) -> str:
        """A post's words; exactly as they were given where they are our own, whatever X made of links in them."""
        return next((text for text in self._spoken.values() if same(post, text)), words(post))

    def _link(self, ident: str) -> str:
        return f"https://x.com/{self._handle}/status/{ident}"

    def _source(self, ident: str) -> str:
        """The post that one that was read reposts; empty when it reposts none, or was not read."""
        return reposted(self._standing.get(ident, {}))
