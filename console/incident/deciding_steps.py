"""Putting off, going past, going on without, and taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.answered import latest_by
from console.incident.facts import folded, settled, unmet
from console.incident.moment import MINUTE
from console.incident.planning import step_of
from console.incident.rules import Events, rule
from console.incident.shutting import nothing_to_waive
from console.playbook.conditions import steps_named

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import State
    from console.playbook.model import Step


@rule.register(c.Defer)
def _(command: c.Defer, state: State, now: Now) -> Events:
    step = _open_step(state, command.step, now)
    if any(effect.status == "intended" and not effect.guided for effect in state.effects_of(step.name)):
        raise Refused(
            "It is being carried out. It cannot be put off.", do="Wait for its end.", code="running"
        )
    until = now.wall + command.minutes * MINUTE if command.minutes > 0 else 0
    return (e.Deferred(at=now.wall, boot=now.boot, by=command.by, step=step.name, until=until),)


@rule.register(c.Skip)
def _(command: c.Skip, state: State, now: Now) -> Events:
    step = _open_step(state, command.step, now)
    if not command.reason.strip():
        raise Refused("Skipping a step needs a reason.", do="Say in a few words why.", code="reason")
    if any(effect.status in ("intended", "doubt", "interrupted") for effect in state.effects_of(step.name)):
        raise Refused(
            "Something of this step is on its way or in doubt.", do="Settle that first.", code="running"
        )
    return (
        e.Overridden(
            at=now.wall, boot=now.boot, by=command.by, step=step.name, reason=command.reason.strip()
        ),
    )


@rule.register(c.Waive)
def _(command: c.Waive, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    if why := nothing_to_waive(state, step, now.wall):
        raise Refused(f"{step.name}: {why}", do="Do another step meanwhile.", code="nothing")
    if not command.reason.strip():
        raise Refused(
            "Going on without what comes first needs a reason.", do="Say in a few words why.", code="reason"
        )
    open_needs = unmet(state, step, now.wall)
    reason = command.reason.strip()
    return tuple(
        e.NeedWaived(
            at=now.wall, boot=now.boot, by=command.by, step=step.name, need=need.source, reason=reason
        )
        for need in open_needs
    )


@rule.register(c.Undo)
def _(command: c.Undo, state: State, now: Now) -> Events:
    latest = latest_by(state, command.by)
    if latest is None:
        raise Refused("You have no answer to take back.", code="nothing")
    fact, name = latest
    resting = [
        each for each in state.effects.values() if each.at >= fact.at and _rests_on(state, each.step, name)
    ]
    if resting:
        raise Refused(
            f"Your last answer, to {name}, cannot be taken back: {resting[0].step} was done on the strength of it.",
            do="Write a note instead. The record keeps both.",
            code="rests",
        )
    what = "" if fact.kind == "answer" else fact.kind
    return (e.Undone(at=now.wall, boot=now.boot, by=command.by, seq=fact.seq, step=name, what=what),)


def _rests_on(state: State, acting: str, answered: str) -> bool:
    if acting == answered:
        return True
    step = state.playbook.step(acting)
    if step is None:
        return False
    phase = state.playbook.phase(step.phase)
    guards = (step.when, phase.when, phase.opens) if phase is not None else (step.when,)
    named = [name for guard in guards if guard is not None for name in steps_named(guard.condition)]
    return answered in named or any(
        answered in each.steps for need in step.needs for each in need.alternatives
    )


def _open_step(state: State, name: str, now: Now) -> Step:
    step = step_of(state, name)
    if settled(state, step, now.wall) and step.repeat is None:
        why = "is not needed" if folded(state, step, now.wall) else "is settled"
        raise Refused(f"{name} {why} already.", code="settled")
    return step
