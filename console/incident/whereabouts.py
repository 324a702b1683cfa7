"""What became of an item, in an officer's words; every list of items says it alike, and counts alike what is still up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.able import kind_name, removable

if TYPE_CHECKING:
    from console.incident.state import Item, State

STILL_UP: Final = "still up"


def whereabouts(state: State, item: Item) -> str:
    """`gone` and how, or `still up`; what stands nowhere from where it could be taken away is `sent` or `published`."""
    if item.gone:
        return item.gone
    if removable(state, item.channel):
        return STILL_UP
    return "sent" if kind_name(state, item.channel) == "mail" else "published"


def still_up(state: State, item: Item) -> bool:
    """Whether it stands where it could be taken away."""
    return whereabouts(state, item) == STILL_UP
