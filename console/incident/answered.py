"""What stands answered of a step, whose answer it is, and why a step stays open although it was answered. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.cursor import round_due
from console.incident.facts import (
    NOT_DONE,
    achieved,
    contradicted,
    good_answer,
    items_for,
    overridden,
    sees,
)
from console.incident.moment import hhmm
from console.incident.narrate import answer_words
from console.incident.persons import same_person
from console.incident.plainly import numbered
from console.incident.seen_words import seen_words
from console.incident.wordings import zone_of
from console.text import counted

if TYPE_CHECKING:
    from console.incident.state import Fact, State
    from console.playbook.model import Step


def standing_answer(state: State, step: Step, now: int) -> Fact | None:
    """The answer that stands in this round of a step, whoever gave it; None when the question is open again.

    It is open again for what was begun or ended since, for a false item that came since, and for the next round.
    """
    fact = state.of(step.name).answer
    if fact is None or contradicted(state, step):
        return None
    effects = state.effects_of(step.name)
    if any(each.at > fact.at or (each.guided and each.status in ("intended", "doubt")) for each in effects):
        return None
    return None if step.repeat is not None and round_due(state, step, now) else fact


def latest_by(state: State, officer: str) -> tuple[Fact, str] | None:
    """An officer's own latest answer, deferral or skip that stands, and its step: what they take back first."""
    mine = [
        (fact, name)
        for name, own in state.steps.items()
        if (fact := own.standing) is not None and fact.by == officer
    ]
    return max(mine, key=lambda pair: pair[0].seq) if mine else None


def answered_by(state: State, step: Step, now: int) -> str:
    """Whose answer stands in this round of a step; empty when none does."""
    fact = standing_answer(state, step, now)
    return fact.by if fact is not None else ""


def why_open(state: State, step: Step) -> str:
    """Why an answered step is not done; empty when it is, or when nothing stands answered."""
    own = state.of(step.name)
    if own.answer is None or achieved(state, step) or overridden(state, step):
        return ""
    value = own.answer.value
    if not good_answer(step, value):
        return _not_good(state, step, value)
    statuses = {each.status for each in state.effects_of(step.name)}
    if statuses & {"doubt", "interrupted"}:
        return "we do not know if all of it went out"
    if own.check is not None and own.check.verdict == "disagrees":
        seen = f": {seen_words(own.check.raw)}" if own.check.raw else ""
        return f"the check does not agree{seen}"
    if contradicted(state, step):
        return "another false item came since"
    left = items_for(state, step)
    if left:
        return f"{counted(len(left), 'item')} left: {', '.join(left)}"
    if step.check is not None and own.check is None and sees(state, step.check):
        return "the console has not looked yet"
    return "it has not been done"


def _not_good(state: State, step: Step, value: str) -> str:
    if value in step.go:
        place = numbered(state).get(step.go[value], step.go[value])
        here = step.go[value] == step.name
        return "that answer leaves it to be done" if here else f"that answer leads to {place}"
    if value in NOT_DONE or step.answer is None or step.answer.want is None:
        return "that answer says it is not done"
    return f"saw {value}, wanted {step.answer.want}"


def told_after(state: State, name: str) -> tuple[str, ...]:
    """What an officer must hear of the answer they just gave: whose it joins or replaces, and why the step stays open."""
    step = state.playbook.step(name)
    if step is None or state.of(name).answer is None:
        return ()
    told = [_beside(state, step)] if step.repeat is None else []
    why = why_open(state, step)
    if why and state.end is None:
        told.append(f"{numbered(state).get(name, name)} stays open: {why}.")
    return tuple(filter(None, told))


def _beside(state: State, step: Step) -> str:
    """What another officer had answered before."""
    *earlier, now = state.of(step.name).history
    before = earlier[-1] if earlier else None
    if before is None or before.kind != "answer" or same_person(before.by, now.by):
        return ""
    at = hhmm(before.at, zone_of(state))
    if before.value == now.value:
        return f"{before.by} answered the same at {at}; both stand in the record."
    words = answer_words(state, step.name, before.value)
    return f'{before.by} had answered "{words}" at {at}. Yours stands now; the record keeps both.'
