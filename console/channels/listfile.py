"""A list of recipients as a file: what it is written in, line by line, never whole in memory.

Lists come out of spreadsheets and mailers: with a byte-order mark or none, in UTF-8, UTF-16 or a Windows code page, with
commas, semicolons or tabs. What was guessed is kept, so that a person can confirm it.
"""

from __future__ import annotations

import codecs
import csv
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from console.errors import BadList
from console.text import visible

LARGEST: Final = 256 * 1024 * 1024
LONGEST_LINE: Final = 64 * 1024
MOST_LINES_A_ROW: Final = 100
_CHUNK: Final = 1024 * 1024
_SAMPLE: Final = 4096
_DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "This is a workbook or an archive"),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file"),
    (b"%PDF", "This is a PDF"),
)

# What a column of addresses is called, surest first; compared without spaces, dashes, accents and case.
_NAMES: Final = (
    {
        *("email", "emailaddress", "mailaddress", "mail", "emailadresse", "mailadresse"),
        *("emailaddr", "epost", "epostadress", "courriel", "correo", "correoelectronico"),
    },
    {"address", "recipient", "recipients", "subscriber", "to", "adresse"},
)
_PART_OF_NAME: Final = ("email", "epost", "courriel")
# A lead byte and a follower of UTF-8, read as Windows-1252.
_MIXED: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]")


class ListFile(Struct, frozen=True):
    """A regular file that may hold a list: its encoding as found, size in bytes, and when it changed (UTC ms)."""

    path: Path
    encoding: str
    size: int
    modified: int


class Layout(Struct, frozen=True):
    """How the file is laid out. `column` is -1 for plain text; `skip` lines stand above the data, `width` cells in a row."""

    delimiter: str
    column: int
    named: str
    skip: int
    width: int = 1


class Row(Struct, frozen=True):
    """One row: the line it begins in (from 1), the cell that should hold the address, and the raw line.

    `trouble` says in words why the row cannot be read at all.
    """

    line: int
    cell: str
    raw: str
    trouble: str = ""


def look_at(path: Path) -> ListFile:
    """Say what kind of file this is, reading it once in pieces.

    Raises:
        BadList: it cannot be opened, is no regular file, is empty, too large, or plainly something else.
    """
    shown = visible(str(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadList(f"{shown} is not a file.")
        if status.st_size > LARGEST:
            raise BadList(
                f"{shown} has {status.st_size // 1_000_000} MB, more than {LARGEST // 1_000_000} MB.",
                means="It was not read: a list of addresses is far smaller.",
            )
        encoding = _encoding(path, shown)
    except OSError as error:
        raise BadList(f"{shown} cannot be read: {error.strerror}.") from error
    return ListFile(path, encoding, status.st_size, status.st_mtime_ns // 1_000_000)


def layout(file: ListFile) -> Layout:
    """Find the delimiter and the column of addresses from the first lines.

    Raises:
        BadList: no line names such a column and the first is no address by itself.
    """
    delimiter = ""
    for line, raw in enumerate(_lines(file), start=1):
        first = raw.strip("\r\n")
        if first.lower().startswith("sep=") and line == 1:
            delimiter = first[4:5]
            continue
        if first.strip():
            return _layout_of(file, first, line, delimiter)
    raise BadList(f"{visible(str(file.path))} has no line with anything in it.")


def rows(file: ListFile, found: Layout) -> Iterator[Row]:
    """Every row below the header, in order, blank lines left out.

    Raises:
        BadList: a quote is opened and never closed, so what follows cannot be read.
    """
    if found.column < 0:
        for line, raw in enumerate(_lines(file), start=1):
            bare = raw.rstrip("\r\n")
            if line > found.skip and bare.strip():
                yield Row(line, bare, bare, _too_long(bare))
        return
    yield from _csv_rows(file, found)


def mojibake(text: str) -> bool:
    """Whether the text looks like UTF-8 read as Windows-1252: two encodings in one file."""
    return not text.isascii() and _MIXED.search(text) is not None


def _encoding(path: Path, shown: str) -> str:
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if not head.strip():
            raise BadList(f"{shown} is empty.")
        for magic, words in _OTHER_FILES:
            if head.startswith(magic):
                raise BadList(
                    f"{shown}: {words}.", do="Open it where it came from and save it as CSV (UTF-8)."
                )
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if head[1::2].count(0) * 3 > len(head):
            return "utf-16-le"
        if head[::2].count(0) * 3 > len(head):
            return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            chunk = head
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _lines(file: ListFile) -> Iterator[str]:
    """Lines with their ends; one longer than the limit comes cut, and its rest is dropped."""
    with file.path.open(encoding=file.encoding, errors="replace", newline="") as text:
        while line := text.readline(LONGEST_LINE):
            rest = line
            while len(rest) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
                rest = text.readline(LONGEST_LINE)
            yield line


def _too_long(raw: str) -> str:
    return f"a line of more than {LONGEST_LINE} characters" if len(raw) >= LONGEST_LINE - 2 else ""


def _layout_of(file: ListFile, first: str, line: int, delimiter: str) -> Layout:
    delimiter = delimiter or max(_DELIMITERS, key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter), []) if delimiter in first else [first]
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
            do="Put a line above it that names the columns, one of them email.",
        )
    names = ", ".join(visible(cell.strip()) for cell in cells[:8])[:200]
    raise BadList(
        f"{shown} names no column of addresses.",
        [f"{at} no header: found {names}"],
        do="Call the column email, or write one address a line and nothing else.",
    )


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
        self._lines = _lines(file)
        self._path = file.path
        self.line = 0
        self.begin = 0
        self.raw = ""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        raw = next(self._lines)
        self.line += 1
        if not self.begin:
            self.begin, self.raw = self.line, raw
        if self.line - self.begin > MOST_LINES_A_ROW:
            raise self.unclosed()
        return raw

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
    for _ in range(found.skip):
        next(feed, None)
    feed.begin = 0
    reader = csv.reader(feed, delimiter=found.delimiter, strict=True)
    while True:
        trouble, cells = "", list[str]()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                raise feed.unclosed() from error
            trouble = "quotes that do not match"
        begin, raw, feed.begin = feed.begin, feed.raw, 0
        if not trouble and not any(cell.strip() for cell in cells):
            continue
        cell = cells[found.column] if found.column < len(cells) else ""
        yield Row(begin, cell, raw, trouble or _too_long(raw) or _out_of_place(cells, found))


def _out_of_place(cells: list[str], found: Layout) -> str:
    """A stray quote or comma can hide addresses in another cell: such a row is refused, not guessed at."""
    if any("@" in cell for cell in cells[found.width :]):
        return "more cells than the header names, with an address among them"
    for at, cell in enumerate(cells):
        if at != found.column and "@" in cell and ("\n" in cell or "\r" in cell):
            return "a cell with line breaks and an address in it: a quote may be out of place"
    return ""
