"""Taking an answer back takes back where it led. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from console.incident.state import Fact, State


def shut_again(state: State, name: str, taken: Fact) -> State:
    """The state without what an answer that was taken back had opened, where nothing else led there and nothing was done there."""
    step = state.playbook.step(name)
    target = step.go.get(taken.value, "") if step is not None and taken.kind == "answer" else ""
    if not target or state.unfolded.get(target) != taken.at:
        return state
    led = any(
        (fact := state.of(each.name).answer) is not None and each.go.get(fact.value) == target
        for each in state.playbook.steps()
    )
    offered = any(each.go == target for each in state.offers.values())
    if led or offered or state.of(target).history or state.of(target).plan:
        return state
    unfolded = {each: at for each, at in state.unfolded.items() if each != target}
    phase = target.partition("/")[0]
    if unfolded.get(phase) == taken.at and not any(each.startswith(f"{phase}/") for each in unfolded):
        del unfolded[phase]
    return replace(state, unfolded=unfolded)
