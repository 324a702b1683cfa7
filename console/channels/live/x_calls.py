"""Asking X: with an access that is renewed once when it is refused, in the names of either generation, within its rate windows.

Sources: docs.x.com `x-api/fundamentals/rate-limits` (headers `x-rate-limit-*` in epoch seconds) and X's OpenAPI description 2.167.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpx

from console.channels.live.adapter import Adapter, Secrets
from console.channels.live.web import LONGEST_WAIT, Answer, Lost, NotSent, repeat, send
from console.channels.live.x_answers import (
    NEW,
    OLD,
    Names,
    id_in,
    in_words,
    judged,
    published,
    table_in,
    tables_in,
    text_in,
)
from console.channels.live.x_auth import Bearer, Denied, NotOurs
from console.channels.live.x_needs import BEARER, OAUTH2
from console.channels.live.x_prices import Meter
from console.channels.live.x_tokens import Access
from console.channels.protocol import Failed, Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from console.channels.live.wire import Keeper
    from console.clock import Clock

MINUTE: Final = 60_000
PAGE: Final = 100  # posts of one page, the most X gives
MOST_PAGES: Final = 5
USER_FIELDS: Final = (
    "description,entities,location,profile_banner_url,profile_image_url,protected,url,verified"
)


class XCalls(Adapter):
    """What an account at X is asked through; `x.XChannel` says what for."""

    kind = "x"
    title = "X"
    base = "https://api.x.com"

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._handle = settings.get("handle", "").strip().removeprefix("@")
        self._account = settings.get("user-id", "").strip()
        self._proved = ""  # the account's id, once X said that our access is its own
        self._names = (OLD, NEW)
        self._meter = Meter()
        self._shut_until = 0  # boot ms until which X lets nobody look at the timeline
        self._access = Access(
            name,
            settings.get("sign-in", "") or OAUTH2,
            settings.get("client-id", "").strip(),
            secrets=secrets,
            ask=self._secret,
            learn=self._redactor.learn,
            clock=clock,
        )

    # -- one question ------------------------------------------------------------------------------------------------

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        outside: bool = False,
        again: bool = False,
        doubts: list[str] | None = None,
        **more: Any,
    ) -> Answer:
        """One request; made once more with another access when X refuses the first with 401, which is a definite no.

        With `outside` it looks as strangers do, where the console can. With `again` it is repeated by itself while
        nothing answers; `doubts` then gets a line for every try that may have been carried out all the same.

        Raises:
            NotSent, Lost: as `web.send`; Denied when the console has no access.
        """
        auth = await (self._access.outside() if outside else self._access.user())
        answer = await self._sent(method, path, auth, again=again, doubts=doubts, **more)
        if _refused(answer) and outside and await self._access.knows_more():
            auth = await self._access.user()
            answer = await self._sent(method, path, auth, again=again, doubts=doubts, **more)
        if _refused(answer) and await self._access.renew(self._client(), auth):
            auth = await self._access.user()
            answer = await self._sent(method, path, auth, again=again, doubts=doubts, **more)
        return answer

    async def _sent(
        self,
        method: str,
        path: str,
        auth: httpx.Auth,
        *,
        again: bool = False,
        doubts: list[str] | None = None,
        **more: Any,
    ) -> Answer:
        client = self._client()
        doubts = [] if doubts is None else doubts
        own = "" if isinstance(auth, Bearer) and auth.app else self._proved or self._account

        async def once() -> Answer:
            try:
                answer = await send(client, method, path, auth=auth, **more)
            except Lost as error:
                doubts.append(str(error))
                raise
            if answer.status >= 500:
                doubts.append(in_words(answer))
            self.spent += self._meter.price(method, path, answer, own=own, wall=self._clock.now().wall)
            return answer

        return await (repeat(self._clock, once) if again else once())

    async def _named(
        self,
        path: str,
        query: Callable[[Names], dict[str, str]],
        told: Callable[[dict[str, Any]], bool],
        *,
        again: bool = False,
        outside: bool = True,
    ) -> Answer:
        """A look in the names that X knows: one generation refuses the other's, or says nothing about it.

        Args:
            path: what is looked at.
            query: the question in the names of one generation.
            told: whether an answer holds what was asked for; while it does not, the other names are tried.
            again: as `_ask`.
            outside: as `_ask`.
        """
        best: Answer | None = None
        for names in self._names:
            answer = await self._ask("GET", path, outside=outside, again=again, params=query(names))
            if answer.status != 400 and not answer.ok:
                return answer
            if answer.ok and told(answer.table()):
                self._names = (names, NEW if names is OLD else OLD)
                return answer
            if best is None or (answer.ok and not best.ok):
                best = answer
        assert best is not None
        return best

    # -- rate windows ------------------------------------------------------------------------------------------------

    async def _in_time(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """A request for an act, made again when X's window opens: 429 says that nothing was done. Meanwhile `held` says so.

        The last 429 comes back when it would take longer than anybody should wait.
        """
        give_up = self._clock.now().boot + LONGEST_WAIT
        while True:
            answer = await request()
            if answer.status != 429:
                return answer
            wait = self._wait(answer)
            if self._clock.now().boot + wait > give_up:
                return answer
            self.held = self._next_at(wait)
            await self._clock.sleep(wait)
            self.held = ""

    def _wait(self, answer: Answer) -> int:
        """Milliseconds until X takes the next one; a minute when it does not say. A day's limit counts before a window's."""
        now = self._clock.now().wall
        for whose in ("app", "user"):
            said = answer.headers.get(f"x-{whose}-limit-24hour-reset", "")
            spent = answer.headers.get(f"x-{whose}-limit-24hour-remaining", "") == "0"
            if spent and said.isascii() and said.isdecimal() and len(said) <= 12:
                return max(int(said) * 1_000 - now, 0) + 1_000
        return (answer.wait(now) or MINUTE) + 1_000

    def _next_at(self, wait: int) -> str:
        return f"X lets the next one go at {in_utc(self._clock.now().wall + wait)} UTC."

    def _why(self, answer: Answer) -> str:
        """Why a look or a question got nothing, for a person."""
        return self._next_at(self._wait(answer)) if answer.status == 429 else in_words(answer)

    def _no(self, answer: Answer, nothing: str) -> Outcome:
        """What an answer that is no success means for an act; `nothing` says what then did not happen."""
        if answer.status != 429:
            return judged(answer, nothing)
        return Failed(
            f"{self._next_at(self._wait(answer))} The console does not wait so long; {nothing}.",
            answer.proof(),
        )

    # -- who we are --------------------------------------------------------------------------------------------------

    async def _prove(self) -> str:
        """The account's id, once X said that our access is this account's: nothing is posted in another's name.

        Raises:
            Denied, NotSent: X did not say so; nothing was sent.
        """
        if not self._proved:
            try:
                answer = await self._in_time(lambda: self._ask("GET", "/2/users/me", again=True))
            except Lost as error:
                raise NotSent(f"X did not say whose access this is. {error}") from error
            self._told_who(answer)
        return self._proved

    async def _who(self) -> str:
        """The account's id, for looks. Raises NotSent, Lost."""
        known = self._proved or self._account
        if known:
            return known
        if self._access.way == BEARER:
            answer = await self._ask("GET", f"/2/users/by/username/{self._handle}", outside=True)
            found = id_in(table_in(answer.table(), "data"))
            if not found:
                raise Lost(f"X does not tell the number of @{self._handle}. {self._why(answer)}")
            self._account = found
            return found
        return self._told_who(await self._ask("GET", "/2/users/me"))

    def _told_who(self, answer: Answer) -> str:
        """Whose access this is, if it is the account's. Raises Denied."""
        user = table_in(answer.table(), "data")
        found, handle = id_in(user), text_in(user, "username")
        if not answer.ok or not found:
            raise Denied(f"X did not say whose access this is. {self._why(answer)}")
        right = found == self._account if self._account else handle.casefold() == self._handle.casefold()
        if not right:
            raise NotOurs(
                f"The access belongs to @{handle} ({found}), not to {self._account or '@' + self._handle}. "
                "If the account was renamed, set its user-id."
            )
        self._proved = found
        return found

    # -- what stands there -------------------------------------------------------------------------------------------

    async def _timeline(
        self, *, since: str = "", until: str = "", back: int = 0, page: int = PAGE, pages: int = MOST_PAGES
    ) -> tuple[list[dict[str, Any]], bool, Answer]:
        """The account's posts, newest first, in at most so many pages.

        Those between the ids `since` and `until`, without these; older ones than `back` (wall ms) are not needed.

        Returns:
            The posts; whether these are all that were asked for; the last answer.

        Raises:
            NotSent, Lost: it could not be read, or not be understood.
        """
        if self._clock.now().boot < self._shut_until:
            raise Lost("X lets nobody look at the timeline yet.")
        path = f"/2/users/{await self._who()}/tweets"
        found: list[dict[str, Any]] = []
        fixed = {"max_results": str(page), "since_id": since, "until_id": until}
        onward = ""
        for left in range(pages - 1, -1, -1):
            asked = {key: value for key, value in {**fixed, "pagination_token": onward}.items() if value}
            answer = await self._named(path, timeline_in(asked), dated)
            posts = self._page(answer)
            found += posts
            onward = text_in(table_in(answer.table(), "meta"), "next_token")
            whole = not onward or bool(posts and published(posts[-1]) < back)
            if whole or not left:
                return found, whole, answer
        raise AssertionError("unreachable")

    def _page(self, answer: Answer) -> list[dict[str, Any]]:
        if answer.status == 429:
            self._shut_until = self._clock.now().boot + self._wait(answer)
        table = answer.table()
        listed = table.get("data", [])
        whole = isinstance(listed, list) and ("data" in table or "meta" in table)
        if not answer.ok or not whole:
            raise Lost(f"The timeline cannot be read. {self._why(answer)}")
        posts = tables_in(table, "data")
        if len(posts) != len(listed) or not all(id_in(each) for each in posts):
            raise Lost("The timeline holds what is no post.")
        return posts


def timeline_in(asked: dict[str, str]) -> Callable[[Names], dict[str, str]]:
    """The question for posts with their time, links and whole words, in the names of a generation."""
    return lambda names: {**asked, **names.of_posts("created_at,entities")}


def dated(table: dict[str, Any]) -> bool:
    """Whether the posts of an answer say when they were posted; an answer without posts says all it has to."""
    posts = tables_in(table, "data")
    return not posts or any(text_in(each, "created_at") for each in posts)


def _refused(answer: Answer) -> bool:
    """Whether X does not take the access; what is no JSON does not come from X."""
    return answer.status == 401 and bool(answer.table())


def in_utc(wall: int) -> str:
    """Wall ms as HH:MM in UTC; for a time that no calendar has, a word."""
    try:
        return datetime.fromtimestamp(wall / 1_000, UTC).strftime("%H:%M")
    except (ValueError, OverflowError, OSError):
        return "an unknown time,"
