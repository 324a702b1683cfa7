"""What was mailed before by whom: which ledger the next mailing of a step is kept in. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.able import kind_name
from console.incident.facts import phase_of, takes
from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import MailingList, Plan, State
    from console.playbook.model import Step


MAILS: Final = ("mail", "mynewsdesk")  # the kinds whose items can be mails to subscribers


def false_mail(state: State, channel: str) -> str:
    """The Message-ID of the false mail that a mail from this channel is shown under; empty where none is known.

    It is the earliest of those that were brought in: of the channel itself, else of another that mails subscribers.
    """
    found = []
    for kept in state.files:
        item = state.items.get(kept.item)
        if kept.message_id and item is not None and item.bogus and _mails(state, item.channel, channel):
            found.append((item.channel != channel, item.first_seen or item.at, kept.at, kept.message_id))
    return min(found)[-1] if found else ""


def _mails(state: State, name: str, channel: str) -> bool:
    return name == channel or kind_name(state, name) in MAILS


def ledger_for(state: State, step: Step, chosen: str) -> str:
    """The ledger of the step's next mailing to a list: the chosen one, or, where another mailing uses that, one of its own."""
    for plan in state.plans.values():
        if plan.started and from_bytes(plan.raw.encode()).recipients == chosen:
            now = len([fact for fact in state.of(step.name).history if fact.kind == "answer"])
            if plan.step == step.name and (step.repeat is None or _round(state, plan) == now):
                return chosen
            return f"{chosen}/{step.name}" + (f".{now}" if step.repeat is not None else "")
    return chosen


def mailed_before(state: State, manifest: Manifest) -> tuple[Plan, ...]:
    """Started plans of the same step and round that mailed to another ledger: a list that was chosen before this one."""
    step = state.playbook.step(manifest.step)
    own = next((each for each in state.plans.values() if from_bytes(each.raw.encode()) == manifest), None)
    return tuple(
        plan
        for plan in state.plans.values()
        if plan.step == manifest.step
        and plan.started
        and from_bytes(plan.raw.encode()).recipients not in ("", manifest.recipients)
        and (step is None or step.repeat is None or own is None or _round(state, plan) == _round(state, own))
    )


def counted_list(state: State, step: Step) -> MailingList | None:
    """The chosen list whose people a step asks the officer to count: the one that its phase mails to."""
    phase = phase_of(state, step)
    if phase is None or step.act is not None or step.check is not None:
        return None
    if step.answer is None or step.answer.kind != "number":
        return None
    mails = (each.act for each in phase.steps if each.act is not None and takes(state, each) == "recipients")
    return next((found for act in mails if (found := state.lists.get(act.channel)) is not None), None)


def newest_mailing(state: State, channel: str) -> str:
    """The ledger of the newest mailing that was begun on a channel; empty when there was none."""
    for plan in reversed(list(state.plans.values())):
        manifest = from_bytes(plan.raw.encode()) if plan.started else None
        if manifest is not None and manifest.channel == channel and manifest.recipients and manifest.targets:
            return manifest.recipients
    return ""


def _round(state: State, plan: Plan) -> int:
    """How many rounds of its step were answered when the plan was made."""
    history = state.of(plan.step).history
    return len([fact for fact in history if fact.kind == "answer" and fact.at <= plan.at])
