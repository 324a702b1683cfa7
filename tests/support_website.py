"""What the tests of the website's adapter share: adapters for a stand-in, a kept vault, a clock that is turned while they wait."""

from __future__ import annotations

import asyncio
import base64

from standins.drupal import DrupalSite
from standins.website import USER, Site
from standins.wordpress import WordPressSite

from console.channels.live.archive import Archive
from console.channels.live.arrivals import SETTLES
from console.channels.live.website import Website
from console.channels.protocol import Order

SITES = {"wordpress": WordPressSite, "drupal": DrupalSite, "none": Site}
FALSE = "Chief constable's pay -- doubled overnight"
NOTICE = (
    "Ignore messages in our name since 23:30. They are not from us.\n\nWe are working on it & will say more."
)


class Secrets:
    """One channel's secrets."""

    def __init__(self, **known):
        self.known = known

    async def get(self, name):
        return self.known.get(name, "")

    async def keep(self, name, value):
        self.known[name] = value


class Watchful:
    """Keeps nothing, and refuses to be given a secret."""

    def __init__(self, password):
        packed = base64.b64encode(f"{USER}:{password}".encode())
        self.secrets = (password.encode(), password.replace(" ", "").encode(), packed)

    def keep(self, exchange):
        raw = repr(exchange).encode()
        assert not any(secret in raw for secret in self.secrets)
        return "kept"


def adapter(site, engine, clock, *, keeper=None, longest=20.0, url="", **settings):
    """An adapter for a stand-in; further settings by name, `_` for `-`."""
    kept = keeper if keeper is not None else Watchful(site.password)
    base = url or site.url
    raw = {
        "kind": "website",
        "base": base,
        "engine": engine,
        "user": USER,
        "pages": f"{base}/ /news/ /contact/",
        "feed": "" if engine == "wordpress" else f"{base}/feed/",
        **{name.replace("_", "-"): str(value) for name, value in settings.items()},
    }
    raw = {name: value for name, value in raw.items() if value}
    cls = type("Timed", (Website,), {"longest": longest})
    return cls("website", raw, Secrets(password=site.password), clock, kept)


def order(verb="unpublish", effect="E-1", **changes):
    fields = {
        "effect": effect,
        "attempt": 1,
        "incident": "L-0007",
        "step": "contain/website",
        "channel": "website",
        "kind": "website",
        "verb": verb,
        "text": NOTICE,
    }
    return Order(**{**fields, **changes})


async def driven(clock, work, step=4_000):
    """The work's result, with the clock turned whenever it waits for it."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0)
        if clock.sleepers:
            clock.turn(step)
    return await task


async def settled(clock, website, about):
    """What a look into a doubt says once nothing can arrive any more; until then it must not say that it did not happen."""
    first = await driven(clock, website.probe(about))
    assert first.verdict != "disagrees", first
    clock.turn(SETTLES)
    return await driven(clock, website.probe(about))


def whole(folder):
    """Every byte that was kept, unpacked."""
    import gzip

    return b"".join(gzip.decompress(each.read_bytes()) for each in folder.glob("*.warc.gz"))


__all__ = [
    "FALSE",
    "NOTICE",
    "SITES",
    "Archive",
    "Secrets",
    "adapter",
    "driven",
    "order",
    "settled",
    "whole",
]
