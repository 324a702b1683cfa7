"""Answers that stand behind a gate: the codes are over the answer itself, and no other answer goes through on them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident import events as e
from console.incident.again import went_out
from console.incident.manifest import Manifest, from_bytes
from console.incident.narrate import answer_words
from console.incident.planning import confirmation, gate_wants, stale
from console.incident.question import fit, question

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.rules import Events
    from console.incident.state import Plan, State
    from console.playbook.model import Step


def answer_is_gated(step: Step) -> bool:
    """Whether the gate is on the answer itself: there is nothing else that it could be on."""
    return step.gate is not None and step.act is None and not step.text


def answer_to_approve(state: State, step: Step, typed: str) -> str:
    """The answer that a gate is asked for, as it will stand in the record; empty where the gate is on an act or a text.

    Raises:
        Refused: none was given, or it does not fit the question.
    """
    if not answer_is_gated(step):
        return ""
    if not typed.strip():
        listed = ", ".join(each.slug for each in question(state, step).choices)
        raise Refused(
            f"The answer to {step.name} needs a code.",
            do="Say first which answer is to be approved" + (f": {listed}." if listed else "."),
            code="answer",
        )
    return fit(question(state, step), typed.strip(), typed.strip())[0]


def approved_answer(state: State, step: Step, value: str, by: str, now: Now) -> tuple[str, Events]:
    """The digest of the plan that approved exactly this answer, and what begins and ends it where nothing did yet.

    Raises:
        Refused: another answer was approved, or none; it says which move comes next.
    """
    plan, manifest = _plan(state, step, now.wall)
    if plan is None or manifest is None:
        raise Refused(
            f"This answer to {step.name} was not approved.",
            do=f"Ask for a code over exactly this answer first: incident approve, with --answer {value}.",
            code="act-first",
        )
    if manifest.answer != value:
        raise Refused(
            f"This answer to {step.name} was not approved.",
            means=f"Approved is: {manifest.answer}."
            if plan.approvals
            else f"Asked for is: {manifest.answer}.",
            do="Give that one, or ask for a code over exactly this answer.",
            code="act-first",
        )
    if plan.started:
        return plan.digest, ()
    wants = gate_wants(step, plan, by)
    if wants:
        raise Refused(
            f"This answer to {step.name} still needs {' and '.join(wants)}.",
            do="Ask for that code, then give the answer again.",
            code="act-first",
        )
    word = confirmation(state, step, manifest)
    if word:
        raise Refused(
            f"This answer to {step.name} is approved, and {word} must be typed before it is given.",
            do=f"Confirm it first: incident act, with --confirm {word}. Then give the answer.",
            code="act-first",
        )
    return plan.digest, _said_now(state, step, value, plan, manifest, by, now)


def gate_is_open(state: State, step: Step, by: str, now: int) -> bool:
    """Whether an answer of this step is approved, and only waits to be given."""
    plan, manifest = _plan(state, step, now)
    if plan is None or manifest is None or plan.started:
        return False
    return not gate_wants(step, plan, by) and not confirmation(state, step, manifest)


def _plan(state: State, step: Step, now: int) -> tuple[Plan | None, Manifest | None]:
    """The plan whose codes hold, and what it says. In a repeating step codes hold for one round."""
    plan = state.plan_of(step.name)
    if plan is None or stale(plan, now):
        return None, None
    going = any(each.status in ("intended", "doubt") for each in state.effects_of(step.name))
    if plan.started and step.repeat is not None and not going and not went_out(state, step):
        return None, None
    return plan, from_bytes(plan.raw.encode())


def _said_now(
    state: State, step: Step, value: str, plan: Plan, manifest: Manifest, by: str, now: Now
) -> Events:
    """The statement itself, begun and made in the same breath: giving the answer is all there is to do."""
    found: list[e.AnyEvent] = []
    for target in manifest.targets:
        found.append(
            e.EffectIntended(
                at=now.wall,
                boot=now.boot,
                by=by,
                effect=target.effect,
                step=step.name,
                digest=plan.digest,
                channel=target.channel,
                guided=True,
            )
        )
        words = answer_words(state, step.name, value)
        found.append(
            e.EffectDone(at=now.wall, boot=now.boot, by=by, effect=target.effect, proof=f"attested: {words}")
        )
    return tuple(found)
