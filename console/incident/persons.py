"""Who is whom: a name is one person, however it is typed.

Who acts is claimed, and only a code proves it; so a name that differs in capitals, spaces or letter forms must never
pass for somebody else where two people are asked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def same_person(one: str, other: str) -> bool:
    """Whether two names read as the same person: `Reid`, `reid ` and full-width letters do."""
    return one == other or _person(one) == _person(other)


def is_among(name: str, names: Iterable[str]) -> bool:
    """Whether that person is one of those."""
    return any(same_person(name, each) for each in names)


def _person(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(each for each in folded if unicodedata.category(each) != "Cf").split())
