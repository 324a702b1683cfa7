"""Mynewsdesk: read, saved and verified by the console; published and withdrawn by hand, since no interface does either.

`webservice_pressroom` only pulls (https://mynewsdesk.com/docs/webservice_pressroom). The newsroom's public feed needs no key; it
is the second witness, and the only one where there is no key. An edit of what is published mails nobody; a first publication
mails every subscriber (help.mynewsdesk.com, *In which cases are e-mails being sent?*).
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from console.channels.live.adapter import Need, Tried
from console.channels.live.lights import shows
from console.channels.live.mynewsdesk_lights import FourLights
from console.channels.live.newsroom import Item, figures, item_of, listed
from console.channels.live.pressroom import ORDERS, PAGE, day_of
from console.channels.live.web import Answer, Lost, place_of, repeat
from console.channels.protocol import Sighting
from console.errors import VaultError
from console.incident.newsroom import READ, Ref, edit_link
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NEEDS: Final = (
    Need(
        name="feed",
        asks="Which address has the newsroom's public RSS feed? Look for rss/current_news in its page's source.",
    ),
    Need(
        name="account-id",
        asks="What stands after https://publish.mynewsdesk.com/ in the address when you edit something there?",
        optional=True,
    ),
    Need(name="address", asks="Which address has the newsroom for the public?", optional=True),
    Need(
        name="base",
        asks="Where does Mynewsdesk answer programs?",
        default="https://www.mynewsdesk.com",
        optional=True,
    ),
    Need(
        name="key",
        asks="Which key reads the newsroom (webservice_pressroom)? Without it nothing withdrawn can be verified.",
        secret=True,
        optional=True,
    ),
)
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def problems(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Everything wrong with the settings, half a sentence each."""
    wrong = []
    if not settings.get("feed"):
        wrong.append("the address of the public RSS feed is missing")
    for name in ("feed", "address", "base"):
        value = settings.get(name, "")
        if value and not _fit(value):
            wrong.append(f"{name} is no https address")
        if "/services/pressroom/" in value:
            wrong.append(
                f"{name} has the key in it, which belongs with the secrets; the public feed has none"
            )
    if not _ACCOUNT.fullmatch(settings.get("account-id", "") or "none"):
        wrong.append("account-id is not one word of letters and digits")
    return tuple(wrong)


def _fit(url: str) -> bool:
    """Whether it is https, or leads no farther than this machine, and names no user."""
    place = place_of(url)
    if not place or any(ord(char) <= 0x20 for char in url) or "@" in urlsplit(url).netloc:
        return False
    return url.lower().startswith("https://") or place.rpartition(":")[0] in ("127.0.0.1", "localhost", "::1")


