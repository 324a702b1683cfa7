"""A small world to rehearse in: what stands on each channel, the hub that feeds others, somebody who posts in our name.

It holds no network, and everything in it comes from its seed: the same seed and the same effect end the same way. What
is due (a hub that publishes again what was deleted below it) happens when somebody looks, by the world's clock.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable
from typing import Final

import rfc8785
from msgspec import Struct
from msgspec.structs import replace

from console.channels.protocol import Done
from console.clock import Clock
from console.incident.moment import SECOND
from console.playbook.kinds import KINDS

AGAIN_AFTER: Final = 90 * SECOND
READABLE: Final = ("x", "mastodon", "bluesky", "mynewsdesk", "website")
_FED: Final = ("website", "x")


class Odds(Struct, frozen=True, kw_only=True):
    """How often things go wrong (0 to 1), and how late answers are (ms, from and to).

    Attributes:
        fail: an act is refused; nothing happened.
        doubt: an act ends without an answer; `happened` of those happened all the same.
        refuse: one recipient of a mailing is refused; `unanswered` one is left in doubt.
        late: before any answer; `mail_late` for each fifty recipients.
    """

    fail: float = 0.03
    doubt: float = 0.02
    happened: float = 0.5
    refuse: float = 0.004
    unanswered: float = 0.0005
    late: tuple[int, int] = (200, 1_500)
    mail_late: tuple[int, int] = (50, 200)


CALM: Final = Odds(fail=0, doubt=0, refuse=0, unanswered=0, late=(0, 0), mail_late=(0, 0))


class Published(Struct, frozen=True, kw_only=True):
    """One thing that was published.

    Attributes:
        remote: the world's own id for it; `link` is what people pass on.
        published: wall ms.
        bogus: not by us.
        source: the remote of the hub's item that it is a copy of.
    """

    remote: str
    channel: str
    words: str
    link: str
    published: int
    bogus: bool = True
    at_risk: bool = False
    gone: bool = False
    source: str = ""


class PracticeWorld:
    """What is published where, by whom, and what became of our acts.

    Args:
        seed: of everything that is left to chance.
        clock: whose time it is there; its `sleep` makes answers late.
        odds: how often things go wrong; may be changed while it runs.

    Attributes:
        kinds: the kind of each channel by its playbook name; `practice_channels` fills it in.
        hub: the channel whose items are published again on `fed`, until the route is cut.
        done: by effect id, what an act did; the same effect does nothing twice.
        captured: saved bytes by the item's remote id.
        mailed: how often each address was sent to.
        mailings: the counts of each mailing by its ledger's name.
    """

    def __init__(self, seed: int, clock: Clock, odds: Odds | None = None) -> None:
        self.seed = seed
        self.clock = clock
        self.odds = odds or Odds()
        self.kinds: dict[str, str] = {}
        self.hub = ""
        self.fed: tuple[str, ...] = ()
        self.done: dict[str, Done] = {}
        self.captured: dict[str, bytes] = {}
        self.mailed: Counter[str] = Counter()
        self.mailings: dict[str, dict[str, int]] = {}
        self._items: dict[str, Published] = {}
        self._pins: dict[str, str] = {}
        self._banners: dict[str, str] = {}
        self._suspended: set[str] = set()
        self._cut = False
        self._again: list[tuple[int, str, str]] = []

    def connect(self, kinds: dict[str, str]) -> None:
        """Name the channels; the first newsroom feeds every website and the first X account, as in 2019."""
        self.kinds = dict(kinds)
        self.hub = next((name for name, kind in kinds.items() if kind == "mynewsdesk"), "")
        first = [next((name for name, kind in kinds.items() if kind == fed), "") for fed in _FED]
        self.fed = tuple(name for name in first if name) if self.hub else ()

    def chance(self, *what: object) -> random.Random:
        """Randomness of its own for one thing, the same in every run of this seed."""
        return random.Random("/".join(map(str, (self.seed, *what))))  # noqa: S311 - a drill must repeat

    async def wait(self, chance: random.Random, span: tuple[int, int]) -> None:
        """Answer as late as `span` (ms, from and to) allows."""
        ms = chance.randint(*span)
        if ms:
            await self.clock.sleep(ms)

    # -- the other side ----------------------------------------------------------------------------------------------

    def publish(self, channel: str, words: str, *, bogus: bool = True, at_risk: bool = False) -> Published:
        """Put something on a channel; on the hub, while the route is not cut, its copies too."""
        item = self._put(channel, words, bogus=bogus, at_risk=at_risk)
        if channel == self.hub and not self._cut:
            for fed in self.fed:
                self._put(fed, words, bogus=bogus, at_risk=at_risk, source=item.remote)
        return item

    def cut_route(self) -> None:
        """The hub feeds nothing any more."""
        self._settle()
        self._cut = True
        self._again.clear()

    def suspend(self, channel: str) -> None:
        """The platform hides the whole account."""
        self._suspended.add(channel)

    # -- our side ----------------------------------------------------------------------------------------------------

    def say(self, channel: str, words: str) -> Published:
        """Publish something of ours, on that channel alone."""
        return self._put(channel, words, bogus=False)

    def remove(self, item: str, channel: str, *, at_risk: bool = False) -> list[Published]:
        """Take down one item (by remote id or link), or with "" all bogus ones of the channel; those taken down.

        With `at_risk` only those that put somebody at risk, unless one item is named.
        """
        taken = [
            each for each in self._meant(item, channel) if not each.gone and (item or each.at_risk >= at_risk)
        ]
        for each in taken:
            self._items[each.remote] = replace(each, gone=True)
            if each.source and not self._cut:
                self._again.append((self._now() + AGAIN_AFTER, each.channel, each.source))
        return taken

    def pin(self, channel: str) -> str:
        """Pin our newest post there; its remote id, or "" when there is none."""
        ours = [each for each in self.standing(channel) if not each.bogus]
        if ours:
            self._pins[channel] = ours[0].remote
        return ours[0].remote if ours else ""

    def unpin(self, channel: str) -> None:
        """Pin nothing there."""
        self._pins.pop(channel, None)

    def pinned(self, channel: str) -> str:
        """The remote id of what is pinned and still stands there; else ""."""
        remote = self._pins.get(channel, "")
        return remote if any(each.remote == remote for each in self.standing(channel)) else ""

    def set_banner(self, channel: str, words: str) -> None:
        """Put a notice on every page."""
        self._banners[channel] = words

    def banner(self, channel: str) -> str:
        """The notice on every page; else ""."""
        return self._banners.get(channel, "")

    def capture(self, item: str, channel: str) -> str:
        """Save one item's bytes, or with "" all bogus ones that stand; the SHA-256 of what was saved, "" if nothing."""
        found = self._meant(item, channel)
        whole = hashlib.sha256()
        for each in found:
            raw = rfc8785.dumps(
                {"channel": each.channel, "link": each.link, "published": each.published, "words": each.words}
            )
            self.captured[each.remote] = raw
            whole.update(raw)
        return whole.hexdigest() if found else ""

    def standing(self, channel: str = "") -> list[Published]:
        """What anybody can see on a channel, or on all, newest first."""
        return [
            each
            for each in self.everything()
            if not each.gone and each.channel not in self._suspended and channel in ("", each.channel)
        ]

    def everything(self) -> list[Published]:
        """All that was ever published, what is gone included, newest first."""
        self._settle()
        items = list(self._items.values())
        items.reverse()
        return sorted(items, key=lambda each: -each.published)

    def speaking(self) -> list[str]:
        """The channels on which we can say something."""
        return [name for name, kind in self.kinds.items() if kind in KINDS and KINDS[kind].speaks]

    def _meant(self, item: str, channel: str) -> Iterable[Published]:
        if item:
            return [each for each in self._items.values() if item in (each.remote, each.link)]
        return [each for each in self.standing(channel) if each.bogus]

    def _now(self) -> int:
        return self.clock.now().wall

    def _put(
        self, channel: str, words: str, *, bogus: bool, at_risk: bool = False, source: str = ""
    ) -> Published:
        number = len(self._items) + 1
        item = Published(
            remote=f"{channel}-{number}",
            channel=channel,
            words=words,
            link=f"practice://{channel}/{number}",
            published=self._now(),
            bogus=bogus,
            at_risk=at_risk,
            source=source,
        )
        self._items[item.remote] = item
        return item

    def _settle(self) -> None:
        """Let the hub publish again what is due, if its own item still stands."""
        due = [each for each in self._again if each[0] <= self._now()]
        self._again = [each for each in self._again if each not in due]
        for _, channel, source in due:
            origin = self._items[source]
            if not origin.gone:
                self._put(channel, origin.words, bogus=True, at_risk=origin.at_risk, source=source)
