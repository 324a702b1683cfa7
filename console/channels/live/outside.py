"""What a public page shows to anybody: its words, the notices on it, and what several looks together say.

Pages are written by strangers. Every pattern here reads a page once, whatever stands in it: none goes back over what it has read.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

import httpx
from msgspec import Struct

from console.channels.live.feed import plain
from console.channels.live.web import canonical, place_of
from console.channels.protocol import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.channels.live.web import Answer

GONE: Final = (404, 410)
_CHARSETS: Final = ("utf-8", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TITLE: Final = re.compile(r"<title\b[^<>]*>([^<]{0,300})", re.IGNORECASE)
_TRACKING: Final = re.compile(r"utm_|fbclid$|gclid$")
_WORD: Final = re.compile(r"\w+")
_UNSEEN: Final = re.compile(r"<!--|<(script|style|template|noscript)\b", re.IGNORECASE)
_INCIDENT: Final = re.compile(
    r"""<[a-z][^<>]*?\sdata-incident=(?:"([^"<>]{1,80})"|'([^'<>]{1,80})'|([^\s"'<>=`]{1,80}))""",
    re.IGNORECASE,
)


class Light(Struct, frozen=True, kw_only=True):
    """One look at one thing.

    Attributes:
        name: what was looked at.
        against: whether it speaks against the claim that was made; None when this look cannot tell.
        said: what was seen, in a few words.
        kept: under which names the answers are kept.
        fresh: no cache can stand before it.
    """

    name: str
    against: bool | None
    said: str
    kept: tuple[str, ...] = ()
    fresh: bool = False

    def plain(self) -> dict[str, object]:
        """As it stands in a raw answer."""
        return {"said": self.said, "kept": list(self.kept)}


def text_of(answer: Answer) -> str | None:
    """A page as text; None when it is none that we can read (RFC 9110 section 8.3, a byte order mark before all else)."""
    kind, _, rest = answer.headers.get("content-type", "").partition(";")
    if kind.strip().lower() not in ("text/html", "application/xhtml+xml", "text/plain", ""):
        return None
    for mark, name in _MARKS:
        if answer.body.startswith(mark):
            return answer.body.decode(name, "replace")
    said = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", rest, re.IGNORECASE)
    try:
        name = codecs.lookup(said[1] if said else "utf-8").name
    except LookupError:
        return None
    return answer.body.decode(name, "replace") if name in _CHARSETS else None


def words_of(markup: str) -> str:
    """The bare words, folded, with one space around each: what is left when editors and themes have had their way with quotes and dashes."""
    folded = unicodedata.normalize("NFKC", plain(markup)).casefold()
    return f" {' '.join(_WORD.findall(folded))} "


def holds(page: str, title: str) -> bool:
    """Whether the page holds the title's words, in their order and together; a title without words is held by none."""
    wanted = words_of(title)
    return bool(wanted.strip()) and wanted in words_of(page)


def incidents_of(page: str) -> frozenset[str]:
    """The incidents whose notices stand on a page: values of `data-incident` where a browser would show the element."""
    found = _INCIDENT.finditer(_seen(page))
    return frozenset(html.unescape(each[1] or each[2] or each[3]) for each in found)


def _seen(page: str) -> str:
    """The page without comments, scripts, styles and templates."""
    parts, at = [], 0
    while (start := _UNSEEN.search(page, at)) is not None:
        parts.append(page[at : start.start()])
        if start[1] is None:
            end = page.find("-->", start.end())
            at = end + 3 if end >= 0 else len(page)
        else:
            close = re.compile(rf"</{start[1]}\b[^<>]*>", re.IGNORECASE).search(page, start.end())
            at = close.end() if close is not None else len(page)
    return "".join((*parts, page[at:]))


def same_link(link: str) -> str:
    """A link without what does not matter: scheme, `www.`, a port, a trailing slash, fragment and tracking."""
    if not place_of(link):
        return link.strip()
    url = httpx.URL(link)
    query = sorted(each for each in url.params.multi_items() if not _TRACKING.match(each[0]))
    host = url.host.lower().removeprefix("www.")
    return f"{host}{url.path.rstrip('/')}?{'&'.join(f'{key}={value}' for key, value in query)}"


def title_of(page: str) -> str:
    """What a page calls itself, as plain text."""
    found = _TITLE.search(page)
    return plain(found[1]) if found else ""


def verdict(lights: Iterable[Light], *, patient: bool) -> Seen:
    """Whether a claim holds for everybody outside: only when every look says so.

    One look that no cache can stand before is enough against it. Where only others are, it may be a cache that has not heard yet:
    with `patient` that tells nothing.
    """
    lights = tuple(lights)
    raw = canonical({each.name: each.plain() for each in lights})
    against = [each for each in lights if each.against]
    if any(each.fresh for each in against) or (against and not patient):
        return Seen("disagrees", raw, ", ".join(each.name for each in against))
    if against or not lights or any(each.against is None for each in lights):
        return Seen("cannot-see", raw)
    return Seen("agrees", raw)
