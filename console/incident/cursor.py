"""Where an officer's attention goes next. Order is advice, never a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.facts import achieved, due_at, folded, overridden, settled, shut, unmet
from console.incident.moment import MINUTE

if TYPE_CHECKING:
    from console.incident.state import State
    from console.playbook.model import Step

ROUND_NOTICE: Final = 5 * MINUTE


def next_step(state: State, officer: str, now: int) -> str:
    """The full name of the step an officer should look at next; empty when nothing is left.

    First what can be done at once and holds the cursor, then what waits for a person or a need, then background steps.
    """
    del officer  # every role may answer every step: a step never hides from whoever is awake
    found: dict[tuple[bool, bool], str] = {}
    for step in state.playbook.steps():
        if is_open(state, step, now):
            ready, holds = is_ready(state, step, now), not step.background
            if ready and holds:
                return step.name
            found.setdefault((ready, holds), step.name)
    groups = ((True, False), (False, True), (False, False))
    return next((found[group] for group in groups if group in found), "")


def is_open(state: State, step: Step, now: int) -> bool:
    """Whether the step is anybody's to do at this moment: not done, not needed, not shut, not put off to later."""
    if step.repeat is not None and not overridden(state, step):
        return round_due(state, step, now) and not shut(state, step, now) and not folded(state, step, now)
    if achieved(state, step) or overridden(state, step) or folded(state, step, now) or shut(state, step, now):
        return False
    fact = state.of(step.name).standing
    return not (fact is not None and fact.kind == "defer" and not came_back(state, step, now))


def round_due(state: State, step: Step, now: int) -> bool:
    """Whether a repeating step wants its next round: within five minutes, until its `until` step is settled."""
    until = state.playbook.step(step.until)
    if until is not None and settled(state, until, now):
        return False
    due = due_at(state, step)
    return due is not None and now >= due - ROUND_NOTICE


def is_ready(state: State, step: Step, now: int) -> bool:
    """Whether an open step waits for nothing but an officer."""
    answered_away = (
        step.repeat is None and state.of(step.name).answer is not None and not state.effects_of(step.name)
    )
    return not answered_away and not unmet(state, step, now) and not parked(state, step)


def parked(state: State, step: Step) -> bool:
    """Whether the step waits on something other than this officer: a code of somebody else, or a parked doubt."""
    return any(effect.parked for effect in state.effects_of(step.name))


def came_back(state: State, step: Step, now: int) -> bool:
    """Whether a deferred step is due again: its time is up, or nothing else of its phase is left to do."""
    fact = state.of(step.name).standing
    if fact is None or fact.kind != "defer":
        return False
    if fact.until:
        return now >= fact.until
    others = [each for each in state.playbook.steps() if each.phase == step.phase and each.name != step.name]
    return all(
        achieved(state, each) or overridden(state, each) or folded(state, each, now) or _deferred(state, each)
        for each in others
        if not each.repeat
    )


def _deferred(state: State, step: Step) -> bool:
    fact = state.of(step.name).standing
    return fact is not None and fact.kind == "defer"
