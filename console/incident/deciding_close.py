"""The end: what must be settled first, and who agrees when critical steps are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.facts import Facts, achieved, folded, settled
from console.incident.manifest import from_bytes
from console.incident.planning import CLOSE_STEP, gate_wants, manifest_for
from console.incident.rules import Events, rule
from console.incident.state import CLOSE
from console.incident.wordings import fill, values
from console.playbook.conditions import evaluate
from console.text import counted

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.moment import Now
    from console.incident.state import State
    from console.playbook.model import Step

THIS_IS_REAL: Final = "this is real"  # ends a drill at once, whatever is open: nothing of it is in the world
OPEN: Final = "open"
TAKES_DOWN: Final = ("unpin", "unpinned", "banner-off", "banner-down")  # acts and looks


@rule.register(c.Close)
def _(command: c.Close, state: State, now: Now) -> Events:
    left = open_critical(state, now.wall)
    if not state.live and command.reason == THIS_IS_REAL:
        return (e.Closed(at=now.wall, boot=now.boot, by=command.by, reason=THIS_IS_REAL, open_critical=left),)
    _nothing_unknown(state, command.reason)
    approver = ""
    if left:
        approver = _approved_end(state, command, left)
    return (
        e.Closed(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            reason=command.reason.strip(),
            approved_by=approver,
            open_critical=left,
        ),
    )


def _nothing_unknown(state: State, reason: str) -> None:
    """Refuse while something is on its way, in doubt with nobody having looked, or cut short without a word why."""
    effects = state.effects.values()
    if any(effect.status == "intended" and not effect.guided for effect in effects):
        raise Refused("Something is being carried out.", do="Wait for its end, then close.", code="running")
    doubt = next((each for each in effects if each.status == "doubt" and not each.parked), None)
    if doubt is not None:
        raise Refused(
            f"We do not know if {doubt.step} went out.",
            do="Settle that first: it happened, it did not, or cannot tell yet.",
            code="doubt",
        )
    cut = next((each for each in effects if each.status == "interrupted"), None)
    if cut is not None and not reason.strip():
        raise Refused(
            f"{cut.step} stopped in the middle.",
            do="Go on with it, or close with the reason why the rest is not sent.",
            code="interrupted",
        )


def plan_close(state: State, command: c.Ask, now: Now) -> Manifest:
    """What an approver agrees to: the reason, and every critical step that is open at this moment."""
    reason = command.answer.strip()
    if not reason:
        raise Refused("Closing with critical steps open needs a reason.", code="reason")
    left = open_critical(state, now.wall)
    made = manifest_for(state, CLOSE_STEP, command.by, now.wall, command.nonce, reason)
    listed = (name + _passed_over(state, name) for name in left)
    words = "\n".join(("Critical steps not done:", *listed)) if left else ""
    return replace(made, text=words, arguments={OPEN: " ".join(left)})


def _approved_end(state: State, command: c.Close, left: tuple[str, ...]) -> str:
    """Who approved closing over these open critical steps for exactly this reason; raises Refused or GateDenied when nobody did."""
    reason = command.reason.strip()
    if not reason:
        skipped = any(_passed_over(state, name) for name in left)
        listed = ", ".join(f"{name} (skipped)" if _passed_over(state, name) else name for name in left)
        raise Refused(
            f"{counted(len(left), 'critical step')} not done: {listed}.",
            means="A critical step that was skipped is not done." if skipped else "",
            do="Finish them, or close with a reason and an approver's code.",
            code="critical-open",
        )
    plan = state.plan_of(CLOSE)
    manifest = from_bytes(plan.raw.encode()) if plan is not None and not plan.void else None
    same = manifest is not None and manifest.answer == reason
    if plan is None or manifest is None or not same or gate_wants(CLOSE_STEP, plan, command.by):
        raise GateDenied(
            f"{counted(len(left), 'critical step')} not done, so closing needs an approver's code.",
            do="Ask an approver for their code over exactly this reason.",
        )
    more = [step for step in left if step not in manifest.arguments.get(OPEN, "").split()]
    if more:
        raise GateDenied(
            f"{', '.join(more)} was not open when closing was approved.",
            do="Ask an approver again, for what is open at this moment.",
        )
    return plan.approvals[-1].officer


def open_critical(state: State, now: int) -> tuple[str, ...]:
    """Full names of critical steps that are wanted and were not done; one that an officer skipped is among them."""
    facts = Facts(state, now)
    return tuple(
        step.name
        for step in state.playbook.steps()
        if step.critical and not _done_with(state, step, now) and _wanted(state, step, facts)
    )


def still_to_do(state: State, now: int) -> tuple[str, ...]:
    """What is wanted, not critical and not done, as `7.4 Unpin the notice`: closing forgets it, so it is said before.

    What leaves something of ours in the public's sight comes first, since a long list is cut.
    """
    facts = Facts(state, now)
    known = values(state, now, state.lead)
    return tuple(
        f"{state.playbook.numbers[step.name]} {fill(step.do, known)}"
        for step in sorted(state.playbook.steps(), key=lambda step: not _takes_down(step))
        if not step.critical
        and step.repeat is None
        and not settled(state, step, now)
        and _wanted(state, step, facts)
    )


def _takes_down(step: Step) -> bool:
    """Whether it takes a notice of ours away."""
    return any(each is not None and each.verb in TAKES_DOWN for each in (step.act, step.check))


def _done_with(state: State, step: Step, now: int) -> bool:
    """Whether a critical step is nobody's to do any more: done, not needed, or given as done by the drill itself."""
    fact = state.of(step.name).standing
    given = fact is not None and fact.kind == "skip" and not fact.by
    return given or achieved(state, step) or folded(state, step, now)


def _passed_over(state: State, name: str) -> str:
    """Who skipped a step and why, as an approver must read it; empty when nobody did."""
    fact = state.of(name).standing
    return f" (skipped by {fact.by}: {fact.words})" if fact is not None and fact.kind == "skip" else ""


def _wanted(state: State, step: Step, facts: Facts) -> bool:
    return step.when is None or step.name in state.unfolded or evaluate(step.when.condition, facts) is True
