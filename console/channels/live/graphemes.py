"""How many characters a reader sees in a text: what Mastodon and Bluesky count where an author counts letters.

Extended grapheme clusters of UAX #29, as far as this Python's Unicode tables tell: its rules GB3 to GB13 without the Indic
conjuncts of GB9c. Where a platform counts one more or less it refuses the post itself, and nothing is sent.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_JOINER: Final = 0x200D
_TONES: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
_FLAGS: Final = range(0x1F1E6, 0x1F200)
_LEADS: Final = (range(0x1100, 0x1160), range(0xA960, 0xA97D))
_VOWELS: Final = (range(0x1160, 0x11A8), range(0xD7B0, 0xD7C7))
_TAILS: Final = (range(0x11A8, 0x1200), range(0xD7CB, 0xD7FC))
_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_PICTURES: Final = (range(0x2190, 0x2C00), range(0x1F000, 0x1F1E6), range(0x1F200, 0x1FB00))
_SINGLE: Final = frozenset((0xA9, 0xAE, 0x203C, 0x2049, 0x2122, 0x2139, 0x3030, 0x303D, 0x3297, 0x3299))
# What may follow on a class without a break before it (GB6 to GB8).
_HANGUL: Final = {"L": "L V LV LVT", "LV": "V T", "V": "V T", "LVT": "T", "T": "T"}


def graphemes(text: str) -> int:
    """How many extended grapheme clusters the text has."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    count, before, flags, picture = 0, "", 0, False
    for char in text:
        kind = _kind(char)
        joined = (
            (before == "CR" and kind == "LF")
            or (before not in ("", "CR", "LF", "control") and kind in ("extend", "joiner"))
            or kind in _HANGUL.get(before, "").split()
            or (before == "joiner" and picture and kind == "picture")
            or (kind == "flag" and flags % 2 == 1)
        )
        count += not joined
        flags = flags + 1 if kind == "flag" else 0
        # GB11: a picture, whatever extends it, a joiner, a picture.
        picture = kind == "picture" or (picture and kind in ("extend", "joiner"))
        before = kind
    return count


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """One character's class, as far as a break depends on it."""
    code, category = ord(char), unicodedata.category(char)
    if char in "\r\n":
        return "CR" if char == "\r" else "LF"
    if code == _JOINER:
        return "joiner"
    if category in ("Mn", "Me", "Mc") or code in _TONES or code in _TAGS or code in (0x200C, 0xFF9E, 0xFF9F):
        return "extend"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "control"
    if code in _FLAGS:
        return "flag"
    if code in _SYLLABLES:
        return "LVT" if (code - 0xAC00) % 28 else "LV"
    if code in _SINGLE or any(code in each for each in _PICTURES):
        return "picture"
    for name, ranges in (("L", _LEADS), ("V", _VOWELS), ("T", _TAILS)):
        if any(code in each for each in ranges):
            return name
    return "other"
