"""Asking Mynewsdesk: `webservice_pressroom` with its key in the path, the public feed, and public pages.

The key is taken out of whatever is kept, said or raised: the wire keeps exchanges without it, errors lose the request they
came from, and no library may log an address. Every answer is remembered for what it tells of an item, because an item that is
listed no more has no page and no headline to look for any more.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from console.channels.live import feed
from console.channels.live.adapter import Adapter, Secrets
from console.channels.live.newsroom import Item, Listed, item_of, listed
from console.channels.live.web import LONGEST_WAIT, Answer, Lost, NotSent, fetch, send
from console.errors import VaultError
from console.incident.newsroom import Ref, ref_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from console.channels.live.wire import Keeper
    from console.clock import Clock

PAGE: Final = 100  # the most that `list` and `search` give at once
ORDERS: Final = ("published", "updated")  # the second shows what was back-dated out of the first's sight
REST: Final = 60_000  # ms to leave it alone when it says *too many* and not for how long
MOST_KNOWN: Final = 5_000
MOST_NAMES: Final = 20
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
_T = TypeVar("_T")


class Heard(NamedTuple):
    """One answer, or why there is none, in words."""

    answer: Answer | None
    why: str

    @property
    def kept(self) -> str:
        """The name of the kept exchange."""
        return self.answer.kept if self.answer is not None else ""

    @property
    def status(self) -> int:
        """The HTTP status; 0 where no answer came."""
        return self.answer.status if self.answer is not None else 0

    def table(self) -> Any:
        """The JSON of a good answer; None where there is none."""
        return self.answer.json() if self.answer is not None and self.answer.status == 200 else None


def _no_addresses(record: logging.LogRecord) -> bool:
    """Let no line of a library's through: it writes whole addresses, and ours hold a key."""
    del record
    return False


def time_of(wall: int) -> str:
    """A moment for a sentence."""
    return datetime.fromtimestamp(wall / 1_000, UTC).strftime("%H:%M:%S UTC")


def day_of(wall: int) -> str:
    """A day and its minute for a sentence."""
    return datetime.fromtimestamp(wall / 1_000, UTC).strftime("%d %B %Y %H:%M UTC").lstrip("0")


class Pressroom(Adapter):
    """What one newsroom is asked, and what its answers told so far."""

    kind = "mynewsdesk"
    base = "https://www.mynewsdesk.com"

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._known: dict[str, Item] = {}
        self._names: set[str] = set()  # of the newsroom, as its own answers give them
        self._rests = 0  # boot ms until which it asked to be left alone
        for library in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
            logging.getLogger(library).addFilter(_no_addresses)

    async def _key(self) -> str:
        """The key; empty where there is none, where it cannot be had, and where it is none that could stand in a path."""
        try:
            key = (await self._secret("key")).strip()
        except VaultError:
            return ""
        for spelling in (key, key.lower(), key.upper()):
            self._redactor.learn(spelling)
        return key if _KEY.fullmatch(key) else ""

    async def _ask(self, service: str, **query: str) -> Answer:
        """One call, which only looks. Raises NotSent and Lost, without the request in them."""
        key = await self._key()
        if not key:
            raise NotSent("There is no key for it.")
        now = self._clock.now()
        if now.boot < self._rests:
            raise NotSent(self.held)
        self.held = ""
        path = f"/services/pressroom/{service}/{key}"
        answer = await self._told(
            send(self._client(), "GET", path, params={"format": "json", "strict": "true", **query})
        )
        if answer.status == 429:
            pause = min(answer.wait(now.wall) or REST, LONGEST_WAIT)
            self._rests = now.boot + pause
            self.held = f"Mynewsdesk lets the next one go at {time_of(now.wall + pause)}."
        return answer

    async def _view(self, ref: Ref) -> Answer:
        return await self._ask("view", item_id=ref.id, type_of_media=ref.media)

    async def _public(self, url: str) -> tuple[Answer, ...]:
        """A page as anybody sees it, and the answers on the way to it."""
        return await self._told(fetch(self._client(), url))

    async def _told(self, work: Awaitable[_T]) -> _T:
        """The same, and what it raises without the key and without the request that holds it."""
        try:
            return await work
        except (NotSent, Lost) as error:
            trouble: Exception = type(error)(self._redactor.text(str(error)))
        except ValueError:  # a host's name that no look-up takes
            trouble = NotSent("It is no web address.")
        raise trouble

    async def _heard(self, work: Awaitable[Answer]) -> Heard:
        """The answer, or why there is none; never an exception."""
        try:
            answer = await work
        except (NotSent, Lost) as error:
            return Heard(None, str(error))
        except OSError:
            return Heard(None, "the disk did not take the answer")
        return Heard(answer, f"it answered {answer.status}")

    async def _list(self, media: str, order: str) -> tuple[Heard, Listed]:
        """The first page of a list; not whole where it tells nothing."""
        heard = await self._heard(
            self._ask("list", type_of_media=media, order=order, limit=str(PAGE), offset="0")
        )
        found = listed(heard.table(), media)
        self._learn(found.items)
        return heard, found

    async def _feed(self) -> tuple[Heard, feed.Feed | None]:
        """The newsroom's public feed."""
        heard = await self._heard(self._last(self._public(self._settings.get("feed", ""))))
        found = feed.of(heard.answer) if heard.answer is not None else None
        if found is not None:
            self._names |= {found.title} if len(self._names) < MOST_NAMES else set()
            self._learn(map(item_of, found.entries))
        return heard, found

    async def _last(self, work: Awaitable[tuple[Answer, ...]]) -> Answer:
        return (await work)[-1]

    def _learn(self, items: Iterable[Item]) -> None:
        """Remember pages and headlines, and what the newsroom is called."""
        for item in items:
            if item.ref.name and item.header:
                if len(self._known) >= MOST_KNOWN and item.ref.name not in self._known:
                    del self._known[next(iter(self._known))]
                self._known[item.ref.name] = item
            if item.newsroom and len(self._names) < MOST_NAMES:
                self._names.add(item.newsroom)

    def _meant(self, said: str) -> Ref:
        """Which item somebody means, filled up with what was learnt of it."""
        ref = ref_of(said)
        known = self._known.get(ref.name)
        if known is None and not ref.name and said.strip():
            like = [item for item in self._known.values() if ref.may_be(item.ref)]
            known = like[0] if len(like) == 1 else None
        return known.ref if known is not None and not (ref.name and ref.link) else ref

    def _cleaned(self, found: Mapping[str, str]) -> dict[str, str]:
        return {name: self._redactor.text(value) for name, value in found.items()}
