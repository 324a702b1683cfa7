"""Public RSS and Atom feeds, read as what anybody may have written: bounded, without entities, never more than text.

RSS 2.0 (rssboard.org/rss-specification), RSS 1.0, Atom (RFC 4287). A document type is refused at its first character, so that
nothing can be declared that grows or reaches out (CWE-776, CWE-611). What XML may not hold at all, such as a terminal's
escape, is replaced first: one planted character must not make a feed unreadable.
"""

from __future__ import annotations

import html
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NoReturn
from xml.parsers import expat

from msgspec import Struct

if TYPE_CHECKING:
    from console.channels.live.web import Answer

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ENTRIES: Final = 1_000
MOST_ELEMENTS: Final = 50_000
MOST_DEPTH: Final = 64
LONGEST_TEXT: Final = 20_000  # characters of one field; the rest is cut
LONGEST_DATE: Final = 64
LAST_DATE: Final = 253_402_300_799_999  # ms UTC, the end of the year 9999

_ATOM: Final = "http://www.w3.org/2005/Atom"
_RSS: Final = ("", "http://purl.org/rss/1.0/")
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FIELDS: Final[dict[tuple[str, str], str]] = {
    **{
        (space, local): field
        for space in _RSS
        for local, field in (
            ("title", "title"),
            ("link", "link"),
            ("guid", "id"),
            ("description", "words"),
            ("pubDate", "date"),
        )
    },
    ("http://purl.org/dc/elements/1.1/", "date"): "later",
    ("http://purl.org/rss/1.0/modules/content/", "encoded"): "body",
    **{
        (_ATOM, local): field
        for local, field in (
            ("title", "title"),
            ("id", "id"),
            ("subtitle", "words"),
            ("summary", "words"),
            ("content", "body"),
            ("published", "date"),
            ("updated", "later"),
        )
    },
}
_ENCODINGS: Final = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "iso-8859-15", "windows-1252"}
)
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^<>]{0,80}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE: Final = re.compile(r"&#(x[0-9A-Fa-f]+|[0-9]+);")
_TAG: Final = re.compile(r"<[^<>]*>")
_HUGE_REFERENCE: Final = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,};?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotAFeed(ValueError):
    """These bytes are no feed that is read here; says why in one sentence."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry. `published` is wall ms UTC, 0 where it does not say so readably; `words` and `title` are plain text."""

    id: str = ""
    title: str = ""
    link: str = ""
    words: str = ""
    published: int = 0


class Feed(Struct, frozen=True, kw_only=True):
    """A feed: its own title, link and words, and its entries in their order."""

    title: str = ""
    link: str = ""
    words: str = ""
    entries: tuple[Entry, ...] = ()


def of(answer: Answer) -> Feed | None:
    """The feed that an answer holds; None where it tells nothing."""
    if answer.status != 200:
        return None
    try:
        return parse(answer.body)
    except NotAFeed:
        return None


def parse(raw: bytes) -> Feed:
    """Read a feed.

    Raises:
        NotAFeed: it is none, too large, or declares a document type.
    """
    if len(raw) > MOST_BYTES:
        raise NotAFeed(f"It is larger than {MOST_BYTES // 1024:,} KiB.")
    reader = _Reader()
    try:
        reader.parser.Parse(_clean(_decoded(raw)), True)
    except expat.ExpatError as error:
        raise NotAFeed(f"It is no XML: {expat.ErrorString(error.code)}.") from error
    return reader.feed()


def plain(markup: str) -> str:
    """Markup as one line of text: tags out, references resolved, single spaces."""
    return " ".join(unescaped(_TAG.sub(" ", markup)).split())


