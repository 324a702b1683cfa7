"""The one boxed step: its stage, what it asks, what it waits for, and what would go out."""

from __future__ import annotations

from msgspec import Struct

from console.incident.able import can_act
from console.incident.addresses import Address, addresses
from console.incident.again import only_looks, went_out
from console.incident.answered import answered_by, why_open
from console.incident.facts import (
    achieved,
    due_at,
    folded,
    items_for,
    outward,
    overridden,
    shut,
    shut_words,
    stands_down,
    takes,
    unmet,
)
from console.incident.gated_answers import answer_is_gated, gate_is_open
from console.incident.mailed import counted_list
from console.incident.manifest import Manifest, from_bytes, six_words
from console.incident.moment import clock_or_day, hhmm
from console.incident.narrate import answer_words
from console.incident.plainly import need_words
from console.incident.planning import confirmation, gate_wants, manifest_for, stale, text_of_step
from console.incident.question import Asked, by_itself, question
from console.incident.seen_words import seen_words
from console.incident.shutting import nothing_to_waive
from console.incident.state import Effect, Item, State
from console.incident.wordings import Rendered, fill, values, zone_of
from console.playbook.kinds import kind_of
from console.playbook.model import Step


class Box(Struct, frozen=True, kw_only=True):
    """The current step.

    Attributes:
        stage: where it stands in the one order. `shut` not open yet or not needed; `needs` waits for others; `gate` wants
            codes; `send` may go once confirmed; `running`; `hands` guided words are shown and a report is awaited;
            `doubt`; `interrupted` a mailing stopped in the middle; `checking` the console looks by itself; `answer`; `settled`.
        asked: the question, where an answer is possible in this stage.
        waits: what it waits for, in plain words.
        no_waiving: why nobody can go on without that; empty when somebody can, with a reason.
        guided: whether a person's hands do the act here.
        guide: the moves of a guided act.
        text: the words as they would go out now, or as planned.
        manifest: what is planned and not started, or started; with its `digest` and six check `words`.
        confirm: what must be typed before it goes; empty when nothing must.
        wants: what the gate still wants.
        tells: what is known of it, and why it stays open although it was answered.
        answered_by: whose answer stands there in this round; an answer of another officer is given over it.
        ends: answers that end the incident.
        looks: the act only looks: nothing is read before it, and nothing goes out.
        addresses: where each item that it is about stands and is edited, whole; in a drill without addresses.
        says: the gate is on the answer itself: it is chosen first, then its codes are asked for.
    """

    step: str
    number: str
    do: str
    stage: str
    why: str = ""
    how: tuple[str, ...] = ()
    link: str = ""
    by: str = ""
    critical: bool = False
    due: str = ""
    late: int = 0
    asked: Asked | None = None
    waits: tuple[str, ...] = ()
    no_waiving: str = ""
    outward: bool = False
    guided: bool = False
    guide: tuple[str, ...] = ()
    channel: str = ""
    text: Rendered | None = None
    text_slug: str = ""
    gated: bool = False
    second: bool = False
    manifest: Manifest | None = None
    digest: str = ""
    words: str = ""
    confirm: str = ""
    wants: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    items: tuple[Item, ...] = ()
    unsaved: int = 0
    takes: str = ""
    people: int = 0
    tells: str = ""
    background: bool = False
    answered_by: str = ""
    ends: tuple[str, ...] = ()
    says: bool = False
    looks: bool = False
    addresses: tuple[Address, ...] = ()


def box_for(state: State, step: Step, now: int, officer: str, numbers: dict[str, str]) -> Box:
    """The box of a step for one officer at `now` (wall ms). Once the incident ended nothing in it is asked or gets later."""
    now = state.until_end(now)
    known = values(state, now, officer)
    stage = stage_of(state, step, now, officer)
    plan = state.plan_of(step.name)
    fits = plan is not None and (plan.started or not stale(plan, now))
    manifest = from_bytes(plan.raw.encode()) if plan is not None and fits else None
    shown = manifest
    if shown is None and outward(step) and stage in ("send", "gate"):
        shown = manifest_for(state, step, officer, now, "")
    by_hand = any(each.guided and each.status == "intended" for each in state.effects_of(step.name))
    ours = step.act is not None and can_act(state, step.act.channel, step.act.verb) and not by_hand
    guided = outward(step) and not ours
    due = due_at(state, step)
    ids = items_for(state, step)
    says = answer_is_gated(step)
    open_to = stage in ("answer", "hands") or _early(stage, step) or (says and stage == "gate")
    asked = question(state, step) if open_to and state.end is None else None
    mailing = state.lists.get(step.act.channel) if step.act is not None else counted_list(state, step)
    return Box(
        step=step.name,
        number=numbers.get(step.name, ""),
        do=fill(step.do, known),
        stage=stage,
        why=fill(step.why, known),
        how=tuple(fill(move, known) for move in step.how),
        link=step.link if state.live else "",
        by=state.playbook.roles.get(step.by, step.by),
        critical=step.critical,
        due=clock_or_day(due, now, zone_of(state)) if due is not None else "",
        late=max(now - due, 0) if due is not None and stage != "settled" else 0,
        asked=asked,
        waits=_waits(state, step, now),
        no_waiving=nothing_to_waive(state, step, now),
        outward=outward(step),
        guided=guided,
        guide=_guide(state, step, known) if guided else (),
        channel=step.act.channel if step.act is not None else "",
        text=text_of_step(state, step, officer, now),
        text_slug=step.text or step.arguments.get("text", ""),
        gated=step.gate is not None,
        second=step.gate is not None and step.gate.codes > 1,
        manifest=manifest,
        digest=plan.digest if plan is not None and fits else "",
        words=six_words(plan.digest) if plan is not None and fits else "",
        confirm=confirmation(state, step, shown) if shown is not None else "",
        wants=gate_wants(step, plan, officer) if plan is not None and fits and not plan.started else (),
        answered_by=answered_by(state, step, now),
        ends=tuple(each.slug for each in asked.choices if stands_down(step, each.slug)) if asked else (),
        says=says,
        looks=only_looks(step),
        effects=state.effects_of(step.name),
        items=tuple(state.items[item] for item in ids),
        unsaved=sum(1 for item in ids if not state.items[item].saved),
        takes=takes(state, step),
        people=mailing.count if mailing is not None else 0,
        tells=_tells(state, step),
        background=step.background,
        addresses=addresses(state, step),
    )


