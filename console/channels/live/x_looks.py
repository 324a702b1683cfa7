"""Looking at an account at X from outside: what stands, what is gone, what is pinned, whether our words were posted.

X shows what was posted or deleted up to a minute late, so nothing is decided by one answer that says *none*: see `TWICE` and `SETTLED`.
None of these looks waits; whoever asks again later gets the answer that time allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.channels.live.web import Lost, NotSent, canonical
from console.channels.live.x_answers import (
    figures,
    hides_a_link,
    id_in,
    is_gone,
    is_missing,
    pin_of,
    post_id,
    profile_of,
    published,
    same,
    table_in,
    tables_in,
    text_in,
    words,
)
from console.channels.live.x_calls import MINUTE, XCalls
from console.channels.protocol import Order, Seen, Sighting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.channels.live.x_answers import Names
    from console.clock import Clock

TWICE: Final = 30_000  # ms between two looks that both find nothing
SETTLED: Final = MINUTE  # ms after an attempt from which X shows what came of it
DAY: Final = 24 * 60 * MINUTE  # within it X takes the same words once only
MANY: Final = 100  # posts in one question
USER_FIELDS: Final = (
    "description,entities,location,profile_banner_url,profile_image_url,protected,url,username"
)
POST_FIELDS: Final = "attachments,conversation_id,created_at,edit_controls,entities,lang,possibly_sensitive,public_metrics,reply_settings,source"
LATE: Final = "X may show what was before for up to a minute."
_PIN: Final = "pin"


class XLooks(XCalls):
    """What can be seen of an account at X."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._missed: dict[
            str, int
        ] = {}  # boot ms of the first of the looks, all since in agreement, that found none
        self._asked: dict[
            str, int
        ] = {}  # boot ms of the last attempt at something, or else of the first look for it
        self._spoken: dict[str, str] = {}  # what this process tried to post, by effect

    def _link(self, ident: str) -> str:
        return f"https://x.com/{self._handle}/status/{ident}"

    # -- is it gone --------------------------------------------------------------------------------------------------

    async def _absent(self, order: Order) -> Seen:
        """Whether every post that the order names (numbers or links, spaces between) is gone for everybody."""
        ids = [post_id(each) for each in order.item.split()]
        if not ids or not all(ids):
            return Seen("cannot-see", "It names no post of X.")
        raw: dict[str, Any] = {}
        states = await self._states(ids, raw)
        standing = [ident for ident in ids if states[ident] == "stands"]
        unknown = [ident for ident in ids if states[ident] == "unknown"]
        if not standing and not unknown:
            standing, whole = await self._listed(ids, raw)
            unknown = [] if whole else ids
        for ident in standing:
            self._missed.pop(ident, None)
        if standing:
            return self._still(standing, raw)
        if unknown:
            return Seen("cannot-see", canonical({**raw, "said": "X does not say that they are gone."}))
        if not self._twice(ids):
            return Seen(
                "cannot-see",
                canonical({**raw, "said": "Gone. It counts when they still are in half a minute."}),
            )
        return Seen("agrees", canonical(raw), "0")

    async def _states(self, ids: Sequence[str], raw: dict[str, Any]) -> dict[str, str]:
        """Of each post whether it `stands`, is `gone`, or `unknown`: hidden from us, or no clear answer."""
        states: dict[str, str] = {}
        for at in range(0, len(ids), MANY):
            part = ids[at : at + MANY]
            one = len(part) == 1
            path, query = (
                (f"/2/tweets/{part[0]}", {}) if one else ("/2/tweets", {"ids": ",".join(dict.fromkeys(part))})
            )
            answer = await self._ask("GET", path, outside=True, params=query)
            table = answer.table()
            shown = [table_in(table, "data")] if one else tables_in(table, "data")
            problems = [*tables_in(table, "errors"), table] if answer.status in (200, 404) else []
            there = {id_in(each) for each in shown} if answer.ok else set()
            gone = {is_missing(each) for each in problems}
            states |= {
                ident: "stands" if ident in there else "gone" if ident in gone else "unknown"
                for ident in part
            }
            raw.setdefault("posts", []).append({"status": answer.status, "kept": answer.kept})
        raw["states"] = states
        return states

    async def _listed(self, ids: Sequence[str], raw: dict[str, Any]) -> tuple[list[str], bool]:
        """Which of these posts the timeline lists, and whether all of that part of it was read."""
        numbers = [int(ident) for ident in ids]
        since, until = str(max(min(numbers) - 1, 0)), str(max(numbers) + 1)
        posts, whole, answer = await self._timeline(since=since, until=until)
        listed = sorted({id_in(each) for each in posts} & set(ids))
        raw["timeline"] = {"listed": listed, "whole": whole, "kept": answer.kept}
        return listed, whole

    def _twice(self, what: Sequence[str]) -> bool:
        """Whether an earlier look found none of these either, long enough ago."""
        now = self._clock.now().boot
        return now - max(self._missed.setdefault(each, now) for each in what) >= TWICE

    def _late(self, what: str) -> bool:
        """Whether X may still show what was before: the last attempt at it, or else our first look, is not long ago."""
        now = self._clock.now().boot
        return now - self._asked.setdefault(what, now) < SETTLED

    def _still(self, standing: Sequence[str], raw: dict[str, Any]) -> Seen:
        late = [each for each in standing if self._late(each)]
        if late:
            return Seen("cannot-see", canonical({**raw, "said": LATE}), str(len(standing)))
        return Seen("disagrees", canonical(raw), str(len(standing)))

    # -- what is pinned ----------------------------------------------------------------------------------------------

    async def _account_now(self, *, again: bool = False) -> tuple[dict[str, Any], str]:
        """The account as anybody sees it, with its pin, and where the answer is kept. Raises NotSent, Lost."""
        who = await self._who()
        answer = await self._named(
            f"/2/users/{who}", _account_in, lambda table: bool(pin_of(table)), again=again
        )
        table = answer.table()
        if not answer.ok or id_in(table_in(table, "data")) != who:
            raise Lost(f"X does not show the account. {self._why(answer)}")
        return table, answer.kept

    async def _pinned(self, order: Order) -> Seen:
        """Whether the post that the order names is the one that is pinned."""
        table, kept = await self._account_now()
        pin, wanted = pin_of(table), post_id(order.item)
        raw = {"pinned": pin, "wanted": wanted, "kept": kept}
        if pin:
            self._missed.pop(_PIN, None)
        if wanted and pin == wanted:
            return Seen("agrees", canonical(raw), pin)
        if not wanted or self._late(f"{_PIN} {wanted}"):
            return Seen("cannot-see", canonical({**raw, "said": LATE}), pin)
        return Seen("disagrees", canonical(raw), pin)

    async def _unpinned(self, order: Order) -> Seen:
        """Whether nothing is pinned. What is pinned and is not the post that the order names is for a person to judge."""
        table, kept = await self._account_now()
        pin = pin_of(table)
        raw = {"pinned": pin, "kept": kept}
        if pin:
            self._missed.pop(_PIN, None)
            sure = pin == post_id(order.item) and not self._late(_PIN)
            return Seen("disagrees" if sure else "cannot-see", canonical(raw), pin)
        if not self._twice([_PIN]):
            return Seen(
                "cannot-see",
                canonical({**raw, "said": "It counts when nothing is pinned in half a minute either."}),
            )
        return Seen("agrees", canonical(raw))

    # -- were our words posted ---------------------------------------------------------------------------------------

    async def _posted(self, order: Order) -> Seen:
        """Whether the order's words stand on the timeline; not before X must show them does their absence say anything.

        The same words of the last day count, whoever's attempt they came from: X would not take them again.
        """
        now = self._clock.now()
        tried = self._asked.setdefault(order.effect, now.boot)
        since = now.wall - (now.boot - tried) - DAY
        posts, whole, answer = await self._timeline(back=since)
        recent = [each for each in posts if published(each) >= since]
        raw = {"looked at": len(posts), "kept": answer.kept}
        for post in recent:
            if same(post, order.text):
                link = self._link(id_in(post))
                return Seen("agrees", canonical({**raw, "link": link, "post": words(post)}), id_in(post))
        if any(hides_a_link(each, order.text) for each in recent):
            said = "A post has these words, but X does not say where its links lead. Look yourself."
            return Seen("cannot-see", canonical({**raw, "said": said}))
        if not whole or now.boot - tried < SETTLED:
            said = "It is not there yet. X may show it up to a minute late."
            return Seen("cannot-see", canonical({**raw, "said": said}))
        return Seen("disagrees", canonical(raw))

    # -- everything that stands --------------------------------------------------------------------------------------

    async def read(self) -> tuple[Sighting, ...] | None:
        """The posts of the last day and more, newest first; None when the timeline cannot be read."""
        try:
            posts, _, _ = await self._timeline(back=self._clock.now().wall - DAY)
        except (NotSent, Lost):
            return None
        return tuple(
            Sighting(id_in(each), self._words(each), self._link(id_in(each)), published(each))
            for each in posts
        )

    def _words(self, post: dict[str, Any]) -> str:
        """A post's words; exactly as they were given where they are our own, whatever X made of links in them."""
        return next((text for text in self._spoken.values() if same(post, text)), words(post))

    async def profile(self) -> dict[str, str]:
        """What a baseline compares later. Raises NotSent, Lost."""
        table, _ = await self._account_now(again=True)
        return profile_of(table)

    async def capture(self, item: str) -> dict[str, str]:
        """Save one post: X's own JSON with its reach. Its page is never fetched (X's developer guidelines).

        Returns:
            `api`: where the exchange is kept; `likes`, `reposts`, `replies`, `quotes`, `bookmarks`, `views` as far as X says.

        Raises:
            NotSent: it names no post of X.
            Lost: X does not show it.
        """
        ident = post_id(item)
        if not ident:
            raise NotSent("It names no post of X.")
        answer = await self._named(f"/2/tweets/{ident}", _post_in, _measured, again=True)
        post = table_in(answer.table(), "data")
        if is_gone(answer, ident):
            raise Lost("X knows no such post any more.")
        if not answer.ok or id_in(post) != ident:
            raise Lost(f"X does not show it. {self._why(answer)}")
        return {"api": answer.kept, **figures(post)}


def _account_in(names: Names) -> dict[str, str]:
    return {"user.fields": USER_FIELDS, "expansions": names.pin}


def _post_in(names: Names) -> dict[str, str]:
    return {
        names.fields: f"{POST_FIELDS},{names.note}",
        "expansions": "author_id,attachments.media_keys",
        "media.fields": "media_key,preview_image_url,type,url",
        "user.fields": "name,username",
    }


def _measured(table: dict[str, Any]) -> bool:
    post = table_in(table, "data")
    return not post or bool(table_in(post, "public_metrics")) or not text_in(post, "id")
