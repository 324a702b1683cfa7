"""What plans, approvals and effects make of the state. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.incident import events as e
from console.incident.folding import apply, step_with
from console.incident.narrate import once_more_told
from console.incident.once_more import WAIT, may_go_on
from console.incident.state import (
    Approval,
    Effect,
    Plan,
    State,
)

if TYPE_CHECKING:
    pass


@apply.register(e.Planned)
def _(event: e.Planned, state: State) -> State:
    plan = Plan(step=event.step, digest=event.digest, raw=event.manifest, by=event.by, at=event.at)
    state = replace(state, plans={**state.plans, event.digest: plan})
    return step_with(state, event.step, plan=event.digest)


@apply.register(e.Approved)
def _(event: e.Approved, state: State) -> State:
    plan = state.plans.get(event.digest)
    if plan is None or plan.void:
        return state
    approval = Approval(officer=event.officer, role=event.role, how=event.how, at=event.at)
    return replace(
        state, plans={**state.plans, plan.digest: replace(plan, approvals=(*plan.approvals, approval))}
    )


@apply.register(e.EffectIntended)
def _(event: e.EffectIntended, state: State) -> State:
    known = state.effects.get(event.effect)
    effect = Effect(
        id=event.effect,
        step=event.step,
        digest=event.digest,
        status="intended",
        at=event.at,
        by=event.by,
        item=event.item,
        channel=event.channel,
        attempt=event.attempt,
        holder=event.holder,
        guided=event.guided,
        accepted=known.accepted if known is not None else 0,
        refused=known.refused if known is not None else 0,
        doubtful=known.doubtful if known is not None else 0,
        total=known.total if known is not None else 0,
    )
    state = replace(state, effects={**state.effects, effect.id: effect})
    plan = state.plans.get(event.digest)
    if plan is not None and not plan.started:
        state = replace(state, plans={**state.plans, plan.digest: replace(plan, started=True)})
    return state


@apply.register(e.GuideShown)
def _(event: e.GuideShown, state: State) -> State:
    return effect_with(state, event.effect, shown=True)


@apply.register(e.EffectDone)
def _(event: e.EffectDone, state: State) -> State:
    return effect_with(
        state,
        event.effect,
        status="done",
        at=event.at,
        attested=not event.verified,
        said_by="" if event.verified else event.by,
        proof=event.proof,
        remote=event.remote,
        accepted=event.accepted,
        refused=event.refused,
        doubtful=event.doubtful,
        parked=False,
    )


@apply.register(e.EffectFailed)
def _(event: e.EffectFailed, state: State) -> State:
    return effect_with(
        state, event.effect, status="failed", at=event.at, reason=event.reason, proof=event.proof
    )


@apply.register(e.EffectInDoubt)
def _(event: e.EffectInDoubt, state: State) -> State:
    status = "interrupted" if event.resumable else "doubt"
    return effect_with(
        state, event.effect, status=status, at=event.at, reason=event.reason, proof=event.proof
    )


@apply.register(e.EffectProbed)
def _(event: e.EffectProbed, state: State) -> State:
    return effect_with(state, event.effect, proof=event.raw)


@apply.register(e.DoubtResolved)
def _(event: e.DoubtResolved, state: State) -> State:
    if event.verdict == "unknown":
        return effect_with(state, event.effect, parked=True)
    status = "done" if event.verdict == "happened" else "failed"
    return effect_with(
        state,
        event.effect,
        status=status,
        at=event.at,
        said_by=event.by,
        attested=True,
        parked=False,
        reason=event.reason,
    )


@apply.register(e.LedgerHead)
def _(event: e.LedgerHead, state: State) -> State:
    return effect_with(
        state,
        event.effect,
        accepted=event.accepted,
        refused=event.refused,
        doubtful=event.doubtful,
        total=event.total,
    )


@apply.register(e.OnceMore)
def _(event: e.OnceMore, state: State) -> State:
    plan = state.plans.get(event.digest)
    if plan is not None:
        state = replace(state, plans={**state.plans, plan.digest: replace(plan, started=True)})
    told = {**state.once_more, event.digest: (event.at, once_more_told(event))}
    return effect_with(replace(state, once_more=told), event.effect, once_more=event.digest)


@apply.register(e.OnceMoreSettled)
def _(event: e.OnceMoreSettled, state: State) -> State:
    known = state.effects.get(event.effect)
    if known is None or known.once_more != event.digest:
        return state
    state = effect_with(state, known.id, once_more="")
    if not event.let:
        told = {digest: each for digest, each in state.once_more.items() if digest != event.digest}
        return replace(state, once_more=told)
    if not may_go_on(known):
        return state
    return effect_with(
        state,
        known.id,
        status="interrupted",
        at=event.at,
        reason=f"{event.let:,} {WAIT}",
        doubtful=max(0, known.doubtful - event.let),
    )


def effect_with(state: State, effect: str, **changes: object) -> State:
    """The state with some fields of one effect changed; the same state when there is no such effect."""
    known = state.effects.get(effect)
    if known is None:
        return state
    return replace(state, effects={**state.effects, effect: replace(known, **changes)})
