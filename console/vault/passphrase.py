"""Whether the encrypted file is this machine's vault, and where its passphrase comes from. Imports nothing that is slow."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from console.errors import VaultLocked, VaultRefused

FILE_NAMED_IN: Final = "INCIDENT_PASSPHRASE_FILE"
MOST_BYTES: Final = 4096


def wants_file(file: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this machine's vault is the encrypted file, and so needs its passphrase."""
    return file.exists() or bool(environ.get(FILE_NAMED_IN))


def wants_person(file: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody has to type the passphrase: the vault is the encrypted file, and no file holds its passphrase."""
    return wants_file(file, environ) and not environ.get(FILE_NAMED_IN)


def passphrase_from(environ: Mapping[str, str], prompt: Callable[[], str] | None) -> Callable[[], str]:
    """Where the passphrase comes from: the file that INCIDENT_PASSPHRASE_FILE names, else the prompt.

    Never an argument or the variable's own value: other processes can read both. The callable raises VaultLocked when there
    is neither, VaultRefused when others could read the file.
    """
    named = environ.get(FILE_NAMED_IN, "")
    if named:
        return lambda: read_passphrase(Path(named))
    if prompt is not None:
        return prompt

    def nobody_to_ask() -> str:
        raise VaultLocked("The encrypted vault file needs a passphrase, and there is nobody to ask for it.")

    return nobody_to_ask


def read_passphrase(path: Path) -> str:
    """The first line of a 0600 file of ours; raises VaultRefused when others can read it, VaultLocked when it says nothing."""
    try:
        raw = read_owned(path, MOST_BYTES)
        phrase = raw.decode().split("\n", 1)[0].rstrip("\r")
    except FileNotFoundError:
        raise VaultLocked(f"The passphrase file {path} does not exist.") from None
    except UnicodeDecodeError:
        raise VaultLocked(f"The passphrase file {path} is not UTF-8 text.") from None
    if not phrase:
        raise VaultLocked(f"The first line of the passphrase file {path} is empty.")
    return phrase


def read_owned(path: Path, most: int) -> bytes:
    """The bytes of a plain file that only its owner, us, may read; FileNotFoundError passes through."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise VaultRefused(
            f"{path} cannot be opened: {error.strerror}.", do="It must be a plain file of yours, not a link."
        ) from error
    try:
        only_ours(os.fstat(handle), path)
        with os.fdopen(handle, "rb", closefd=False) as file:
            raw = file.read(most + 1)
    finally:
        os.close(handle)
    if len(raw) > most:
        raise VaultRefused(f"{path} is larger than {most} bytes: this is not a file of ours.")
    return raw


def only_ours(found: os.stat_result, path: Path) -> None:
    """Raise VaultRefused unless it is a plain file of ours that nobody else may read."""
    if not stat.S_ISREG(found.st_mode):
        raise VaultRefused(f"{path} is not a plain file.")
    if found.st_uid != os.geteuid():
        raise VaultRefused(f"{path} belongs to another user.")
    if found.st_mode & 0o077:
        raise VaultRefused(
            f"Others on this machine may read {path} (mode {stat.S_IMODE(found.st_mode):04o}).",
            "What is in it may be known already.",
            f"Run chmod 600 {path}; if others work on this machine, change what is in it.",
        )
