"""What time alone makes: late marks, openings and offers. It completes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident import commands as c
from console.incident import events as e
from console.incident.facts import Facts, achieved, due_at, folded, overridden, phase_of, settled, shut
from console.incident.rules import Events, rule
from console.playbook.conditions import evaluate

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import State
    from console.playbook.model import Guard, Step


@rule.register(c.Tick)
def decide_tick(command: c.Tick, state: State, now: Now) -> Events:
    """Everything that time has made so since the last tick; nothing twice."""
    del command
    if state.end is not None:
        return ()
    return (*_openings(state, now), *_late(state, now), *_offers(state, now), *_own_checks(state, now))


def _openings(state: State, now: Now) -> tuple[e.AnyEvent, ...]:
    facts = Facts(state, now.wall)
    guarded: list[tuple[str, Guard]] = []
    for phase in state.playbook.phases:
        if phase.opens is not None:
            guarded.append((phase.id, phase.opens))
        if phase.when is not None:
            guarded.append((f"{phase.id}#when", phase.when))
        guarded += [(step.name, step.when) for step in phase.steps if step.when is not None]
    return tuple(
        e.Unfolded(at=now.wall, boot=now.boot, name=name)
        for name, guard in guarded
        if name not in state.unfolded and evaluate(guard.condition, facts) is True
    )


def _late(state: State, now: Now) -> tuple[e.AnyEvent, ...]:
    found = []
    for step in state.playbook.steps():
        due = due_at(state, step)
        own = state.of(step.name)
        if due is None or now.wall <= due or own.rounds in own.late_rounds:
            continue
        if step.repeat is None and (settled(state, step, now.wall) or own.rounds):
            continue
        if _over(state, step, now) or shut(state, step, now.wall) or folded(state, step, now.wall):
            continue
        found.append(e.WentLate(at=now.wall, boot=now.boot, step=step.name, round=own.rounds))
    return tuple(found)


def _over(state: State, step: Step, now: Now) -> bool:
    if overridden(state, step):
        return True
    until = state.playbook.step(step.until) if step.until else None
    return until is not None and settled(state, until, now.wall)


def _offers(state: State, now: Now) -> tuple[e.AnyEvent, ...]:
    facts = Facts(state, now.wall)
    found = []
    for phase in state.playbook.phases:
        for way in phase.way_outs:
            target = state.playbook.step(way.go)
            if target is None or f"{phase.id}>{way.go}" in state.offers or achieved(state, target):
                continue
            if phase.when is not None and evaluate(phase.when.condition, facts) is False:
                continue
            if evaluate(way.when.condition, facts) is True:
                found.append(
                    e.WayOutOffered(at=now.wall, boot=now.boot, phase=phase.id, go=way.go, say=way.say)
                )
    return tuple(found)


def _own_checks(state: State, now: Now) -> tuple[e.AnyEvent, ...]:
    """Checks whose answer is in this record itself: whether every false item is saved."""
    found = []
    for step in state.playbook.steps():
        if step.check is None or (step.check.channel, step.check.verb) != ("evidence", "complete"):
            continue
        phase = phase_of(state, step)
        bogus = [item for item in state.items.values() if item.bogus]
        if not bogus or phase is None:
            continue
        saved = sum(1 for item in bogus if item.saved)
        by_hand = any(item.saved.startswith("by hand") for item in bogus)
        verdict = "agrees" if saved == len(bogus) else "disagrees"
        raw = f"{'attested, by hand: ' if by_hand else ''}{saved} of {len(bogus)} saved"
        known = state.of(step.name).check
        if known is None or (known.verdict, known.raw) != (verdict, raw):
            found.append(e.Checked(at=now.wall, boot=now.boot, step=step.name, verdict=verdict, raw=raw))
    return tuple(found)
