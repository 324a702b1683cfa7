"""Who a mailing goes to: a list read, normalised, freed of doubles, and reported line by line before anything is sent.

A file is streamed: memory grows with the addresses kept, never with the file. Reading is blocking work of up to seconds
for a large file; call `freeze` in a thread.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from console.channels.address import Bad, domain_of, normalise
from console.channels.listfile import Layout, ListFile, Row, layout, look_at, mojibake, rows
from console.errors import BadList
from console.text import visible

FINDINGS_SHOWN: Final = 50
DOMAINS_SHOWN: Final = 5
MOST_RECIPIENTS: Final = 2_000_000


class Listed(Struct, frozen=True):
    """One usable line: its number in the file (from 1) and the normalised address."""

    line: int
    address: str


class Finding(Struct, frozen=True):
    """One line that is left out: where (from 1), a stable word for scripts, and words for a person."""

    line: int
    column: int
    code: str
    words: str


class ListReport(Struct, frozen=True, kw_only=True):
    """What a list holds, for a person to confirm before it is used.

    Attributes:
        accepted: addresses kept, each once.
        duplicates: lines left out because the address stood there already, whatever its capitals.
        refused: lines left out because they hold no usable address.
        findings: the first fifty of both, each `path:line:col reason`.
        top_domains: the most frequent domains with their counts.
        encoding, delimiter, column: what was found; delimiter and column are empty for plain text.
        sha256: of the normalised list, as `digest_of` makes it.
        size: of the file in bytes; `modified` when it last changed, UTC ms.
    """

    path: str
    accepted: int
    duplicates: int
    refused: int
    findings: tuple[str, ...]
    top_domains: tuple[tuple[str, int], ...]
    encoding: str
    delimiter: str
    column: str
    sha256: str
    size: int
    modified: int

    def age(self, wall: int) -> int:
        """How old the file was at that moment, in ms; 0 when it claims to come from the future."""
        return max(wall - self.modified, 0)


def digest_of(addresses: Iterable[str]) -> str:
    """SHA-256 of the addresses in their order, one a line, each line ended by a newline; in hexadecimal."""
    whole = hashlib.sha256()
    for address in addresses:
        whole.update(address.encode() + b"\n")
    return whole.hexdigest()


def read_list(path: Path) -> Iterator[Listed | Finding]:
    """Every line of the list in order: an address kept, or why it is left out.

    Raises:
        BadList: the file as a whole cannot be used; see `listfile`.
    """
    file = look_at(path)
    yield from _read(file, layout(file))


def freeze(path: Path) -> tuple[ListReport, list[str]]:
    """Read the whole list once and give its report together with the addresses, in the order of the file.

    Raises:
        BadList: nothing in it can be used, or the file as a whole cannot; with the findings by line.
    """
    file = look_at(path)
    found = layout(file)
    addresses: list[str] = []
    findings: list[str] = []
    duplicates = refused = 0
    domains: Counter[str] = Counter()
    shown = visible(str(path))
    for entry in _read(file, found):
        if isinstance(entry, Listed):
            addresses.append(entry.address)
            domains[domain_of(entry.address)] += 1
            continue
        duplicates += entry.code == "duplicate"
        refused += entry.code != "duplicate"
        if len(findings) < FINDINGS_SHOWN:
            findings.append(f"{shown}:{entry.line}:{entry.column} {entry.words}")
    if not addresses:
        raise BadList(f"{shown} holds no usable address.", findings)
    report = ListReport(
        path=shown,
        accepted=len(addresses),
        duplicates=duplicates,
        refused=refused,
        findings=tuple(findings),
        top_domains=tuple(domains.most_common(DOMAINS_SHOWN)),
        encoding=file.encoding,
        delimiter=found.delimiter if found.column >= 0 else "",
        column=visible(found.named),
        sha256=digest_of(addresses),
        size=file.size,
        modified=file.modified,
    )
    return report, addresses


def _read(file: ListFile, found: Layout) -> Iterator[Listed | Finding]:
    seen: dict[str, int] = {}
    for row in rows(file, found):
        entry = _entry(row, guessed=file.encoding == "cp1252")
        if isinstance(entry, Listed):
            before = seen.setdefault(entry.address.lower(), row.line)
            if before != row.line:
                entry = Finding(row.line, _column(row, 0), "duplicate", f"duplicate of line {before}")
            elif len(seen) > MOST_RECIPIENTS:
                raise BadList(f"{visible(str(file.path))} holds more than {MOST_RECIPIENTS:,} addresses.")
        yield entry


def _entry(row: Row, *, guessed: bool) -> Listed | Finding:
    if row.trouble:
        return Finding(row.line, 1, "unreadable", row.trouble)
    if guessed and mojibake(row.cell):
        return Finding(row.line, _column(row, 0), "wrong-encoding", "two encodings in one file")
    address = normalise(row.cell)
    if isinstance(address, Bad):
        return Finding(row.line, _column(row, address.offset), address.code, address.words)
    return Listed(row.line, address)


def _column(row: Row, offset: int) -> int:
    """The column (from 1) in the raw line of something at `offset` in the cell."""
    start = row.raw.find(row.cell.splitlines()[0] if row.cell else "")  # the raw line is the row's first
    return max(start, 0) + offset + 1
