"""How a look at a channel differs from those before it: what says something else, what is missing, what stands there again.

A look that does not show something proves nothing: it may have slipped off a page, or a server answered that is behind. So the
channel is asked of exactly that item, by its own check, and only what that check says goes into the record.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.channels.protocol import Order, Seen
from console.channels.readings import AGAIN, CHANGED, Readings, alike, plain
from console.engine.faults import Faults, no_faults
from console.engine.workbench import Bench, Ready, seen_by
from console.errors import ConsoleError, Contended
from console.incident import commands as c
from console.incident.able import can_act
from console.incident.posted import made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.protocol import Channel, Sighting
    from console.engine.session import Session
    from console.incident.state import Item

EVIDENCE: Final = "evidence"
ABSENT: Final = "absent"
AT_ONCE: Final = 3  # items that are asked about in one beat
ASKED_AGAIN: Final = 60_000  # ms until the same item is asked about again
PATIENT: Final = 3  # answers that settle nothing, after which the pause doubles
MOST_DOUBLED: Final = 4
SETTLES: Final = 120_000  # ms for which platforms may show what is gone: X and Mynewsdesk say a minute
STANDS_ON: Final = 600_000  # ms after which what is gone by the record, and was never missing, is asked about
LONGEST_LINE: Final = 400  # characters of one raw answer in the record; the whole of it is kept as evidence
ON_ITS_WAY: Final = ("intended", "doubt", "interrupted")


class Difference(Struct):
    """An item of which a look says something else than the record.

    Attributes:
        seen: how it stands there, of an item that is gone by the record; None of one that is missing.
        times: how often its channel was asked.
        again: boot ms from which it may be asked again.
    """

    seen: Sighting | None = None
    times: int = 0
    again: int = 0


class Differing(Bench):
    """What one session's looks differ in. It begins anew with each process."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._readings: dict[str, Readings] = {}  # by channel
        self._stood: set[str] = set()  # items that a look showed
        self._missed: set[str] = set()  # items gone by the record that a look since did not show
        self._differences: dict[str, Difference] = {}  # by item
        self._asking: asyncio.Task[None] | None = None

    # -- what says something else ------------------------------------------------------------------------------------

    async def reworded(self, channel: Channel, sightings: tuple[Sighting, ...]) -> None:
        """Put on the list, to be judged anew, what says something else than at the look before.

        It is another item under the same link: what was judged, saved and counted was about other words.
        """
        listed = self.session.state.listed(channel.name)
        readings = self._readings.setdefault(channel.name, Readings())
        now = self.session.clock.now().boot
        for seen in sightings:
            item = listed.get(key_of(seen))
            comparable = item is not None and item.source == "watch" and item.read_as == seen.source
            recorded = plain(item.words) if item is not None and comparable else None
            if not readings.turned(seen, now, recorded):
                continue
            if item is None and self._is_as_we_said(channel.name, seen):
                continue
            if item is not None and (item.gone or (comparable and _says(item, seen))):
                continue  # gone: whether it stands there again is asked first; or another console told of it
            try:
                await self._see(channel, seen, CHANGED, item)
            except ConsoleError:
                readings.take_back(seen)
                raise

    def _is_as_we_said(self, channel: str, seen: Sighting) -> bool:
        """Whether it is a post of ours that says what we said, however it was shown before."""
        names = (seen.remote, key_of(seen))
        return any(
            effect.remote in names and alike(words, seen.words)
            for effect, words in made(self.session.state, channel)
            if effect.remote
        )

    async def _see(self, channel: Channel, seen: Sighting, before: str, item: Item | None) -> None:
        """Put it on the list as from this moment on: when it was changed or came back, no platform tells."""
        await self.session.do(
            c.See(
                channel=channel.name,
                link=key_of(seen),
                words=before + seen.words,
                source="watch",
                verdict="unknown",
                read_as=seen.source,
                instead=item.id if item is not None else "",
            )
        )

    # -- what is missing, and what stands there again ----------------------------------------------------------------

    def compare(self, channel: Channel, sightings: tuple[Sighting, ...]) -> None:
        """Note which items of the list a whole look does not show although they stood there, and which it shows although they went."""
        shown = {key_of(each): each for each in sightings}
        now = self.session.clock.now().wall
        for item in self.session.state.listed(channel.name).values():
            seen = shown.get(item.link)
            if not item.gone:
                differs = seen is None and item.id in self._stood
                if seen is not None:
                    self._stood.add(item.id)
            else:
                since = now - item.gone_at
                missed = item.id in self._missed and since >= SETTLES
                differs = seen is not None and (missed or since >= STANDS_ON)
                if seen is None:
                    self._missed.add(item.id)
            if differs:
                self._differences.setdefault(item.id, Difference()).seen = seen
            else:
                self._differences.pop(item.id, None)

    def ask_about(self) -> None:
        """Begin to ask about a few of them, beside everything else: a platform may be slow, and the beat goes on."""
        if self._differences and (self._asking is None or self._asking.done()):
            due = self._due()
            if due:
                self._asking = asyncio.create_task(self._ask_all(due), name="ask about items")

    def _due(self) -> list[str]:
        session = self.session
        if session.poisoned or session.state.end is not None:
            return []
        now = session.clock.now().boot
        due = [item for item, each in self._differences.items() if now >= each.again]
        return [item for item in due if not self._removing(item)][:AT_ONCE]

    def _removing(self, item: str) -> bool:
        """Whether we are taking it away ourselves: then the end of that tells what became of it."""
        return any(
            effect.item == item and effect.channel != EVIDENCE and effect.status in ON_ITS_WAY
            for effect in self.session.state.effects.values()
        )

    async def _ask_all(self, items: list[str]) -> None:
        for name in items:
            differs = self._differences.get(name)
            if differs is None:
                continue
            differs.times += 1
            pause = ASKED_AGAIN << min(max(differs.times - PATIENT, 0), MOST_DOUBLED)
            differs.again = self.session.clock.now().boot + pause
            seen = await absence(self.session, self.session.state.items[name])
            try:
                await self._tell(name, seen)
            except Contended:
                continue  # another console said what became of it
            except ConsoleError as error:
                self.trouble = error.diagnostics()

    async def _tell(self, name: str, seen: Seen) -> None:
        """Write down what the channel's own check is sure of, unless a look or an officer said otherwise meanwhile."""
        differs, item = self._differences.get(name), self.session.state.items[name]
        if differs is None or item.then or self._removing(name):
            return
        if differs.seen is None and seen.verdict == "agrees":
            proof = seen.raw[:LONGEST_LINE]
            await self.session.do(c.Gone(item=name, how="gone", verified=True, proof=proof))
        elif differs.seen is not None and item.gone and seen.verdict == "disagrees":
            await self._see(self.session.channels[item.channel], differs.seen, AGAIN, item)
        else:
            return
        self._differences.pop(name, None)

    async def stop(self) -> None:
        """Ask nothing more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)


async def absence(session: Session, item: Item, step: str = "") -> Seen:
    """What the item's own channel says of whether it is gone.

    Args:
        session: the incident's.
        item: exactly that one is looked for.
        step: for whose check; empty where the watch asks.
    """
    channels: Mapping[str, Channel] = session.channels
    channel = channels.get(item.channel)
    if channel is None or not item.link or not can_act(session.state, item.channel):
        return Seen("cannot-see", "nobody but a person can look there")
    order = Order(
        effect=step or f"watch {item.id}",
        attempt=1,
        incident=session.state.incident,
        step=step,
        channel=item.channel,
        kind=channel.kind,
        verb=ABSENT,
        item=item.link,
    )
    return await seen_by(channel, channel.check(ABSENT, order))


def key_of(seen: Sighting) -> str:
    """By what the list knows it: its link, else the platform's name for it."""
    return seen.link or seen.remote


def _says(item: Item, seen: Sighting) -> bool:
    """Whether that is what the list says that it says."""
    return any(alike(item.words, before + seen.words) for before in ("", CHANGED, AGAIN))
