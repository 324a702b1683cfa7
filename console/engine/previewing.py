"""The whole mail of a step as it would travel, for a person to read before anything is approved. Nothing is written or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.channels.address import Bad, normalise
from console.engine.effects import order_of
from console.engine.ledger import JournalLedger
from console.errors import BadInput, Refused
from console.incident.manifest import from_bytes
from console.incident.planning import MAILED, manifest_for, stale, step_of
from console.incident.state import Effect
from console.text import visible

if TYPE_CHECKING:
    from console.engine.session import Session
    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.playbook.model import Step

NOBODY: Final = "somebody@example.org"


def mailing_step(state: State, slug: str, step: str = "") -> str:
    """The step that mails this text: `step` if it does, else one to the list before any other; empty where none does."""
    mails = [
        each
        for each in state.playbook.steps()
        if each.act is not None
        and each.act.verb in MAILED
        and slug in (each.text, each.arguments.get("text", ""))
    ]
    if step in (each.name for each in mails):
        return step
    return max(mails, key=lambda each: each.act is not None and each.act.verb == "send").name if mails else ""


async def as_sent(session: Session, by: str, step: str, to: str = "") -> str:
    """The step's mail to one person: its envelope, headers and parts.

    Args:
        session: the incident's.
        by: who reads it, for the words that name the officer.
        step: its full name; from `mailing_step`, where it may be empty.
        to: an address; else the first on the list, else where it goes anyway.

    Raises:
        Refused: the step mails nothing here, or its words cannot be a mail.
        BadInput: `to` is no address.
    """
    if not step:
        raise Refused("No step mails these words.", do="Ask for it at a step that mails.", code="no-mail")
    found = step_of(session.state, step)
    if found.act is None or found.act.verb not in MAILED:
        raise Refused(f"{step} mails nothing.", do="Ask for it at a step that mails.", code="no-mail")
    make = getattr(
        session.channels.get(found.act.channel), "as_sent", None
    )  # only what makes mails itself has it
    if make is None:
        why = "it is mailed by hand" if session.state.live else "a drill makes no mail"
        raise Refused(
            f"There is no mail to show: {why}.",
            do=f"incident text shows the words of {step}.",
            code="no-mail",
        )
    manifest = _manifest(session, found, by)
    address = to or await _first(session, manifest)
    checked = normalise(address)
    if isinstance(checked, Bad):
        raise BadInput(f"{visible(address)} is no address: {checked.words}.")
    target = manifest.targets[0]
    at = session.clock.now().wall
    order = order_of(
        manifest, target, Effect(id=target.effect, step=step, digest="", status="intended", at=at)
    )
    try:
        return str(make(order, checked))
    except ValueError as error:
        raise Refused(str(error), do="Change the words.", code="no-mail") from error


def _manifest(session: Session, step: Step, by: str) -> Manifest:
    """What is planned, or would be."""
    now = session.clock.now().wall
    plan = session.state.plan_of(step.name)
    if plan is not None and not stale(plan, now):
        return from_bytes(plan.raw.encode())
    return manifest_for(session.state, step, by, now, "")


async def _first(session: Session, manifest: Manifest) -> str:
    """Somebody it goes to: whom it names, else the first on the list that was chosen."""
    named = manifest.arguments.get("to", "").partition(",")[0].strip()
    if named:
        return named
    chosen = session.state.lists.get(manifest.channel)
    if chosen is not None:
        async for recipient in JournalLedger(session.journal, chosen.ledger).people():
            return recipient.address
    return NOBODY
