"""A file's bytes to text that can be shown: UTF-8, not too large, nothing that hides or steers a terminal."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from console.playbook.findings import Notes, Place
from console.text import unshowable

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST: Final = 256 * 1024
LINE: Final = 8_192
# Lines with marks, emoji and the like are looked at character by character; so many characters of them take 25 ms.
UNUSUAL: Final = 50_000


def decode(raw: bytes, notes: Notes) -> str | None:
    """The file's text, or None when it cannot be used: then `notes` says why. Sets the lines of `notes`."""
    if len(raw) > LARGEST:
        message = f"this file is {len(raw) // 1024} KiB; 256 KiB is the most"
        notes.error("PB002", Place(), message, "split it, or let it use other playbooks")
        return None
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "this file begins with a byte-order mark"
        notes.error("PB004", Place(1, 1, 2), message, "save it as UTF-8 without BOM")
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _not_utf8(raw, error.start, notes)
        return None
    notes.lines = text.split("\n")
    _windows(text, notes)
    plain = text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()
    if not _short(notes) or not (plain or _clean(notes)):
        return None
    return None if notes.errors else text


def _not_utf8(raw: bytes, start: int, notes: Notes) -> None:
    before = raw[:start].decode("utf-8")
    col = len(before) - before.rfind("\n")
    notes.lines = raw.decode("utf-8", "replace").split("\n")
    place = Place(before.count("\n") + 1, col, col + 1)
    notes.error("PB003", place, f"byte 0x{raw[start]:02x} is not UTF-8", "save it as UTF-8")


def _windows(text: str, notes: Notes) -> None:
    count = text.count("\r\n")
    if count:
        first = text.index("\r\n")
        col = first - text.rfind("\n", 0, first)
        more = f", the first of {count}" if count > 1 else ""
        place = Place(text.count("\n", 0, first) + 1, col, col + 1)
        notes.error("PB005", place, f"a Windows line end{more}", "save it with Unix line ends (LF)")


def _short(notes: Notes) -> bool:
    longest = max(notes.lines, key=len)
    if len(longest) <= LINE:
        return True
    place = Place(notes.lines.index(longest) + 1, 1, 2)
    message = f"a line of {len(longest)} characters; {LINE} is the most"
    notes.error("PB009", place, message, "break it into several lines")
    return False


def _unusual(characters: Iterable[str]) -> bool:
    return any(not char.isascii() and not char.isalnum() for char in characters)


def _clean(notes: Notes) -> bool:
    """Whether every line holds only characters that can be seen."""
    looked = 0
    for number, line in enumerate(notes.lines, start=1):
        if line.isascii() and line.isprintable():
            continue
        looked += len(line) if _unusual(set(line)) else 0
        if looked > UNUSUAL:
            message = f"more than {UNUSUAL} characters with marks or symbols among them"
            notes.error("PB009", Place(number, 1, 2), message, "split the file")
            return False
        for offset, char in unshowable(line.removesuffix("\r")):
            place = Place(number, offset + 1, offset + 2)
            notes.error("PB006", place, f"a character that cannot be seen: U+{ord(char):04X}", "delete it")
    return True
