"""What a website's content management system is to the website's channel, and one signed-in way to its API.

Looking is repeated until it is answered. What changes something and may be done twice is repeated too, but then a refusal says
nothing definite any more: an earlier try may have been carried out without our seeing it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx
from msgspec import Struct

from console.channels.live.outside import Light
from console.channels.live.web import LONGEST_WAIT, TRIES, Answer, Lost, NotSent, repeat, send
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen, Sighting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.clock import Clock

    Login = Callable[..., Awaitable[httpx.BasicAuth]]  # with a password, or with the one that is kept
    Words = Callable[[Answer], str | None]

TOO_MANY: Final = 429
MOST_WORDS: Final = 10_000  # characters of an item's words
PAGES: Final = 2  # of one listing that the watch reads: by last change, so the newest are in it


class Entry(Struct, frozen=True, kw_only=True):
    """One item as its editors see it.

    Attributes:
        kind: what the API calls its type: a REST base, a bundle.
        id: a number or a UUID.
        link: where the public finds it.
        titles: its title as written and as shown.
        words: its whole text, title included, as a reader sees it.
        public: whether the CMS shows it to everybody, now or at a set time.
        published: wall ms when it last became what it is.
        kept: under which name the answer is kept.
    """

    kind: str
    id: str
    link: str
    titles: tuple[str, ...] = ()
    words: str = ""
    public: bool = True
    published: int = 0
    kept: str = ""

    def sighting(self) -> Sighting:
        """As the watch sees it: told apart by its link, as people pass it on."""
        return Sighting(self.link, self.words, self.link, self.published)


class Unclear(Exception):
    """An answer that does not tell what was asked; `answer` is it."""

    def __init__(self, what: str, answer: Answer) -> None:
        super().__init__(what)
        self.answer = answer


class Cms(Protocol):
    """One system. Looks raise NotSent, Lost or Unclear."""

    @property
    def title(self) -> str:
        """What it is called."""
        ...

    async def find(self, item: str) -> Entry | None:
        """The item of that link or id; None when the system says there is none."""
        ...

    async def unpublish(self, entry: Entry) -> Outcome:
        """Take it from the public, so that it can be put back."""
        ...

    async def post(self, order: Order) -> Outcome:
        """Publish the order's words, once."""
        ...

    async def posted(self, order: Order) -> Seen:
        """Whether the order's words were published by us."""
        ...

    async def listed(self) -> tuple[Entry, ...]:
        """What is public, newest change first."""
        ...

    async def shown(self, entry: Entry) -> Light:
        """Whether the API gives it to somebody who is not signed in."""
        ...

    async def profile(self) -> dict[str, str]:
        """What a baseline compares later."""
        ...

    async def tried(self) -> tuple[bool, tuple[str, ...]]:
        """Whether it would work, and what it may do there."""
        ...

    async def saved(self, item: str) -> tuple[Entry | None, dict[str, str]]:
        """Everything the API tells of an item, under the names its answers are kept by."""
        ...


