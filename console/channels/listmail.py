"""Whom a saved mail (`.eml`, RFC 5322) went to, as far as its header says: the recipients of a false mail are the correction's.

Only the header is read, a line at a time. Groups, quoted names, comments and folded lines are understood; each recipient is a row
with the line and the raw text of its own, and is checked like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from console.channels.listfile import ListFile, lines_of, too_long
from console.channels.listrow import Row

FIELDS: Final = frozenset(
    {
        *("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"),
        *("x-original-to", "delivered-to", "envelope-to", "x-envelope-to"),
    }
)
LONGEST: Final = 2_000  # characters of one recipient, its name included
_ANGLED: Final = re.compile(r"<([^<>]*)>\s*\Z")


def mail_rows(file: ListFile) -> Iterator[Row]:
    """Every recipient that the header names, in order."""
    cutter: _Cutter | None = None
    for line, raw in enumerate(lines_of(file), start=1):
        bare = raw.rstrip("\r\n")
        if not bare.strip():
            break
        start = 0
        if bare[0] not in " \t":
            if cutter is not None:
                yield from cutter.rest()
            name, colon, _ = bare.partition(":")
            cutter = _Cutter() if colon and name.strip().lower() in FIELDS else None
            start = len(name) + 1
        if cutter is None:
            continue
        if trouble := too_long(bare):
            yield Row(line, "", bare, trouble)
            cutter = None
            continue
        yield from cutter.cut(line, bare, start)
    if cutter is not None:
        yield from cutter.rest()


class _Cutter:
    """Cuts one header field into recipients, folded lines and all."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._line, self._at, self._raw = 0, 0, ""
        self._quoted = self._angled = self._escaped = False
        self._comments = 0

    def cut(self, line: int, raw: str, start: int) -> Iterator[Row]:
        """The recipients that end in this line."""
        for at in range(start, len(raw)):
            character = raw[at]
            if not self._text:
                if character in " \t,;":
                    continue
                self._line, self._at, self._raw = line, at, raw
            if character in ",;" and self._bare():
                yield from self.rest()
            elif not self._in_comment(character):
                self._take(character)

    def rest(self) -> Iterator[Row]:
        """The recipient under way, if there is one."""
        text = "".join(self._text)
        named = _ANGLED.search(text)
        cell = (named.group(1) if named is not None else text).strip()
        trouble = "a recipient of many lines" if len(text) >= LONGEST else ""
        begins = self._at + 1 + (named.start(1) if named is not None else 0)
        row = Row(self._line, cell, self._raw, trouble, begins)
        self._text.clear()
        self._quoted = self._angled = self._escaped = False
        self._comments = 0
        if cell or named is not None:
            yield row

    def _bare(self) -> bool:
        return not (self._quoted or self._angled or self._comments)

    def _in_comment(self, character: str) -> bool:
        """Whether the character belongs to a comment, which says nothing of whom it went to."""
        if self._quoted or self._escaped:
            return False
        if character == "(":
            self._comments += 1
            return True
        if character == ")" and self._comments:
            self._comments -= 1
            return True
        return self._comments > 0

    def _take(self, character: str) -> None:
        if character == ":" and self._bare() and "@" not in self._text:
            self._text.clear()  # the name of a group, such as undisclosed-recipients
            return
        if character == '"' and not self._escaped:
            self._quoted = not self._quoted
        elif character in "<>" and not self._quoted:
            self._angled = character == "<"
        self._escaped = character == "\\" and self._quoted and not self._escaped
        if len(self._text) < LONGEST:
            self._text.append(character)


__all__ = ["FIELDS", "mail_rows"]
