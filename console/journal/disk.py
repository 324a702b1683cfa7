"""The file of a record: private, on a disk of this machine, its name itself durable."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from console.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700

# statfs(2) f_type of file systems whose locks or flushes are another machine's or another process's promise.
SHARED: Final = {
    0x00006969: "NFS",
    0x0000517B: "SMB",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB",
    0x65735546: "FUSE",
    0x01021997: "9P",
    0x00C36400: "Ceph",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0x0000564C: "NCP",
    0x0BD00BD0: "Lustre",
    0x47504653: "GPFS",
    0x01161970: "GFS2",
    0x7461636F: "OCFS2",
    0x786F4256: "a VirtualBox shared folder",
    0xBACBACBC: "a VMware shared folder",
}


def make_ready(path: Path) -> None:
    """Make the folder (0700) and an empty file (0600) where there are none, and refuse a disk we cannot trust.

    A file that is there is not opened: closing any descriptor of it would drop the locks that another connection of this
    process holds (fcntl(2), "close any of the file descriptors").

    Raises:
        JournalError: the folder is on a network or FUSE file system, or the file is not a plain file of ours.
    """
    try:
        _make_folder(path.parent)
        refuse_shared(file_system(path.parent), path.parent)
        _make_file(path)
    except OSError as error:
        raise JournalError(
            f"The record {path} cannot be used: {error.strerror or error}.",
            do="Give this user the folder and the file, or name another folder in INCIDENT_HOME.",
        ) from error


def refuse_shared(magic: int, folder: Path) -> None:
    """Raise JournalError when `magic`, a statfs f_type, is of a file system shared over a network or by FUSE."""
    name = SHARED.get(magic)
    if name is not None:
        raise JournalError(
            f"The folder {folder} is on {name}.",
            "Locks and flushes there are not certain, so the record could be lost or torn.",
            "Name a folder on a disk of this machine in INCIDENT_HOME.",
        )


def file_system(folder: Path) -> int:
    """The statfs f_type of the folder's file system; 0 where this platform does not tell."""
    if not sys.platform.startswith("linux"):
        return 0
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    answer = ctypes.create_string_buffer(512)  # struct statfs is 120 bytes at most; f_type is its first word
    if libc.statfs(os.fsencode(folder), answer) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(folder))
    word = ctypes.sizeof(ctypes.c_long)
    return int.from_bytes(answer.raw[:word], sys.byteorder) & 0xFFFFFFFF


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(PRIVATE_FOLDER)
        flush_folder(folder.parent)


def _make_file(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, PRIVATE_FILE))
            flush_folder(path.parent)
        return
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "it is not a plain file")
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(PRIVATE_FILE)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
