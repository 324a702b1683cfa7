"""What would be removed before it is saved: only with a reason, *harm now*, which is asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.facts import items_for

if TYPE_CHECKING:
    from console.incident.state import State
    from console.playbook.model import Step


def saved_need(item: str) -> str:
    """What an item needs before it is removed, as it stands in the record where an officer went on without it."""
    return f"saved {item}"


def at_stake(state: State, step: Step) -> tuple[str, ...]:
    """The items of the step that are not saved and for which nobody has given the reason yet."""
    waived = state.of(step.name).waived
    ids = items_for(state, step)
    return tuple(item for item in ids if not state.items[item].saved and saved_need(item) not in waived)
