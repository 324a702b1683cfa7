"""Our own keyring backend for machines without a desktop: one encrypted file, opened by a passphrase.

The file is two lines of ASCII, then AES-256-GCM over the JSON of all entries; the two lines are authenticated with it:

    incident-vault 1
    {"kdf":"scrypt","log_n":17,"nonce":"…24 hex…","p":1,"r":8,"salt":"…32 hex…"}
    <ciphertext and tag>

Every write is a whole new file, synced, then renamed over the old one, then its folder synced: a death at any instant
leaves the old file or the new one. A lock on a file beside it lets one process write at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from console.errors import VaultLocked, VaultRefused
from console.vault.passphrase import read_owned
from console.vault.recovery import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAGIC: Final = b"incident-vault 1\n"
FULL_COST: Final = Cost(log_n=17)  # OWASP's scrypt advice: 128 MiB, about half a second
MOST_BYTES: Final = 4 * 1024 * 1024
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
OWNER_ONLY: Final = 0o600

Entries = dict[str, dict[str, str]]


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second line: how the key is made, and this write's nonce."""

    kdf: str
    log_n: int
    r: int
    p: int
    salt: str
    nonce: str


class _Key(NamedTuple):
    """A derived key, and what it was derived with."""

    cost: Cost
    salt: bytes
    cipher: AESGCM


class EncryptedFileKeyring(KeyringBackend):
    """A keyring in one encrypted file.

    Args:
        path: the file; made by `unlock` or the first write, in a folder that exists.
        passphrase: asked once, at `unlock` or first use; may prompt.
        cost: what a fresh file's key derivation is to cost; an existing file keeps its own.

    Every method raises VaultLocked when the passphrase does not open the file, VaultRefused when the file is not ours alone.
    """

    priority = 0.5  # keyring's own choosing never takes it: it cannot be made without a path

    def __init__(self, path: Path, passphrase: Callable[[], str], cost: Cost = FULL_COST) -> None:
        # Not super().__init__(): it lets KEYRING_PROPERTY_* variables replace any attribute, the path among them.
        self._path = path
        self._passphrase = passphrase
        self._cost = cost
        self._key: _Key | None = None

    def unlock(self) -> None:
        """Ask for the passphrase and derive the key at once, so that no gate has to; make the file if there is none."""
        if self._key is None:
            self._read()
        if self._key is None:
            self._key = self._derive(self._cost, secrets.token_bytes(SALT_BYTES))
            with self._alone():
                self._write(self._read())

    def get_password(self, service: str, username: str) -> str | None:
        """The entry as the file holds it at this moment, or None."""
        return self._read().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write the entry; durable when this returns."""
        with self._alone():
            entries = self._read()
            entries.setdefault(service, {})[username] = password
            self._write(entries)

    def delete_password(self, service: str, username: str) -> None:
        """Delete the entry; raises PasswordDeleteError when there is none."""
        with self._alone():
            entries = self._read()
            if username not in entries.get(service, {}):
                raise PasswordDeleteError("there is no such entry")
            del entries[service][username]
            self._write(entries)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._path.with_name(self._path.name + ".lock")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _read(self) -> Entries:
        try:
            raw = read_owned(self._path, MOST_BYTES)
        except FileNotFoundError:
            return {}
        header, ours, sealed = _parse(raw, self._path)
        key = self._key_for(Cost(header.log_n, header.r, header.p), bytes.fromhex(header.salt))
        try:
            text = key.cipher.decrypt(bytes.fromhex(header.nonce), sealed, ours)
        except InvalidTag:
            raise VaultLocked(
                f"The passphrase does not open {self._path}, or the file was changed."
            ) from None
        self._key = key
        entries: Entries = json.loads(text)
        return entries

    def _write(self, entries: Entries) -> None:
        key = self._key or self._key_for(self._cost, secrets.token_bytes(SALT_BYTES))
        self._key = key
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = _Header("scrypt", *key.cost, salt=key.salt.hex(), nonce=nonce.hex())
        ours = MAGIC + msgspec.json.encode(header, order="sorted") + b"\n"
        sealed = key.cipher.encrypt(nonce, json.dumps(entries).encode("ascii"), ours)
        _replace(self._path, ours + sealed)

    def _key_for(self, cost: Cost, salt: bytes) -> _Key:
        if self._key is not None and (self._key.cost, self._key.salt) == (cost, salt):
            return self._key
        return self._derive(cost, salt)

    def _derive(self, cost: Cost, salt: bytes) -> _Key:
        # One person types é as one code point, another's keyboard as two.
        phrase = unicodedata.normalize("NFC", self._passphrase())
        if not phrase:
            raise VaultLocked("No passphrase was given for the encrypted vault file.")
        kdf = Scrypt(salt=salt, length=32, n=1 << cost.log_n, r=cost.r, p=cost.p)
        return _Key(cost, salt, AESGCM(kdf.derive(phrase.encode())))


def _parse(raw: bytes, path: Path) -> tuple[_Header, bytes, bytes]:
    """The header, the authenticated bytes before the ciphertext, and the ciphertext."""
    line, _, sealed = raw[len(MAGIC) :].partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=_Header)
        sizes = len(bytes.fromhex(header.salt)), len(bytes.fromhex(header.nonce))
    except ValueError:
        header, sizes = _Header("", 0, 0, 0, "", ""), (0, 0)
    cost = Cost(header.log_n, header.r, header.p)
    if (
        not raw.startswith(MAGIC)
        or header.kdf != "scrypt"
        or sizes != (SALT_BYTES, NONCE_BYTES)
        or not cost.bearable
    ):
        raise VaultRefused(f"{path} is not an encrypted vault file of this version.")
    return header, raw[: len(MAGIC) + len(line) + 1], sealed


def _replace(path: Path, raw: bytes) -> None:
    """Put `raw` in the file's place; the caller holds the lock, so what lies aside is a dead process's."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
