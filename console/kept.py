"""Files that are kept under the SHA-256 of what is in them: put in their place whole, taken in from outside, read back.

A name from outside never becomes a path here, and neither does its ending: that is chosen from a short list, by what the file
begins with, so that nothing that is kept runs when somebody opens it.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import secrets
import stat
import zlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from console.errors import BadInput, ConsoleError
from console.places import make_private
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader, BufferedWriter

OWNER_ONLY: Final = 0o600
MOST: Final = 100 * 1024 * 1024
HEAD: Final = 64 * 1024  # bytes by which a file is known
_CHUNK: Final = 1024 * 1024
_MB: Final = 1024 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMED: Final = re.compile(r"([0-9a-f]{64})\.([a-z]{2,5}(?:\.[a-z]{2})?)", re.ASCII)
_BEGIN: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
)
_FIELD: Final = re.compile(rb"([!-9;-~]+):", re.ASCII)
_OF_A_MAIL: Final = {b"from", b"received", b"return-path", b"delivered-to"}
_TELLING: Final = {b"date", b"subject", b"message-id", b"received"}
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Taken(NamedTuple):
    """A file that was taken in: it is on the disk under its SHA-256. `head` is how it begins."""

    sha256: str
    size: int
    ending: str
    path: Path
    head: bytes


class Kept(NamedTuple):
    """A file in a folder of kept files, known by its name. `sha256` is empty where the name is none of ours."""

    path: Path
    sha256: str
    ending: str


def is_sha256(text: str) -> bool:
    """Whether it is written like a SHA-256 in hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def put(path: Path, raw: bytes) -> None:
    """Put a file in its place whole, 0600 and on the disk; one that stands there already is the same, since its name is its hash."""
    if path.exists():
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    with _made(aside) as file:
        file.write(raw)
        _settle(file)
    aside.replace(path)
    _settle_folder(path.parent)


def take_in(source: Path, folder: Path, most: int = MOST) -> Taken:
    """Copy a file from outside into `folder`, under its SHA-256, never whole in memory; it is on the disk when this returns.

    What stands there under that name is written anew: it has the same bytes, or was damaged.

    Args:
        source: a plain file; no link, pipe or device.
        folder: made 0700 if it is not there.
        most: bytes.

    Raises:
        BadInput: it cannot be read, is no plain file, is empty or too large, or changed meanwhile.
        ConsoleError: the folder does not take it.
    """
    with _opened(source) as (file, size):
        if size > most:
            raise _too_large(source, most)
        make_private(folder)
        aside = folder / f".{secrets.token_hex(8)}.in"
        try:
            taken = _copied(source, file, aside, most)
            path = folder / f"{taken.sha256}.{taken.ending}"
            aside.replace(path)
            _settle_folder(folder)
        except OSError as error:
            raise ConsoleError(
                f"The disk did not take it: {error.strerror}.",
                "Nothing was kept.",
                f"Free space for {folder}, then bring it in again.",
            ) from error
        finally:
            aside.unlink(missing_ok=True)
    return taken._replace(path=path)


def begins(source: Path) -> tuple[str, bytes]:
    """Which ending a file from outside would get, and how it begins; raises BadInput as `take_in` does."""
    with _opened(source) as (file, _):
        head = _read(source, file, HEAD)
    return ending_of(head), head


def ending_of(head: bytes) -> str:
    """What a file is, by how it begins: `png`, `jpg`, `gif`, `webp`, `pdf`, `warc.gz`, `eml`, `html`, `txt`, else `bin`."""
    for begin, ending in _BEGIN:
        if head.startswith(begin):
            return ending
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"\x1f\x8b"):
        return "warc.gz" if _unpacked(head).startswith(b"WARC/1.") else "bin"
    if _is_mail(head):
        return "eml"
    text = _text(head)
    if text is None:
        return "bin"
    tag = text.lstrip("\ufeff \t\r\n")[:15].casefold()
    return "html" if tag.startswith(("<!doctype html", "<html", "<head", "<body")) else "txt"


