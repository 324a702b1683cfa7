"""An account at X for tests: a stand-in, an adapter on it whose secrets lie in a pocket, and orders."""

from __future__ import annotations

import asyncio

from standins.x import (
    API_KEY,
    API_SECRET,
    BEARER,
    CLIENT,
    CLIENT_SECRET,
    HANDLE,
    US,
)

from console.channels.live.archive import Kept
from console.channels.live.x import XChannel
from console.channels.protocol import Order
from console.errors import VaultError

NOTICE = "Messages posted here since 22:05 are not from us. Please ignore them. 19 July, 22:20"
NEVER = ("silent", "huge", "endless", "bomb")  # slow to test; the others are quick
NONSENSE = ("html", "garbage", "redirect")


class Hasty(XChannel):
    """Waits no longer than a third of a second for an answer; only where none will come."""

    longest = 0.3


class Pocket:
    """Secrets of one channel. `refuses` counts how many of the next writes fail; `kept` is every value in order."""

    def __init__(self, **secrets):
        self.secrets = {name.replace("_", "-"): value for name, value in secrets.items()}
        self.refuses = 0
        self.kept = []

    async def get(self, name):
        return self.secrets.get(name, "")

    async def keep(self, name, value):
        if self.refuses:
            self.refuses -= 1
            raise VaultError("The keyring did not take it.")
        self.kept.append((name, value))
        self.secrets[name] = value


def pocket_of(platform, way, account=US):
    if way == "oauth1":
        token, secret = platform.give_signed(account)
        return Pocket(api_key=API_KEY, api_secret=API_SECRET, token=token, token_secret=secret)
    if way == "bearer":
        return Pocket(bearer_token=BEARER)
    access, refresh = platform.give(account)
    return Pocket(access_token=access, refresh_token=refresh)


def account_at(platform, pocket=None, way="oauth2", keeper=None, kind=XChannel, **settings):
    """An adapter; further settings by name, `_` for `-`."""
    pocket = pocket if pocket is not None else pocket_of(platform, way)
    if platform.confidential:
        pocket.secrets["client-secret"] = CLIENT_SECRET
    known = {"kind": "x", "base": platform.url, "handle": f"@{HANDLE}", "sign-in": way, "client-id": CLIENT}
    known |= {name.replace("_", "-"): value for name, value in settings.items()}
    return kind("account", known, pocket, platform.clock, keeper or Kept())


def order_of(verb="post", effect="E-1", **changes):
    fields = {
        "effect": effect,
        "attempt": 1,
        "incident": "L-0001",
        "step": "warn/notice",
        "channel": "account",
        "kind": "x",
        "verb": verb,
        "text": NOTICE if verb == "post" else "",
    }
    return Order(**{**fields, **changes})


async def until(holds):
    """Wait until a predicate holds."""
    for _ in range(100_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")