def unescaped(markup: str) -> str:
    """References resolved; a number that no character has is taken out first, since Python refuses to read very long ones."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", markup))


def when(said: str) -> int:
    """A date as wall ms UTC: RFC 3339 or ISO 8601, else RFC 822. Without a zone it is UTC; 0 when it cannot be read."""
    said = said.strip()
    if len(said) > LONGEST_DATE:
        return 0
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, OverflowError, IndexError):
            found = read(said)
            aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
            ms = (aware - _EPOCH) // timedelta(milliseconds=1)
            return ms if 0 < ms <= LAST_DATE else 0
    return 0


def _decoded(raw: bytes) -> str:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    declared = _DECLARED.match(raw[:200])
    name = declared.group(1).decode().lower() if declared is not None else "utf-8"
    if name not in _ENCODINGS:
        raise NotAFeed("It is written in an encoding that is not read here.")
    return raw.decode(name, "replace")


def _clean(text: str) -> str:
    """The text as XML may be, without what stands before its beginning."""
    return _REFERENCE.sub(_possible, _NO_XML.sub("\ufffd", text)).lstrip("\ufeff \t\r\n")


def _possible(reference: re.Match[str]) -> str:
    digits = reference[1]
    code = int(digits.lstrip("x"), 16 if digits[0] == "x" else 10) if len(digits) <= 8 else -1
    good = 0 <= code <= 0x10FFFF and _NO_XML.match(chr(code)) is None
    return reference[0] if good else "\ufffd"


class _Reader:
    """What expat tells, gathered: a feed's own fields and those of each entry, each the first of its name."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self._path: list[tuple[str, str]] = []
        self._own: dict[str, str] = {}
        self._entries: list[dict[str, str]] = []
        self._into: dict[str, str] | None = None  # whose fields are read
        self._level = 0  # how deep its fields lie
        self._field = ""
        self._said: list[str] = []
        self._room = 0
        self._elements = 0

    def feed(self) -> Feed:
        """All of it, once the document has ended."""
        own = self._own
        return Feed(
            title=plain(own.get("title", "")),
            link=own.get("link", "").strip(),
            words=plain(own.get("words", "")),
            entries=tuple(map(_entry, self._entries)),
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self._elements += 1
        depth = len(self._path)
        if self._elements > MOST_ELEMENTS or depth >= MOST_DEPTH:
            raise NotAFeed("It has more in it than any feed.")
        parent = self._path[-1] if self._path else ("", "")
        self._path.append((space, local))
        if not depth:
            self._root(space, local)
        elif _is_entry(space, local, parent, depth):
            self._open()
        elif space in _RSS and local == "channel" and depth == 1:
            self._into, self._level = self._own, 2
        elif self._into is not None and depth == self._level:
            self._begin(space, local, attributes)
        elif self._field:
            self._said.append(" ")  # words of two elements are two words

    def _root(self, space: str, local: str) -> None:
        if (space, local) == (_ATOM, "feed"):
            self._into, self._level = self._own, 1
        elif (space, local) not in (("", "rss"), (_RDF, "RDF")):
            raise NotAFeed("It is no feed.")

    def _open(self) -> None:
        if len(self._entries) >= MOST_ENTRIES:
            raise NotAFeed("It has more entries than any feed.")
        self._entries.append({})
        self._into, self._level = self._entries[-1], len(self._path)

    def _begin(self, space: str, local: str, attributes: dict[str, str]) -> None:
        assert self._into is not None
        if (space, local) == (_ATOM, "link") and self._path[0] == (_ATOM, "feed"):
            if attributes.get("rel", "alternate") == "alternate":
                self._into.setdefault("link", attributes.get("href", "")[:LONGEST_TEXT])
            return
        self._field = _FIELDS.get((space, local), "")
        self._said, self._room = [], LONGEST_TEXT
        if self._field == "id" and attributes.get("isPermaLink", "true").strip().lower() != "true":
            self._into.setdefault("opaque", "yes")

    def _text(self, said: str) -> None:
        if self._field and self._room > 0:
            self._said.append(said[: self._room])
            self._room -= len(said)

    def _end(self, name: str) -> None:
        del name
        self._path.pop()
        depth = len(self._path)
        if self._into is None:
            return
        if depth == self._level and self._field:
            self._into.setdefault(self._field, "".join(self._said))
            self._field = ""
        elif depth < self._level:
            # An entry has ended; what follows it may be the feed's own again.
            within = self._into is not self._own and depth in (1, 2)
            self._into, self._level = (self._own, depth) if within else (None, 0)


def _is_entry(space: str, local: str, parent: tuple[str, str], depth: int) -> bool:
    if (space, local) == (_ATOM, "entry"):
        return parent == (_ATOM, "feed") and depth == 1
    if space not in _RSS or local != "item":
        return False
    return (depth == 2 and parent[1] == "channel") or (depth == 1 and parent == (_RDF, "RDF"))


def _entry(found: dict[str, str]) -> Entry:
    name = found.get("id", "").strip()
    link = found.get("link", "").strip()
    if not link and "opaque" not in found and name.startswith(("https://", "http://")):
        link = name
    return Entry(
        id=name,
        title=plain(found.get("title", "")),
        link=link,
        words=plain(found.get("words", "") or found.get("body", "")),
        published=when(found.get("date", "")) or when(found.get("later", "")),
    )


def _refuse(*_declared: object) -> NoReturn:
    raise NotAFeed("It declares a document type, which no feed needs.")
