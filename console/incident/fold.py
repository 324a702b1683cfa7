"""fold(state, event) -> state. Pure: the same events always make the same state.

Rules kept here, whatever wrote the events:
- Facts are only added; undoing an answer takes it off the standing history, the record keeps both.
- An edited text, a corrected opening answer or a newly seen item voids every plan it would change that has not started.
- An answer with a `go` unfolds its target and moves that officer's cursor there, and nobody else's.
- A cursor moves only by its own officer's acts, so nothing moves under a finger.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from console.errors import RecordBroken
from console.incident import events as e
from console.incident.cursor import next_step
from console.incident.facts import LOOK_VALID, outward, stands_down, takes
from console.incident.narrate import words_of
from console.incident.state import (
    Approval,
    Check,
    Cursor,
    Effect,
    End,
    Fact,
    Item,
    Last,
    MailingList,
    Offer,
    Plan,
    State,
    Watch,
)
from console.playbook.load import from_closure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

QUIET_EVENTS: Final = (e.Moved, e.GuideShown, e.LedgerHead, e.Unfolded, e.EffectProbed)


def fold(state: State | None, event: e.AnyEvent) -> State:
    """The state after one more event.

    Raises:
        RecordBroken: the first event is no Opened, or a second one is.
    """
    if isinstance(event, e.Opened):
        if state is not None:
            raise RecordBroken("An incident was opened twice in one record.")
        return _opened(event)
    if state is None:
        raise RecordBroken("This record does not begin with an opening.")
    after = _apply(event, state)
    notable = state.notable if isinstance(event, QUIET_EVENTS) else state.notable + 1
    last = state.last
    if not isinstance(event, QUIET_EVENTS):
        last = Last(seq=state.seq, at=event.at, by=event.by, words=words_of(event, after))
    after = replace(after, seq=state.seq + 1, notable=notable, last=last)
    return _settle_cursor(after, event)


def fold_all(events: Iterable[e.AnyEvent], state: State | None = None) -> State:
    """Fold many events; raises RecordBroken when there are none and no state."""
    for event in events:
        state = fold(state, event)
    if state is None:
        raise RecordBroken("This record is empty.")
    return state


def _opened(event: e.Opened) -> State:
    if not event.files:
        raise RecordBroken("The opening entry holds no playbook.")
    files = {each.path: each.text for each in event.files}
    state = State(
        incident=event.incident,
        mode=event.mode,
        playbook=from_closure(files, event.files[0].path),
        playbook_sha256=event.files[0].sha256,
        opened_at=event.at,
        opened_by=event.by,
        zone=event.zone,
        scenario=event.scenario,
        seed=event.seed,
        seq=1,
        answers=dict(event.answers),
        configured=dict(event.configured),
        fields=dict(event.fields),
        officers={event.by: ("lead",)} if event.by else {},
        lead=event.by,
        notable=1,
        last=Last(seq=0, at=event.at, by=event.by, words="opened the incident"),
    )
    return _put_cursor(state, event.by, event.at) if event.by else state


def _settle_cursor(state: State, event: e.AnyEvent) -> State:
    """Move the acting officer's cursor when what they stood on is no longer theirs to do."""
    if not event.by or isinstance(event, e.Moved):
        return state
    if isinstance(
        event, e.Answered | e.Deferred | e.Overridden | e.EffectDone | e.EffectFailed | e.DoubtResolved
    ):
        if isinstance(event, e.Answered):
            step = state.playbook.step(event.step)
            target = step.go.get(event.value, "") if step is not None else ""
            if target and state.playbook.step(target) is not None:
                return _cursor_on(state, event.by, target, event.at)
        return _put_cursor(state, event.by, event.at)
    if isinstance(event, e.Undone):
        return _cursor_on(state, event.by, event.step, event.at)
    if event.by not in state.cursors:
        return _put_cursor(state, event.by, event.at)
    cursor = state.cursors[event.by]
    return replace(state, cursors={**state.cursors, event.by: replace(cursor, notable=state.notable)})


def _put_cursor(state: State, officer: str, at: int) -> State:
    step = next_step(state, officer, at)
    return _cursor_on(state, officer, step, at)


def _cursor_on(state: State, officer: str, step: str, at: int) -> State:
    known = state.cursors.get(officer)
    since = known.since if known is not None and known.step == step else at
    return replace(
        state, cursors={**state.cursors, officer: Cursor(step=step, since=since, notable=state.notable)}
    )


@singledispatch
def _apply(event: e.AnyEvent, state: State) -> State:
    """Events with nothing to remember but themselves: notes, late marks of a step, refused tries."""
    del event
    return state


@_apply.register
def _(event: e.Amended, state: State) -> State:
    state = replace(state, answers={**state.answers, event.slug: event.value})
    return _void(state, lambda _: True, "an opening answer was corrected")


