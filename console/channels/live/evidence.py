"""Saving what was published before anything touches it: everything a platform tells of an item, under one manifest.

Each exchange is a WARC file named by its SHA-256; the manifest names them, the reach at that moment and the time, and its own
SHA-256 is what the record holds. NPCC/ACPO good practice, principles 1 and 3: look without changing, and let others do the same.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from console.channels.live.archive import SUFFIX as WARC
from console.channels.live.web import Lost, NotSent, canonical
from console.channels.protocol import Done, Failed, Ledger, Order, Outcome, Seen, Sighting
from console.incident.reach import reach_in
from console.kept import is_sha256, put
from console.places import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from console.channels.protocol import Channel
    from console.clock import Clock

SUFFIX: Final = ".json"


class EvidenceChannel:
    """The reserved channel `evidence` where platforms can be read.

    Args:
        channels: the session's channels by name, as they are at the moment of an act.
        folder: the incident's evidence.
        clock: for the time in the manifest.
    """

    name: Final = "evidence"
    kind: Final = "evidence"

    def __init__(self, channels: Mapping[str, Channel], folder: Path, clock: Clock) -> None:
        self._channels = channels
        self._folder = folder
        self._clock = clock

    def can(self, verb: str) -> bool:
        """Capture, where there is a platform to read."""
        return verb == "capture" and any(hasattr(each, "capture") for each in self._channels.values())

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Save one item. Nothing out there changes by it, so whatever went wrong, it is simply not saved."""
        del ledger
        if order.verb != "capture":
            return Failed("A person does this by hand.")
        reasons = []
        for channel in self._able(order.kind):
            try:
                return self._kept(order, channel.name, await channel.capture(order.item))
            except (NotSent, Lost) as error:
                reasons.append(f"{channel.name}: {error}")
            except OSError as error:
                return Failed(f"The disk did not take it: {error.strerror}.")
            except Exception as error:  # noqa: BLE001 - a strange answer must not keep the others from being saved
                reasons.append(f"{channel.name}: {type(error).__name__}")
        return Failed(f"It could not be saved. {'; '.join(reasons) or 'Nothing here can read it.'}")

    def _able(self, kind: str) -> list[Any]:
        return [each for each in self._channels.values() if each.kind == kind and hasattr(each, "capture")]

    def _kept(self, order: Order, channel: str, found: Mapping[str, str]) -> Done:
        manifest = canonical(
            {
                "incident": order.incident,
                "item": order.item,
                "channel": channel,
                "at": self._clock.now().wall,
                "found": dict(found),
                "kept": self._on_disk(found.values()),
            }
        )
        name = hashlib.sha256(manifest.encode()).hexdigest()
        make_private(self._folder)
        put(self._folder / f"{name}{SUFFIX}", manifest.encode())
        return Done(manifest, name, reach=reach_in(found))

    def _on_disk(self, values: Iterable[str]) -> list[str]:
        """Those of the values that name an exchange which lies here: a headline may be written like a name."""
        return sorted(
            {each for each in values if is_sha256(each) and (self._folder / f"{each}{WARC}").is_file()}
        )

    async def probe(self, order: Order) -> Seen:
        """A look leaves nothing to be in doubt about."""
        del order
        return Seen("cannot-see")

    async def check(self, probe: str, order: Order) -> Seen:
        """Whether all is saved is the record's to say."""
        del probe, order
        return Seen("cannot-see")

    async def read(self) -> tuple[Sighting, ...] | None:
        """Nothing is published here."""
        return None

    async def close(self) -> None:
        """Holds nothing."""
