"""Passphrases for accounts that many depend on: words of EFF's long list, drawn by the machine's own randomness.

Five words of 7,776 are 64.6 bits (NCSC, *the logic behind three random words*, asks for length; a shared account of this reach wants more
than three). The list comes with the xkcdpass library; the drawing is ours, because `secrets` says what it is.
"""

from __future__ import annotations

import math
import secrets
from typing import Final

FEWEST: Final = 5
MOST: Final = 12
LIST: Final = "eff-long"
BITS: Final = 64


def words() -> tuple[str, ...]:
    """The list, sorted; raises ValueError when it is not the one we count on."""
    from xkcdpass import xkcd_password

    found = xkcd_password.generate_wordlist(
        wordfile=xkcd_password.locate_wordfile(LIST), min_length=1, max_length=30
    )
    unique = tuple(sorted(set(found)))
    if FEWEST * math.log2(max(len(unique), 2)) < BITS:
        raise ValueError(f"the list {LIST} has {len(unique)} words only")
    return unique


def new_passphrase(count: int = FEWEST) -> str:
    """So many words with a hyphen between two, each drawn anew; at least five, at most twelve."""
    known = words()
    return "-".join(secrets.choice(known) for _ in range(min(max(count, FEWEST), MOST)))
