"""The sweep before the all-clear: besides the false items, what the accounts say of themselves against what was saved in peace time.

Each difference is a line, and counts as one thing left. What could not be compared is said, and then nothing is claimed.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.channels.protocol import Seen
from console.engine.faults import Faults, no_faults
from console.engine.watching import Watching, is_real
from console.engine.workbench import Ready
from console.incident.posted import made
from console.text import counted, fit, visible

if TYPE_CHECKING:
    from console.channels.baseline import Baseline
    from console.channels.protocol import Channel, Sighting
    from console.engine.session import Session
    from console.incident.state import State

COMPARED_FOR: Final = 120_000  # ms for which a comparison stands: X charges for every look at a profile
MOST_LINES: Final = 60
LONGEST_WORDS: Final = 80  # cells
_NEW_KEY: Final = re.compile(r'"new":"([^"\\]{1,100})"')  # in the canonical JSON of a proof


class Compared(Struct, frozen=True):
    """One channel against its baseline.

    Attributes:
        at: boot ms.
        left: what differs, and what was liked since, a line each.
        notes: what else is to be said; what could not be compared.
        whole: whether nothing of it was left out.
    """

    at: int
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True


class Sweeping(Watching):
    """What one session compares."""

    def __init__(self, session: Session, *, faults: Faults = no_faults, ready: Ready | None = None) -> None:
        super().__init__(session, faults=faults, ready=ready)
        self._compared: dict[str, Compared] = {}

    async def swept(self, items: Seen) -> Seen:
        """Whether nothing false is left anywhere, given what was seen of the false items; never more than was seen.

        Args:
            items: what a look at each false item saw; with no words where there is none.
        """
        state = self.session.state
        real = [
            channel
            for name, channel in self.session.channels.items()
            if name in state.configured and is_real(channel)
        ]
        found = await asyncio.gather(*map(self._against_peace, real))
        suspects = [
            f"{item.id} on {item.channel}: not judged yet" for item in state.items.values() if item.suspect
        ]
        left = [*suspects, *(line for each in found for line in each.left)]
        lines = [*left, *(line for each in found for line in each.notes)]
        number = int(items.value or 0) + len(left)
        raw = _joined(items.raw, lines)
        if number:
            return Seen("disagrees", raw, str(number))
        looked = bool(items.raw) or any(each.name in self.baselines for each in real)
        sure = items.verdict == "agrees" or not items.raw
        if looked and sure and all(each.whole for each in found):
            return Seen("agrees", raw, "0")
        return Seen("cannot-see", raw)

    async def _against_peace(self, channel: Channel) -> Compared:
        """A channel against its baseline, as it was compared not long ago or is now."""
        now = self.session.clock.now().boot
        known = self._compared.get(channel.name)
        baseline = self.baselines.get(channel.name)
        if baseline is None:
            return Compared(
                now, notes=(f"no baseline of {channel.name} was saved: its profile was not compared",)
            )
        if known is None or now - known.at >= COMPARED_FOR:
            known = await self._compare(channel, baseline, now)
            self._compared[channel.name] = known
        return known

    async def _compare(self, channel: Channel, baseline: Baseline, now: int) -> Compared:
        profile = await _looked(channel, "profile")
        if not profile:
            note = f"{channel.name}: its profile cannot be read, so it was not compared"
            return Compared(now, notes=(note,), whole=False)
        left = [*baseline.differences(profile, _ours(self.session.state, channel.name))]
        apart = baseline.uncompared(profile)
        notes = [f"{channel.name}: not compared: {', '.join(apart)}"] if apart else []
        if baseline.likes is not None:
            likes = await _looked(channel, "likes")
            left += _liked(channel.name, baseline.likes, likes or ())
            notes += [f"{channel.name}: what it liked cannot be read"] if likes is None else []
        whole = not notes
        if baseline.likes is None and hasattr(channel, "likes"):
            notes.append(f"{channel.name}: what it liked was not saved, so it was not compared")
        return Compared(now, tuple(left), tuple(notes), whole)


def _ours(state: State, channel: str) -> tuple[str, ...]:
    """What we made there since: posts by their ids or links, keys by the ids that their proofs give."""
    posts = [each.remote for each, _ in made(state, channel) if each.remote]
    proofs = [each.proof for each in state.access if each.channel == channel and each.verified]
    return (*posts, *(found[1] for each in proofs if (found := _NEW_KEY.search(each))))


async def _looked(channel: Channel, how: str) -> Any:
    """What a look shows; None where it cannot be had."""
    look = getattr(channel, how, None)
    if look is None:
        return None
    try:
        return await look()
    except Exception:  # noqa: BLE001 - the boundary to the world: what cannot be seen is said by who asked
        return None


def _liked(name: str, before: tuple[str, ...], likes: tuple[Sighting, ...]) -> list[str]:
    known = set(before)
    return [
        f'{name}: liked since: "{fit(visible(each.words), LONGEST_WORDS)}" {visible(each.link or each.remote)}'
        for each in likes
        if each.remote not in known
    ]


def _joined(raw: str, lines: list[str]) -> str:
    """All of it, a line each; of very many the first, and how many more."""
    shown = lines[:MOST_LINES]
    more = [f"and {counted(len(lines) - MOST_LINES, 'line')} more"] if len(lines) > MOST_LINES else []
    return "\n".join(each for each in (raw, *shown, *more) if each)
