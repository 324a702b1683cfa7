"""Who may. A vault keeps seeds and secrets and answers one question about a code: which timecode matched.

Counting, waiting and one-time use are facts of the `@house` stream, not of a vault.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Enrolment(NamedTuple):
    """What is shown once when an officer is added: the key, its otpauth URI, and eight recovery codes.

    `hashes` are what the house stream keeps of the recovery codes, in the same order.
    """

    secret: str
    uri: str
    recovery: tuple[str, ...]
    hashes: tuple[str, ...]


class Vault(Protocol):
    """Seeds by officer, secrets by channel. Every method raises a VaultError rather than answering in doubt."""

    @property
    def store(self) -> str:
        """The name of the store in use, for people: `SecretService`, `encrypted file`, `practice`."""
        ...

    async def ready(self) -> None:
        """Be opened, so that nobody waits for it, or is asked for it, at a gate; raises VaultRefused or VaultLocked."""
        ...

    async def unlock(self, phrase: str) -> None:
        """Be opened with a passphrase that a person typed; nothing happens where none is needed. Raises VaultLocked."""
        ...

    async def prove(self) -> None:
        """Write, read back and delete a canary; raises VaultRefused or VaultLocked when that does not work."""
        ...

    async def enrol(self, officer: str) -> Enrolment:
        """Make and keep a seed for the officer, replacing none: raises VaultError when they have one."""
        ...

    async def forget(self, officer: str) -> None:
        """Delete the officer's seed."""
        ...

    async def match(self, officer: str, code: str, wall: int) -> int | None:
        """The RFC 6238 timecode (30 s steps since 1970) that `code` fits at `wall` ms, within one step; None if none.

        Only six ASCII digits are ever looked at. Raises SeedMissing or VaultLocked.
        """
        ...

    async def recovery(self, code: str, hashes: tuple[str, ...]) -> str | None:
        """The one of `hashes` that the recovery code fits, or None."""
        ...

    async def secret(self, channel: str, name: str) -> str | None:
        """A channel's secret, such as its password."""
        ...

    async def keep_secret(self, channel: str, name: str, value: str) -> None:
        """Keep a channel's secret."""
        ...

    async def forget_secret(self, channel: str, name: str) -> None:
        """Delete a channel's secret; nothing happens when there is none."""
        ...
