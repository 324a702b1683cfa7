"""Who a mailing goes to: lists read, normalised, merged, freed of doubles, and reported line by line before anything is sent.

Everything is streamed (`listreading`): addresses go out as they are found. Reading is blocking work of many seconds for a million
lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from console.channels.listfile import MAIL, UNSAID, ListFile, Said, look_at
from console.channels.listreading import Out, Reading
from console.channels.listrows import DELIMITERS, Layout, layout
from console.errors import BadList
from console.text import visible

DOMAINS_SHOWN: Final = 5
MOST_FILES: Final = 1_000


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


def read(choice: Choice, out: Out) -> ListReport:
    """Read whole lists once, give each address to `out` in the order of the files and lines, and report.

    Raises:
        BadList: nothing in them can be used, or one of the files as a whole cannot, of the suppression lists either; with the
            findings by line.
    """
    without = _opened(choice.without, UNSAID)
    files = _opened(choice.paths, choice.said)
    try:
        with Reading() as reading:
            for file, found in without:
                reading.leave_out(file, found)
            for file, found in files:
                reading.take(file, found)
            reading.sort_out(out)
    except OSError as error:
        raise BadList(
            f"The list cannot be looked through: {error.strerror}.",
            means="Nothing was chosen.",
            do="Make room on the disk of temporary files, then choose it again.",
        ) from error
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
        top_domains=tuple((name.decode(), many) for name, many in reading.domains.most_common(DOMAINS_SHOWN)),
        sha256=reading.digest.hexdigest(),
    )


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


def _nobody(files: Sequence[tuple[ListFile, Layout]], reading: Reading) -> str:
    shown = ", ".join(visible(str(file.path)) for file, _ in files[:3])
    if reading.suppressed:
        return f"{shown} holds nobody but people whom the suppression list leaves out."
    if files and all(file.encoding == MAIL for file, _ in files):
        return f"{shown} names no recipient in its header."
    return f"{shown} holds no usable address."
