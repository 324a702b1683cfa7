"""What an answer makes of a step: the report itself, what it says of a guided act, and where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.facts import (
    NOT_DONE,
    can_act,
    folded,
    items_for,
    outward,
    shut_words,
    stands_down,
    takes,
    unmet,
)
from console.incident.manifest import digest_of, from_bytes, to_bytes
from console.incident.narrate import answer_words
from console.incident.plainly import need_words
from console.incident.planning import manifest_for, step_of
from console.incident.question import Asked, question
from console.incident.rules import Events, rule
from console.playbook.kinds import kind_of

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import Effect, State
    from console.playbook.model import Step

MOST_DIGITS: Final = 15


@rule.register(c.Answer)
def decide_answer(command: c.Answer, state: State, now: Now) -> Events:
    """The events of an answer; raises Refused when it does not fit the question or comes out of order."""
    step = step_of(state, command.step)
    if folded(state, step, now.wall):
        raise Refused(
            f"{step.name} is not needed.",
            do="Take a way out to it, or correct an opening answer.",
            code="folded",
        )
    why = shut_words(state, step, now.wall)
    if why:
        raise Refused(f"{step.name} is not open yet: it {why}.", code="shut")
    asked = question(state, step)
    value, words = _fit(asked, command.value.strip(), command.words.strip())
    if stands_down(step, value):
        _nothing_seen(state)
    digest = _approved_answer(state, step, value) if _answer_is_gated(step) else ""
    needs = unmet(state, step, now.wall)
    if needs and value not in step.go:
        raise Refused(
            f"{step.name} waits for {need_words(state, needs[0])}.",
            do="Do that first, or go on without it with a reason.",
            code="needs",
        )
    before = _before(state, step, value, words, command, now)
    said = e.Answered(
        at=now.wall,
        boot=now.boot,
        by=command.by,
        step=step.name,
        value=value,
        words=words,
        round=state.of(step.name).rounds,
        digest=digest,
    )
    return (*before, said, *_after(state, step, value, command, now))


def _fit(asked: Asked, value: str, words: str) -> tuple[str, str]:
    if asked.kind == "choose":
        slugs = [choice.slug for choice in asked.choices]
        if value.isdecimal() and 1 <= int(value) <= len(slugs):
            value = slugs[int(value) - 1]
        if value not in slugs:
            listed = ", ".join(f"{place} {choice.slug}" for place, choice in enumerate(asked.choices, 1))
            raise Refused(
                f"{value or 'Nothing'} is not an answer to it.",
                do=f"Choose from: {listed}.",
                code="bad-value",
            )
        if asked.words and value == "done" and not words:
            raise Refused("Say what you see.", do="A few words are enough: 0 sessions left.", code="words")
        return value, words
    if not value:
        raise Refused("The answer is empty.", do=asked.prompt, code="bad-value")
    if asked.kind == "number" and not (value.isdecimal() and value.isascii() and len(value) <= MOST_DIGITS):
        raise Refused(f"{value[:40]} is not a number.", do=asked.prompt, code="bad-value")
    return (str(int(value)) if asked.kind == "number" else value), words


def _answer_is_gated(step: Step) -> bool:
    """Whether the gate is on the answer itself: there is nothing else that it could be on."""
    return step.gate is not None and step.act is None and not step.text


def answer_to_approve(state: State, step: Step, typed: str) -> str:
    """The answer that a gate is asked for, as it will stand in the record; empty where the gate is on an act or a text.

    Raises:
        Refused: none was given, or it does not fit the question.
    """
    if not _answer_is_gated(step):
        return ""
    if not typed.strip():
        raise Refused(
            f"The answer to {step.name} needs a code.",
            do="Say first which answer is to be approved.",
            code="answer",
        )
    return _fit(question(state, step), typed.strip(), typed.strip())[0]


def _approved_answer(state: State, step: Step, value: str) -> str:
    """The digest of the plan that approved exactly this answer; raises Refused when it approved another, or none stands."""
    plan = state.plan_of(step.name)
    approved = from_bytes(plan.raw.encode()).answer if plan is not None and plan.started else ""
    if plan is None or approved != value:
        raise Refused(
            f"This answer to {step.name} was not approved.",
            means=f"Approved is: {approved}." if approved else "",
            do="Ask for a code over exactly this answer first.",
            code="act-first",
        )
    return plan.digest


def _nothing_seen(state: State) -> None:
    """Refuse to stand down once something false was seen or something was done: that end is a closing like any other."""
    seen = [item.id for item in state.items.values() if item.bogus]
    acted = [effect.step for effect in state.effects.values() if effect.status != "failed"]
    if seen or acted:
        what = f"{len(seen)} false items are on the list" if seen else f"{acted[0]} was done or begun"
        raise Refused(
            f"This cannot be stood down: {what}.",
            do="Mark what is ours after all, or close the incident with a reason.",
            code="seen",
        )


def _before(
    state: State, step: Step, value: str, words: str, command: c.Answer, now: Now
) -> tuple[e.AnyEvent, ...]:
    """What the answer says of the step's own effects, if it has any to speak of."""
    effects = state.effects_of(step.name)
    if any(effect.status in ("doubt", "interrupted") and not effect.guided for effect in effects):
        raise Refused(
            "We do not know if it went out.",
            do="Settle that first: it happened, it did not, or cannot tell yet.",
            code="doubt",
        )
    if any(effect.status == "intended" and not effect.guided for effect in effects):
        raise Refused("It is being carried out.", do="Wait for its end.", code="running")
    by_hand = [effect for effect in effects if effect.guided and effect.status in ("intended", "doubt")]
    if by_hand:
        return _hands(state, step, by_hand, value, words, command, now)
    went = any(effect.status == "done" for effect in effects)
    if not outward(step) or went or value == "nothing" or value in step.go or value in NOT_DONE:
        return ()
    return _done_unasked(state, step, value, words, command, now)


