"""Asking for a gate, approving, and going: from a step to durable intents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.able import by_hand, can_act
from console.incident.again import interrupted, said_before, went_out
from console.incident.counting import check_people
from console.incident.deciding_close import plan_close
from console.incident.facts import folded, items_for, outward, takes, unmet
from console.incident.gated_answers import answer_to_approve
from console.incident.harm import at_stake, saved_need
from console.incident.mail_words import unfit
from console.incident.manifest import digest_of, from_bytes, to_bytes
from console.incident.moment import hhmm
from console.incident.once_more import asked_once_more
from console.incident.persons import is_among, same_person
from console.incident.plainly import need_words
from console.incident.planning import (
    MAILED,
    gate_wants,
    manifest_for,
    may_approve,
    stale,
    step_of,
)
from console.incident.resuming import confirmed, looked_at, resume
from console.incident.rules import Events, rule
from console.incident.shutting import refuse_shut
from console.incident.state import CLOSE
from console.incident.wordings import zone_of

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.moment import Now
    from console.incident.state import Plan, State
    from console.playbook.model import Step

UNFINISHED = ("intended", "doubt", "interrupted")


@rule.register(c.Ask)
def decide_ask(command: c.Ask, state: State, now: Now) -> Events:
    """Plan the step, unless a plan that still fits stands already."""
    if command.step == CLOSE:
        return (_planned(plan_close(state, command, now), command.by, now),)
    step = step_of(state, command.step)
    if interrupted(state, step) or asked_once_more(state, step, now):
        return ()
    waivers = _may_go(state, step, command.by, command.harm_now, now)
    answer = answer_to_approve(state, step, command.answer)
    plan = state.plan_of(step.name)
    stands = plan is not None and not plan.started and not stale(plan, now.wall)
    if plan is not None and stands and from_bytes(plan.raw.encode()).answer == answer:
        return waivers
    manifest = manifest_for(state, step, command.by, now.wall, command.nonce, answer)
    _says_something_else(state, manifest)
    _can_be_mailed(state, manifest)
    return (*waivers, _planned(manifest, command.by, now))


def _planned(manifest: Manifest, by: str, now: Now) -> e.Planned:
    raw = to_bytes(manifest)
    return e.Planned(
        at=now.wall, boot=now.boot, by=by, step=manifest.step, digest=digest_of(raw), manifest=raw.decode()
    )


def _can_be_mailed(state: State, manifest: Manifest) -> None:
    """Refuse words that no mail can carry before two people have read them to each other."""
    if manifest.verb not in MAILED or not can_act(state, manifest.channel, manifest.verb):
        return
    why = unfit(manifest.subject, manifest.text)
    if why:
        raise Refused(why, do="Change the words, then ask again.", code="unfit")


def _says_something_else(state: State, manifest: Manifest) -> None:
    """Refuse to post the very words of another step where that step posted them."""
    found = said_before(state, manifest)
    if found is None:
        return
    channel, effect = found
    raise Refused(
        f"The very same words went out on {channel} at {hhmm(effect.at, zone_of(state))}, by {effect.step}.",
        means="Nobody could tell the two apart, and X takes no text twice.",
        do="Change the text, if only by its time, then ask again.",
        code="same-words",
    )


def _may_go(state: State, step: Step, by: str, harm_now: str, now: Now) -> tuple[e.AnyEvent, ...]:
    """Refuse what may not be planned or started; the waivers that a *harm now* leaves in the record."""
    if not outward(step):
        raise Refused(f"{step.name} has nothing to send or do. Answer it.", code="no-act")
    if folded(state, step, now.wall):
        raise Refused(f"{step.name} is not needed.", code="folded")
    refuse_shut(state, step, now.wall)
    needs = unmet(state, step, now.wall)
    if needs:
        raise Refused(
            f"{step.name} waits for {need_words(state, needs[0])}.",
            do="Do that first, or go on without it with a reason.",
            code="needs",
        )
    effects = state.effects_of(step.name)
    if any(effect.status == "doubt" for effect in effects):
        raise Refused(
            "We do not know if it went out.",
            do="Settle that first: it happened, it did not, or cannot tell yet.",
            code="doubt",
        )
    if any(effect.status == "intended" for effect in effects):
        raise Refused(
            "It is on its way already.", do="Wait for its end, or say what came of it.", code="running"
        )
    if went_out(state, step):
        raise Refused(
            f"{step.name} was done already.",
            means="Nothing is sent twice.",
            do="Answer what you see. Once it is answered that it is not there, it can be done again.",
            code="done",
        )
    return _items_ready(state, step, by, harm_now, now)


def _items_ready(state: State, step: Step, by: str, harm_now: str, now: Now) -> tuple[e.AnyEvent, ...]:
    if (
        takes(state, step) == "recipients"
        and step.act is not None
        and can_act(state, step.act.channel, step.act.verb)
    ):
        mailing = state.lists.get(step.act.channel)
        if mailing is None:
            raise Refused(
                "No list of people has been chosen.",
                do="Choose the file with the subscribers' addresses.",
                code="no-list",
            )
        if mailing.count == 0:
            raise Refused("The list holds nobody.", do="Choose another file.", code="no-list")
    if takes(state, step) != "items" or step.act is None:
        return ()
    ids = items_for(state, step)
    if not ids:
        raise Refused(
            "Nothing on the list fits this step.",
            do="Report what you see with its link, or answer that nothing is there.",
            code="no-items",
        )
    if step.act.channel == "evidence":
        return ()
    unsaved = at_stake(state, step)
    if not unsaved:
        return ()
    if not harm_now.strip():
        raise Refused(
            f"{len(unsaved)} of {len(ids)} are not saved: {', '.join(unsaved)}.",
            means="What is removed before it is saved is lost to the investigators.",
            do=f"Save them first{_where_to_save(state)}. If harm is being done now, say so with a reason: harm now.",
            code="not-saved",
        )
    return tuple(
        e.NeedWaived(
            at=now.wall,
            boot=now.boot,
            by=by,
            step=step.name,
            need=saved_need(item),
            reason=f"HARM NOW: {harm_now.strip()}",
        )
        for item in unsaved
    )


def _where_to_save(state: State) -> str:
    """The step that saves, if this playbook has one."""
    saver = next(
        (
            each.name
            for each in state.playbook.steps()
            if each.act is not None and each.act.channel == "evidence"
        ),
        "",
    )
    return f" with {saver}, or say where each is saved" if saver else ": say where each is saved"


@rule.register(c.Approve)
def decide_approve(command: c.Approve, state: State, now: Now) -> Events:
    """Record one accepted code, for the digest it was given for and no other."""
    step = step_of(state, command.step)
    plan = standing_plan(state, step, command.digest, now)
    gate = step.gate
    writers = from_bytes(plan.raw.encode()).writers
    if gate is None:
        raise Refused(f"{step.name} needs no code.", code="no-gate")
    wrote = is_among(command.officer, writers)
    acting = wrote or same_person(command.officer, command.by)
    acting_own = acting and (gate.codes > 1 or not gate.by)
    second = may_approve(gate, writers, command.officer, command.roles)
    if command.how == "emergency":
        if acting:
            raise GateDenied(
                "The emergency path needs a recovery code of a second officer.",
                do="Ask somebody who did not write it.",
            )
        if not command.reason.strip():
            raise GateDenied("The emergency path needs a reason.", do="Say in a few words why.")
    elif not acting_own and not second and (gate.codes > 1 or gate.by):
        raise GateDenied(
            f"{command.officer} cannot be the second person here.",
            means="They wrote it or asked for it." if wrote else f"They are not {gate.by}.",
            do="NOTHING HAS BEEN SENT. Ask somebody else.",
        )
    if command.how == "emergency" or (second and not wrote):
        check_people(state, plan, command.people)
    if any(each.officer == command.officer and each.how == command.how for each in plan.approvals):
        return ()
    role = gate.by if gate.by in command.roles else next(iter(command.roles), "")
    return (
        e.Approved(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            step=step.name,
            digest=plan.digest,
            officer=command.officer,
            role=role,
            how=command.how,
            came=command.came,
            timecode=command.timecode,
            reason=command.reason,
        ),
    )


def standing_plan(state: State, step: Step, digest: str, now: Now) -> Plan:
    """The plan of exactly that digest, if it is the step's own and may still be used; raises GateDenied if not."""
    plan = state.plans.get(digest)
    if plan is None or plan.step != step.name:
        raise GateDenied(
            "That is not what is planned.", do="NOTHING HAS BEEN SENT. Look at the text again and ask again."
        )
    why = stale(plan, now.wall)
    if not why and state.of(step.name).plan != digest:
        why = "it was asked for again since"
    if not why and plan.started and not interrupted(state, step):
        why = "it was started already"
    if why:
        raise GateDenied(
            f"What was approved is no longer what would go out: {why}.",
            means="A code is good for one exact text only.",
            do="NOTHING HAS BEEN SENT. Look at it again and ask again.",
        )
    return plan


