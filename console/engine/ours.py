"""What of all that stands on a channel is ours: told by the platform's own name for it, and by its words only where no name is known.

Words alone prove nothing, since whoever can post there can copy ours and put a picture beside them. So they count on the channel
where we posted them, for as many things as we posted there without learning the name, and for no others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.posted import made

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.channels.protocol import Sighting
    from console.incident.state import State

NAMELESS: Final = ("doubt", "done")
ON_ITS_WAY: Final = "intended"


class Ours:
    """What one process knows of it. What is changed in ours tells `differing`, as of anything that stands there."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, str], set[str]] = {}  # names seen, by channel and words

    def strangers(
        self, state: State, channel: str, sightings: Iterable[Sighting], *, real: bool
    ) -> list[Sighting]:
        """Those that are not ours.

        Args:
            state: the incident.
            channel: where they stand.
            sightings: what stands there and is not on the list of items.
            real: whether strangers can post there; a drill's world posts in many places by one act, and copies nobody.
        """
        posts = made(state, channel if real else "")
        named = {effect.remote for effect, _ in posts if effect.remote}
        # One act of a drill speaks in many places, and has the name of one of them.
        sent = {
            _bare(words)
            for effect, words in posts
            if not real or (effect.status == ON_ITS_WAY and not effect.guided)
        }
        nameless = [
            _bare(words)
            for effect, words in posts
            if not effect.remote
            and (effect.status in NAMELESS or (effect.guided and effect.status == ON_ITS_WAY))
        ]
        found: list[Sighting] = []
        for each in sightings:
            if {each.remote, each.link or each.remote} & named:
                continue
            words = _bare(each.words)
            alike = bool(words) and words in nameless
            if words and words in sent:
                continue
            if alike:
                self._alike.setdefault((channel, words), set()).add(each.remote)
            found.append(each)
        return [each for each in found if not self._is_alone(channel, _bare(each.words), nameless)]

    def _is_alone(self, channel: str, words: str, nameless: list[str]) -> bool:
        """Whether all that ever stood there in these words may be what we posted; of more than that, nobody can tell which is ours."""
        return 0 < len(self._alike.get((channel, words), ())) <= nameless.count(words)


def _bare(words: str) -> str:
    return " ".join(words.split())
