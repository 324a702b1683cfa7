"""What we ourselves made on a channel: the post that a pin, an unpin or a look at it is about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.incident.state import State

ABOUT_A_POST: Final = ("pin", "unpin")


def posted(state: State, channel: str) -> str:
    """The platform's id of our newest post there, empty when we made none that we know the id of."""
    for effect in reversed(state.effects.values()):
        plan = state.plans.get(effect.digest)
        if effect.status == "done" and effect.remote and effect.channel == channel and plan is not None:
            verb = next(
                (each.verb for each in from_bytes(plan.raw.encode()).targets if each.effect == effect.id), ""
            )
            if verb == "post":
                return effect.remote
    return ""
