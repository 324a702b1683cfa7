"""What an answer makes of a step: the report itself, what it says of a guided act, and where it leads."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from console.errors import Contended, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.able import can_act
from console.incident.answered import standing_answer
from console.incident.facts import (
    NOT_DONE,
    all_saved,
    folded,
    good_answer,
    items_for,
    outward,
    stands_down,
    takes,
    unmet,
)
from console.incident.gated_answers import answer_is_gated, approved_answer
from console.incident.manifest import digest_of, to_bytes
from console.incident.moment import hhmm
from console.incident.narrate import answer_words
from console.incident.persons import same_person
from console.incident.plainly import need_words
from console.incident.planning import manifest_for, step_of
from console.incident.question import fit, question
from console.incident.rules import Events, rule
from console.incident.shutting import refuse_shut
from console.incident.wordings import zone_of
from console.playbook.kinds import kind_of
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.incident.moment import Now
    from console.incident.state import Effect, State
    from console.playbook.model import Step


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
    refuse_shut(state, step, now.wall)
    asked = question(state, step)
    value, words = fit(asked, command.value.strip(), command.words.strip())
    _not_over_another(state, step, value, command, now)
    if stands_down(step, value):
        _may_stand_down(state, step, command)
    gated = answer_is_gated(step)
    digest, begun = approved_answer(state, step, value, command.by, now) if gated else ("", ())
    needs = unmet(state, step, now.wall)
    if needs and value not in step.go:
        raise Refused(
            f"{step.name} waits for {need_words(state, needs[0])}.",
            do="Do that first, or go on without it with a reason.",
            code="needs",
        )
    before = begun or _before(state, step, value, words, command, now)
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


def _not_over_another(state: State, step: Step, value: str, command: c.Answer, now: Now) -> None:
    """Refuse to put an answer in the place of another officer's that whoever gives it has not seen."""
    fact = standing_answer(state, step, now.wall)
    if fact is None or fact.value == value or not fact.by:
        return
    if same_person(fact.by, command.by) or same_person(fact.by, command.over):
        return
    words = answer_words(state, step.name, fact.value)
    raise Contended(
        f'{fact.by} answered {step.name} at {hhmm(fact.at, zone_of(state))}: "{words}".',
        "Yours says otherwise, and was not written down.",
        f"If yours is right, give it again over theirs: --over {quote(fact.by)}. The record keeps both.",
        code="answered",
    )


def _may_stand_down(state: State, step: Step, command: c.Answer) -> None:
    """Refuse to stand down what is more than a false alarm, and what was not said to be the end."""
    what = "incident" if state.live else "drill"
    end = (
        f"End the {what} with close: it asks for a reason, and for an approver's code over what is not done."
    )
    seen = [item.id for item in state.items.values() if item.bogus]
    if seen:
        raise Refused(
            f"This cannot be stood down: {counted(len(seen), 'false item')} on the list.",
            do=f"Mark what is ours after all. {end}",
            code="seen",
        )
    done = [effect.step for effect in state.effects.values()]
    done += [each.name for each in state.playbook.steps() if each.critical and _answered(state, each, step)]
    if done:
        raise Refused(
            f"This cannot be stood down: {done[0]} was answered or begun already.",
            means="Something was wrong enough to act on it.",
            do=end,
            code="work-done",
        )
    if not command.confirmed:
        raise Refused(
            f"This answer ENDS the {what}: every other step is dropped, and it cannot be taken back.",
            means="Nothing was written down.",
            do="If nothing at all is wrong, give it again and confirm it: --confirm stand-down.",
            code="stand-down",
        )


def _answered(state: State, step: Step, but: Step) -> bool:
    history = state.of(step.name).history
    return step.name != but.name and any(fact.kind == "answer" for fact in history)


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
    # A gated answer that leads elsewhere was given all the same: it is the answer that went through the gate.
    failed = (value in step.go or value in NOT_DONE) and not answer_is_gated(step)
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
    capture: tuple[str, Mapping[str, int]] = ("", {}),
) -> tuple[e.AnyEvent, ...]:
    """What became of an item when an act about it was done; `capture` is the SHA-256 of what was kept of it, and its reach."""
    sha256, reach = capture
    if not item or item not in state.items or step.act is None:
        return ()
    if step.act.channel == "evidence":
        return (
            e.ItemSaved(
                at=now.wall,
                boot=now.boot,
                by=by,
                item=item,
                sha256=sha256,
                by_hand=not sha256,
                where=where,
                reach=dict(reach),
            ),
        )
    gone = "hidden" if how == "hidden" else "removed"
    return (e.ItemGone(at=now.wall, boot=now.boot, by=by, item=item, how=gone, verified=verified),)


def _all_went(state: State, step: Step) -> bool:
    """Whether there were false items for this step and every one went before it was its turn: then *gone* is what is seen."""
    if step.act is None or takes(state, step) != "items" or items_for(state, step):
        return False
    return any(item.bogus and item.gone and item.channel == step.act.channel for item in state.items.values())


def _done_unasked(
    state: State, step: Step, value: str, words: str, command: c.Answer, now: Now
) -> tuple[e.AnyEvent, ...]:
    """A pure guided act (saving by hand) may be reported at once; anything outward passes its gate first."""
    if (_all_went(state, step) or all_saved(state, step)) and step.gate is None:
        return ()
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
    # Who found that nothing is left looked everywhere; who found something, or looked for the worst alone, did not say so.
    everywhere = step.check is not None and f"{step.check.channel}.{step.check.verb}" == "items.all-absent"
    if everywhere and good_answer(step, value):
        found.append(e.Looked(at=now.wall, boot=now.boot, by=command.by, channels=("items",)))
    if stands_down(step, value):
        reason = answer_words(state, step.name, value)
        found.append(e.Closed(at=now.wall, boot=now.boot, by=command.by, reason=reason, stand_down=True))
    return tuple(found)
