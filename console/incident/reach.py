"""How far an item had gone when it was saved, under one set of names for every platform. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.incident.state import Item

MOST_DIGITS: Final = 15
_WORDS: Final = {  # one of it, several of it; in the order they are told
    "views": ("time", "times"),
    "reposts": ("repost", "reposts"),
    "quotes": ("quote", "quotes"),
    "likes": ("like", "likes"),
    "replies": ("reply", "replies"),
    "bookmarks": ("bookmark", "bookmarks"),
}


def reach_in(told: Mapping[str, str]) -> dict[str, int]:
    """The figures among what a platform told of an item; what is no count of something known is left out."""
    return {
        name: int(told[name])
        for name in _WORDS
        if told.get(name, "").isascii() and told.get(name, "").isdecimal() and len(told[name]) <= MOST_DIGITS
    }


def reach_words(reach: Mapping[str, int]) -> str:
    """`seen 12,403 times, 31 reposts`; empty where nothing is known of it."""
    found = []
    for name, (one, several) in _WORDS.items():
        if reach.get(name):
            said = counted(reach[name], one, several)
            found.append(f"seen {said}" if name == "views" else said)
    return ", ".join(found) or ("no reaction yet" if reach else "")


def reach_in_all(items: Iterable[Item]) -> dict[str, int]:
    """The figures of several items together."""
    whole: Counter[str] = Counter()
    for item in items:
        whole.update(item.reach)
    return dict(whole)


def reached_when_saved(reach: Mapping[str, int]) -> str:
    """The same with its moment: `seen 12,403 times, 31 reposts when saved`; empty where nothing is known of it."""
    words = reach_words(reach)
    return f"{words} when saved" if words else ""
