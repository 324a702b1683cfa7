"""Before anything starts: is it what was looked at, was it confirmed, and may what was interrupted go on? Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import GateDenied, Refused
from console.incident import events as e
from console.incident.again import interrupted
from console.incident.manifest import from_bytes
from console.incident.planning import confirmation, gate_wants

if TYPE_CHECKING:
    from console.incident import commands as c
    from console.incident.manifest import Manifest
    from console.incident.moment import Now
    from console.incident.state import State
    from console.playbook.model import Step


def resume(state: State, step: Step, command: c.Act, now: Now) -> tuple[e.AnyEvent, ...]:
    """Go on with exactly what was approved, by somebody whose own code is among the approvals."""
    plan = state.plan_of(step.name)
    if plan is None:
        raise Refused(f"{step.name} has no plan to go on with.", code="no-plan")
    if plan.void:
        raise GateDenied(
            f"{step.name} cannot go on as it was approved: {plan.void}.",
            means="Who is left would get other words than the rest.",
            do="Settle it as not gone out to them, then ask for codes over the words as they are.",
            code="gate",
        )
    if any(effect.once_more for effect in interrupted(state, step)):
        raise Refused(
            "It is being written down who is mailed once more.",
            do="Wait a moment, then go on.",
            code="once-more",
        )
    wants = gate_wants(step, plan, command.by)
    if wants:
        raise GateDenied(
            f"To go on, {step.name} still needs {' and '.join(wants)}.",
            do="Give it for exactly this text, then go on.",
            code="gate",
        )
    looked_at(command, plan.digest)
    confirmed(state, step, from_bytes(plan.raw.encode()), command.confirm)
    return tuple(
        e.EffectIntended(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=effect.id,
            step=step.name,
            digest=plan.digest,
            item=effect.item,
            channel=effect.channel,
            attempt=effect.attempt + 1,
            holder=command.holder,
            confirmed=command.confirm.strip(),
        )
        for effect in interrupted(state, step)
    )


def looked_at(command: c.Act, digest: str) -> None:
    """Refuse when the officer looked at something else than what would go out."""
    if command.digest and command.digest != digest:
        raise GateDenied(
            "What you looked at is not what would go out.",
            do="NOTHING HAS BEEN SENT. Look at it again.",
            code="digest",
        )


def confirmed(state: State, step: Step, manifest: Manifest, typed: str) -> None:
    """Refuse when the step asks for a word or a count and another was typed."""
    wanted = confirmation(state, step, manifest)
    if wanted and " ".join(typed.split()).casefold() != wanted.casefold():
        raise GateDenied(
            f"To go on, type {wanted}.",
            means="NOTHING HAS BEEN SENT." if state.live else "DRILL: nothing has been simulated.",
            do=f"It was typed: {typed.strip() or 'nothing'}.",
            code="confirm",
        )
