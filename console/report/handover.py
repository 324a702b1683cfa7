"""Evidence on a drive: everything that is kept and the record, with sums that `sha256sum -c` reads. Nothing is changed by it.

evidence/       the kept files, under the names they have here
record.jsonl    every stored entry, byte for byte, one a line
SHA256SUMS      of all of these, as they were read from the copy's own bytes
"""

from __future__ import annotations

import hashlib
import os
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.errors import BadInput, ConsoleError
from console.kept import OWNER_ONLY, Kept, files_in, plain
from console.places import PRIVATE
from console.report.checks import Finding
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from pathlib import Path

SUMS: Final = "SHA256SUMS"
RECORD: Final = "record.jsonl"
FILES: Final = "evidence"
_CHUNK: Final = 1024 * 1024


class Copied(Struct, frozen=True, kw_only=True):
    """What was copied, and what was wrong with what was there: it is copied all the same."""

    folder: str
    files: int
    findings: tuple[Finding, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """For a person."""
        return (
            f"{counted(self.files, 'file')} and the record are in {self.folder}.",
            *(f"{'WRONG' if each.wrong else 'CANNOT TELL'}: {each.words}" for each in self.findings),
            f"To check the copy, there: sha256sum -c {SUMS}",
        )


def copy_to(folder: Path, rows: Iterable[bytes], target: Path) -> Copied:
    """Copy a folder of kept files and the rows of its record.

    Args:
        folder: the kept files.
        rows: the stored bytes of each entry, in order.
        target: a folder that is not there yet, or empty.

    Raises:
        BadInput: there is something at `target`, or it lies inside what is copied.
        ConsoleError: not everything could be copied.
    """
    _begin(folder, target)
    sums: list[str] = []
    findings: list[Finding] = []
    try:
        for kept in files_in(folder):
            sums += _copied(kept, target / FILES, findings)
        digest = _written(target / RECORD, (row + b"\n" for row in rows))
        sums.append(f"{digest}  {RECORD}\n")
        _written(target / SUMS, ("".join(sums).encode(),))
        for each in (target / FILES, target):
            _settle(each)
    except OSError as error:
        raise ConsoleError(
            f"The copy in {visible(str(target))} is not whole: {error.strerror}.",
            "What is kept here is untouched.",
            "Empty that folder or name another one, then copy again.",
        ) from error
    return Copied(folder=str(target), files=len(sums) - 1, findings=tuple(findings))


def _copied(kept: Kept, target: Path, findings: list[Finding]) -> list[str]:
    """Copy one file; its line of the sums, and what is wrong with it. What cannot be copied keeps nobody from getting the rest."""
    name = kept.path.name
    if not kept.sha256:
        findings.append(Finding(-1, f"{name} is not named by a SHA-256: it was left out.", wrong=False))
        return []
    with ExitStack() as stack:
        try:
            file, _ = stack.enter_context(plain(kept.path))
        except BadInput:
            findings.append(Finding(-1, f"{name} is no plain file: it was left out."))
            return []
        except OSError as error:
            findings.append(Finding(-1, f"{name} cannot be read: {error.strerror}. It was left out."))
            return []
        digest = _written(target / name, _pieces(file))
    if digest != kept.sha256:
        findings.append(Finding(-1, f"{name} was changed: it is {digest} now."))
    return [f"{digest}  {FILES}/{name}\n"]


def _begin(folder: Path, target: Path) -> None:
    shown = visible(str(target))
    try:
        if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
            raise BadInput(
                f"There is something at {shown}.", do="Name a folder that is not there yet, or empty."
            )
        if target.resolve().is_relative_to(folder.resolve()):
            raise BadInput(f"{shown} lies inside what is copied.", do="Name a folder on another drive.")
        target.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        (target / FILES).mkdir(mode=PRIVATE)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise BadInput(
            f"{shown} cannot be made: {why}.", do="Name a folder that you may write in."
        ) from error


def _pieces(file: BufferedReader) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _written(path: Path, pieces: Iterable[bytes]) -> str:
    """Write a file that is not there yet; the SHA-256 of what was written, on the disk when this returns."""
    whole = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            whole.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return whole.hexdigest()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # some drives know no such thing for folders
            os.fsync(handle)
    finally:
        os.close(handle)
