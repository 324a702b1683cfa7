"""How a Mynewsdesk newsroom names its items, and where a person edits one. Pure.

A number alone names nothing: press releases, news and blog posts are numbered apart. The editor's address is the media's name
in the plural, but for `news`, and the number (as it stands in the browser while one edits).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec import Struct

READ: Final = ("pressrelease", "news", "blog_post")  # what a newsroom publishes as words
MEDIA: Final = (*READ, "event", "image", "video", "document", "contact_person")
EDITOR: Final = "https://publish.mynewsdesk.com"
LONGEST: Final = 2_000  # characters of an address
_PLURALS: Final = {media: media if media == "news" else f"{media}s" for media in MEDIA}
_SINGULARS: Final = {plural: media for media, plural in _PLURALS.items()}
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_AT_END: Final = re.compile(r"(?:.*-)?([1-9][0-9]{0,17})", re.ASCII | re.DOTALL)
_NAMED: Final = re.compile(r"([a-z_]{1,20})[/:]([1-9][0-9]{0,17})", re.ASCII)


class Ref(Struct, frozen=True):
    """Which item is meant: its kind of media, its number and its public page, each empty where it is not known."""

    media: str = ""
    id: str = ""
    link: str = ""

    @property
    def name(self) -> str:
        """`pressrelease/2888001`; empty where it cannot be told which it is."""
        return f"{self.media}/{self.id}" if self.media and self.id else ""

    def may_be(self, other: Ref) -> bool:
        """Whether the other, as an answer lists it, is the one that is meant."""
        if self.id and other.id:
            return self.id == other.id and (not self.media or not other.media or self.media == other.media)
        return bool(self.link) and self.link == other.link


@lru_cache(maxsize=4096)
def ref_of(said: str) -> Ref:
    """Which item somebody means by a public link, `pressrelease/1`, or a bare number."""
    said = said.strip()
    named = _NAMED.fullmatch(said)
    if named is not None:
        media = _SINGULARS.get(named[1], named[1])
        return Ref(media, named[2]) if media in MEDIA else Ref()
    if _NUMBER.fullmatch(said):
        return Ref("", said)
    link = tidy(said)
    if not link:
        return Ref()
    steps = [unquote(step) for step in urlsplit(link).path.split("/") if step]
    media = next((_SINGULARS[step] for step in reversed(steps[:-1]) if step in _SINGULARS), "")
    number = _AT_END.fullmatch(steps[-1]) if steps and media else None
    return Ref(media, number[1] if number is not None else "", link)


def tidy(link: str) -> str:
    """A public page's address, of http or https; without query and fragment where its path alone names an item."""
    link = link.strip()
    if len(link) > LONGEST or not host_of(link):
        return ""
    parts = urlsplit(link)
    steps = parts.path.split("/")
    if any(step in _SINGULARS for step in steps[:-1]) and _AT_END.fullmatch(steps[-1]):
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return link


def host_of(link: str) -> str:
    """The host of an http or https address, in small letters; empty for anything else."""
    if not link.isprintable() or any(char in link for char in ' "<>\\'):
        return ""
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def edit_link(account: str, ref: Ref) -> str:
    """Where a person edits or withdraws the item; empty where account, media or number is not known."""
    if not _ACCOUNT.fullmatch(account) or not ref.name:
        return ""
    return f"{EDITOR}/{account}/publish/{_PLURALS[ref.media]}/edit/{ref.id}"
