"""What each thing on a channel said at the last look, so that an edit shows: of old and new things, again and again. Pure.

A platform that is read in two ways words the same thing in two ways (`Sighting.source`), and a cache may show for a while what was
before: neither is an edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from console.channels.protocol import Sighting

CHANGED: Final = "Changed: "  # before the words of what said something else at the look before
AGAIN: Final = "Again: "  # before the words of what was gone
CACHES: Final = 600_000  # ms that a cache may be behind; see `live.public_looks`
MOST_KEPT: Final = 5_000  # things of one channel


class Reading(Struct):
    """The words of one thing, read in one way.

    Attributes:
        before: its words before the last change.
        at: boot ms of that change.
        late: an edit was seen in another way, which this way may yet show.
    """

    words: str
    before: str = ""
    at: int = -CACHES
    late: bool = False


class Readings:
    """The things of one channel by the platform's names for them."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Reading]] = {}

    def turned(self, seen: Sighting, now: int, recorded: str | None = None) -> bool:
        """Whether it says something else than at the looks before; what it says is remembered.

        Args:
            seen: as it is shown at this look.
            now: boot ms.
            recorded: what it said by the record, read in the same way; for what was not looked at before.
        """
        ways = self._known.setdefault(seen.remote, {})
        way = ways.get(seen.source)
        if way is None:
            if len(self._known) > MOST_KEPT:
                del self._known[next(iter(self._known))]
            late = any(now - each.at < CACHES for each in ways.values())
            way = ways[seen.source] = Reading(seen.words if recorded is None else recorded, late=late)
        if alike(way.words, seen.words) or (now - way.at < CACHES and alike(way.before, seen.words)):
            return False
        told, way.late = way.late, False
        way.before, way.words, way.at = way.words, seen.words, now
        if told:
            return False
        for other in ways.values():
            other.late = other is not way
        return True

    def take_back(self, seen: Sighting) -> None:
        """What was found to say something else could not be told of: the next look finds it again."""
        way = self._known[seen.remote][seen.source]
        way.words, way.at = way.before, -CACHES


def alike(one: str, other: str) -> bool:
    """Whether both say the same, whatever spaces are between the words."""
    return one == other or one.split() == other.split()


def plain(words: str) -> str:
    """Words of the list as they stood there."""
    return words.removeprefix(CHANGED).removeprefix(AGAIN)
