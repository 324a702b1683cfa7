"""What the tests of Mastodon and Bluesky share: a clock that nobody has to turn, secrets in a dict, looks that may take a while."""

from __future__ import annotations

import asyncio
import ssl
import sys

from support_http import ENDINGS

from console.channels.protocol import Order
from console.clock import TurnedClock

CONTEXT = ssl.create_default_context()
FAULTS = (
    "drop-before",
    "drop-after",
    "500",
    "500-after",
    "503",
    "429",
    "402",
    "redirect",
    "silent",
    *ENDINGS,
)
HAPPENS = ("drop-after", "500-after", "silent", *ENDINGS)  # what is done all the same


class Hurried(TurnedClock):
    """Who sleeps on it turns it: time passes, nobody waits. `slept` is what was slept, in ms."""

    def __init__(self, wall):
        super().__init__(wall)
        self.slept = []

    async def sleep(self, ms):
        self.slept.append(ms)
        self.turn(ms)
        await asyncio.sleep(0)


class Safe(dict):
    """A channel's secrets."""

    async def get(self, name):
        return dict.get(self, name, "")

    async def keep(self, name, value):
        self[name] = value


def order(verb, effect="E-1", **changes):
    fields = {
        "effect": effect,
        "attempt": 1,
        "incident": "L-0001",
        "step": "warn/notice",
        "channel": "account",
        "kind": "mastodon",
        "verb": verb,
        "text": "This post is from us. Please ignore the others.",
    }
    return Order(**{**fields, **changes})


def quick(monkeypatch):
    """Read this machine's certificates once, not once a channel; look once for a library that is not there."""
    monkeypatch.setitem(sys.modules, "sniffio", None)
    for name in ("httpx.create_ssl_context", "httpx._transports.default.create_ssl_context"):
        monkeypatch.setattr(name, lambda **_: CONTEXT)


def patience(channel, word):
    """How long the channel waits for one answer: not long where none will come."""
    channel._wire._longest = 0.2 if word == "silent" else 10


class Forgets:
    """Keeps nothing: a disk that answers slowly is no matter of most tests."""

    def keep(self, _exchange):
        return "kept"


async def looked(clock, look, tries=12, pause=31_000):
    """Look until it tells, as the engine does."""
    for _ in range(tries):
        seen = await look()
        if seen.verdict != "cannot-see":
            return seen
        clock.turn(pause)
    return seen


class Broken:
    """Misbehaves at one kind of request only, `times` times."""

    def __init__(self, word, fits, times=99):
        self.word, self.fits, self.times = word, fits, times

    def __call__(self, request):
        if self.times and self.fits(request):
            self.times -= 1
            return self.word
        return ""
