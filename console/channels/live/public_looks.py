"""The website as anybody sees it: pages plain and past caches, the feed, the notice banner. Every page is taken as hostile.

A page past caches is asked for with a query that nobody asked for before. GOV.UK's rule for its own banner (docs.publishing.service.gov.uk,
*Emergency publishing*) is used: such a look counts at once, a plain one may be ten minutes behind.
"""

from __future__ import annotations

import asyncio
import html
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import httpx
from msgspec.structs import replace

from console.channels.live import feed as feeds
from console.channels.live.outside import (
    GONE,
    Light,
    holds,
    incidents_of,
    same_link,
    text_of,
    title_of,
    verdict,
    words_of,
)
from console.channels.live.web import Answer, Lost, NotSent, fetch, place_of
from console.channels.protocol import Seen, Sighting

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from console.channels.live.cms import Entry
    from console.channels.protocol import Order
    from console.clock import Clock

CACHES: Final = 10 * 60_000  # ms that a cache may be behind
MOST_KNOWN: Final = 5_000
BUSTER: Final = "incident-look"


class PublicLooks:
    """Looks from outside at one website.

    Args:
        client: one that keeps no cookies; it is never given a sign-in here.
        clock: the machine's.
        base: the home page.
        feed: the news feed, or nothing.
        pages: those that must show the banner.
    """

    def __init__(
        self,
        client: Callable[[], httpx.AsyncClient],
        clock: Clock,
        base: str,
        feed: str,
        pages: tuple[str, ...],
    ) -> None:
        self._client = client
        self._clock = clock
        self._base = base
        self._feed = feed
        self._pages = pages
        self._count = 0
        self._titles: dict[str, tuple[str, ...]] = {}
        self._links: dict[str, str] = {}  # where an item's page is, when it was named otherwise
        self._shown: set[str] = set()  # links whose page held the title's words when we looked
        self._since: dict[
            str, int
        ] = {}  # boot ms when the looks past caches first held nothing against a claim

    # -- what is known of an item ------------------------------------------------------------------------------------

    def remember(self, item: str, entry: Entry) -> None:
        """Keep an item's titles, so that its page can be told from another; the longest known are let go."""
        for link in {same_link(item), same_link(entry.link)}:
            if entry.titles:
                self._titles[link] = entry.titles
        if place_of(entry.link) and entry.public:
            self._links[same_link(item)] = entry.link
        for known in (self._titles, self._links):
            while len(known) > MOST_KNOWN:
                del known[next(iter(known))]

    # -- checks ------------------------------------------------------------------------------------------------------

    async def absent(self, item: str, lights: list[Light]) -> Seen:
        """Whether an item is gone for everybody, given what its system's public API said."""
        key = same_link(item)
        link = item if place_of(item) else self._links.get(key, "")
        vouched = key in self._shown or any(each.against is False for each in lights)
        pages = await self._gathered(
            *([self._page(link, fresh=fresh, vouched=vouched) for fresh in (False, True)] if link else []),
            self._home(),
            self._in_feed(item),
        )
        if not link:
            pages.append(self.dark("page", "where it would stand is not known"))
        return self._judged(key, [*lights, *pages])

    async def at(self, item: str) -> Seen:
        """Whether nothing at all stands at a link: 404 or 410, with and without caches, on a website that answers otherwise."""
        if not place_of(item):
            return Seen("cannot-see", "it is no web address")
        pages = await self._gathered(
            self._page(item, fresh=False, vouched=False),
            self._page(item, fresh=True, vouched=False),
            self._home(),
        )
        return verdict(pages, patient=True)

    async def banner(self, order: Order) -> Seen:
        """Whether each page shows the incident's notice, with and without caches."""
        return self._judged(f"banner {order.incident}", await self._notices(order.incident))

    async def no_banner(self, order: Order) -> Seen:
        """Whether no page shows the incident's notice any more, with and without caches."""
        pages = [
            replace(each, against=None if each.against is None else not each.against)
            for each in await self._notices(order.incident)
        ]
        return self._judged(f"no banner {order.incident}", pages)

    async def _notices(self, incident: str) -> list[Light]:
        looks = (self._notice(page, incident, fresh=fresh) for page in self._pages for fresh in (False, True))
        return await self._gathered(*looks)

    def _judged(self, key: str, lights: list[Light]) -> Seen:
        """A verdict with patience for caches, counted from when what they stand before was as claimed."""
        now = self._clock.now().boot
        fresh = [each.against for each in lights if each.fresh]
        if any(fresh):
            self._since.pop(key, None)
        elif fresh and not any(each is None for each in fresh):
            self._since.setdefault(key, now)
        return verdict(lights, patient=now - self._since.get(key, now) < CACHES)

    async def _gathered(self, *looks: Coroutine[None, None, Light | None]) -> list[Light]:
        return [each for each in await asyncio.gather(*looks) if each is not None]

    # -- single looks ------------------------------------------------------------------------------------------------

    def dark(self, name: str, said: str, kept: tuple[str, ...] = (), *, fresh: bool = False) -> Light:
        """A look that told nothing."""
        return Light(name=name, against=None, said=said[:200], kept=kept, fresh=fresh)

    async def _page(self, link: str, *, fresh: bool, vouched: bool) -> Light:
        """The item's page. Without its title's words it is gone only where we know that it would hold them."""
        name = "page past caches" if fresh else "page"
        try:
            answers = await self._fetch(link, fresh=fresh)
        except (NotSent, Lost) as error:
            return self.dark(name, str(error), fresh=fresh)
        answer, kept = answers[-1], _kept(answers)
        if answer.status in GONE:
            return Light(name=name, against=False, said=str(answer.status), kept=kept, fresh=fresh)
        page = text_of(answer) if answer.status == 200 else None
        if page is None:
            return self.dark(name, f"{answer.status}, which tells nothing", kept, fresh=fresh)
        titles = self._titles.get(same_link(link), ())
        if any(holds(page, title) for title in titles):
            self._shown.add(same_link(link))
            return Light(name=name, against=True, said="200 with the title", kept=kept, fresh=fresh)
        if not any(words_of(title).strip() for title in titles) or not vouched:
            return self.dark(name, "200, and what its title was is not known", kept, fresh=fresh)
        return Light(name=name, against=False, said="200 without the title", kept=kept, fresh=fresh)

    async def _home(self) -> Light:
        """The website itself: where it does not answer, no page that is missing proves anything."""
        try:
            answers = await self._fetch(self._base, fresh=True)
        except (NotSent, Lost) as error:
            return self.dark("home page", str(error))
        kept, status = _kept(answers), answers[-1].status
        if status != 200:
            return self.dark("home page", f"{status}: the website itself does not answer", kept)
        return Light(name="home page", against=False, said="200", kept=kept)

    async def _in_feed(self, item: str) -> Light | None:
        """The feed, where there is one."""
        if not self._feed:
            return None
        try:
            answers = await self._fetch(self._feed, fresh=False)
        except (NotSent, Lost) as error:
            return self.dark("feed", str(error))
        answer, kept = answers[-1], _kept(answers)
        if answer.status in GONE:
            return None  # this website has none
        found = feeds.of(answer)
        if found is None:
            return self.dark("feed", f"{answer.status}, and no feed", kept)
        titles = {words_of(title) for title in self._titles.get(same_link(item), ())} - {"  "}
        there = any(
            same_link(each.link) == same_link(item) or words_of(html.escape(each.title)) in titles
            for each in found.entries
        )
        said = "lists it" if there else f"{len(found.entries)} entries without it"
        return Light(name="feed", against=there, said=said, kept=kept)

    async def _notice(self, page: str, incident: str, *, fresh: bool) -> Light:
        name = f"{page} past caches" if fresh else page
        try:
            answers = await self._fetch(page, fresh=fresh)
        except (NotSent, Lost) as error:
            return self.dark(name, str(error), fresh=fresh)
        text = text_of(answers[-1]) if answers[-1].status == 200 else None
        if text is None:
            return self.dark(name, f"{answers[-1].status}, which tells nothing", _kept(answers), fresh=fresh)
        shown = incidents_of(text)
        said = "shows it" if incident in shown else f"shows {', '.join(sorted(shown))[:100] or 'no notice'}"
        return Light(name=name, against=incident not in shown, said=said, kept=_kept(answers), fresh=fresh)

    async def _fetch(self, link: str, *, fresh: bool) -> tuple[Answer, ...]:
        if fresh and place_of(link):
            self._count += 1
            stamp = f"{self._clock.now().wall}-{self._count}"
            link = str(httpx.URL(link).copy_merge_params({BUSTER: stamp}))
        return await fetch(self._client(), link)

    # -- reading -----------------------------------------------------------------------------------------------------

    async def feed_items(self) -> tuple[Sighting, ...] | None:
        """What the feed lists, newest first; None when there is none or it cannot be read."""
        if not self._feed:
            return None
        with suppress(NotSent, Lost):
            found = feeds.of((await self._fetch(self._feed, fresh=False))[-1])
            if found is None:
                return None
            now = self._clock.now().wall
            for each in found.entries:
                if each.title and place_of(each.link):
                    self._titles.setdefault(same_link(each.link), (html.escape(each.title),))
            items = [
                Sighting(
                    each.link or each.id,
                    _joined(each.title, each.words),
                    each.link,
                    each.published or now,
                    "feed",
                )
                for each in found.entries
                if place_of(each.link) or each.id
            ]
            return tuple(sorted(items, key=lambda each: each.published, reverse=True))
        return None

    async def captured(self, link: str, *, vouched: bool) -> dict[str, str]:
        """The page with and without caches: under which names its answers are kept.

        Args:
            link: where it stands.
            vouched: whether the website's own system answered for it: else what comes must show that it is that item's page,
                since whatever stands before a website that is down may answer anything.

        Raises:
            NotSent, Lost: no page could be had there.
        """
        plain = await self._fetch(link, fresh=False)
        found = {f"page-hop-{n}": each.kept for n, each in enumerate(plain[:-1], 1)}
        found |= {"page": plain[-1].kept, "page-status": str(plain[-1].status)}
        past: tuple[Answer, ...] = ()
        with suppress(NotSent, Lost):
            past = await self._fetch(link, fresh=True)
            found |= {"page-past-caches": past[-1].kept}
        if plain[-1].status >= 400:
            raise Lost(f"the page answered {plain[-1].status}; that is kept as {plain[-1].kept}")
        if not vouched and not any(self._is_of(each[-1], link) for each in (plain, past) if each):
            raise Lost(f"the page shows nothing of it; that is kept as {plain[-1].kept}")
        page = text_of(plain[-1])
        if page is not None and any(holds(page, each) for each in self._titles.get(same_link(link), ())):
            self._shown.add(same_link(link))
        return found

    def _is_of(self, answer: Answer, link: str) -> bool:
        """Whether a page is an item's: it holds the title, as it is known or as the address spells it, or names its own address."""
        page = text_of(answer) if answer.status == 200 else None
        if page is None:
            return False
        path = httpx.URL(link).path.rstrip("/")
        titles = (*self._titles.get(same_link(link), ()), path.rpartition("/")[2].replace("-", " "))
        named = bool(path) and re.search(rf"{re.escape(path)}(?![\w-])", page) is not None
        return named or any(holds(page, each) for each in titles)

    async def profile(self) -> dict[str, str]:
        """What the home page calls itself. Raises NotSent or Lost."""
        answer = (await self._fetch(self._base, fresh=True))[-1]
        page = text_of(answer)
        if answer.status != 200 or page is None:
            raise Lost(f"the home page answered {answer.status}")
        return {"address": self._base, "title": title_of(page)}

    async def tried(self) -> tuple[bool, tuple[str, ...]]:
        """Whether pages and feed can be seen, a sentence each."""
        home = await self._home()
        lines = [
            "The home page can be seen from outside."
            if home.against is False
            else f"The home page cannot be seen: {home.said}."
        ]
        for light in await self._gathered(*(self._notice(each, "", fresh=False) for each in self._pages)):
            able = light.against is not None
            lines.append(
                f"{light.name} can be seen." if able else f"{light.name} cannot be seen: {light.said}."
            )
        if not self._pages:
            lines.append("No pages are named on which the notice banner could be looked for.")
        items = await self.feed_items()
        if self._feed:
            lines.append(
                f"The feed can be read: {len(items)} entries."
                if items is not None
                else f"There is no feed to be read at {self._feed}."
            )
        return home.against is False, tuple(lines)


def _kept(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    return tuple(each.kept for each in answers if each.kept)


def _joined(title: str, words: str) -> str:
    return words if words.startswith(title) else f"{title} {words}".strip()
