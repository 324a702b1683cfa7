"""What we ourselves made on a channel: the post that a pin, an unpin or a look at it is about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import Effect, State

POST: Final = "post"
ABOUT_A_POST: Final = ("pin", "unpin")


def posted(state: State, channel: str) -> str:
    """The platform's id of our newest post there, empty when we made none that we know the id of."""
    done = (
        each.remote for each, _ in reversed(made(state, channel)) if each.status == "done" and each.remote
    )
    return next(done, "")


def made(state: State, channel: str = "") -> tuple[tuple[Effect, str], ...]:
    """Every post of ours there that was begun, whatever became of it, with its words; of all channels without one.

    What was taken away, pinned or saved has a name as well, and is not ours for that.
    """
    found: list[tuple[Effect, str]] = []
    read: dict[str, Manifest] = {}  # one manifest may hold hundreds of effects
    for effect in state.effects.values():
        plan = state.plans.get(effect.digest)
        if plan is None or (channel and effect.channel != channel):
            continue
        manifest = read.get(plan.digest) or from_bytes(plan.raw.encode())
        read[plan.digest] = manifest
        if any(each.effect == effect.id and each.verb == POST for each in manifest.targets):
            found.append((effect, manifest.text))
    return tuple(found)