class Desk:
    """A way to one API.

    Args:
        client: the channel's one client; it never signs in by itself.
        clock: the machine's.
        api: where the API is.
        login: the sign-in, asked for at each request; raises NotSent when there is none.
        hold: told one sentence while a wait is on.
        words: the API's own words in an answer that refuses; None when it is not the API that answers.
        headers: with every request.
    """

    def __init__(
        self,
        client: Callable[[], httpx.AsyncClient],
        clock: Clock,
        api: str,
        login: Login,
        hold: Callable[[str], None],
        words: Words,
        headers: dict[str, str],
    ) -> None:
        self.clock: Final = clock
        self.api: Final = api
        self.words: Final = words
        self._client = client
        self._login = login
        self._hold = hold
        self._headers = headers

    async def look(self, path: str, **query: str) -> Answer:
        """Ask for something, until it is answered."""
        login = await self._login()
        return await self._patiently(lambda: self._send("GET", path, login, params=query))

    async def look_outside(self, path: str) -> Answer:
        """Ask as somebody who is not signed in."""
        return await self._patiently(lambda: self._send("GET", path, None))

    async def look_as(self, path: str, password: str) -> Answer:
        """Ask once more with another password of the same user, such as one that should be dead."""
        login = await self._login(password)
        return await self._patiently(lambda: self._send("GET", path, login))

    async def change(self, method: str, path: str, body: object = None) -> tuple[Answer, bool]:
        """Change what may be changed twice, until it is answered; and whether no try before the last was lost.

        Raises:
            NotSent: no try left.
            Lost: one may have, and none was answered.
        """
        lost = False
        login = await self._login()  # what is not there is not waited for

        async def once() -> Answer:
            nonlocal lost
            try:
                answer = await self._send(method, path, login, json=body)
            except Lost:
                lost = True
                raise
            lost = lost or answer.status >= 500
            return answer

        try:
            answer = await self._patiently(once)
        except NotSent as error:
            if lost:
                raise Lost(f"a try before got no answer, and the last was not sent: {error}") from error
            raise
        return answer, not lost

    async def once(self, method: str, path: str, body: object) -> Answer:
        """Send what must not be sent twice."""
        return await self._send(method, path, await self._login(), json=body)

    async def _send(self, method: str, path: str, login: httpx.BasicAuth | None, **more: Any) -> Answer:
        headers = dict(self._headers)
        if more.get("json") is None:
            more.pop("json", None)
        elif "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        if method == "GET":
            headers.pop("Content-Type", None)
        return await send(self._client(), method, f"{self.api}{path}", headers=headers, auth=login, **more)

    async def _patiently(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """Wait where the answer says how long, if that is not too long."""
        answer = await repeat(self.clock, request)
        for _ in range(TRIES - 1):
            wait = answer.wait(self.clock.now().wall) if answer.status == TOO_MANY else 0
            if not 0 < wait <= LONGEST_WAIT:
                break
            self._hold(f"The website lets the next one go at {at(self.clock.now().wall + wait)}.")
            try:
                await self.clock.sleep(wait)
            finally:
                self._hold("")
            answer = await repeat(self.clock, request)
        return answer

    def judged(self, answer: Answer, *, clean: bool = True) -> Outcome:
        """What an answer that is no success means for an act.

        The API's own 4xx is *not done*, and so is 429, which whatever stands before it may say too (RFC 6585 section 4). Anything else
        may come from something in between, after it was done. With `clean` false an earlier try may have been carried out.
        """
        said = self.words(answer)
        words = f"It answered {answer.status}{f': {said[:200]}' if said else ''}"
        if answer.status == TOO_MANY:
            wait = answer.wait(self.clock.now().wall)
            words = f"It lets nothing more through{f' before {at(self.clock.now().wall + wait)}' if wait else ''}."
        definite = answer.status == TOO_MANY or (400 <= answer.status < 500 and said is not None)
        if definite and clean:
            return Failed(words, answer.proof())
        return InDoubt(words, answer.proof())

    def unclear(self, answer: Answer, what: str) -> Unclear:
        """What to raise when an answer does not tell what was asked."""
        said = self.words(answer)
        return Unclear(f"{what}: it answered {answer.status}{f': {said[:200]}' if said else ''}", answer)


def undone(order: Order, error: Exception) -> Outcome:
    """What it means for an act when nothing could be found out before it: the first time that nothing was changed."""
    proof = error.answer.proof() if isinstance(error, Unclear) else ""
    if order.attempt == 1:
        return Failed(f"Nothing was changed. {error}", proof)
    return InDoubt(f"It could not be seen whether the earlier try did it. {error}", proof)


def already(entry: Entry) -> Done:
    """The outcome of taking down what is not public."""
    return Done(f"{entry.link} is not public: the website's own record of it is kept as {entry.kept}.")


def at(wall: int) -> str:
    """A wall time as 23:45 UTC."""
    return datetime.fromtimestamp(wall / 1000, UTC).strftime("%H:%M UTC")


def words(title: str, body: str) -> str:
    """An item's words: its body, with its title before it unless the body begins so."""
    whole = body if body.startswith(title) else f"{title} {body}".strip()
    return whole[:MOST_WORDS]


def told(value: object, name: str) -> str:
    """A string in a table; empty when it is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
