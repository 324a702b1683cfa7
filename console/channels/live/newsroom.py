"""What Mynewsdesk's webservice_pressroom answers, read with and without `strict`. Pure.

Numbers are numbers or digits, lists are lists or hide one level deeper, dates are tables or text: older answers and those
without `strict=true` differ (https://mynewsdesk.com/docs/webservice_pressroom). An answer that says less than it should is
said to be no whole one, because what it lacks may still be published.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from console.channels.live.feed import Entry, plain, when
from console.incident.newsroom import MEDIA, Ref, ref_of, tidy

LONGEST: Final = 2_000  # characters of words
_TELLING: Final = {
    "id",
    "source_id",
    "source_name",
    "header",
}  # at least one stands in any newsroom's description
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class Item(Struct, frozen=True, kw_only=True):
    """One published thing. `published` is wall ms UTC, the later of published and created, so that back-dating hides nothing.

    `source` is `feed` where its words come from the public feed, which shortens them.
    """

    ref: Ref
    header: str = ""
    words: str = ""
    published: int = 0
    newsroom: str = ""
    source: str = ""


class Listed(Struct, frozen=True):
    """What an answer lists; `whole` when all of it could be read and nothing that it counts is missing."""

    items: tuple[Item, ...]
    whole: bool


def listed(answer: Any, media: str) -> Listed:
    """The items of a `list`, `search` or `view` answer.

    Args:
        answer: the JSON as plain values.
        media: what was asked for, where an item does not say.
    """
    total, found = _within(answer)
    raw = _several(found)
    if raw is None:
        return Listed((), whole=False)
    items = tuple(item for item in (_item(each, media) for each in raw) if item is not None)
    # A list that counts more than nothing, and shows nothing, is no empty list.
    return Listed(items, whole=len(items) == len(raw) and (bool(items) or not total))


def item_of(entry: Entry) -> Item:
    """An entry of the newsroom's public feed."""
    ref = ref_of(entry.link)
    return Item(
        ref=ref if ref.link else Ref("", "", tidy(entry.link)),
        header=entry.title[:LONGEST],
        words=_words(entry.title, entry.words),
        published=entry.published,
        source="feed",
    )


def figures(answer: Any) -> dict[str, str]:
    """The fields of a `pressroom_info` answer as text; empty when it is none.

    `tag_cloud` is left out: it changes with whatever is published.
    """
    told = _telling(answer)
    found = {}
    for name, value in list(told.items())[:60]:
        if isinstance(name, str) and re.fullmatch(r"[A-Za-z_@]{1,40}", name) and name != "tag_cloud":
            found[name] = _flat(value)[:LONGEST]
    return {name: value for name, value in found.items() if value}


def _telling(answer: Any) -> dict[Any, Any]:
    """The table that describes a newsroom: the answer itself, or what it holds one level deeper."""
    if not isinstance(answer, dict):
        return {}
    for each in (answer, *answer.values()):
        table = each[0] if isinstance(each, list) and each else each
        if isinstance(table, dict) and _TELLING & table.keys():
            return table
    return {}


def _within(answer: Any) -> tuple[int, Any]:
    """How many there are in all, as far as it says (0 where not), and what holds the items."""
    if not isinstance(answer, dict):
        return 0, None
    if isinstance(answer.get("search_result"), dict):
        answer = answer["search_result"]
    summary = answer.get("summary")
    count = answer.get("total_count", summary.get("nr_of_items") if isinstance(summary, dict) else None)
    total = _text(count)
    known = int(total) if _NUMBER.fullmatch(total) else 0
    found = answer.get("items", answer.get("item"))
    if isinstance(found, dict) and set(found) <= {"item"}:
        found = found.get("item")
    stands = "items" in answer or "item" in answer
    empty = found is None or found == ""
    return known, ([] if empty and stands else found)


def _several(found: Any) -> list[Any] | None:
    if isinstance(found, dict):
        return [found]
    return found if isinstance(found, list) else None


def _item(raw: Any, asked: str) -> Item | None:
    if not isinstance(raw, dict):
        return None
    number = _text(raw.get("id"))
    if not _NUMBER.fullmatch(number):
        return None
    media = _text(raw.get("type_of_media"))
    header = plain(_text(raw.get("header")))
    return Item(
        ref=Ref(media if media in MEDIA else asked, number, tidy(_text(raw.get("url")))),
        header=header[:LONGEST],
        words=_words(header, _text(raw.get("summary")) or _text(raw.get("body"))),
        published=max(_time(raw.get("published_at")), _time(raw.get("created_at"))),
        newsroom=plain(_text(raw.get("source_name")) or _text(raw.get("pressroom_name")))[:LONGEST],
    )


def _words(header: str, more: str) -> str:
    return "\n".join(each for each in (header, plain(more[: 10 * LONGEST])) if each)[:LONGEST]


def _time(said: Any) -> int:
    if isinstance(said, dict):
        return _time(said.get("datetime")) or when(_text(said.get("text")))
    return when(_text(said))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else ""
    )


def _flat(value: Any, depth: int = 0) -> str:
    """A value of any shape as one text; the same value is always the same text."""
    if isinstance(value, dict) and depth < 4:
        pairs = ((str(name), _flat(each, depth + 1)) for name, each in list(value.items())[:60])
        return "; ".join(f"{name}: {each}" for name, each in sorted(pairs) if each)
    if isinstance(value, list) and depth < 4:
        return " | ".join(each for each in (_flat(each, depth + 1) for each in value[:60]) if each)
    return plain(_text(value)[: 10 * LONGEST])
