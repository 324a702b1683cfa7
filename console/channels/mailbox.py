"""A mailbox from outside, one message after the other: an mbox file (RFC 4155), one saved mail, or a folder of them (maildir).

Of each message only the beginning is kept in memory; a mailbox may be of any size. What stands in it was written by strangers.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from console.errors import BadInput
from console.kept import plain
from console.places import make_private
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OF_ONE: Final = 256 * 1024  # bytes of a message that are looked at
MOST_FILES: Final = 2_000_000
_LINE: Final = 64 * 1024
_SEPARATOR: Final = b"From "
_MADE_UP: Final = b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
_MAILDIR: Final = ("cur", "new")


def messages(file: BinaryIO) -> Iterator[bytes]:
    """The beginning of each message in an mbox, or of the one message that a file is."""
    kept: list[bytes] = []
    size = 0
    begun, blank, whole_line = False, True, True
    while line := file.readline(_LINE):
        if blank and whole_line and line.startswith(_SEPARATOR):
            if begun:
                yield b"".join(kept)
            kept, size, begun, blank = [], 0, True, False
        else:
            begun = begun or bool(line.strip())
            if size < MOST_OF_ONE:
                kept.append(line)
                size += len(line)
            blank = whole_line and not line.strip(b"\r\n")
        whole_line = line.endswith(b"\n")
    if begun:
        yield b"".join(kept)


@contextmanager
def as_one_file(path: Path, folder: Path) -> Iterator[Path]:
    """The mailbox as one file: itself, or a copy in mbox form of what a folder of messages holds, which goes away afterwards.

    Args:
        path: an mbox, a saved mail, a maildir or any folder of mails.
        folder: where the copy may lie meanwhile.

    Raises:
        BadInput: it cannot be read.
    """
    shown = visible(str(path))
    try:
        is_folder = path.is_dir() and not path.is_symlink()
    except (OSError, ValueError) as error:
        raise BadInput(f"{shown} cannot be read.") from error
    if not is_folder:
        yield path
        return
    make_private(folder)
    aside = folder / f".{secrets.token_hex(8)}.mbox"
    try:
        _gather(path, aside)
        yield aside
    finally:
        aside.unlink(missing_ok=True)


def _gather(path: Path, aside: Path) -> None:
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as gathered:
        for each in _files(path):
            try:
                with plain(each) as (file, _):
                    gathered.write(_MADE_UP)
                    while line := file.readline(_LINE):
                        gathered.write(b">" + line if line.startswith(_SEPARATOR) else line)
                    gathered.write(b"\n\n")
            except OSError as error:
                raise BadInput(f"{visible(str(each))} cannot be read: {error.strerror}.") from error


def _files(path: Path) -> list[Path]:
    """The messages of a maildir, else the plain files of a folder, by name."""
    folders = [path / name for name in _MAILDIR if (path / name).is_dir()] or [path]
    found: list[Path] = []
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                names = sorted(each.name for each in entries if each.is_file(follow_symlinks=False))
        except OSError as error:
            raise BadInput(f"{visible(str(folder))} cannot be read: {error.strerror}.") from error
        found += [folder / name for name in names if not name.startswith(".")]
        if len(found) > MOST_FILES:
            raise BadInput(f"{visible(str(path))} holds more than {MOST_FILES:,} files.")
    return found
