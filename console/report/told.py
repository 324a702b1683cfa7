"""Who was told, when, and with what answer: a line a recipient. NDJSON is the record; CSV is a view of it for a spreadsheet.

A list of any length is written in bounded memory: the ledger is gone through once for each window of people.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from array import array
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import msgspec
from msgspec import Struct

from console.channels import ledger as lines
from console.errors import BadInput, ConsoleError
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from console.engine.ledger import JournalLedger

WINDOW: Final = 100_000  # people
TOGETHER: Final = 1_000  # lines in one write
NAMES: Final = {
    lines.WAITING: "not started",
    lines.TRIED: "in doubt",
    lines.DOUBT: "in doubt",
    lines.ACCEPTED: "accepted",
    lines.REFUSED: "refused",
    lines.BOUNCED: "bounced",
    lines.DELIVERED: "delivered",
}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class Row(Struct, frozen=True, kw_only=True):
    """One recipient.

    Attributes:
        n: the number on the list, from 0.
        state: `not started`, `in doubt`, `accepted`, `refused`, `bounced` or `delivered`.
        tried: when the message was about to leave, the last time; UTC, empty for never or where it was not kept.
        answered: when the last word on it came; `code` and `text` are that word's.
        once_more: how often an officer had them mailed once more while they were in doubt: they may have it as often again.
    """

    n: int
    address: str
    state: str
    tried: str = ""
    answered: str = ""
    code: int = 0
    text: str = ""
    once_more: int = 0


class Exported(NamedTuple):
    """What was written: how many people, and the SHA-256 of the file."""

    people: int
    sha256: str


async def export(ledger: JournalLedger, path: Path) -> Exported:
    """Write everybody on a ledger into a file that does not exist yet, readable by its owner alone: CSV where it is called so, else NDJSON.

    Raises:
        BadInput: there is such a file, or none can be made there.
        ConsoleError: the disk does not take it; then there is no file.
    """
    form = _csv if path.suffix.lower() == ".csv" else _ndjson
    with _made(path) as file:
        return await _written(ledger, form, file.write)


@contextmanager
def _made(path: Path) -> Iterator[BinaryIO]:
    """The file, open to be written; gone again where it was not finished."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise BadInput(
            f"{visible(str(path))} cannot be written: {why}.", do="Name a file that is not there yet."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ConsoleError(f"The disk did not take it: {error.strerror}.", "No file was left.") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def rows(ledger: JournalLedger) -> AsyncIterator[Row]:
    """Everybody on the list, in order."""
    window = _Window(0)
    end = 0
    async for recipient in ledger.people():
        if recipient.n >= end:
            window, end = _Window(recipient.n), recipient.n + WINDOW
            async for _, line in ledger.entries():
                window.take(line)
        at = recipient.n - window.first
        yield Row(
            n=recipient.n,
            address=recipient.address,
            state=NAMES[ledger.state(recipient.n)],
            tried=_moment(window.tried[at]),
            answered=_moment(window.answered[at]),
            code=window.codes[at],
            text=window.texts[at],
            once_more=window.again[at],
        )


class _Window:
    """What was last heard of some people in a row: when tried, when answered, with which code and text."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.tried = array("q", bytes(8 * WINDOW))
        self.answered = array("q", bytes(8 * WINDOW))
        self.codes = array("i", bytes(4 * WINDOW))
        self.texts = [""] * WINDOW
        self.again = array("H", bytes(2 * WINDOW))

    def take(self, line: lines.Line) -> None:
        """One row of the ledger; what it tells comes before what it claims."""
        for outcome, code, text, numbers in line.groups:
            for n in numbers:
                at = n - self.first
                if not 0 <= at < WINDOW:
                    continue
                if outcome == "again":
                    self.again[at] += 1
                else:
                    self.answered[at], self.codes[at], self.texts[at] = line.at, code, text
        for n in line.claims:
            if 0 <= n - self.first < WINDOW:
                self.tried[n - self.first] = line.at


async def _written(
    ledger: JournalLedger, form: Callable[[list[Row]], bytes], write: Callable[[bytes], object]
) -> Exported:
    whole, people, waiting = hashlib.sha256(), 0, list[Row]()

    def put() -> None:
        raw = form(waiting)
        whole.update(raw)
        write(raw)
        waiting.clear()

    if form is _csv:
        head = ",".join(Row.__struct_fields__).encode() + b"\r\n"
        whole.update(head)
        write(head)
    async for row in rows(ledger):
        waiting.append(row)
        people += 1
        if len(waiting) == TOGETHER:
            put()
    put()
    return Exported(people, whole.hexdigest())


def _ndjson(some: list[Row]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in some)


def _csv(some: list[Row]) -> bytes:
    """A spreadsheet takes a cell that begins like a formula for one: such a cell begins with an apostrophe here."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    for row in some:
        writer.writerow([_cell(getattr(row, name)) for name in Row.__struct_fields__])
    return made.getvalue().encode()


def _cell(value: str | int) -> str:
    text = visible(str(value))
    return f"'{text}" if str(value).startswith(FORMULA) or text.startswith(FORMULA) else text


def _moment(wall: int) -> str:
    return (
        datetime.fromtimestamp(wall / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if wall
        else ""
    )
