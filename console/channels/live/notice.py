"""The website's notice banner without a CMS: two files in a folder that every page includes.

`notice.html` is included as it is by the web server (`<!--#include virtual="/notice.html" -->` or its like); `notice.json` is for
whoever draws it otherwise. The fields are those of GOV.UK's emergency banner (docs.publishing.service.gov.uk, *Emergency
publishing*), with an incident's id by which a check finds it on the pages.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from console.channels.live.web import canonical, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.channels.protocol import Order

HTML: Final = "notice.html"
JSON: Final = "notice.json"
CLASS: Final = "incident"
HEADING: Final = "Important notice"
LINK_TEXT: Final = "Read more"
LONGEST_HEADING: Final = 120
LARGEST: Final = 64 * 1024
PUBLIC: Final = 0o644  # the web server reads it
HOUR: Final = 3_600_000
_SENTENCE: Final = re.compile(r"(.{4,120}?[.!?])\s+(?=\S)", re.DOTALL)


class Notice(Struct, frozen=True, kw_only=True, rename={"kind": "class", "since": "from"}):
    """What the banner says. Times are UTC as 2019-07-19T22:16:00Z; `until` is empty while nobody has said."""

    kind: str
    heading: str
    short: str
    link: str
    link_text: str
    since: str
    until: str
    incident: str


class Unsayable(Exception):
    """There is a character in the words that no page can show."""


class HalfDone(Exception):
    """Not all of it was put in its place, or it may not outlive a loss of power."""


def notice_of(order: Order, settings: Mapping[str, str], wall: int) -> Notice:
    """The approved words as a banner: nothing is added to them, nothing left out.

    Raises:
        Unsayable: they hold control characters or half of a character, or there are none.
    """
    text = order.text.strip()
    if not text:
        raise Unsayable("There are no words for the banner.")
    if any(
        unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t" for each in order.subject + text
    ):
        raise Unsayable("There is a character in the words that no page can show.")
    heading, short = _split(order.subject.strip(), text)
    hours = settings.get("notice-hours", "")
    link = settings.get("notice-link", "")
    return Notice(
        kind=settings.get("notice-class", "") or CLASS,
        heading=heading,
        short=short,
        link=link,
        link_text=(settings.get("notice-link-text", "") or LINK_TEXT) if link else "",
        since=_time(wall),
        until=_time(wall + int(hours) * HOUR) if hours.isascii() and hours.isdecimal() else "",
        incident=order.incident,
    )


def same(one: Notice, other: Notice) -> bool:
    """Whether two notices say the same of the same incident, whenever they were put up."""
    return msgspec.structs.replace(one, since="", until="") == msgspec.structs.replace(
        other, since="", until=""
    )


def html_of(notice: Notice) -> bytes:
    """The element that pages include. Everything in it is text: nothing in the words can become markup."""
    lines = "<br>".join(html.escape(line) for line in notice.short.splitlines())
    names = f"notice notice--{html.escape(notice.kind)}"
    parts = [
        f'<section class="{names}" role="region" data-incident="{html.escape(notice.incident)}">',
        f'<h2 class="notice__heading">{html.escape(notice.heading)}</h2>',
    ]
    if lines:
        parts.append(f'<p class="notice__short">{lines}</p>')
    if place_of(notice.link):
        parts.append(f'<p><a href="{html.escape(notice.link)}">{html.escape(notice.link_text)}</a></p>')
    return "\n".join((*parts, "</section>\n")).encode()


def json_of(notice: Notice) -> bytes:
    """The record. `<`, `>` and `&` are spelled out, so that it may also be written into a page's script."""
    words = canonical(msgspec.to_builtins(notice))
    for char in "<>&":
        words = words.replace(char, f"\\u{ord(char):04x}")
    return f"{words}\n".encode()


def put_up(folder: str, notice: Notice) -> str:
    """Put both files in their places, each whole; what stands there then, as a proof.

    Raises:
        HalfDone: it went wrong after the first file was put in its place.
        OSError: nothing was changed.
    """
    return _put(folder, {JSON: json_of(notice), HTML: html_of(notice)})


def take_down(folder: str) -> str:
    """Put two empty files in their places, so that pages include nothing and nobody asks for a file that is not there.

    Raises:
        HalfDone, OSError: as `put_up`.
    """
    return _put(folder, {JSON: b"{}\n", HTML: b""})


def is_empty(folder: str) -> bool:
    """Whether pages include nothing from the folder. Raises OSError when it cannot be read."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return not _read(place, HTML).strip()
    finally:
        os.close(place)


def _put(folder: str, raws: Mapping[str, bytes]) -> str:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        aside = {name: _written(place, name, raw) for name, raw in raws.items()}
        placed = 0
        try:
            for name, waiting in aside.items():
                os.replace(waiting, name, src_dir_fd=place, dst_dir_fd=place)
                placed += 1
            os.fsync(place)
        except OSError as error:
            _away(place, aside.values())
            if placed:
                raise HalfDone(str(error.strerror)) from error
            raise
    finally:
        os.close(place)
    return canonical(
        {name: hashlib.sha256(raw).hexdigest() for name, raw in raws.items()} | {"folder": folder}
    )


def _written(place: int, name: str, raw: bytes) -> str:
    """Write a file beside its place, on the disk when this returns; nothing of it is left when the disk does not take it."""
    aside = f".{name}.{os.getpid()}"
    with suppress(FileNotFoundError):
        os.unlink(aside, dir_fd=place)
    try:
        handle = os.open(
            aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PUBLIC, dir_fd=place
        )
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), PUBLIC)  # whatever the officer's umask
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _away(place, [f".{each}.{os.getpid()}" for each in (JSON, HTML)])
        raise
    return aside


def _away(place: int, names: Iterable[str]) -> None:
    for name in names:
        with suppress(OSError):
            os.unlink(name, dir_fd=place)


def standing(folder: str) -> tuple[Notice | None, bool]:
    """The notice whose record stands in the folder, and whether the element beside it is that notice's.

    Raises:
        OSError: the folder cannot be read; a file that is not there is no error.
    """
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        record, element = _read(place, JSON), _read(place, HTML)
    finally:
        os.close(place)
    try:
        notice = msgspec.json.decode(record, type=Notice)
    except msgspec.DecodeError:
        return None, False
    return notice, element == html_of(notice)


def _read(place: int, name: str) -> bytes:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    except FileNotFoundError:
        return b""
    try:
        return os.read(handle, LARGEST)
    finally:
        os.close(handle)


def _split(subject: str, text: str) -> tuple[str, str]:
    """A heading and the rest: the subject if there is one, else the first line or sentence if it is short enough."""
    if subject:
        return subject, text
    first, _, rest = text.partition("\n")
    if rest and len(first) <= LONGEST_HEADING:
        return first.strip(), rest.strip()
    sentence = _SENTENCE.match(text)
    if sentence:
        return sentence[1].strip(), text[sentence.end() :].strip()
    return (text, "") if len(text) <= LONGEST_HEADING else (HEADING, text)


def _time(wall: int) -> str:
    return datetime.fromtimestamp(wall // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
