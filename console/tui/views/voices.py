"""What was called in: it stands under the box until it has been read, and each voice keeps who it is. Nothing here is a rule.

A caller is not told by a key that was meant for the box: only Esc, an Enter after it could be read, or a minute on the screen
takes a voice away. All of it stays in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.text import fit
from console.tui.views.lay import Row, wrap

READ_MS: Final = 4_000  # nobody has read two lines sooner
STANDS_MS: Final = 60_000
CUT: Final = " ... (l)"  # the key of the log, where all of it is


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody's words, who said them first.

    Attributes:
        words: as they are shown.
        shown: for how many ms they have stood on the screen.
    """

    words: str
    shown: int = 0


Voices = tuple[Voice, ...]


def older(voices: Voices, ms: int) -> Voices:
    """The voices that stand still after they were shown for so long again."""
    aged = (replace(voice, shown=voice.shown + ms) for voice in voices)
    return tuple(voice for voice in aged if voice.shown < STANDS_MS)


def unread(voices: Voices) -> Voices:
    """Those that nobody can have read yet."""
    return tuple(voice for voice in voices if voice.shown < READ_MS)


def rows(voices: Voices, width: int, room: int) -> list[Row]:
    """The voices in at most `room` rows, the oldest first; none loses its beginning, where its name stands."""
    if not voices or room < 1:
        return []
    found: list[str] = []
    if len(voices) > room:
        more = len(voices) - max(room - 1, 1)
        found = [fit(f"{more} more called; l shows what they said.", width)] if room > 1 else []
        voices = voices[more:]
    found += shared([voice.words for voice in voices], width, room - len(found), CUT)
    return [((line, "drill"),) for line in found]


def shared(texts: Sequence[str], width: int, room: int, cut: str = " ...") -> list[str]:
    """The texts in at most `room` rows, the oldest first; each keeps its beginning, and the newest is cut last."""
    texts = texts[-room:]
    wrapped = [wrap(text, width) for text in texts]
    shares = [1] * len(wrapped)
    spare = room - len(wrapped)
    for place in reversed(range(len(wrapped))):
        more = min(spare, len(wrapped[place]) - 1)
        shares[place] += more
        spare -= more
    found: list[str] = []
    for lines, share in zip(wrapped, shares, strict=True):
        found += lines[:share]
        if share < len(lines):
            found[-1] = (
                fit(f"{found[-1]} {lines[share]}", max(width - len(cut), 1)).removesuffix("...").rstrip()
                + cut
            )
    return found
