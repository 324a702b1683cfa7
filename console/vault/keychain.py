"""The live vault: seeds and secrets in a keyring whose backend is on our list. Only live verbs load this module.

The keyring library fails open: its null backend keeps nothing and says nothing, a chainer may fall through to a plain file,
and an environment variable picks either. So a backend is taken by the identity of its class or refused by name, what was
written is read back, nothing found is an error, and a backend that waits for somebody is given three seconds.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from console.errors import SeedMissing, VaultError, VaultLocked, VaultRefused
from console.vault import recovery, totp
from console.vault.passphrase import FILE_NAMED_IN, wants_file
from console.vault.protocol import Enrolment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE: Final = "incident-console"
PATIENCE: Final = 3.0  # seconds: a backend that takes longer waits for a person at a prompt
BACKEND_VARIABLE: Final = "PYTHON_KEYRING_BACKEND"
FILE_RING: Final = ("console.vault.filering", "EncryptedFileKeyring")
CHAINER: Final = ("keyring.backends.chainer", "ChainerBackend")
ALLOWED: Final[dict[tuple[str, str], str]] = {
    ("keyring.backends.SecretService", "Keyring"): "Secret Service",
    ("keyring.backends.kwallet", "DBusKeyring"): "KWallet",
    ("keyring.backends.kwallet", "DBusKeyringKWallet4"): "KWallet 4",
    ("keyring.backends.macOS", "Keyring"): "macOS Keychain",
    ("keyring.backends.Windows", "WinVaultKeyring"): "Windows Credential Locker",
    FILE_RING: "encrypted file",
}


class KeychainVault:
    """A vault on one keyring backend.

    Args:
        backend: refused unless its class is on the list.
        patience: seconds that one question to the backend may take.
        cost: what a recovery code's hash is to cost.

    Raises:
        VaultRefused: the backend is not one we trust.
    """

    def __init__(
        self, backend: KeyringBackend, patience: float = PATIENCE, cost: recovery.Cost = recovery.FULL_COST
    ) -> None:
        self._backend = trusted(backend)
        self._store = ALLOWED[_listed(self._backend)]
        self._patience = patience
        self._cost = cost

    @property
    def store(self) -> str:
        """The backend's name for people, such as `Secret Service`."""
        return self._store

    async def ready(self) -> None:
        """It is open since it was made."""

    async def unlock(self, phrase: str) -> None:
        """It was unlocked when it was made."""

    async def prove(self) -> None:
        """As the protocol says."""
        user, canary = f"canary/{secrets.token_hex(4)}", secrets.token_hex(16)
        await self._set(user, canary)
        back = await self._get(user)
        if back != canary:
            raise VaultRefused(
                f"{self.store} did not give back what was put in, so nothing can be kept in it."
            )
        await self._delete(user)
        if await self._get(user) is not None:
            raise VaultRefused(f"{self.store} did not delete what it was told to delete.")

    async def enrol(self, officer: str) -> Enrolment:
        """As the protocol says. The seed is read back before it is shown to anybody."""
        user = _seed_user(officer)
        if await self._get(user) is not None:
            raise VaultError(
                f"{self.store} holds a seed for {officer} already.",
                "Making another would void the one on their phone.",
                f"If it is a leftover, run incident officers remove {officer}, then add them again.",
            )
        seed, codes = totp.new_seed(), recovery.new_codes()
        await self._set(user, seed)
        if await self._get(user) != seed:
            raise VaultRefused(f"{self.store} did not keep the seed of {officer}.")
        hashes = await asyncio.to_thread(recovery.hashes_of, codes, self._cost)
        return Enrolment(secret=seed, uri=totp.uri(seed, officer), recovery=codes, hashes=hashes)

    async def forget(self, officer: str) -> None:
        """As the protocol says; nothing happens when there is none."""
        await self._delete(_seed_user(officer))

    async def match(self, officer: str, code: str, wall: int) -> int | None:
        """As the protocol says."""
        seed = await self._get(_seed_user(officer))
        if not seed:
            raise SeedMissing(f"{self.store} on this machine holds no seed for {officer!r}.")
        try:
            return totp.match(seed, code, wall)
        except ValueError:
            raise VaultError(
                f"What {self.store} holds as the seed of {officer} is no seed.",
                do=f"Run incident officers remove {officer}, then add them again.",
            ) from None

    async def recovery(self, code: str, hashes: tuple[str, ...]) -> str | None:
        """As the protocol says; asks the keyring nothing, so it works while that is locked."""
        return await asyncio.to_thread(recovery.find, code, hashes)

    async def secret(self, channel: str, name: str) -> str | None:
        """As the protocol says."""
        return await self._get(_secret_user(channel, name))

    async def keep_secret(self, channel: str, name: str, value: str) -> None:
        """As the protocol says; read back before this returns."""
        user = _secret_user(channel, name)
        await self._set(user, value)
        if await self._get(user) != value:
            raise VaultRefused(f"{self.store} did not keep {channel}'s {name}.")

    async def forget_secret(self, channel: str, name: str) -> None:
        """As the protocol says."""
        await self._delete(_secret_user(channel, name))

    async def _get(self, user: str) -> str | None:
        return await self._ask(lambda: self._backend.get_password(SERVICE, user))

    async def _set(self, user: str, value: str) -> None:
        await self._ask(lambda: self._backend.set_password(SERVICE, user, value))

    async def _delete(self, user: str) -> None:
        def delete() -> None:
            if self._backend.get_password(SERVICE, user) is not None:
                self._backend.delete_password(SERVICE, user)

        await self._ask(delete)

    async def _ask(self, question: Callable[[], T]) -> T:
        return await _within(self._patience, self.store, question)