def stage_of(state: State, step: Step, now: int, officer: str) -> str:
    """Where the step stands in the one order of a step; see `Box.stage`."""
    if folded(state, step, now) or shut(state, step, now):
        return "shut"
    effects = state.effects_of(step.name)
    statuses = {effect.status for effect in effects}
    if "doubt" in statuses:
        return "doubt"
    if "interrupted" in statuses:
        return "interrupted"
    if "intended" in statuses:
        return (
            "hands" if all(effect.guided for effect in effects if effect.status == "intended") else "running"
        )
    if step.repeat is None and (achieved(state, step) or overridden(state, step)):
        return "settled"
    if unmet(state, step, now):
        return "needs"
    if answer_is_gated(step):
        return _answer_stage(state, step, now, officer)
    if outward(step) and (not effects or "failed" in statuses or _again(state, step)):
        return _outward_stage(state, step, now, officer)
    return "checking" if by_itself(state, step) else "answer"


def _again(state: State, step: Step) -> bool:
    return not went_out(state, step) and (step.repeat is not None or bool(items_for(state, step)))


def _outward_stage(state: State, step: Step, now: int, officer: str) -> str:
    if takes(state, step) == "items" and not items_for(state, step):
        return "answer"
    if step.gate is None:
        return "send"
    plan = state.plan_of(step.name)
    if plan is None or plan.started or stale(plan, now) or gate_wants(step, plan, officer):
        return "gate"
    return "send"


def _answer_stage(state: State, step: Step, now: int, officer: str) -> str:
    """A gated answer wants its codes first; once they are given the answer itself is all there is to do."""
    if gate_is_open(state, step, officer, now):
        return "answer"
    plan = state.plan_of(step.name)
    open_to = (
        plan is not None and not plan.started and not stale(plan, now) and not gate_wants(step, plan, officer)
    )
    return "send" if open_to else "gate"


def _early(stage: str, step: Step) -> bool:
    """A way-out answer (*I cannot sign in*) is possible before the act."""
    return stage in ("needs", "gate", "send") and step.answer is not None and bool(step.go)


def _waits(state: State, step: Step, now: int) -> tuple[str, ...]:
    why = shut_words(state, step, now)
    return ((why,) if why else ()) + tuple(need_words(state, need) for need in unmet(state, step, now))


def _guide(state: State, step: Step, known: dict[str, str]) -> tuple[str, ...]:
    if step.fallback:
        return (fill(step.fallback, known),)
    if step.act is None:
        return step.how or (
            ("Give these words, word for word",) if step.text or step.arguments.get("text") else ()
        )
    kind = kind_of(step.act.channel, kind_name_for(state, step))
    spec = kind.verbs.get(step.act.verb) if kind is not None else None
    told = {**known, "incident": state.incident}
    return tuple(fill(move, told) for move in spec.guide) if spec is not None else step.how


def kind_name_for(state: State, step: Step) -> str:
    """The kind whose guided words fit the step's act: the machine's, else the first that knows the verb."""
    if step.act is None:
        return ""
    if step.act.channel in state.configured:
        return state.configured[step.act.channel]
    channel = state.playbook.channel(step.act.channel)
    kinds = channel.kinds if channel is not None else ()
    for name in kinds:
        kind = kind_of(step.act.channel, name)
        if kind is not None and step.act.verb in kind.verbs:
            return name
    return ""


def _tells(state: State, step: Step) -> str:
    own = state.of(step.name)
    zone = zone_of(state)
    fact = own.standing
    if fact is not None and fact.kind == "skip":
        return f"Skipped by {fact.by} {hhmm(fact.at, zone)}: {fact.words}"
    done = [each for each in state.effects_of(step.name) if each.status == "done" and not each.guided]
    parts = []
    if done and outward(step) and len({each.status for each in state.effects_of(step.name)}) == 1:
        what = "Done by the console" if state.live else "Simulated"
        parts.append(f"{what} {hhmm(done[-1].at, zone)}")
    parts += [
        f"It did not happen ({hhmm(effect.at, zone)}): {effect.reason.rstrip('.')}"
        for effect in state.effects_of(step.name)
        if effect.status == "failed"
    ]
    if fact is not None and fact.kind == "answer":
        seen = answer_words(state, step.name, fact.value) + (f", {fact.words}" if fact.words else "")
        parts.append(f"{fact.by} saw {hhmm(fact.at, zone)}: {seen}")
    plan = state.plan_of(step.name)
    if answer_is_gated(step) and plan is not None and not plan.started:
        parts.append(f"Asked for: {answer_words(state, step.name, from_bytes(plan.raw.encode()).answer)}")
    if own.check is not None:
        word = {"agrees": "The check agrees", "disagrees": "The check does not agree"}.get(
            own.check.verdict, "No check could see it"
        )
        parts.append(f"{word} ({hhmm(own.check.at, zone)}) {seen_words(own.check.raw)}".strip())
    why = why_open(state, step)
    parts += [f"The step stays open: {why}"] if why and state.end is None else []
    return ". ".join(parts)
