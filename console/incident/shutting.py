"""A step that is not open yet refuses to be worked on, and says what opens it: its condition, or a way out on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident.facts import shut_words, unmet

if TYPE_CHECKING:
    from console.incident.state import State
    from console.playbook.model import Step


def refuse_shut(state: State, step: Step, now: int) -> None:
    """Raise Refused when the step cannot be worked on yet."""
    why = shut_words(state, step, now)
    if not why:
        return
    offered = any(offer.go == step.name for offer in state.offers.values())
    raise Refused(
        f"{step.name} is not open yet: it {why}.",
        do=f"A way out to it is on offer. Take it first: w, or incident way-out {state.incident} {step.name}."
        if offered
        else "",
        code="shut",
    )


def nothing_to_waive(state: State, step: Step, now: int) -> str:
    """Why nobody can go on without what the step waits for: it waits for no other step; empty when somebody can.

    What opens a phase or a step is no need of it: time, quiet and what is answered open it, no officer's reason does.
    """
    if unmet(state, step, now):
        return ""
    why = shut_words(state, step, now)
    if why:
        return f"It is not open yet: it {why}. No reason opens it sooner."
    return "It waits for no other step, so there is nothing to go on without."
