"""The rows of a list: what stands between its columns, which column holds the addresses, and row after row of it."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from console.channels.listfile import LONGEST_LINE, MAIL, ListFile, lines_of, too_long
from console.channels.listmail import mail_rows
from console.channels.listrow import Row
from console.errors import BadList
from console.text import visible

MOST_LINES_A_ROW: Final = 100
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "": "none"}

# What a column of addresses is called, surest first; compared without spaces, dashes, accents and case.
_NAMES: Final = (
    {
        *("email", "emailaddress", "mailaddress", "mail", "emailadresse", "mailadresse"),
        *("emailaddr", "epost", "epostadress", "courriel", "correo", "correoelectronico"),
    },
    {"address", "recipient", "recipients", "subscriber", "to", "adresse"},
)
_PART_OF_NAME: Final = ("email", "epost", "courriel")


class Layout(Struct, frozen=True):
    """How the file is laid out. `column` is -1 for plain text; `skip` lines stand above the data, `width` cells in a row."""

    delimiter: str
    column: int
    named: str
    skip: int
    width: int = 1


def layout(file: ListFile) -> Layout:
    """Find the delimiter and the column of addresses from the first lines.

    Raises:
        BadList: no line names such a column and the first is no address by itself, or there is none as was said.
    """
    if file.encoding == MAIL:
        return Layout("", -1, "", 0)
    delimiter = _delimiter(file.said.delimiter)
    for line, raw in enumerate(lines_of(file), start=1):
        first = raw.strip("\r\n")
        if first.lower().startswith("sep=") and line == 1:
            delimiter = delimiter or first[4:5]
            continue
        if first.strip():
            return _layout_of(file, first, line, delimiter)
    raise BadList(f"{visible(str(file.path))} has no line with anything in it.")


def rows(file: ListFile, found: Layout) -> Iterator[Row]:
    """Every row below the header, in order, blank lines left out.

    Raises:
        BadList: a quote is opened and never closed, so what follows cannot be read.
    """
    if file.encoding == MAIL:
        yield from mail_rows(file)
        return
    if found.column < 0:
        for line, raw in enumerate(lines_of(file), start=1):
            bare = raw.rstrip("\r\n")
            if line > found.skip and bare.strip():
                yield Row(line, bare, bare, too_long(bare))
        return
    yield from _csv_rows(file, found)


def _delimiter(said: str) -> str | None:
    """The character that was said; empty for an address a line, None when nothing was."""
    if not said:
        return None
    named = {name: character for character, name in DELIMITERS.items()}
    character = named.get(said.strip().lower(), said)
    if len(character) > 1 or character.isalnum() or (character and character in '"@\r\n'):
        raise BadList(f"{visible(said)} cannot stand between columns.", do=f"Say one of: {', '.join(named)}.")
    return character


def _layout_of(file: ListFile, first: str, line: int, said: str | None) -> Layout:
    if said == "":
        return Layout("", -1, "", line - 1)
    delimiter = said or max(filter(None, DELIMITERS), key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter), []) if delimiter in first else [first]
    if file.said.column:
        return _as_said(file, cells, line, delimiter)
    found = _address_column(cells)
    if found is not None:
        return Layout(delimiter if len(cells) > 1 else ",", found, cells[found].strip(), line, len(cells))
    if "@" in first and len(cells) == 1:
        return Layout("", -1, "", line - 1)
    shown = visible(str(file.path))
    at = f"{shown}:{line}:1"
    if "@" in first:
        raise BadList(
            f"{shown} has columns but no header.",
            [f"{at} no header: the first line is already a row"],
            do="Put a line above it that names the columns, one of them email; or say the number of the column.",
        )
    raise BadList(
        f"{shown} names no column of addresses.",
        [f"{at} no header: found {_names(cells)}"],
        do="Say which column it is, or call it email, or write one address a line and nothing else.",
    )


def _as_said(file: ListFile, cells: list[str], line: int, delimiter: str) -> Layout:
    """The layout with the column that a person named or numbered; a numbered one may have no header above it."""
    said = file.said.column.strip()
    for column, cell in enumerate(cells):
        if cell.strip() == said or (_plain_name(cell) == _plain_name(said) != ""):
            return Layout(delimiter, column, cell.strip(), line, len(cells))
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if 0 < number <= len(cells):
        bare = "@" in cells[number - 1]
        named = f"number {number}" if bare else cells[number - 1].strip()
        return Layout(delimiter, number - 1, named, line - bare, len(cells))
    shown = visible(str(file.path))
    raise BadList(f"{shown} has no column {visible(said)}.", [f"{shown}:{line}:1 there are: {_names(cells)}"])


def _names(cells: list[str]) -> str:
    return ", ".join(visible(cell.strip()) for cell in cells[:8])[:200]


def _plain_name(cell: str) -> str:
    folded = unicodedata.normalize("NFKD", cell).casefold()
    return re.sub(r"[^a-z0-9]", "", folded)


def _address_column(cells: list[str]) -> int | None:
    names = ["" if "@" in cell else _plain_name(cell) for cell in cells]
    for wanted in _NAMES[:1]:
        for column, name in enumerate(names):
            if name in wanted:
                return column
    for column, name in enumerate(names):
        if any(part in name for part in _PART_OF_NAME):
            return column
    return next((column for column, name in enumerate(names) if name in _NAMES[1]), None)


class _Feed:
    """Lines for the csv reader, which remembers where the row under way began."""

    def __init__(self, file: ListFile) -> None:
        self._lines = lines_of(file)
        self._path = file.path
        self.line = 0
        self.begin = 0
        self.raw = ""

    def __iter__(self) -> Iterator[str]:
        for raw in self._lines:
            self.line += 1
            if not self.begin:
                self.begin, self.raw = self.line, raw
            elif self.line - self.begin > MOST_LINES_A_ROW:
                raise self.unclosed()
            yield raw

    def unclosed(self) -> BadList:
        """The error of a quote that swallows the rest of the file."""
        shown = visible(str(self._path))
        column = self.raw.find('"') + 1
        return BadList(
            f"{shown} cannot be read from line {self.begin} on.",
            [f"{shown}:{self.begin}:{column} a quote is opened here and never closed"],
        )


def _csv_rows(file: ListFile, found: Layout) -> Iterator[Row]:
    feed = _Feed(file)
    given = iter(feed)
    for _ in range(found.skip):
        next(given, None)
    feed.begin = 0
    reader = csv.reader(given, delimiter=found.delimiter, strict=True)
    column, width, longest = found.column, found.width, LONGEST_LINE - 2
    while True:
        try:
            for cells in reader:
                begin, raw, feed.begin = feed.begin, feed.raw, 0
                if not any(cells) or not any(map(str.strip, cells)):
                    continue
                cell = cells[column] if column < len(cells) else ""
                plain = len(cells) <= width and feed.line == begin and len(raw) < longest
                yield Row(begin, cell, raw, "" if plain else too_long(raw) or _out_of_place(cells, found))
        except csv.Error as error:
            if "end of data" in str(error):
                raise feed.unclosed() from error
            yield Row(feed.begin, "", feed.raw, "quotes that do not match")
            feed.begin = 0
        else:
            return


def _out_of_place(cells: list[str], found: Layout) -> str:
    """A stray quote or comma can hide addresses in another cell: such a row is refused, not guessed at."""
    if any("@" in cell for cell in cells[found.width :]):
        return "more cells than the header names, with an address among them"
    for at, cell in enumerate(cells):
        if at != found.column and "@" in cell and ("\n" in cell or "\r" in cell):
            return "a cell with line breaks and an address in it: a quote may be out of place"
    return ""
