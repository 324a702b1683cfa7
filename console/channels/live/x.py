"""An account at X: posts, deletes, and everything that is looked at; pinning is left to a person, since X's API knows no such act.

Sources: docs.x.com `x-api/posts/manage-tweets` and X's OpenAPI description 2.167. X's developer guidelines allow no program on x.com
itself, so no page of it is ever fetched; links are for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.channels.live.web import Answer, Lost, NotSent, looked
from console.channels.live.x_answers import (
    Names,
    id_in,
    is_duplicate,
    is_gone,
    post_id,
    reposted,
    table_in,
)
from console.channels.live.x_keys import XKeys
from console.channels.live.x_looks import SETTLED, XLooks
from console.channels.live.x_needs import BEARER, NEEDS, OAUTH2, problems
from console.channels.live.x_stream import XStream
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.playbook.kinds import X_LIMIT
from console.text import weighted_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

__all__ = ["NEEDS", "XChannel", "problems"]


class XChannel(XStream, XLooks, XKeys):
    """One account at X as a channel."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._refused: set[str] = (
            set()
        )  # effects of which every attempt of this process definitely did nothing
        if self._access.way != BEARER:
            self._acts = {"post": self._post, "delete": self._delete}
            self._probes = {"post": self._posted, "delete": self._deleted}
        if self._access.way == OAUTH2:
            self._acts["rotate"] = self._rotate
            self._probes["rotate"] = self._rotated
        self._checks = {"absent": self._absent, "pinned": self._pinned, "unpinned": self._unpinned}

    # -- post --------------------------------------------------------------------------------------------------------

    async def _post(self, order: Order) -> Outcome:
        """Post the words, once. Another attempt looks first whether the one before did it."""
        wrong = _unfit(order.text)
        if wrong:
            return Failed(f"{wrong} Nothing was sent.")
        if self._open(order):
            seen = await self._settled(order)
            if seen.verdict == "agrees":
                return Done(seen.raw, seen.value)
            if seen.verdict != "disagrees":
                return InDoubt(
                    "Whether the attempt before was posted cannot be seen, so nothing was sent.", seen.raw
                )
        try:
            await self._prove()
        except NotSent as error:
            return self._noted(order, Failed(f"It was not sent: {error}"))
        return self._noted(order, await self._say(order))

    async def _settled(self, order: Order) -> Seen:
        """Whether an attempt before did it, looked at until X must show it."""
        seen = await looked(self._posted(order))
        left = self._asked.get(order.effect, 0) + SETTLED - self._clock.now().boot
        if seen.verdict != "cannot-see" or left <= 0:
            return seen
        self.held = "The console looks for two minutes whether it was posted before it posts again."
        await self._clock.sleep(left)
        self.held = ""
        return await looked(self._posted(order))

    async def _say(self, order: Order) -> Outcome:
        self._spoken[order.effect] = order.text
        self._refused.discard(order.effect)  # from here on it may happen, however this ends
        try:
            answer = await self._in_time(lambda: self._ask("POST", "/2/tweets", json={"text": order.text}))
        except NotSent as error:
            return Failed(f"It was not sent: {error}")
        finally:
            self._asked[order.effect] = self._clock.now().boot
        data = table_in(answer.table(), "data")
        made = id_in(data)
        if answer.ok and made and isinstance(data.get("text"), str):
            return Done(answer.proof(link=self._link(made)), made)
        if not is_duplicate(answer):
            return self._no(answer, "nothing was posted")
        seen = await looked(self._posted(order))
        if seen.verdict == "agrees":
            return Done(seen.raw, seen.value)
        return InDoubt(
            "X says that these words were posted already, and the timeline does not show them.",
            answer.proof(),
        )

    # -- delete ------------------------------------------------------------------------------------------------------

    async def _delete(self, order: Order) -> Outcome:
        """Delete one post. It may be repeated by itself; a later *no* says nothing of a try before that was not answered."""
        ident = post_id(order.item)
        if not ident:
            return Failed("It names no post of X, so nothing was sent.")
        doubts: list[str] = ["an attempt before"] if self._open(order) else []
        self._refused.discard(order.effect)  # from here on it may happen, however this ends
        try:
            outcome = await self._deleting(ident, doubts)
        except NotSent as error:
            outcome = Failed(f"It was not sent: {error}")
        if isinstance(outcome, Failed) and doubts:
            outcome = InDoubt(f"A try before may have deleted it. {outcome.reason}", outcome.proof)
        return self._noted(order, outcome)

    async def _deleting(self, ident: str, doubts: list[str]) -> Outcome:
        source = self._source(ident)
        if source:
            return await self._undoing(ident, source, doubts)
        answer = await self._ending(ident, f"/2/tweets/{ident}", doubts)
        if answer.ok and table_in(answer.table(), "data").get("deleted") is True:
            self._not_standing(ident)
            return Done(answer.proof())
        if is_gone(answer, ident):
            self._not_standing(ident)
            return Done(answer.proof(already=True))
        if answer.status == 403 and not doubts and (source := await self._reposts(ident)):
            return await self._undoing(ident, source, doubts)
        return self._no(answer, "it was not deleted")

    async def _undoing(self, ident: str, source: str, doubts: list[str]) -> Outcome:
        """Take a repost back: X knows it by the post that it reposts (docs.x.com `x-api/posts/retweets`)."""
        who = await self._prove()
        answer = await self._ending(ident, f"/2/users/{who}/retweets/{source}", doubts)
        if answer.ok and table_in(answer.table(), "data").get("retweeted") is False:
            self._not_standing(ident)
            return Done(answer.proof(reposted=source))
        return self._no(answer, "the repost was not taken back")

    async def _ending(self, ident: str, path: str, doubts: list[str]) -> Answer:
        """Have X end a post of ours; what was seen of it before says nothing any more."""
        try:
            return await self._in_time(lambda: self._ask("DELETE", path, again=True, doubts=doubts))
        finally:
            self._asked[ident] = self._clock.now().boot
            self._tried.add(ident)
            self._looks.pop(ident, None)

    async def _reposts(self, ident: str) -> str:
        """The post that one of the account reposts, asked of X; empty when it reposts none, is not ours, or X does not say."""
        try:
            answer = await self._named(f"/2/tweets/{ident}", _reference_in, _refers, again=True)
            who = await self._prove()
        except (NotSent, Lost):
            return ""
        post = table_in(answer.table(), "data")
        ours = id_in(post) == ident and id_in(post, "author_id") == who
        return reposted(post) if ours else ""

    # -- attempts ----------------------------------------------------------------------------------------------------

    def _open(self, order: Order) -> bool:
        """Whether an attempt before this one may have done something."""
        return order.attempt > 1 and order.effect not in self._refused

    def _noted(self, order: Order, outcome: Outcome) -> Outcome:
        """Remember that nothing can have come of it."""
        if isinstance(outcome, Failed):
            self._refused.add(order.effect)
        return outcome


def _reference_in(names: Names) -> dict[str, str]:
    return names.of_posts("created_at", author=True)


def _refers(table: dict[str, Any]) -> bool:
    return not table.get("data") or bool(reposted(table_in(table, "data")))


def _unfit(text: str) -> str:
    """Why X would not take these words; empty when it would."""
    if not text.strip():
        return "There are no words to post."
    if any(
        (ord(each) < 0x20 and each not in "\n\t") or 0xD800 <= ord(each) < 0xE000 or each == "\x7f"
        for each in text
    ):
        return "The text holds characters that no post has."
    weight = weighted_length(text)
    return f"X counts {weight:,} characters, and takes {X_LIMIT}." if weight > X_LIMIT else ""