@_apply.register
def _(event: e.Joined, state: State) -> State:
    roles = state.officers.get(event.officer, ())
    if event.role not in roles:
        roles = (*roles, event.role)
    return replace(state, officers={**state.officers, event.officer: roles})


@_apply.register
def _(event: e.Moved, state: State) -> State:
    if event.way_out:
        state = _unfold(state, event.step, event.at)
    return _cursor_on(state, event.by, event.step, event.at)


@_apply.register
def _(event: e.Unfolded, state: State) -> State:
    return _unfold(state, event.name, event.at)


@_apply.register
def _(event: e.WentLate, state: State) -> State:
    own = state.of(event.step)
    return _step(state, event.step, late_rounds=(*own.late_rounds, event.round))


@_apply.register
def _(event: e.WayOutOffered, state: State) -> State:
    offer = Offer(phase=event.phase, go=event.go, say=event.say, at=event.at)
    return replace(state, offers={**state.offers, f"{event.phase}>{event.go}": offer})


@_apply.register
def _(event: e.Answered, state: State) -> State:
    fact = Fact(kind="answer", seq=state.seq, at=event.at, by=event.by, value=event.value, words=event.words)
    state = _said(state, event.step, fact)
    step = state.playbook.step(event.step)
    if step is None:
        return state
    target = step.go.get(event.value, "")
    if target and not stands_down(step, event.value):
        state = _unfold(state, target, event.at)
    return state


@_apply.register
def _(event: e.Deferred, state: State) -> State:
    return _said(state, event.step, Fact("defer", state.seq, event.at, event.by, until=event.until))


@_apply.register
def _(event: e.Overridden, state: State) -> State:
    return _said(state, event.step, Fact("skip", state.seq, event.at, event.by, words=event.reason))


@_apply.register
def _(event: e.NeedWaived, state: State) -> State:
    own = state.of(event.step)
    return _step(state, event.step, waived=(*own.waived, event.need))


@_apply.register
def _(event: e.Undone, state: State) -> State:
    own = state.of(event.step)
    return _step(state, event.step, history=tuple(fact for fact in own.history if fact.seq != event.seq))


@_apply.register
def _(event: e.TextEdited, state: State) -> State:
    parts = {**state.texts.get(event.text, {}), event.part: event.words}
    editors = state.editors.get(event.text, ())
    if event.by not in editors:
        editors = (*editors, event.by)
    state = replace(
        state,
        texts={**state.texts, event.text: parts},
        text_versions={**state.text_versions, event.text: state.text_versions.get(event.text, 1) + 1},
        editors={**state.editors, event.text: editors},
    )
    return _void(state, lambda step: step == event.text, "the text was changed", by_text=True)


@_apply.register
def _(event: e.ItemSeen, state: State) -> State:
    item = Item(
        id=event.item,
        channel=event.channel,
        first_seen=event.first_seen or event.at,
        link=event.link,
        words=event.words,
        verdict=event.verdict,
        at_risk=event.at_risk,
        source=event.source,
        by=event.by,
    )
    state = replace(state, items={**state.items, item.id: item})
    if item.bogus:
        state = replace(
            state, watch=Watch(last_bogus=max(item.first_seen, state.watch.last_bogus), last_look=event.at)
        )
        state = _void_item_plans(state)
    return state


