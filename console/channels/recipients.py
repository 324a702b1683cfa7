"""Who a mailing goes to: lists read, normalised, merged, freed of doubles, and reported line by line before anything is sent.

Everything is streamed: addresses go out as they are found, what was seen before is somebody else's to remember (`Seen`), and the
report keeps counts and the first findings. Reading is blocking work of many seconds for a million lines.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct

from console.channels.address import Bad, domain_of, normalise
from console.channels.listfile import MAIL, UNSAID, ListFile, Said, look_at, mojibake
from console.channels.listrow import Row
from console.channels.listrows import DELIMITERS, Layout, layout, rows
from console.errors import BadList
from console.text import visible

FINDINGS_SHOWN: Final = 50
DOMAINS_SHOWN: Final = 5
DOMAINS_KEPT: Final = 20_000
MOST_RECIPIENTS: Final = 2_000_000
MOST_FILES: Final = 1_000
_BATCH: Final = 16_000
_LINE: Final = 17  # bits of a place that are the column; above them the line, then the file
_FILE: Final = _LINE + 30


class Choice(Struct, frozen=True):
    """Which files make a list.

    Attributes:
        paths: of the lists, in their order; a folder stands for the saved mails (`.eml`) in it.
        without: of the lists of people who must get no mail.
        said: how the lists are to be read, where that is not to be found out.
    """

    paths: tuple[str, ...]
    without: tuple[str, ...] = ()
    said: Said = UNSAID


class Source(Struct, frozen=True):
    """One file of a list, and how it was read.

    Attributes:
        path: as it can be shown.
        encoding, delimiter, column: what was found or said; the last two are empty for plain text and mail.
        size: in bytes; `modified` when it last changed, UTC ms.
    """

    path: str
    encoding: str
    delimiter: str
    column: str
    size: int
    modified: int

    def words(self) -> str:
        """How it was read, in words."""
        between = (
            f", {DELIMITERS.get(self.delimiter, self.delimiter)} between columns" if self.delimiter else ""
        )
        return self.encoding + between + (f", column {self.column}" if self.column else "")


class ListReport(Struct, frozen=True, kw_only=True):
    """What a list holds, for a person to confirm before it is used.

    Attributes:
        files: what it was read from, in order; `suppression`: who was left out of it.
        accepted: addresses kept, each once.
        duplicates: lines left out because the address stood there already, whatever its capitals.
        refused: lines left out because they hold no usable address.
        suppressed: lines left out because the address stands on a suppression list.
        unclear: lines of suppression lists that hold no usable address, so that nobody is left out by them.
        findings: the first fifty of duplicates, refused and unclear lines, each `path:line:col reason`.
        top_domains: the most frequent domains with their counts.
        sha256: of the normalised list, as `digest_of` makes it.
    """

    files: tuple[Source, ...]
    suppression: tuple[Source, ...] = ()
    accepted: int
    duplicates: int
    refused: int
    suppressed: int = 0
    unclear: int = 0
    findings: tuple[str, ...]
    top_domains: tuple[tuple[str, int], ...]
    sha256: str

    @property
    def source(self) -> str:
        """The files by name."""
        return names_of(self.files)

    @property
    def read_as(self) -> str:
        """How the files were read, each way once."""
        return "; ".join(dict.fromkeys(each.words() for each in self.files))

    def age(self, wall: int) -> int:
        """How old the oldest file was at that moment, in ms; 0 when all claim to come from the future."""
        return max(0, *(wall - each.modified for each in self.files))


class Seen(Protocol):
    """Remembers millions of texts, exactly."""

    def take(self, entries: Sequence[tuple[str, int]]) -> Mapping[int, int]:
        """Take texts in, each with its place; for those seen at another one before: the place of the first sight by theirs."""
        ...


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


def names_of(files: Iterable[Source]) -> str:
    """Files by name, at most three of them."""
    names = [Path(each.path).name for each in files]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def digest_of(addresses: Iterable[str]) -> str:
    """SHA-256 of the addresses in their order, one a line, each line ended by a newline; in hexadecimal."""
    whole = hashlib.sha256()
    for address in addresses:
        whole.update(address.encode() + b"\n")
    return whole.hexdigest()


def read(choice: Choice, seen: Seen, out: Out) -> ListReport:
    """Read whole lists once, give each address to `out` in the order of the files and lines, and report.

    Raises:
        BadList: nothing in them can be used, or one of the files as a whole cannot, of the suppression lists either; with the
            findings by line.
    """
    reading = _Reading(seen, out)
    without = _opened(choice.without, UNSAID)
    files = _opened(choice.paths, choice.said)
    for at, (file, found) in enumerate(without, 1):
        reading.leave_out(-at, file, found)
    for at, (file, found) in enumerate(files):
        reading.take(at, file, found)
    if not reading.accepted:
        raise BadList(_nobody(files, reading), reading.findings)
    return ListReport(
        files=tuple(_source(file, found) for file, found in files),
        suppression=tuple(_source(file, found) for file, found in without),
        accepted=reading.accepted,
        duplicates=reading.duplicates,
        refused=reading.refused,
        suppressed=reading.suppressed,
        unclear=reading.unclear,
        findings=tuple(reading.findings),
        top_domains=tuple(reading.domains.most_common(DOMAINS_SHOWN)),
        sha256=reading.digest.hexdigest(),
    )


class _Reading:
    """What a list adds up to while it is read."""

    def __init__(self, seen: Seen, out: Out) -> None:
        self.accepted = self.duplicates = self.refused = self.suppressed = self.unclear = 0
        self.findings: list[str] = []
        self.domains: Counter[str] = Counter()
        self.digest = hashlib.sha256()
        self._seen, self._out = seen, out
        self._shown: dict[int, str] = {}

    def take(self, at: int, file: ListFile, found: Layout) -> None:
        """Every line of one list; `at` is its number among the files."""
        self._shown[at] = visible(str(file.path))
        file_at = at << _FILE
        for good, bad in _batches(file, found):
            again = self._seen.take(
                [(each.address.lower(), file_at | each.line << _LINE | each.column) for each in good]
            )
            self.refused += len(bad)
            if not again:
                self._find(at, bad)
                self._keep([each.address for each in good])
                continue
            self.suppressed += sum(place < 0 for place in again.values())
            self.duplicates += sum(place >= 0 for place in again.values())
            firsts = [again.get(file_at | each.line << _LINE | each.column) for each in good]
            twice = [
                Finding(each.line, each.column, "duplicate", self._twin(at, first))
                for each, first in zip(good, firsts, strict=True)
                if first is not None and first >= 0
            ]
            self._find(at, sorted([*bad, *twice], key=lambda each: (each.line, each.column)))
            self._keep([each.address for each, first in zip(good, firsts, strict=True) if first is None])

    def leave_out(self, at: int, file: ListFile, found: Layout) -> None:
        """Every line of one suppression list: who stands there is not taken in after it; raises BadList."""
        self._shown[at] = visible(str(file.path))
        many = unclear = 0
        for good, bad in _batches(file, found):
            self._seen.take([(each.address.lower(), at) for each in good])
            many, unclear = many + len(good), unclear + len(bad)
            self._find(at, bad)
        self.unclear += unclear
        if unclear and not many:
            raise BadList(
                f"{self._shown[at]} holds no usable address, so nobody would be left out by it.",
                self.findings,
            )

    def _twin(self, at: int, first: int) -> str:
        file, line = first >> _FILE, (first & ((1 << _FILE) - 1)) >> _LINE
        return f"duplicate of line {line}" if file == at else f"duplicate of {self._shown[file]}:{line}"

    def _keep(self, addresses: list[str]) -> None:
        if not addresses:
            return
        self.accepted += len(addresses)
        if self.accepted > MOST_RECIPIENTS:
            raise BadList(f"The list holds more than {MOST_RECIPIENTS:,} addresses.")
        raw = ("\n".join(addresses) + "\n").encode()
        self.digest.update(raw)
        self._out.write(raw)
        self.domains.update(map(domain_of, addresses))
        if len(self.domains) > 2 * DOMAINS_KEPT:  # so many are no subscribers' list; the rare ones are let go
            self.domains = Counter(dict(self.domains.most_common(DOMAINS_KEPT)))

    def _find(self, at: int, findings: list[Finding]) -> None:
        for each in findings[: FINDINGS_SHOWN - len(self.findings)]:
            self.findings.append(f"{self._shown[at]}:{each.line}:{each.column} {each.words}")


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


def _opened(paths: Sequence[str], said: Said) -> list[tuple[ListFile, Layout]]:
    files = [look_at(path, said) for each in paths for path in _in(Path(each))]
    if len(files) > MOST_FILES:
        raise BadList(f"These are {len(files):,} files; a list has at most {MOST_FILES:,}.")
    return [(file, layout(file)) for file in files]


def _in(path: Path) -> list[Path]:
    """The file itself, or the saved mails in a folder, by name."""
    try:
        if not path.is_dir():
            return [path]
        mails = sorted(each for each in path.iterdir() if each.suffix.lower() == ".eml")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file can be called that"
        raise BadList(f"{visible(str(path))} cannot be read: {why}.") from error
    if not mails:
        raise BadList(
            f"{visible(str(path))} is a folder without a saved mail (.eml) in it.", do="Name the file itself."
        )
    return mails


def _source(file: ListFile, found: Layout) -> Source:
    return Source(
        path=visible(str(file.path)),
        encoding=file.encoding,
        delimiter=found.delimiter if found.width > 1 else "",
        column=visible(found.named),
        size=file.size,
        modified=file.modified,
    )


def _nobody(files: Sequence[tuple[ListFile, Layout]], reading: _Reading) -> str:
    shown = ", ".join(visible(str(file.path)) for file, _ in files[:3])
    if reading.suppressed:
        return f"{shown} holds nobody but people whom the suppression list leaves out."
    if files and all(file.encoding == MAIL for file, _ in files):
        return f"{shown} names no recipient in its header."
    return f"{shown} holds no usable address."
