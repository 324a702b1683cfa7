"""A step that is not open yet refuses to be worked on, and says what opens it: its condition, or a way out on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident.facts import shut_words

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