@rule.register(c.TurnAway)
def decide_turn_away(command: c.TurnAway, state: State, now: Now) -> Events:
    """Record a failed try. It never holds the code."""
    del state
    return (
        e.ApprovalRefused(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            step=command.step,
            digest=command.digest,
            officer=command.officer,
            reason=command.reason,
        ),
    )


@rule.register(c.Act)
def decide_act(command: c.Act, state: State, now: Now) -> Events:
    """Write the intents of everything the manifest holds, or of what an interrupted mailing has left."""
    step = step_of(state, command.step)
    if interrupted(state, step):
        return resume(state, step, command, now)
    waivers = _may_go(state, step, command.by, command.harm_now, now)
    plan = state.plans.get(state.of(step.name).plan)
    fresh = plan is None or plan.started or bool(stale(plan, now.wall))
    made: tuple[e.AnyEvent, ...] = ()
    if plan is None or fresh:
        if step.gate is not None:
            why = stale(plan, now.wall) if plan is not None else ""
            raise GateDenied(
                f"{step.name} needs a code first" + (f": {why}." if why else "."),
                do="Ask for it, then send.",
            )
        manifest = manifest_for(state, step, command.by, now.wall, command.nonce)
        _says_something_else(state, manifest)
        planned = _planned(manifest, command.by, now)
        made, digest = (planned,), planned.digest
    else:
        manifest, digest = from_bytes(plan.raw.encode()), plan.digest
        wants = gate_wants(step, plan, command.by)
        if wants:
            raise GateDenied(f"{step.name} still needs {' and '.join(wants)}.", do="NOTHING HAS BEEN SENT.")
    looked_at(command, digest)
    confirmed(state, step, manifest, command.confirm)
    intents = tuple(
        e.EffectIntended(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=target.effect,
            step=step.name,
            digest=digest,
            item=target.item,
            channel=target.channel,
            holder=command.holder,
            guided=by_hand(state, target),
            confirmed=command.confirm.strip(),
        )
        for target in manifest.targets
    )
    return (*waivers, *made, *intents)
