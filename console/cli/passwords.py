"""The verb that makes a passphrase for an account: kept in the vault before anybody sees it, shown once, read back by typing."""

from __future__ import annotations

import hmac
import sys
from typing import TYPE_CHECKING

import click

from console.cli.options import WORDS, json_option

if TYPE_CHECKING:
    from console.wiring import LateVault


@click.command()
@click.argument("channel", type=WORDS)
@click.option("--words", type=click.IntRange(5, 12), default=5, show_default=True, help="How many words.")
@click.option(
    "--again", is_flag=True, help="Make another although one is kept; the one before stays kept too."
)
@click.option(
    "--check", is_flag=True, help="Type it in, or give it on stdin, and hear whether it is the kept one."
)
@json_option
def passphrase(channel: str, words: int, *, again: bool, check: bool, as_json: bool) -> None:
    """Make a passphrase for the account behind CHANNEL: kept in the vault first, then shown once.

    Give it to the platform yourself. --check reads one back: that what was written down, or typed there, is what is kept.
    """
    from console.cli.saying import data, out, say
    from console.cli.seat import run
    from console.places import Places
    from console.wiring import live_vault

    vault = live_vault(Places.here())
    if check:
        same = run(_same(vault, channel))
        if as_json:
            data({"channel": channel, "same": same})
        else:
            say("It is the kept one." if same else "It is NOT the kept one. Nothing was changed.")
        if not same:
            raise click.exceptions.Exit(1)
        return
    made = run(_made(vault, channel, words, again=again))
    if as_json:
        data({"channel": channel, "passphrase": made})
        return
    say(f"Kept in the vault for {channel}. It is shown this once:")
    out(made)
    say(f"Read it back before you use it: incident passphrase {channel} --check")


async def _made(vault: LateVault, channel: str, words: int, *, again: bool) -> str:
    from console.errors import Refused
    from console.vault.passphrases import make

    await vault.open()
    try:
        return await make(vault, channel, words, again=again)
    except Refused as error:
        raise Refused(
            error.what,
            means=error.means,
            do="Use --check to compare, or --again to make another; the one before stays kept.",
            code=error.code,
        ) from error


async def _same(vault: LateVault, channel: str) -> bool:
    from console.errors import NotFound
    from console.vault.passphrases import NAME

    await vault.open()
    kept = await vault.secret(channel, NAME)
    if not kept:
        raise NotFound(f"No passphrase is kept for {channel}.", do=f"Make one: incident passphrase {channel}")
    if sys.stdin.isatty():
        typed = str(click.prompt("The passphrase", hide_input=True, err=True))
    else:
        typed = sys.stdin.readline(4_096)
    return hmac.compare_digest(typed.strip().encode("utf-8", "replace"), kept.encode())
