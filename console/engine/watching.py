"""The watch: what appears on the channels that nobody authorised, and saving it before anybody touches it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from console.channels.protocol import Done, Order
from console.channels.readings import CHANGED
from console.engine.differing import EVIDENCE, Differing, key_of
from console.engine.faults import Faults, no_faults
from console.engine.ours import Ours
from console.engine.workbench import Ready
from console.errors import ConsoleError
from console.incident import commands as c
from console.incident.able import CAPTURE, can_act
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.channels.baseline import Baseline
    from console.channels.protocol import Channel, Sighting
    from console.engine.session import Session
    from console.incident.state import Item

LOOK_EVERY: Final = 30_000  # of a channel that has no rhythm of its own
HURRY: Final = 5_000  # ms between two looks that alarms bring forward, in the long run
AT_ONCE: Final = 4  # such looks that follow each other as fast as the alarms do
LOOK_BACK: Final = 3_600_000
LIVE_BACK: Final = 24 * LOOK_BACK  # without a baseline, what is older than a day is taken for ours
PAUSES: Final = (60_000, 300_000)  # ms before an item that could not be saved is tried again


class Tried(Struct, frozen=True):
    """How often saving an item failed in this process, and from when (boot ms) it may be tried again."""

    times: int = 0
    again: int = 0


class Watching(Differing):
    """What one session watches.

    Attributes:
        baselines: what stood on a channel in peace time, by the channel's name.
    """

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self.baselines: Mapping[str, Baseline] = {}
        self._ours = Ours()
        self._looked: dict[str, int] = {}  # boot ms of the last look at each channel
        self._alarmed: set[str] = set()  # channels that told of something since that look
        self._hurried: dict[
            str, int
        ] = {}  # boot ms from which alarms have brought forward no look that counts
        self._saving: asyncio.Task[None] | None = None
        self._unsaved: dict[str, Tried] = {}

    # -- looking -----------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Read every readable channel once; report what nobody authorised, and that somebody looked."""
        await self._look(self.session.channels.values())

    async def watch(self) -> None:
        """Read the channels whose turn it is, each in its own rhythm; then save what was found, and ask about what is missing."""
        now = self.session.clock.now().boot
        due = [each for each in self.session.channels.values() if self._is_due(each, now)]
        if due:
            self._looked |= {each.name: now for each in due}
            self._hurried |= {
                each.name: max(now, self._hurried.get(each.name, now)) + HURRY
                for each in due
                if each.name in self._alarmed
            }
            self._alarmed -= {each.name for each in due}
            await self._look(due)
        self._save_finds()
        self.ask_about()

    def _is_due(self, channel: Channel, now: int) -> bool:
        name, every = channel.name, getattr(channel, "look_every", LOOK_EVERY)
        # Whoever is in there can set off an alarm every second, and each look costs; one alarm is answered at once.
        hurry = name in self._alarmed and self._hurried.get(name, now) - now < AT_ONCE * HURRY
        return hurry or now - self._looked.get(name, now - every) >= every

    async def _look(self, channels: Iterable[Channel]) -> None:
        wanted = list(channels)
        found = await asyncio.gather(*map(self._read, wanted))
        await self.session.refresh()  # what another console posted while we read is ours
        read = []
        for channel, sightings in zip(wanted, found, strict=True):
            if sightings is None:
                continue
            read.append(channel.name)
            for seen in self._unauthorised(channel, sightings):
                await self.session.do(
                    c.See(
                        channel=channel.name,
                        link=key_of(seen),
                        words=seen.words,
                        source="watch",
                        when=seen.published,
                        # A real platform shows colleagues' posts as well: a person says whether it is false.
                        verdict="unknown" if is_real(channel) else "bogus",
                        read_as=seen.source,
                    )
                )
            if is_real(channel):
                await self.reworded(channel, sightings)
                self.compare(channel, sightings)
        if read:
            await self.session.do(c.Look(channels=tuple(read), source="watch"))

    def _unauthorised(self, channel: Channel, sightings: tuple[Sighting, ...]) -> list[Sighting]:
        """What is not ours, not on the list and not of peace time, oldest first."""
        known = self.session.state.listed(channel.name)
        fresh = [seen for seen in self._since_peace(channel, sightings) if key_of(seen) not in known]
        return self._ours.strangers(self.session.state, channel.name, reversed(fresh), real=is_real(channel))

    def _since_peace(self, channel: Channel, sightings: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
        """What the channel's baseline does not know; without one, what is young enough."""
        real = is_real(channel)
        baseline = self.baselines.get(channel.name) if real else None
        if baseline is not None:
            had = baseline.remotes
            return tuple(
                replace(each, words=CHANGED + each.words) if each.remote in had else each
                for each in baseline.strangers(sightings)
            )
        oldest = self.session.state.opened_at - (LIVE_BACK if real else LOOK_BACK)
        return tuple(each for each in sightings if each.published >= oldest)

    async def _read(self, channel: Channel) -> tuple[Sighting, ...] | None:
        """What stands on a channel; None when it cannot be read, also because its adapter fails."""
        try:
            return await channel.read()
        except Exception as error:  # noqa: BLE001 - the boundary to the world: a watch that cannot see says so and goes on
            self.trouble = f"{channel.name} could not be read ({type(error).__name__}). Look at it yourself."
            return None

    # -- saving ------------------------------------------------------------------------------------------------------

    def _save_finds(self) -> None:
        """Begin to save what the watch found, beside everything else: a platform may be slow, and the beat goes on."""
        idle = self._saving is None or self._saving.done()
        if idle and self._next_find() is not None:
            self._saving = asyncio.create_task(self._save_all(), name="save finds")

    def _next_find(self) -> Item | None:
        """What the watch found and nobody saved or judged to be ours, if it may be tried by now."""
        session = self.session
        evidence = session.channels.get(EVIDENCE)
        if evidence is None or not evidence.can(CAPTURE) or session.poisoned or session.state.end is not None:
            return None
        now = session.clock.now().boot
        for item in session.state.items.values():
            tried = self._unsaved.get(item.id, Tried())
            if self._is_find(item) and tried.times <= len(PAUSES) and now >= tried.again:
                return item
        return None

    def _is_find(self, item: Item) -> bool:
        wanted = item.source == "watch" and item.verdict != "ours" and not (item.saved or item.gone)
        return (
            wanted
            and is_real(self.session.channels.get(item.channel))
            and can_act(self.session.state, item.channel, CAPTURE)
        )

    async def _save_all(self) -> None:
        """Save one after the other what is to be saved by now. Looking changes nothing out there, so no intent goes before it."""
        lost: dict[str, str] = {}
        while (item := self._next_find()) is not None:
            reason = await self._save(item)
            if reason:
                times = self._unsaved.get(item.id, Tried()).times + 1
                pause = PAUSES[min(times, len(PAUSES)) - 1]
                self._unsaved[item.id] = Tried(times, self.session.clock.now().boot + pause)
                lost[item.id] = reason
        if lost:
            self.trouble = self._not_saved(lost)

    async def _save(self, item: Item) -> str:
        """Save one find; why it could not be saved, empty when it is."""
        session = self.session
        channel: Any = session.channels[item.channel]
        order = Order(
            effect=f"watch {item.id}",
            attempt=1,
            incident=session.state.incident,
            step="",
            channel=EVIDENCE,
            kind=channel.kind,
            verb=CAPTURE,
            item=item.link,
        )
        try:
            outcome = await session.channels[EVIDENCE].act(order)
            if not isinstance(outcome, Done):
                return outcome.reason
            if not session.state.items[item.id].saved:
                await session.do(
                    c.Save(item=item.id, sha256=outcome.remote, captured=True, reach=outcome.reach)
                )
        except ConsoleError as error:
            return error.what
        except Exception as error:  # noqa: BLE001 - the boundary to the world: what could not be saved is said and tried again
            return type(error).__name__
        return ""

    def _not_saved(self, lost: dict[str, str]) -> str:
        first, reason = next(iter(lost.items()))
        given_up = [item for item in lost if self._unsaved[item].times > len(PAUSES)]
        next_ = (
            f"The console tries {', '.join(given_up)} no more: save by hand, with the address and the time."
            if given_up
            else "The console tries again by itself."
        )
        what = f"What the watch found could not be saved: {counted(len(lost), 'item')}, {first} among them."
        return f"{what} {visible(reason)}\n{next_}"

    async def stop(self) -> None:
        """Save nothing more, and ask nothing more."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        await super().stop()


def is_real(channel: Channel | None) -> bool:
    """Whether it shows colleagues' posts as well as false ones: no twin, and no test's channel, does."""
    return bool(getattr(channel, "reads_everything", False))
