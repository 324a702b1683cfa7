"""A list of recipients as a file: what it is written in, line by line, never whole in memory.

Lists come out of spreadsheets and mailers: with a byte-order mark or none, in UTF-8, UTF-16 or a Windows code page, with
commas, semicolons or tabs. What was found is kept, so that a person can confirm it or say it otherwise.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import Struct

from console.errors import BadList
from console.text import visible

LARGEST: Final = 256 * 1024 * 1024
LONGEST_LINE: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024
_SAMPLE: Final = 4096
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "This is a workbook or an archive"),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file"),
    (b"%PDF", "This is a PDF"),
    (b"\x1f\x8b", "This is a packed file"),
    (b"7z\xbc\xaf", "This is a packed file"),
)
ENCODINGS: Final = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "cp1251", "cp1253", "cp437", "cp850"),
    *("iso-8859-1", "iso-8859-2", "iso-8859-15", "mac-roman"),
)
MAIL: Final = "mail"  # what a saved mail is shown to be written in

_MAIL_BEGINS: Final = re.compile(
    rb"(?i)(?:received|return-path|delivered-to|x-original-to|message-id|mime-version|from|to|date|subject):"
)
# A lead byte and a follower of UTF-8, read as Windows-1252.
_MIXED: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]")


class Said(Struct, frozen=True):
    """How a person says that a list is to be read; what is empty is found out.

    Attributes:
        encoding: one of `ENCODINGS`.
        delimiter: one character, or its name in `DELIMITERS`; `none` for an address a line.
        column: the header's name of the column of addresses, or its number from 1.
    """

    encoding: str = ""
    delimiter: str = ""
    column: str = ""


UNSAID: Final = Said()


class ListFile(Struct, frozen=True):
    """A regular file that may hold a list: its encoding, size in bytes, and when it changed (UTC ms).

    `said` is how a person says it is to be read; `encoding` is then that one. A saved mail has the encoding `mail`.
    """

    path: Path
    encoding: str
    size: int
    modified: int
    said: Said = UNSAID


def look_at(path: Path, said: Said = UNSAID) -> ListFile:
    """Say what kind of file this is, reading it once in pieces.

    Raises:
        BadList: it cannot be opened, is no regular file, is empty, too large, or plainly something else; or `said` names
            an encoding that is not known here.
    """
    shown = visible(str(path))
    if said.encoding and said.encoding.lower() not in ENCODINGS:
        raise BadList(
            f"No list is read as {visible(said.encoding)}.", do=f"There are: {', '.join(ENCODINGS)}."
        )
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadList(f"{shown} is not a file.")
        if status.st_size > LARGEST:
            raise BadList(
                f"{shown} has {status.st_size // 1_000_000} MB, more than {LARGEST // 1_000_000} MB.",
                means="It was not read: a list of addresses is far smaller.",
            )
        encoding = _encoding(path, shown, said.encoding.lower())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can be called that"
        raise BadList(f"{shown} cannot be read: {why}.") from error
    return ListFile(path, encoding, status.st_size, status.st_mtime_ns // 1_000_000, said)


def mojibake(text: str) -> bool:
    """Whether the text looks like UTF-8 read as Windows-1252: two encodings in one file."""
    return not text.isascii() and _MIXED.search(text) is not None


def _encoding(path: Path, shown: str, said: str) -> str:
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if not head.strip():
            raise BadList(f"{shown} is empty.")
        for magic, words in _OTHER_FILES:
            if head.startswith(magic):
                raise BadList(
                    f"{shown}: {words}.", do="Open it where it came from and save it as CSV (UTF-8)."
                )
        if path.suffix.lower() == ".eml" or (not said and _MAIL_BEGINS.match(head)):
            return MAIL
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
        if said:
            return marked if marked.removesuffix("-sig") == said else said
        if marked:
            return marked
        if head[1::2].count(0) * 3 > len(head):
            return "utf-16-le"
        if head[::2].count(0) * 3 > len(head):
            return "utf-16-be"
        return _by_all_of_it(file, head)


def _by_all_of_it(file: BinaryIO, head: bytes) -> str:
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


def lines_of(file: ListFile) -> Iterator[str]:
    """Lines with their ends; one longer than the limit comes cut, and its rest is dropped."""
    encoding = "utf-8" if file.encoding == MAIL else file.encoding
    with file.path.open(encoding=encoding, errors="replace", newline="") as text:
        read = text.readline
        while line := read(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                rest = line
                while len(rest) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
                    rest = read(LONGEST_LINE)
            yield line


def too_long(raw: str) -> str:
    """Why a line that reached the limit cannot be read; empty for any other."""
    return f"a line of more than {LONGEST_LINE} characters" if len(raw) >= LONGEST_LINE - 2 else ""