def files_in(folder: Path) -> tuple[Kept, ...]:
    """Everything in a folder of kept files, by name; files on their way there (their names begin with a dot) are left out.

    Raises:
        OSError: it cannot be looked into.
    """
    try:
        with os.scandir(folder) as found:
            names = sorted(each.name for each in found if not each.name.startswith("."))
    except FileNotFoundError:
        return ()
    kept = []
    for name in names:
        named = _NAMED.fullmatch(name)
        kept.append(Kept(folder / name, *(named.groups() if named is not None else ("", ""))))
    return tuple(kept)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a kept file as it is at this moment.

    Raises:
        BadInput: it is no plain file.
        OSError: it cannot be read.
    """
    with plain(path) as (file, _):
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def plain(path: Path) -> Iterator[tuple[BufferedReader, os.stat_result]]:
    """A plain file, open for reading; a link is not followed, a pipe or a device is not opened.

    Raises:
        BadInput: it is no plain file.
        OSError: it cannot be opened.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise BadInput(f"{visible(str(path))} is no plain file.")
    # It may have become something else since: nothing is waited for, and it is looked at once more.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadInput(f"{visible(str(path))} is no plain file.")
        yield file, status


# -- taking in -------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(source: Path) -> Iterator[tuple[BufferedReader, int]]:
    """A file from outside and its size; what may go wrong while it is opened is the officer's to hear."""
    shown = visible(str(source))
    with ExitStack() as stack:
        try:
            if source.is_symlink():
                raise BadInput(f"{shown} is a link.", do="Name the file that it leads to.")
            file, status = stack.enter_context(plain(source))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no path"
            raise BadInput(f"{shown} cannot be read: {why}.") from error
        yield file, status.st_size


def _copied(source: Path, file: BufferedReader, aside: Path, most: int) -> Taken:
    before = os.fstat(file.fileno())
    whole, size, head = hashlib.sha256(), 0, b""
    with _made(aside) as copy:
        while chunk := _read(source, file, _CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(source, most)
            head = head or chunk[:HEAD]
            whole.update(chunk)
            copy.write(chunk)
        _settle(copy)
    after = os.fstat(file.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size) or size != after.st_size:
        raise BadInput(
            f"{visible(str(source))} changed while it was read.",
            do="Nothing was kept. Bring it in again when it is whole.",
        )
    if not size:
        raise BadInput(f"{visible(str(source))} is empty.")
    return Taken(whole.hexdigest(), size, ending_of(head), aside, head)


def _read(source: Path, file: BufferedReader, most: int) -> bytes:
    try:
        return file.read(most)
    except OSError as error:
        raise BadInput(f"{visible(str(source))} cannot be read: {error.strerror}.") from error


def _too_large(source: Path, most: int) -> BadInput:
    return BadInput(
        f"{visible(str(source))} is larger than {most // _MB} MB.",
        "Nothing was kept.",
        "Keep it yourself, and say where: incident save.",
    )


@contextmanager
def _made(path: Path) -> Iterator[BufferedWriter]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        yield file


def _settle(file: BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# -- what a file is --------------------------------------------------------------------------------------------------


def _unpacked(head: bytes) -> bytes:
    """How an archive begins, sixteen bytes of it at most."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 16)
    except zlib.error:
        return b""


def _is_mail(head: bytes) -> bool:
    """Whether it begins with the header of a mail, as RFC 5322 has it."""
    names: set[bytes] = set()
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 400)[:400]:
        bare = line.rstrip(b"\r")
        if not bare:
            break
        if bare[:1] in (b" ", b"\t") and names:
            continue
        field = _FIELD.match(bare)
        if field is None:
            return False
        names.add(field[1].lower())
    return bool(names & _OF_A_MAIL) and bool(names & _TELLING)


def _text(head: bytes) -> str | None:
    """The beginning as text; None where it is none. A letter may be cut in half at its end."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return None if _NOT_TEXT.search(text) else text
