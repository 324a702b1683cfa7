"""What each fact makes of the state: steps, texts, items, cursors and time. Pure."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.incident import events as e
from console.incident.able import removable
from console.incident.access import AccessLine
from console.incident.facts import EVERYWHERE, LOOK_VALID, outward, stands_down, takes
from console.incident.reshutting import shut_again
from console.incident.state import (
    CHANGED,
    Check,
    Cursor,
    End,
    Fact,
    Item,
    KeptFile,
    MailingList,
    Offer,
    Plan,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


@singledispatch
def apply(event: e.AnyEvent, state: State) -> State:
    """Events with nothing to remember but themselves: notes, late marks of a step, refused tries."""
    del event
    return state


@apply.register(e.Amended)
def _(event: e.Amended, state: State) -> State:
    who = (*state.amenders.get(event.slug, ()), event.by)
    state = replace(
        state,
        answers={**state.answers, event.slug: event.value},
        amenders={**state.amenders, event.slug: tuple(dict.fromkeys(who))},
    )
    return _void(state, lambda plan: _goes_out(state, plan), "an opening answer was corrected")


@apply.register(e.Configured)
def _(event: e.Configured, state: State) -> State:
    same = (state.configured, state.by_hand, state.fields) == (event.configured, event.by_hand, event.fields)
    state = replace(
        state,
        configured=event.configured,
        by_hand=event.by_hand,
        fields=event.fields,
        baselines=event.baselines,
    )
    if same:  # what the watch compares with changes nothing of what goes out
        return state
    return _void(state, lambda plan: _goes_out(state, plan), "the channels' settings changed")


@apply.register(e.Joined)
def _(event: e.Joined, state: State) -> State:
    roles = state.officers.get(event.officer, ())
    if event.role not in roles:
        roles = (*roles, event.role)
    return replace(state, officers={**state.officers, event.officer: roles})


@apply.register(e.Moved)
def _(event: e.Moved, state: State) -> State:
    if event.way_out:
        state = unfold(state, event.step, event.at)
    return cursor_on(state, event.by, event.step, event.at)


@apply.register(e.Unfolded)
def _(event: e.Unfolded, state: State) -> State:
    return unfold(state, event.name, event.at)


@apply.register(e.WentLate)
def _(event: e.WentLate, state: State) -> State:
    own = state.of(event.step)
    return step_with(state, event.step, late_rounds=(*own.late_rounds, event.round))


@apply.register(e.WayOutOffered)
def _(event: e.WayOutOffered, state: State) -> State:
    offer = Offer(phase=event.phase, go=event.go, say=event.say, at=event.at)
    return replace(state, offers={**state.offers, f"{event.phase}>{event.go}": offer})


@apply.register(e.Answered)
def _(event: e.Answered, state: State) -> State:
    fact = Fact(kind="answer", seq=state.seq, at=event.at, by=event.by, value=event.value, words=event.words)
    state = _said(state, event.step, fact)
    step = state.playbook.step(event.step)
    if step is None:
        return state
    if step.repeat is not None:
        state = _void(state, lambda plan: plan.step == step.name, "it was for an earlier round")
    target = step.go.get(event.value, "")
    if target and not stands_down(step, event.value):
        state = unfold(state, target, event.at)
    return state


@apply.register(e.Deferred)
def _(event: e.Deferred, state: State) -> State:
    return _said(state, event.step, Fact("defer", state.seq, event.at, event.by, until=event.until))


@apply.register(e.Overridden)
def _(event: e.Overridden, state: State) -> State:
    return _said(state, event.step, Fact("skip", state.seq, event.at, event.by, words=event.reason))


@apply.register(e.NeedWaived)
def _(event: e.NeedWaived, state: State) -> State:
    own = state.of(event.step)
    return step_with(state, event.step, waived=(*own.waived, event.need))


@apply.register(e.Undone)
def _(event: e.Undone, state: State) -> State:
    own = state.of(event.step)
    taken = next((fact for fact in own.history if fact.seq == event.seq), None)
    state = step_with(state, event.step, history=tuple(fact for fact in own.history if fact.seq != event.seq))
    return shut_again(state, event.step, taken) if taken is not None else state


@apply.register(e.TextEdited)
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
    # A mailing that was interrupted has its words still to go out to the people who are left.
    left = {each.digest for each in state.effects.values() if each.status == "interrupted"}
    speaks = {plan.digest for plan in state.plans.values() if text_of(state, plan) == event.text}
    return _void(state, lambda plan: plan.digest in speaks, "the text was changed", started=left)


@apply.register(e.ItemSeen)
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
        at=event.at,
        read_as=event.read_as,
    )
    state = replace(state, items={**state.items, item.id: item})
    before = state.items.get(event.instead)
    if before is not None:
        if not before.gone:
            before = replace(before, gone=CHANGED, gone_at=event.at, verified=event.source == "watch")
        state = replace(state, items={**state.items, before.id: replace(before, then=item.id)})
        state = _void_item_plans(state)  # nobody approved of taking away what stands there since
    if item.bogus:
        watch = state.watch
        looks = {**watch.looks, event.channel: event.at}
        fresh = replace(
            watch, last_bogus=max(item.first_seen, watch.last_bogus), last_look=event.at, quiet=0, looks=looks
        )
        state = replace(state, watch=fresh)
        state = _void_item_plans(state)
    return state


@apply.register(e.ItemMarked)
def _(event: e.ItemMarked, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    at_risk = item.at_risk if event.at_risk is None else event.at_risk
    marked = replace(item, verdict=event.verdict or item.verdict, at_risk=at_risk)
    if marked.bogus and not item.bogus:
        marked = replace(marked, at=event.at)
        watch = replace(state.watch, last_bogus=max(item.first_seen, state.watch.last_bogus), quiet=0)
        state = replace(state, watch=watch)
    state = replace(state, items={**state.items, item.id: marked})
    return _void_item_plans(state)


@apply.register(e.ItemSaved)
def _(event: e.ItemSaved, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    by_hand = f"by hand: {event.where}" + (f" (SHA-256 {event.sha256})" if event.sha256 else "")
    saved = by_hand if event.by_hand else event.sha256
    saved_item = replace(item, saved=saved, reach=event.reach or item.reach)
    return replace(state, items={**state.items, item.id: saved_item})


@apply.register(e.EvidenceAdded)
def _(event: e.EvidenceAdded, state: State) -> State:
    kept = KeptFile(
        sha256=event.sha256,
        name=event.name,
        size=event.size,
        at=event.at,
        by=event.by,
        item=event.item,
        note=event.note,
        message_id=event.message_id,
    )
    return replace(state, files=(*state.files, kept))


@apply.register(e.AccessChanged)
def _(event: e.AccessChanged, state: State) -> State:
    line = AccessLine(
        channel=event.channel,
        what=event.what,
        how=event.how,
        said=event.detail,
        by=event.by,
        at=event.at,
        verified=event.verified,
        proof=event.proof,
    )
    return replace(state, access=(*state.access, line))


@apply.register(e.ItemGone)
def _(event: e.ItemGone, state: State) -> State:
    item = state.items.get(event.item)
    if item is None:
        return state
    gone = replace(item, gone=event.how, gone_at=event.at, verified=event.verified)
    return replace(state, items={**state.items, item.id: gone})


@apply.register(e.Looked)
def _(event: e.Looked, state: State) -> State:
    state = _looked(state, event.at, event.channels)
    if event.source != "watch":
        return state
    by_console = {**state.watch.by_console, **dict.fromkeys(event.channels, event.at)}
    return replace(state, watch=replace(state.watch, by_console=by_console))


@apply.register(e.ListFrozen)
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
        at_domains=event.at_domains,
        suppressed=event.suppressed,
        suppression=event.suppression,
        read_as=event.read_as,
        by=event.by,
        at=event.at,
    )
    state = replace(state, lists={**state.lists, event.channel: frozen})
    return _void_taking(state, "recipients", "another list was chosen")


@apply.register(e.Checked)
def _(event: e.Checked, state: State) -> State:
    return step_with(state, event.step, check=Check(event.verdict, event.at, event.raw, event.value))


@apply.register(e.HandedOver)
def _(event: e.HandedOver, state: State) -> State:
    roles = tuple(dict.fromkeys((*state.officers.get(event.to, ()), "lead")))
    return replace(state, lead=event.to, officers={**state.officers, event.to: roles})


@apply.register(e.Closed)
def _(event: e.Closed, state: State) -> State:
    end = End(
        at=event.at,
        by=event.by,
        reason=event.reason,
        stand_down=event.stand_down,
        open_critical=event.open_critical,
    )
    return replace(state, end=end)


@apply.register(e.InjectFired)
def _(event: e.InjectFired, state: State) -> State:
    return replace(state, injects={**state.injects, event.inject: state.injects.get(event.inject, 0) + 1})


@apply.register(e.Alarm)
def _(event: e.Alarm, state: State) -> State:
    del event
    return replace(state, alarms=state.alarms + 1)


def step_with(state: State, name: str, **changes: object) -> State:
    """The state with some fields of one step changed."""
    return replace(state, steps={**state.steps, name: replace(state.of(name), **changes)})


def _said(state: State, step: str, fact: Fact) -> State:
    return step_with(state, step, history=(*state.of(step).history, fact))


def unfold(state: State, name: str, at: int) -> State:
    """The state with a step or phase open for good, since `at`."""
    if name in state.unfolded:
        return state
    unfolded = {**state.unfolded, name: at}
    phase = name.partition("/")[0]
    if "/" in name and phase not in unfolded:
        unfolded[phase] = at
    return replace(state, unfolded=unfolded)


def _looked(state: State, at: int, channels: tuple[str, ...]) -> State:
    watch = state.watch
    looks = {**watch.looks, **dict.fromkeys(channels or (EVERYWHERE,), at)}
    posted = {each.channel for each in state.items.values() if each.bogus}
    false = {name for name in posted if removable(state, name)}
    whole = min((max(looks.get(name, 0), looks.get(EVERYWHERE, 0)) for name in false), default=at)
    since = max(watch.last_look, watch.last_bogus)
    watched = min(whole - since, LOOK_VALID) if since else 0
    quiet = watch.quiet + max(watched, 0)
    return replace(
        state, watch=replace(watch, last_look=max(watch.last_look, whole), quiet=quiet, looks=looks)
    )


def _void(state: State, touches: Callable[[Plan], bool], why: str, started: Collection[str] = ()) -> State:
    """Void every plan that `touches` picks and that was not started; of those that were, only these digests."""
    plans = {
        digest: replace(plan, void=why)
        if not plan.void and (not plan.started or digest in started) and touches(plan)
        else plan
        for digest, plan in state.plans.items()
    }
    return replace(state, plans=plans)


def _goes_out(state: State, plan: Plan) -> bool:
    step = state.playbook.step(plan.step)
    return step is None or outward(step)


def text_of(state: State, plan: Plan) -> str:
    """The slug of the wording a plan speaks with, or empty."""
    step = state.playbook.step(plan.step)
    if step is None:
        return ""
    return step.text or step.arguments.get("text", "")


def _void_taking(state: State, what: str, why: str) -> State:
    def touches(plan: Plan) -> bool:
        step = state.playbook.step(plan.step)
        return step is not None and takes(state, step) == what

    return _void(state, touches, why)


def _void_item_plans(state: State) -> State:
    return _void_taking(state, "items", "the list of items changed")


def cursor_on(state: State, officer: str, step: str, at: int) -> State:
    """The state with an officer standing on a step, since when they came to it."""
    known = state.cursors.get(officer)
    since = known.since if known is not None and known.step == step else at
    return replace(
        state, cursors={**state.cursors, officer: Cursor(step=step, since=since, notable=state.notable)}
    )