def _hands(
    state: State, step: Step, effects: list[Effect], value: str, words: str, command: c.Answer, now: Now
) -> tuple[e.AnyEvent, ...]:
    failed = value in step.go or value in NOT_DONE
    reason = words or answer_words(state, step.name, value)
    found: list[e.AnyEvent] = []
    for effect in effects:
        if failed:
            found.append(
                e.EffectFailed(at=now.wall, boot=now.boot, by=command.by, effect=effect.id, reason=reason)
            )
            continue
        found.append(
            e.EffectDone(
                at=now.wall, boot=now.boot, by=command.by, effect=effect.id, proof=f"attested: {reason}"
            )
        )
        found += item_events(state, step, effect.item, by=command.by, now=now, how=value, where=reason)
    return tuple(found)


def item_events(
    state: State,
    step: Step,
    item: str,
    *,
    by: str,
    now: Now,
    how: str,
    where: str,
    verified: bool = False,
    sha256: str = "",
) -> tuple[e.AnyEvent, ...]:
    """What became of an item when an act about it was done."""
    if not item or item not in state.items or step.act is None:
        return ()
    if step.act.channel == "evidence":
        return (
            e.ItemSaved(
                at=now.wall, boot=now.boot, by=by, item=item, sha256=sha256, by_hand=not sha256, where=where
            ),
        )
    gone = "hidden" if how == "hidden" else "removed"
    return (e.ItemGone(at=now.wall, boot=now.boot, by=by, item=item, how=gone, verified=verified),)


def _done_unasked(
    state: State, step: Step, value: str, words: str, command: c.Answer, now: Now
) -> tuple[e.AnyEvent, ...]:
    """A pure guided act (saving by hand) may be reported at once; anything outward passes its gate first."""
    kind = kind_of(step.act.channel, "") if step.act is not None else None
    spec = kind.verbs.get(step.act.verb) if kind is not None and step.act is not None else None
    pure = (
        spec is not None
        and spec.effect == "pure"
        and step.act is not None
        and not can_act(state, step.act.channel)
    )
    if not pure or step.gate is not None or step.confirm:
        raise Refused(
            f"{step.name} has not been done yet.",
            do="Go through its text, its code and its sending first.",
            code="act-first",
        )
    if not items_for(state, step) and takes(state, step) == "items":
        return ()
    manifest = manifest_for(state, step, command.by, now.wall, f"said-{state.seq}")
    raw = to_bytes(manifest)
    digest = digest_of(raw)
    found: list[e.AnyEvent] = [
        e.Planned(
            at=now.wall, boot=now.boot, by=command.by, step=step.name, digest=digest, manifest=raw.decode()
        )
    ]
    reason = words or answer_words(state, step.name, value)
    for target in manifest.targets:
        found.append(
            e.EffectIntended(
                at=now.wall,
                boot=now.boot,
                by=command.by,
                effect=target.effect,
                step=step.name,
                digest=digest,
                item=target.item,
                channel=target.channel,
                guided=True,
            )
        )
        found.append(
            e.EffectDone(
                at=now.wall, boot=now.boot, by=command.by, effect=target.effect, proof=f"attested: {reason}"
            )
        )
        found += item_events(state, step, target.item, by=command.by, now=now, how=value, where=reason)
    return tuple(found)


def _after(state: State, step: Step, value: str, command: c.Answer, now: Now) -> tuple[e.AnyEvent, ...]:
    found: list[e.AnyEvent] = []
    if step.check is not None and step.check.channel == "items" and value not in NOT_DONE:
        found.append(e.Looked(at=now.wall, boot=now.boot, by=command.by, channels=("items",)))
    if stands_down(step, value):
        reason = answer_words(state, step.name, value)
        found.append(e.Closed(at=now.wall, boot=now.boot, by=command.by, reason=reason, stand_down=True))
    return tuple(found)
