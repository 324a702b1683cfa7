"""What the console can do by itself on this machine, channel by channel; the rest is for a person's hands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.posted import ABOUT_A_POST
from console.playbook.kinds import KINDS

if TYPE_CHECKING:
    from console.incident.manifest import Target
    from console.incident.state import State

CAPTURE: Final = (
    "capture"  # not a kind's own verb: what `evidence.capture` asks of the channel that holds the item
)
REMOVERS: Final = ("delete", "unpublish")
_REMOVAL: Final = {
    name: next((verb for verb in REMOVERS if verb in kind.verbs), "") for name, kind in KINDS.items()
}


def kind_name(state: State, channel: str) -> str:
    """The kind a channel has on this machine, else the one the playbook prefers."""
    if channel in state.configured:
        return state.configured[channel]
    found = state.playbook.channel(channel)
    return found.kinds[0] if found is not None else channel


def can_act(state: State, channel: str, verb: str = "") -> bool:
    """Whether the console can act there by itself; on a reserved channel, whether it can on any that it stands for.

    Each effect of an act is asked for by itself (`by_hand`): what the console cannot do among them is guided.
    """
    if f"{channel}.{verb}" in state.by_hand:
        return False
    if channel in ("items", "voices", "evidence"):
        return any(_part(state, each.name, channel, verb) for each in state.playbook.channels)
    return channel in state.configured


def _part(state: State, name: str, reserved: str, verb: str) -> bool:
    kind = KINDS.get(kind_name(state, name))
    if name not in state.configured or kind is None:
        return False
    if reserved == "voices":
        wanted = verb or "post"
        return kind.speaks and wanted in kind.verbs and can_act(state, name, wanted)
    if reserved == "evidence":
        return can_act(state, name, CAPTURE)
    remover = removal(state, name)
    return bool(remover) and can_act(state, name, remover)


def removal(state: State, channel: str) -> str:
    """The verb by which something is taken away there; empty where nothing can be, as with mail."""
    return _REMOVAL.get(kind_name(state, channel), "")


def removable(state: State, channel: str) -> bool:
    """Whether what was published there can be taken away again. Mail cannot."""
    return bool(removal(state, channel))


def by_hand(state: State, target: Target) -> bool:
    """Whether a person's hands do this one effect.

    Without its link or id the console cannot tell one item or post from the others there: a person can.
    """
    if (target.item or (state.live and target.verb in ABOUT_A_POST)) and not target.remote:
        return True
    if target.channel == "evidence" and target.item:
        return not can_act(state, state.items[target.item].channel, CAPTURE)
    return not can_act(state, target.channel, target.verb)
