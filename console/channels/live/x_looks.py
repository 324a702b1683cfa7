"""Looking at an account at X from outside: what stands, what is gone, what is pinned, whether our words were posted.

X shows what was posted or deleted up to a minute late, so nothing is decided by one answer that says *none*: see `TWICE` and `SETTLED`.
None of these looks waits; whoever asks again later gets the answer that time allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

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
from console.channels.live.x_calls import MINUTE
from console.channels.live.x_reading import DAY, XReading
from console.channels.protocol import Order, Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.channels.live.x_answers import Names
    from console.clock import Clock

TWICE: Final = 30_000  # ms between two looks that both find nothing
SHOWN: Final = MINUTE  # ms after which X shows what was done
SETTLED: Final = (
    2 * MINUTE
)  # ms after an attempt from which X shows what came of it: it may have arrived late
MANY: Final = 100  # posts in one question
FRESH: Final = 10_000  # ms for which a look at a post stands
LATELY: Final = 10 * MINUTE  # posts that were asked about in this time are looked at together
STANDS, GONE, PROVED, UNKNOWN = "stands", "gone at first sight", "gone", "unknown"
USER_FIELDS: Final = (
    "description,entities,location,profile_banner_url,profile_image_url,protected,url,username"
)
POST_FIELDS: Final = "attachments,conversation_id,created_at,edit_controls,entities,lang,possibly_sensitive,public_metrics,reply_settings,source"
LATE: Final = "X may show what was before for a minute, or two after an attempt of ours."
_PIN: Final = "pin"


class Look(Struct, frozen=True):
    """What the last look at a post saw: when (boot and wall ms), its state, and where the answers are kept."""

    ident: str
    at: int
    wall: int
    state: str
    kept: tuple[str, str]

    def plain(self) -> dict[str, object]:
        """As it stands in a raw answer."""
        kept = [each for each in self.kept if each]
        return {"id": self.ident, "state": self.state, "at": self.wall, "kept": kept}


class XLooks(XReading):
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
        self._tried: set[str] = set()  # posts that we tried to delete
        self._looks: dict[str, Look] = {}  # the last look at each post
        self._wanted: dict[str, int] = {}  # boot ms when somebody last asked about a post
        self._seen_in = ""  # where the last look at the timeline is kept

    # -- is it gone --------------------------------------------------------------------------------------------------

    async def _deleted(self, order: Order) -> Seen:
        """Whether a deletion that is in doubt happened."""
        self._tried |= {post_id(each) for each in order.item.split()}
        return await self._absent(order)

    async def _absent(self, order: Order) -> Seen:
        """Whether every post that the order names (numbers or links, spaces between) is gone for everybody."""
        ids = [post_id(each) for each in order.item.split()]
        if not ids or not all(ids):
            return Seen("cannot-see", "It names no post of X.")
        await self._refresh(ids)
        looks = [self._looks[ident] for ident in ids]
        raw: dict[str, Any] = {"posts": [each.plain() for each in looks]}
        standing = [each.ident for each in looks if each.state == STANDS]
        if standing:
            return self._still(standing, raw)
        if any(each.state == UNKNOWN for each in looks):
            return Seen("cannot-see", canonical({"said": "X does not say that it is gone.", **raw}))
        if any(each.state == GONE for each in looks):
            return Seen(
                "cannot-see", canonical({"said": "Gone. It counts when it still is in half a minute.", **raw})
            )
        return Seen("agrees", canonical(raw), "0")

    async def _refresh(self, ids: Sequence[str]) -> None:
        """Look at these posts if the last look is not of this moment.

        Those that were asked about lately are looked at with them: sixty false posts, looked at one by one every few seconds, would
        spend in two minutes what X allows for fifteen, and blind the watch with them.
        """
        now = self._clock.now().boot
        self._wanted |= dict.fromkeys(ids, now)
        self._asked = dict.fromkeys(ids, now) | self._asked
        due = [ident for ident in dict.fromkeys(ids) if not self._is_fresh(ident, now)]
        others = [
            ident
            for ident, look in self._looks.items()
            if look.state != UNKNOWN and now - self._wanted[ident] < LATELY and not self._is_fresh(ident, now)
        ]
        together = others if set(due) & set(others) else []
        for at in range(0, len(together), MANY):
            await self._look_at(together[at : at + MANY])
        for ident in due:
            if ident not in together:
                await self._look_at([ident])

    def _is_fresh(self, ident: str, now: int) -> bool:
        look = self._looks.get(ident)
        return look is not None and now - look.at < FRESH

    async def _look_at(self, ids: Sequence[str]) -> None:
        """Look at these posts with one question; at the timeline too where it would be the second look that finds none."""
        now = self._clock.now()
        states, kept = await self._states(ids)
        sure = [
            ident
            for ident in ids
            if states[ident] == GONE and now.boot - self._missed.setdefault(ident, now.boot) >= TWICE
        ]
        listed = await self._listed(sure) if sure else {}
        for ident in ids:
            state = listed.get(ident, states[ident])
            self._looks[ident] = Look(
                ident, now.boot, now.wall, state, (kept, self._seen_in if ident in sure else "")
            )
            if state == STANDS:
                self._missed.pop(ident, None)
            elif state == PROVED:
                self._not_standing(ident)

    async def _states(self, ids: Sequence[str]) -> tuple[dict[str, str], str]:
        """Of each post whether it stands, is gone, or neither is clear: hidden from us, or no answer; and where that is kept."""
        one = len(ids) == 1
        path, query = (f"/2/tweets/{ids[0]}", {}) if one else ("/2/tweets", {"ids": ",".join(ids)})
        answer = await self._ask("GET", path, outside=True, params=query)
        table = answer.table()
        shown = [table_in(table, "data")] if one else tables_in(table, "data")
        there = {id_in(each) for each in shown} if answer.ok else set()
        problems = [*tables_in(table, "errors"), table] if answer.status in (200, 404) else []
        gone = {is_missing(each) for each in problems}
        found = {each: STANDS if each in there else GONE if each in gone else UNKNOWN for each in ids}
        return found, answer.kept

    async def _listed(self, ids: Sequence[str]) -> dict[str, str]:
        """Of each post that X knows no more whether the timeline lists it; one by one where together they lie too far apart."""
        numbers = [int(ident) for ident in ids]
        since, until = str(max(min(numbers) - 1, 0)), str(max(numbers) + 1)
        posts, whole, answer = await self._timeline(since=since, until=until)
        self._seen_in = answer.kept
        if not whole and len(ids) > 1:
            return {ident: (await self._listed([ident]))[ident] for ident in ids}
        listed = {id_in(each) for each in posts}
        return {ident: STANDS if ident in listed else PROVED if whole else UNKNOWN for ident in ids}

    def _twice(self, what: str) -> bool:
        """Whether an earlier look found none either, long enough ago."""
        now = self._clock.now().boot
        return now - self._missed.setdefault(what, now) >= TWICE

    def _late(self, what: str) -> bool:
        """Whether X may still show what was before: the last attempt at it, or else our first look, is not long ago."""
        now = self._clock.now().boot
        return now - self._asked.setdefault(what, now) < (SETTLED if what in self._tried else SHOWN)

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
        if not self._twice(_PIN):
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
            said = "It is not there yet. It may still arrive, and X shows it up to a minute late."
            return Seen("cannot-see", canonical({**raw, "said": said}))
        return Seen("disagrees", canonical(raw))

    # -- the account, and one post -----------------------------------------------------------------------------------

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