async def open_keychain(
    file: Path, passphrase: Callable[[], str], environ: Mapping[str, str] = os.environ
) -> KeychainVault:
    """The vault of this machine: the encrypted file when there is one or its passphrase file is named, else the desktop's.

    Args:
        file: where the encrypted file is, or would be.
        passphrase: as `passphrase_from` makes it; asked at once when the file is used.
        environ: the environment, for INCIDENT_PASSPHRASE_FILE and PYTHON_KEYRING_BACKEND.

    Raises:
        VaultLocked: the passphrase is wrong, or the desktop's keyring waits to be unlocked.
        VaultRefused: no backend that we trust is to be had.
    """
    if wants_file(file, environ):
        if environ.get(FILE_NAMED_IN):  # nobody types, so nobody need wait for the key to be derived
            return await asyncio.to_thread(open_file, file, passphrase)
        return open_file(file, passphrase)
    return KeychainVault(await desktop_backend(environ))


def open_file(file: Path, passphrase: Callable[[], str]) -> KeychainVault:
    """A vault on the encrypted file, made if there is none, unlocked before this returns; raises VaultLocked, VaultRefused."""
    from console.vault.filering import EncryptedFileKeyring

    ring = EncryptedFileKeyring(file, passphrase)
    # Here and not in a helper thread: the passphrase may be typed, and takes as long as it takes.
    ring.unlock()
    return KeychainVault(ring)


async def desktop_backend(
    environ: Mapping[str, str] = os.environ, patience: float = PATIENCE
) -> KeyringBackend:
    """The backend that the keyring library picks here, if it is on our list; raises VaultRefused, VaultLocked."""
    named = environ.get(BACKEND_VARIABLE, "")
    if named and tuple(named.rsplit(".", 1)) not in {*ALLOWED, CHAINER}:
        # Refused before the library would import it.
        raise VaultRefused(
            f"{BACKEND_VARIABLE} names {named}, which is not a keyring we trust.",
            "It could keep nothing, or keep it in the open.",
            f"Unset {BACKEND_VARIABLE}, or use the encrypted file: incident doctor says how.",
        )

    def pick() -> KeyringBackend:
        import keyring

        return trusted(keyring.get_keyring())

    return await _within(patience, "the desktop's keyring", pick)


def trusted(backend: KeyringBackend) -> KeyringBackend:
    """The backend, or the first of a chainer, if its very class is on the list; a subclass or a look-alike is not.

    Raises:
        VaultRefused: it is not; the error names it.
    """
    if _is_class(backend, CHAINER):
        chained = list(getattr(backend, "backends", ()))
        if not chained:
            raise _refusal(backend, "It is a chain with nothing in it.")
        if _listed(chained[0]) not in ALLOWED:
            raise _refusal(chained[0], "It stands first in keyring's chain.")
        return chained[0]  # type: ignore[no-any-return]  # the library does not type its chain
    if _listed(backend) not in ALLOWED:
        raise _refusal(backend, "It could keep nothing, or keep it in the open.")
    return backend


def _listed(backend: object) -> tuple[str, str]:
    return next((entry for entry in ALLOWED if _is_class(backend, entry)), ("", ""))


def _is_class(backend: object, entry: tuple[str, str]) -> bool:
    module = sys.modules.get(entry[0])
    return module is not None and getattr(module, entry[1], None) is type(backend)


def _refusal(backend: object, means: str) -> VaultRefused:
    cls = type(backend)
    return VaultRefused(
        f"The keyring backend {cls.__module__}.{cls.__qualname__} is not one we trust with a seed.", means
    )


def _seed_user(officer: str) -> str:
    return f"seed/{officer}"


def _secret_user(channel: str, name: str) -> str:
    return f"secret/{channel}/{name}"


async def _within(patience: float, store: str, question: Callable[[], T]) -> T:
    """The answer of a call that may hang, asked in a thread that may be left behind; raises VaultErrors only."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)  # type: ignore[arg-type]  # None only where T allows it

    def run() -> None:
        value, error = None, None
        try:
            value = question()
        except VaultError as ours:
            error = ours
        except Exception as theirs:  # noqa: BLE001 - backends raise what their D-Bus library raises
            error = _translate(theirs, store)
        try:
            loop.call_soon_threadsafe(settle, value, error)
        except RuntimeError:
            return  # the console closed meanwhile: nobody waits for the answer

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        return await asyncio.wait_for(answer, patience)
    except TimeoutError:
        raise VaultLocked(
            f"{store} gave no answer within {patience:g} s; it may be waiting for somebody to unlock it.",
            "No code can be looked at until then.",
            "Unlock the desktop's keyring, then try again; or use a recovery code.",
        ) from None


def _translate(error: Exception, store: str) -> VaultError:
    # Only the kind of the error is told: its text may quote what was being kept.
    from keyring import errors

    kind = type(error).__name__
    if isinstance(error, errors.KeyringLocked | errors.InitError):
        return VaultLocked(
            f"{store} is locked or cannot be started ({kind}).",
            do="Unlock the desktop's keyring, then try again.",
        )
    if isinstance(error, errors.NoKeyringError):
        return VaultRefused("There is no desktop keyring on this machine.")
    if isinstance(error, OSError) and error.errno is not None:
        return VaultError(
            f"{store} cannot be read or written: {os.strerror(error.errno)}.",
            do="Free space, or give this user the folder; or name another one in INCIDENT_HOME.",
        )
    return VaultError(f"{store} failed ({kind}).")
