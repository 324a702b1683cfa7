"""What an officer's report of a false item begins with, so that both faces ask it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.incident.state import State


def risk_at_first(state: State) -> str:
    """The answer that stands when it is asked whether an item puts someone at risk: what was said of them all at opening."""
    return "yes" if state.answers.get("at-risk") == "yes" else "no"


def unjudged(state: State) -> tuple[str, ...]:
    """What the watch found and nobody has judged yet."""
    return tuple(item.id for item in state.items.values() if item.suspect)
