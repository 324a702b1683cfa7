"""The practice vault: seeds made from the drill's own seed, no keyring, and a phone on the screen that shows the codes.

Nothing in here is secret and nothing opens a live gate: live seeds are random and kept elsewhere.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from console.errors import SeedMissing, VaultError
from console.vault import recovery, totp
from console.vault.protocol import Enrolment

if TYPE_CHECKING:
    from collections.abc import Iterable

CHEAP: Final = recovery.Cost(log_n=4)  # a drill opens at once; there is nothing to protect
_KEY: Final = b"incident console practice vault 1"


class PracticeVault:
    """A vault for one drill. The same seed makes the same codes, in every process and every run.

    Args:
        seed: the drill's seed.
        officers: those already enrolled in the practice house, such as when a drill is resumed.
    """

    def __init__(self, seed: int, officers: Iterable[str] = ()) -> None:
        self._seed = seed
        self._officers = set(officers)
        self._secrets: dict[tuple[str, str], str] = {}

    @property
    def store(self) -> str:
        """`practice`."""
        return "practice"

    async def ready(self) -> None:
        """It always is."""

    async def unlock(self, phrase: str) -> None:
        """It has no passphrase."""

    async def prove(self) -> None:
        """Nothing can be wrong with it."""

    async def enrol(self, officer: str) -> Enrolment:
        """As the protocol says; the URI's issuer says DRILL."""
        if officer in self._officers:
            raise VaultError(f"{officer} has a practice seed already.", do="Remove them first.")
        self._officers.add(officer)
        seed, codes = self._seed_of(officer), self.recovery_for(officer)
        hashes = recovery.hashes_of(codes, CHEAP, self._derive(officer, "salt")[: recovery.SALT_BYTES])
        return Enrolment(
            secret=seed, uri=totp.uri(seed, officer, practice=True), recovery=codes, hashes=hashes
        )

    async def forget(self, officer: str) -> None:
        """Nothing happens when they have no seed."""
        self._officers.discard(officer)

    async def match(self, officer: str, code: str, wall: int) -> int | None:
        """As the protocol says."""
        self._require(officer)
        return totp.match(self._seed_of(officer), code, wall)

    async def recovery(self, code: str, hashes: tuple[str, ...]) -> str | None:
        """As the protocol says."""
        return recovery.find(code, hashes)

    async def secret(self, channel: str, name: str) -> str | None:
        """What this process kept; practice channels need no secrets."""
        return self._secrets.get((channel, name))

    async def keep_secret(self, channel: str, name: str, value: str) -> None:
        """In memory only."""
        self._secrets[channel, name] = value

    async def forget_secret(self, channel: str, name: str) -> None:
        """As the protocol says."""
        self._secrets.pop((channel, name), None)

    def code_for(self, officer: str, wall: int) -> str:
        """What the practice phone of that officer shows at `wall` (UTC ms); raises SeedMissing."""
        self._require(officer)
        return totp.code_at(self._seed_of(officer), wall)

    def recovery_for(self, officer: str) -> tuple[str, ...]:
        """The practice recovery sheet of that officer."""
        return tuple(
            recovery.code_text(self._derive(officer, f"recovery {n}")[: recovery.CODE_BYTES])
            for n in range(recovery.CODES)
        )

    def _require(self, officer: str) -> None:
        if officer not in self._officers:
            raise SeedMissing(f"{officer!r} has no practice seed in this drill.")

    def _seed_of(self, officer: str) -> str:
        return totp.seed_text(self._derive(officer, "seed")[: totp.SEED_BYTES])

    def _derive(self, officer: str, use: str) -> bytes:
        # The lengths keep ("a", "b c") and ("a b", "c") apart.
        parts = (str(self._seed), officer, use)
        message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
        return hmac.digest(_KEY, message, "sha256")
