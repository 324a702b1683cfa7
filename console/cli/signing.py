"""Signing in at a platform: the account agrees in a person's own browser, and the address it was sent on to is pasted here.

No browser is opened and nothing listens for its answer, so it works over ssh too. The code in that address lives half a minute and
is worth nothing without what this process alone knows (RFC 7636): it may be seen on the screen, and it is written nowhere.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.settings import Settings
    from console.wiring import LateVault

T = TypeVar("T")
LONGEST: Final = 4_096  # characters of an address
ASKS: Final = "The address that the browser was sent to? Enter leaves it for later:"


class Given(NamedTuple):
    """What came of it: whose account it is, empty when the platform did not say or nobody answered; what to tell a person."""

    account: str
    words: str


def signed_in(name: str, settings: Settings, vault: LateVault, *, again: bool) -> Given:
    """Have a channel's account give the console access, where it has none or it is wanted `again`.

    The channel stays set whatever comes of this, and an access that was there stays until another one is kept.

    Raises:
        BadInput: this channel is not signed in at like this, or nobody answered although it was wanted.
        ChannelError: what was answered gives no access, and there is nobody to ask once more.
    """

    async def begin(channel: Any) -> dict[str, str] | None:
        await vault.open()
        return await channel.kept_access() if getattr(channel, "signs_in", False) else None

    old = _with(name, settings, vault, partial(_before, vault))
    if old is None or (old and not again):
        return _not_asked(name, again=again)
    handle = settings.channels[name].get("handle", "")
    while True:
        asking = _with(name, settings, vault, _question)
        answered = _answer(handle, asking)
        if not answered:
            return _left(name, again=again)
        found = _with(name, settings, vault, partial(_exchanged, asking, answered, old))
        if isinstance(found, Given):
            return found
        _no(name, found)


def _with(name: str, settings: Settings, vault: LateVault, work: Callable[[Any], Awaitable[T]]) -> T:
    """Do it with the channel's adapter. A person is asked between two of these, never inside: Ctrl-C must reach them."""
    from console.cli.seat import run
    from console.clock import SystemClock
    from console.wiring import adapters

    async def whole() -> T:
        channel: Any = adapters(settings, vault, SystemClock()).get(name)
        try:
            return await work(channel)
        finally:
            if channel is not None:
                await channel.close()

    return run(whole())


async def _before(vault: LateVault, channel: Any) -> dict[str, str] | None:
    """The access that is kept; None where nobody signs in like this."""
    await vault.open()
    kept: dict[str, str] | None = await channel.kept_access() if getattr(channel, "signs_in", False) else None
    return kept


async def _question(channel: Any) -> Any:
    return channel.authorise_url()


async def _exchanged(asking: Any, answered: str, old: dict[str, str], channel: Any) -> Given | str:
    """Have the access kept, and end the one before it only then; or why there is none."""
    outcome = await channel.exchange_code(asking, answered)
    if not hasattr(outcome, "remote"):
        return str(outcome.reason)
    account = str(outcome.remote)
    whose = (
        f"X gave access to account number {account}." if account else "X gave access, and did not say whose."
    )
    before = await channel.end_before(old) if old else ""
    return Given(account, " ".join(part for part in (whose, "It is kept in the vault.", before) if part))


def _answer(handle: str, asking: Any) -> str:
    """What a person answers to it: an address that fits the question, or nothing."""
    from console.cli.saying import say

    whom = handle or "the account"
    say(
        f"The console asks X for access to {whom}. It opens no browser. Open this address in your own, signed in as {whom}, and agree:"
        f"\n\n{asking.url}\n\n"
        f"X then sends the browser to {asking.redirect} and nothing has to answer there: the browser may say so. Copy the whole address"
        " from its bar and paste it here at once: what stands in it is good for 30 seconds, and once."
        "\nIf X refuses, the app at https://console.x.com does not have that callback address."
    )
    while (typed := _typed()) and not asking.fits(typed):
        if not sys.stdin.isatty():
            break
        say(
            "That is not the address that X sent the browser to for this question. It has a state= and a code= in it."
        )
    return typed


def _typed() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()[:LONGEST].strip()
    typed = click.prompt(ASKS, prompt_suffix=" ", default="", show_default=False, err=True)
    return str(typed)[:LONGEST].strip()


def _not_asked(name: str, *, again: bool) -> Given:
    from console.errors import BadInput

    if again:
        raise BadInput(
            f"Nobody signs in to {name} like this.",
            do=f"It is for a channel of kind x with sign-in=oauth2. For others, incident channels set {name} --kind KIND asks for what they need.",
        )
    return Given("", "")


def _left(name: str, *, again: bool) -> Given:
    from console.errors import BadInput

    how = f"Go on with: incident channels set {name} --sign-in"
    if again and not sys.stdin.isatty():
        raise BadInput("No address was given on stdin.", f"{name} is as it was.", how)
    return Given(
        "", f"The console has no access to {name} yet. {how}" if not again else f"Nothing was changed. {how}"
    )


def _no(name: str, reason: str) -> None:
    """Say why there is no access; raises ChannelError where nobody can be asked once more."""
    from console.cli.saying import say
    from console.errors import ChannelError

    if sys.stdin.isatty():
        say(f"{reason}\nHere is another question.\n")
        return
    raise ChannelError(
        reason,
        f"{name} is set, and what access it had is kept.",
        f"Go on with: incident channels set {name} --sign-in",
    )
