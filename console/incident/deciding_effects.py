"""What came of an effect: the engine's own word, and an officer's word on a doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.again import looks_alone
from console.incident.deciding_answers import item_events
from console.incident.manifest import from_bytes
from console.incident.planning import step_of
from console.incident.rules import Events, rule

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import Effect, State

VERDICTS = ("happened", "not", "unknown")
SETTLED = "settled"  # the code of a refusal: the effect has an outcome already
OPEN = ("doubt", "interrupted")


@rule.register(c.Report)
def decide_report(command: c.Report, state: State, now: Now) -> Events:
    """The outcome of an intended effect. A second outcome of the same attempt is refused: the first stands.

    Only a mailing can be interrupted, and so go on: of anything else nobody knows what was done. What only looks changes nothing
    out there: without a good end it is simply not done.
    """
    effect = state.effects.get(command.effect)
    if effect is None:
        raise Refused(f"There is no effect {command.effect}.", code="no-effect")
    if effect.status != "intended":
        raise Refused(f"{command.effect} has its outcome already.", code=SETTLED)
    if command.outcome == "done":
        done = e.EffectDone(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=effect.id,
            proof=command.proof,
            verified=True,
            remote=command.remote,
            accepted=command.accepted,
            refused=command.refused,
            doubtful=command.doubtful,
        )
        step = step_of(state, effect.step)
        about = item_events(
            state,
            step,
            effect.item,
            by=command.by,
            now=now,
            how="removed",
            where="",
            verified=True,
            capture=(command.remote, command.reach),
        )
        return (done, *about, *_access_events(command, effect, now))
    access = _access_events(command, effect, now)
    if command.outcome == "failed" or looks_alone(state, effect):
        failed = e.EffectFailed(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=effect.id,
            reason=command.reason,
            proof=command.proof,
        )
        return (failed, *access)
    plan = state.plans.get(effect.digest)
    mailing = plan is not None and bool(from_bytes(plan.raw.encode()).recipients)
    return (
        e.EffectInDoubt(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=effect.id,
            reason=command.reason,
            proof=command.proof,
            resumable=command.outcome == "interrupted" and mailing and not effect.guided,
        ),
        *access,
    )


def _access_events(command: c.Report, effect: Effect, now: Now) -> tuple[e.AnyEvent, ...]:
    """The lines of the access ledger that an act of the console's own makes."""
    return tuple(
        e.AccessChanged(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            channel=effect.channel,
            what=each.what,
            how=each.how,
            detail=each.detail,
            proof=command.proof,
            verified=True,
        )
        for each in command.access
    )


@rule.register(c.Resolve)
def decide_resolve(command: c.Resolve, state: State, now: Now) -> Events:
    """Settle the doubts of a step, or one of them. There is no default.

    An interrupted mailing is settled the same way by whoever will not go on with it.
    """
    if command.verdict not in VERDICTS:
        raise Refused(
            f"{command.verdict} is no word for it.", do="Say happened, not, or unknown.", code="bad-value"
        )
    step = step_of(state, command.step)
    doubts = [
        effect
        for effect in state.effects.values()
        if effect.step == step.name and effect.status in OPEN and command.effect in ("", effect.id)
    ]
    if not doubts:
        raise Refused(f"Nothing of {step.name} is in doubt.", code="no-doubt")
    found: list[e.AnyEvent] = []
    for effect in doubts:
        found.append(
            e.DoubtResolved(
                at=now.wall,
                boot=now.boot,
                by=command.by,
                effect=effect.id,
                verdict=command.verdict,
                reason=command.reason.strip(),
            )
        )
        if command.verdict == "happened":
            found += item_events(
                state,
                step,
                effect.item,
                by=command.by,
                now=now,
                how="removed",
                where=command.reason or "said by hand",
            )
    return tuple(found)