@_apply.register
def _(event: e.ItemMarked, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    at_risk = item.at_risk if event.at_risk is None else event.at_risk
    state = replace(
        state,
        items={**state.items, item.id: replace(item, verdict=event.verdict or item.verdict, at_risk=at_risk)},
    )
    return _void_item_plans(state)


@_apply.register
def _(event: e.ItemSaved, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    saved = f"by hand: {event.where}" if event.by_hand else event.sha256
    return replace(state, items={**state.items, item.id: replace(item, saved=saved)})


@_apply.register
def _(event: e.ItemGone, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    gone = replace(item, gone=event.how, gone_at=event.at, verified=event.verified)
    return replace(state, items={**state.items, item.id: gone})


@_apply.register
def _(event: e.Looked, state: State) -> State:
    return _looked(state, event.at)


@_apply.register
def _(event: e.Planned, state: State) -> State:
    plan = Plan(step=event.step, digest=event.digest, raw=event.manifest, by=event.by, at=event.at)
    state = replace(state, plans={**state.plans, event.digest: plan})
    return _step(state, event.step, plan=event.digest)


@_apply.register
def _(event: e.Approved, state: State) -> State:
    plan = state.plans.get(event.digest)
    if plan is None or plan.void:
        return state
    approval = Approval(officer=event.officer, role=event.role, how=event.how, at=event.at)
    return replace(
        state, plans={**state.plans, plan.digest: replace(plan, approvals=(*plan.approvals, approval))}
    )


@_apply.register
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


@_apply.register
def _(event: e.GuideShown, state: State) -> State:
    return _effect(state, event.effect, shown=True)


@_apply.register
def _(event: e.EffectDone, state: State) -> State:
    return _effect(
        state,
        event.effect,
        status="done",
        at=event.at,
        attested=not event.verified,
        proof=event.proof,
        remote=event.remote,
        accepted=event.accepted,
        refused=event.refused,
        doubtful=event.doubtful,
        parked=False,
    )


@_apply.register
def _(event: e.EffectFailed, state: State) -> State:
    return _effect(state, event.effect, status="failed", at=event.at, reason=event.reason, proof=event.proof)


@_apply.register
def _(event: e.EffectInDoubt, state: State) -> State:
    status = "interrupted" if event.resumable else "doubt"
    return _effect(state, event.effect, status=status, at=event.at, reason=event.reason, proof=event.proof)


@_apply.register
def _(event: e.EffectProbed, state: State) -> State:
    return _effect(state, event.effect, proof=event.raw)


@_apply.register
def _(event: e.DoubtResolved, state: State) -> State:
    if event.verdict == "unknown":
        return _effect(state, event.effect, parked=True)
    status = "done" if event.verdict == "happened" else "failed"
    return _effect(
        state,
        event.effect,
        status=status,
        at=event.at,
        by=event.by,
        attested=True,
        parked=False,
        reason=event.reason,
    )


@_apply.register
def _(event: e.LedgerHead, state: State) -> State:
    return _effect(
        state,
        event.effect,
        accepted=event.accepted,
        refused=event.refused,
        doubtful=event.doubtful,
        total=event.total,
    )


@_apply.register
def _(event: e.ListFrozen, state: State) -> State:
    frozen = MailingList(
        ledger=event.ledger,
        sha256=event.sha256,
        count=event.count,
        duplicates=event.duplicates,
        refused=event.refused,
        source=event.source,
        age=event.age,
        domains=event.domains,
    )
    state = replace(state, lists={**state.lists, event.channel: frozen})
    return _void_taking(state, "recipients", "another list was chosen")


@_apply.register
def _(event: e.Checked, state: State) -> State:
    return _step(state, event.step, check=Check(event.verdict, event.at, event.raw, event.value))


@_apply.register
def _(event: e.HandedOver, state: State) -> State:
    roles = tuple(dict.fromkeys((*state.officers.get(event.to, ()), "lead")))
    return replace(state, lead=event.to, officers={**state.officers, event.to: roles})


@_apply.register
def _(event: e.Closed, state: State) -> State:
    end = End(
        at=event.at,
        by=event.by,
        reason=event.reason,
        stand_down=event.stand_down,
        open_critical=event.open_critical,
    )
    return replace(state, end=end)


@_apply.register
def _(event: e.Alarm, state: State) -> State:
    del event
    return replace(state, alarms=state.alarms + 1)


def _step(state: State, name: str, **changes: object) -> State:
    return replace(state, steps={**state.steps, name: replace(state.of(name), **changes)})


def _said(state: State, step: str, fact: Fact) -> State:
    return _step(state, step, history=(*state.of(step).history, fact))


def _effect(state: State, effect: str, **changes: object) -> State:
    known = state.effects.get(effect)
    if known is None:
        return state
    return replace(state, effects={**state.effects, effect: replace(known, **changes)})


def _unfold(state: State, name: str, at: int) -> State:
    if name in state.unfolded:
        return state
    unfolded = {**state.unfolded, name: at}
    phase = name.partition("/")[0]
    if "/" in name and phase not in unfolded:
        unfolded[phase] = at
    return replace(state, unfolded=unfolded)


def _looked(state: State, at: int) -> State:
    watch = state.watch
    since = max(watch.last_look, watch.last_bogus)
    watched = min(at - since, LOOK_VALID) if since else 0
    return replace(state, watch=Watch(watch.last_bogus, at, watch.quiet + max(watched, 0)))


def _void(state: State, touches: Callable[[str], bool], why: str, *, by_text: bool = False) -> State:
    """Void every plan that was not started and that `touches` picks by its step's text slug (or all)."""
    plans = {}
    for digest, plan in state.plans.items():
        step = state.playbook.step(plan.step)
        text = text_of(state, plan) if step is not None else ""
        hit = touches(text) if by_text else step is None or outward(step)
        plans[digest] = replace(plan, void=why) if hit and not plan.started and not plan.void else plan
    return replace(state, plans=plans)


def text_of(state: State, plan: Plan) -> str:
    """The slug of the wording a plan speaks with, or empty."""
    step = state.playbook.step(plan.step)
    if step is None:
        return ""
    return step.text or step.arguments.get("text", "")


def _void_taking(state: State, what: str, why: str) -> State:
    plans = {}
    for digest, plan in state.plans.items():
        step = state.playbook.step(plan.step)
        hit = step is not None and takes(state, step) == what and not plan.started and not plan.void
        plans[digest] = replace(plan, void=why) if hit else plan
    return replace(state, plans=plans)


def _void_item_plans(state: State) -> State:
    return _void_taking(state, "items", "the list of items changed")
