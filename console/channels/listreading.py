"""Reading the lines of lists: what each holds, what stands twice or is left out, and what it all adds up to.

Lines are checked as they are read, what stands twice is found by way of files (`doubles`), and what is kept in memory is a number
a line, counts and the first findings.
"""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import nsmallest
from itertools import compress
from typing import IO, TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from console.channels.address import Bad, normalise
from console.channels.doubles import Doubles
from console.channels.listfile import ListFile, mojibake
from console.channels.listrow import Row
from console.channels.listrows import Layout, rows
from console.errors import BadList
from console.text import visible

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

FINDINGS_SHOWN: Final = 50
DOMAINS_KEPT: Final = 20_000
MOST_RECIPIENTS: Final = 2_000_000
MOST_LINES: Final = 2 * MOST_RECIPIENTS
LEFT_OUT: Final = -1  # where people stand who are on a suppression list
_BATCH: Final = 4_000
_CHUNK: Final = 1024 * 1024
_LINE: Final = 18  # bits of a place that are the column; above them the line, then the file
_FILE: Final = _LINE + 30


class Out(Protocol):
    """Where the addresses go: each on a line of its own."""

    def write(self, raw: bytes, /) -> object:
        """Keep these bytes."""
        ...


class Listed(Struct, frozen=True):
    """One usable line: where it stands (from 1) and the normalised address."""

    line: int
    column: int
    address: str


class Finding(Struct, frozen=True):
    """One line that is left out: where (from 1), a stable word for scripts, and words for a person."""

    line: int
    column: int
    code: str
    words: str


class Reading:
    """What a list adds up to while it is read. First every line is read, then what stands twice is sorted out."""

    def __init__(self) -> None:
        self.accepted = self.duplicates = self.refused = self.suppressed = self.unclear = 0
        self.domains: Counter[bytes] = Counter()
        self.digest = hashlib.sha256()
        self._shown: list[str] = []
        self._found: list[tuple[int, str]] = []
        self._places = array("Q")  # of each usable line: its file, line and column
        self._open = ExitStack()
        # The stack closes both.
        self._doubles = self._open.enter_context(Doubles())
        self._lines: IO[bytes] = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - by the stack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def findings(self) -> list[str]:
        """The first of them, in the order of the files and lines."""
        return [words for _, words in sorted(self._found)[:FINDINGS_SHOWN]]

    def take(self, file: ListFile, found: Layout) -> None:
        """Every line of one list."""
        at = self._next(file)
        for good, bad in _batches(file, found):
            first = len(self._places)
            self._doubles.add((each.address.lower(), number) for number, each in enumerate(good, first))
            self._places.extend([_place(at, each) for each in good])
            self._lines.write("".join([f"{each.address}\n" for each in good]).encode())
            self.refused += len(bad)
            self._find(at, bad)
            if len(self._places) > MOST_LINES:
                raise BadList(f"The list has more than {MOST_LINES:,} lines.")

    def leave_out(self, file: ListFile, found: Layout) -> None:
        """Every line of one suppression list: who stands there is not taken in after it; raises BadList."""
        at = self._next(file)
        many = unclear = 0
        for good, bad in _batches(file, found):
            self._doubles.add((each.address.lower(), LEFT_OUT) for each in good)
            many, unclear = many + len(good), unclear + len(bad)
            self._find(at, bad)
        self.unclear += unclear
        if unclear and not many:
            raise BadList(
                f"{self._shown[at]} holds no usable address, so nobody would be left out by it.",
                self.findings,
            )

    def sort_out(self, out: Out) -> None:
        """Give whoever stands there for the first time to `out`."""
        keep = bytearray(b"\x01") * len(self._places)
        twice: list[tuple[int, int]] = []
        for number, first in self._doubles.again():
            if number == LEFT_OUT:
                continue
            keep[number] = 0
            if first == LEFT_OUT:
                self.suppressed += 1
                continue
            self.duplicates += 1
            twice.append((number, first))
            if len(twice) > 100 * FINDINGS_SHOWN:
                twice = nsmallest(FINDINGS_SHOWN, twice)
        for number, first in nsmallest(FINDINGS_SHOWN, twice):
            place = self._places[number]
            words = f"duplicate of {self._where(place, self._places[first])}"
            self._say(place, words)
        self._keep(keep, out)

    def _keep(self, keep: bytearray, out: Out) -> None:
        self.accepted = sum(keep)
        if self.accepted > MOST_RECIPIENTS:
            raise BadList(f"The list holds more than {MOST_RECIPIENTS:,} addresses.")
        self._lines.seek(0)
        at = 0
        while lines := self._lines.readlines(_CHUNK):
            kept = list(compress(lines, keep[at : at + len(lines)]))
            at += len(lines)
            raw = b"".join(kept)
            self.digest.update(raw)
            out.write(raw)
            self.domains.update([line.rpartition(b"@")[2][:-1] for line in kept])
            if (
                len(self.domains) > 2 * DOMAINS_KEPT
            ):  # so many are no subscribers' list; the rare ones are let go
                self.domains = Counter(dict(self.domains.most_common(DOMAINS_KEPT)))

    def _next(self, file: ListFile) -> int:
        self._shown.append(visible(str(file.path)))
        return len(self._shown) - 1

    def _where(self, place: int, first: int) -> str:
        line = (first & ((1 << _FILE) - 1)) >> _LINE
        return f"line {line}" if first >> _FILE == place >> _FILE else f"{self._shown[first >> _FILE]}:{line}"

    def _find(self, at: int, findings: list[Finding]) -> None:
        for each in findings[:FINDINGS_SHOWN] if len(self._found) < FINDINGS_SHOWN else ():
            self._say(_place(at, each), each.words)

    def _say(self, place: int, words: str) -> None:
        line, column = (place & ((1 << _FILE) - 1)) >> _LINE, place & ((1 << _LINE) - 1)
        self._found.append((place, f"{self._shown[place >> _FILE]}:{line}:{column} {words}"))


def _place(at: int, each: Listed | Finding) -> int:
    """A number that grows with the files, the lines in them and the columns in those."""
    return at << _FILE | each.line << _LINE | min(each.column, (1 << _LINE) - 1)


def _batches(file: ListFile, found: Layout) -> Iterator[tuple[list[Listed], list[Finding]]]:
    """Every line as its address or why it has none, many at a time."""
    guessed = file.encoding == "cp1252" and not file.said.encoding
    good: list[Listed] = []
    bad: list[Finding] = []
    for row in rows(file, found):
        address = normalise(row.cell)
        if row.trouble:
            bad.append(Finding(row.line, 1, "unreadable", row.trouble))
        elif guessed and mojibake(row.cell):
            bad.append(Finding(row.line, _column(row, 0), "wrong-encoding", "two encodings in one file"))
        elif isinstance(address, Bad):
            bad.append(Finding(row.line, _column(row, address.offset), address.code, address.words))
        else:
            good.append(Listed(row.line, row.column or row.raw.find(row.cell) + 1, address))
        if len(good) + len(bad) == _BATCH:
            yield good, bad
            good, bad = [], []
    yield good, bad


def _column(row: Row, offset: int) -> int:
    """The column (from 1) in the raw line of something at `offset` in the cell."""
    if row.column:
        return row.column + offset
    start = row.raw.find(row.cell.splitlines()[0] if row.cell else "")  # the raw line is the row's first
    return max(start, 0) + offset + 1
