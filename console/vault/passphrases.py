"""Making a passphrase for an account: kept before anybody sees it, and the one before stays kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from console.errors import Refused
from console.vault.words import FEWEST, new_passphrase

if TYPE_CHECKING:
    from collections.abc import Awaitable

NAME: Final = "passphrase"
BEFORE: Final = "passphrase-before"


class Keeps(Protocol):
    """A vault, as far as it keeps channels' secrets."""

    def secret(self, channel: str, name: str) -> Awaitable[str | None]:
        """A channel's secret of that name."""
        ...

    def keep_secret(self, channel: str, name: str, value: str) -> Awaitable[None]:
        """Keep it, read back before it returns."""
        ...


async def make(vault: Keeps, channel: str, count: int = FEWEST, *, again: bool = False) -> str:
    """A fresh passphrase for the account behind a channel, in the vault when this returns.

    Args:
        vault: keeps it.
        channel: whose account.
        count: words.
        again: make another although one is kept.

    Raises:
        Refused: one is kept already, and it may be the one in use.
        VaultError: it cannot be kept; nothing was made.
    """
    before = await vault.secret(channel, NAME)
    if before and not again:
        raise _kept(channel)
    if before:
        await vault.keep_secret(channel, BEFORE, before)
    made = new_passphrase(count)
    # Somebody at another console may have been shown theirs in between: it must stay the one that is kept.
    if await vault.secret(channel, NAME) != before:
        raise _kept(channel)
    await vault.keep_secret(channel, NAME, made)
    return made


def _kept(channel: str) -> Refused:
    return Refused(
        f"A passphrase is kept for {channel} already.",
        means="It may be the one in use.",
        do="Compare it, or ask for another; the one before stays kept.",
        code="kept",
    )
