"""Mailing people in doubt once more: asked for with a reason, approved for exactly these people, and done once. See `once_more`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.deciding_acts import standing_plan
from console.incident.manifest import digest_of, from_bytes, to_bytes
from console.incident.once_more import ALL, OF, PEOPLE, WHAT, let_by, may_go_on, numbers_in
from console.incident.planning import ONCE_MORE, gate_wants, stale, step_of
from console.incident.resuming import confirmed
from console.incident.rules import Events, rule

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.moment import Now
    from console.incident.state import Effect, Plan, State

NOBODY: str = "NOBODY HAS BEEN MAILED ONCE MORE."


@rule.register(c.AskOnceMore)
def _(command: c.AskOnceMore, state: State, now: Now) -> Events:
    effect, mailing = _mailing(state, command.step)
    reason = command.reason.strip()
    if not reason:
        raise Refused(
            "Mailing somebody once more needs a reason.", do="Say why in a few words.", code="reason"
        )
    if command.people != ALL:
        list(numbers_in(command.people))
    if command.count < 1:
        raise Refused(f"Nobody of {effect.step} is in doubt.", code="no-doubt")
    made = _manifest(command, mailing, reason)
    known = state.plan_of(made.step)
    if known is not None and not known.started and not stale(known, now.wall):
        stands = from_bytes(known.raw.encode())
        if replace(made, nonce=stands.nonce, writers=stands.writers) == stands:
            return ()
    raw = to_bytes(made)
    return (
        e.Planned(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            step=made.step,
            digest=digest_of(raw),
            manifest=raw.decode(),
        ),
    )


def _manifest(command: c.AskOnceMore, mailing: Plan, reason: str) -> Manifest:
    """The mailing's own words and list's name, with who of it and why."""
    sent = from_bytes(mailing.raw.encode())
    return replace(
        sent,
        what=WHAT,
        step=ONCE_MORE + sent.step,
        targets=(),
        arguments={**sent.arguments, OF: mailing.digest, PEOPLE: command.people},
        recipients_sha256=command.sha256,
        reaches=command.count,
        answer=reason,
        writers=tuple(dict.fromkeys((*sent.writers, command.by))),
        not_after=0,
        nonce=command.nonce,
    )


@rule.register(c.OnceMore)
def _(command: c.OnceMore, state: State, now: Now) -> Events:
    effect, mailing = _mailing(state, command.step)
    step = step_of(state, ONCE_MORE + effect.step)
    plan = standing_plan(state, step, command.digest, now)
    manifest = from_bytes(plan.raw.encode())
    if manifest.arguments.get(OF) != mailing.digest:
        raise GateDenied(
            "The mailing has other words than those that were approved.",
            means=NOBODY,
            do="Ask again.",
            code="digest",
        )
    if (command.sha256, command.count) != (manifest.recipients_sha256, manifest.reaches):
        raise GateDenied(
            f"Who is in doubt is not who was approved: it was {manifest.reaches:,}, it is {command.count:,} of them.",
            means=NOBODY,
            do="Look who is in doubt, and ask again.",
            code="changed",
        )
    wants = gate_wants(step, plan, command.by)
    if wants:
        raise GateDenied(
            f"It still needs {' and '.join(wants)}.", means=NOBODY, do="Ask for it, for exactly these."
        )
    confirmed(state, step, manifest, command.confirm)
    return (
        e.OnceMore(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            step=effect.step,
            effect=effect.id,
            digest=plan.digest,
            ledger=manifest.recipients,
            sha256=manifest.recipients_sha256,
            count=manifest.reaches,
            reason=manifest.answer,
            approved_by=let_by(plan, command.by),
            emergency=any(each.how == "emergency" for each in plan.approvals),
        ),
    )


@rule.register(c.SettleOnceMore)
def _(command: c.SettleOnceMore, state: State, now: Now) -> Events:
    effect = state.effects.get(command.effect)
    if effect is None or not command.digest or effect.once_more != command.digest:
        return ()  # another console finished it
    return (
        e.OnceMoreSettled(
            at=now.wall,
            boot=now.boot,
            effect=effect.id,
            digest=command.digest,
            let=command.let,
            why=command.why,
        ),
    )


def _mailing(state: State, name: str) -> tuple[Effect, Plan]:
    """The step's mailing that stopped or ended, and its plan; raises Refused when nobody of it may be mailed once more."""
    step = step_of(state, name)
    plan = state.plan_of(step.name)
    effect = next((each for each in state.effects_of(step.name) if not each.guided), None)
    if plan is None or effect is None or not from_bytes(plan.raw.encode()).recipients:
        raise Refused(f"{step.name} has mailed nobody from here.", code="no-mailing")
    if effect.status == "intended":
        raise Refused(
            f"The mailing of {step.name} is on its way.",
            means="Who has no answer yet may still get one.",
            do="Wait for its end, or stop it; then look who is in doubt.",
            code="running",
        )
    if effect.once_more:
        raise Refused(
            "It is being written down who is mailed once more.", do="Wait a moment.", code="once-more"
        )
    if not may_go_on(effect):
        raise Refused(
            f"An officer has settled the mailing of {step.name}.",
            do="What is not sent is sent by asking for codes again.",
            code="settled",
        )
    if plan.void:
        raise GateDenied(
            f"{step.name} cannot go on as it was approved: {plan.void}.",
            means="Who is in doubt would get other words than the rest.",
            do="Settle it as not gone out to them, then ask for codes over the words as they are.",
            code="gate",
        )
    return effect, plan