class Mynewsdesk(FourLights):
    """One newsroom; see `Adapter`. It carries out no verb: `edit_link` leads a person to where it is done."""

    async def read(self) -> tuple[Sighting, ...] | None:
        """Press releases, news and blog posts, newest first: the 100 last published and the 100 last touched of each.

        Where a list cannot be had, or there is no key, the public feed stands in for it: the newest 20 of all three.
        """
        items: list[Item] = []
        whole = bool(await self._key())
        if whole:
            asked = [(media, order) for media in READ for order in ORDERS]
            lists = await asyncio.gather(*(self._list(*each) for each in asked))
            items += [item for _, found in lists for item in found.items]
            whole = all(found.whole for _, found in lists)
        if not whole:
            _, found = await self._feed()
            if found is None:
                return None
            items += map(item_of, found.entries)
        return self._sightings(items)

    async def search(self, words: str) -> tuple[Sighting, ...] | None:
        """What is published with these words in it, newest first; None when it cannot be asked.

        Args:
            words: as a person would type them; the first 100 finds of each kind of media are read.
        """
        items: list[Item] = []
        for media in READ:
            heard = await self._heard(
                self._ask("search", type_of_media=media, query=words[:200], limit=str(PAGE), page="1")
            )
            found = listed(heard.table(), media)
            if not found.whole:
                return None
            items += found.items
        return self._sightings(items)

    async def profile(self) -> dict[str, str]:
        """What the newsroom says of itself, press contacts and pictures included; empty when it cannot be read."""
        if await self._key():
            told = figures((await self._heard(self._ask("pressroom_info"))).table())
            named = {"name": told.get("source_name", ""), "picture": told.get("logotype", "")}
            return self._cleaned({**told, **{name: value for name, value in named.items() if value}})
        _, found = await self._feed()
        if found is None:
            return {}
        return self._cleaned({"name": found.title, "url": found.link, "description": found.words})

    async def capture(self, item: str) -> dict[str, str]:
        """Everything about one item: its JSON, its public page and its entry in the feed. Mynewsdesk tells no reach.

        Returns:
            Names of kept exchanges under `api`, `page`, `page-hop-1` ... and `feed`; `page-status` and the like where the
            answer was no good one; `page-missing` and the like with the reason; `headline` and `published` (ms UTC).

        Raises:
            NotSent, Lost: the JSON or the page could not be fetched, or nothing of the item is to be seen any more.
        """
        ref = self._meant(item)
        found: dict[str, str] = {}
        seen = await self._save_view(ref, found)
        ref = seen.ref if seen is not None and not ref.link else ref
        listed_there = await self._save_feed(ref, found)
        shown = seen or listed_there
        there = await self._save_page(ref.link, shown.header if shown is not None else "", found)
        if shown is None and not there:
            raise Lost("Nothing of it can be read here any more.")
        if shown is not None:
            found |= {"headline": shown.header, "published": str(shown.published)}
        return self._cleaned(found)

    def edit_link(self, item: str) -> str:
        """Where a person edits or withdraws the item, for a guided step; empty where it cannot be told.

        Args:
            item: its public link, or `pressrelease/2888001`.
        """
        return edit_link(self._settings.get("account-id", ""), self._meant(item))

    async def test(self) -> Tried:
        """Try the key with `pressroom_info`, read the feed, and say what stays for a person's hands."""
        key_works, about_key = await self._try_key()
        feed_works, about_feed = await self._try_feed()
        same, about_both = await self._try_both() if key_works and feed_works else (True, "")
        account = self._settings.get("account-id", "")
        lines = (
            about_key,
            about_feed,
            about_both,
            "The console reads, saves and watches this newsroom by itself, and verifies what a person withdrew."
            if key_works
            else "Without a key the console reads the feed only. Whether something is gone is asked of a person.",
            "Publishing and withdrawing are done by hand, step by step: Mynewsdesk lets no program do either.",
            "Each step prints the address of the editor."
            if account
            else "No account-id is set, so no step can print the address of the editor.",
        )
        return Tried(
            key_works is not False and feed_works and same,
            tuple(self._redactor.text(line) for line in lines if line),
        )

    # -- parts of a capture ------------------------------------------------------------------------------------------

    async def _save_view(self, ref: Ref, found: dict[str, str]) -> Item | None:
        if not ref.name or not await self._key():
            found["api-missing"] = "there is no key" if ref.name else "its number is not known"
            return None
        answer = await repeat(self._clock, lambda: self._view(ref))
        if answer.status >= 500 or answer.status == 429:
            raise Lost(f"Mynewsdesk answered {answer.status}.")
        found["api"] = answer.kept
        shown = listed(answer.json(), ref.media).items if answer.status == 200 else ()
        self._learn(shown)
        item = next((each for each in shown if ref.may_be(each.ref)), None)
        if item is None:
            found["api-status"] = str(answer.status)
        return item

    async def _save_page(self, link: str, headline: str, found: dict[str, str]) -> bool:
        """Keep the page; whether it is the item's: it shows the headline, or the words of its address, or names that address."""
        if not link:
            found["page-missing"] = "its address is not known"
            return False
        hops: list[str] = []

        async def page() -> Answer:
            answers = await self._public(link)
            hops[:] = [each.kept for each in answers[:-1]]
            return answers[-1]

        answer = await repeat(self._clock, page)
        if answer.status >= 500 or answer.status == 429:
            raise Lost(f"The page answered {answer.status}.")
        found |= {"page": answer.kept, **{f"page-hop-{n}": kept for n, kept in enumerate(hops, 1)}}
        if answer.status != 200:
            found["page-status"] = str(answer.status)
        path = urlsplit(link).path
        if answer.status != 200 or not path.strip("/"):
            return False
        spelt = path.rpartition("/")[2].rpartition("-")[0]
        return shows(answer, headline) or shows(answer, spelt) or path.encode() in answer.body

    async def _save_feed(self, ref: Ref, found: dict[str, str]) -> Item | None:
        heard, read = await self._feed()
        if read is None:
            found["feed-missing"] = heard.why
            return None
        found["feed"] = heard.kept
        return next((each for each in map(item_of, read.entries) if ref.may_be(each.ref)), None)

    # -- parts of a try ----------------------------------------------------------------------------------------------

    async def _try_key(self) -> tuple[bool | None, str]:
        """Whether the key works (None where there is none), and what is said of it."""
        try:
            kept = bool((await self._secret("key")).strip())
        except VaultError as error:
            return False, f"The key cannot be had: {visible(error.what)}"
        if not kept:
            return None, "There is no key."
        if not await self._key():
            return False, "The key that is kept is none that Mynewsdesk gives. Set it again."
        heard = await self._heard(self._ask("pressroom_info"))
        if heard.status == 404:
            return False, "Mynewsdesk does not know the key. It may have to be activated, or was changed."
        told = figures(heard.table())
        if not told:
            return False, f"The key could not be tried: {visible(heard.why)}."
        name = visible(told.get("source_name") or told.get("header") or "a newsroom without a name")[:80]
        return True, f"The key works. It reads the newsroom of {name}."

    async def _try_feed(self) -> tuple[bool, str]:
        heard, found = await self._feed()
        if found is None:
            why = "what came is no feed" if heard.status == 200 else visible(heard.why)
            return False, f"The public feed cannot be read: {why}."
        newest = max((entry.published for entry in found.entries), default=0)
        when = f", the newest of {day_of(newest)}" if newest else ""
        return True, f"The public feed can be read: {len(found.entries)} entries{when}."

    async def _try_both(self) -> tuple[bool, str]:
        """Whether feed and key are of one newsroom: what is newest in the feed stands on a list too."""
        _, found = await self._feed()
        fed = {item_of(entry).ref.name for entry in found.entries} - {""} if found is not None else set()
        lists = await asyncio.gather(*(self._list(media, "published") for media in READ))
        items = {item.ref.name for _, page in lists for item in page.items}
        if fed and items and not fed & items:
            return False, "Feed and key have not one item in common. Are both of the same newsroom?"
        return True, ""

    def _sightings(self, items: Iterable[Item]) -> tuple[Sighting, ...]:
        """Each item once, newest first. Nothing was published later than now, whatever it says."""
        now = self._clock.now().wall
        found: dict[str, Sighting] = {}
        for item in items:
            name = self._redactor.text(item.ref.name or item.ref.link)
            if name:
                words, link = self._redactor.text(item.words), self._redactor.text(item.ref.link)
                published = min(item.published, now)
                found.setdefault(name, Sighting(name, words, link, published, item.source))
        return tuple(sorted(found.values(), key=lambda each: each.published, reverse=True))
