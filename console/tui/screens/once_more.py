"""Mailing those in doubt once more: who they are, why, the codes, their number; then the mailing goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.incident.manifest import from_bytes
from console.incident.once_more import MAY_TWICE
from console.incident.planning import confirmation, step_of
from console.text import counted
from console.tui.screens.desk import Desk
from console.tui.screens.gates import collect
from console.tui.text import Part
from console.tui.views import outgoing
from console.tui.widgets.confirm import Confirm, Question
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.incident.state import Plan

NOBODY = "NOBODY HAS BEEN MAILED ONCE MORE."
ARMED = 2_000


async def once_more(desk: Desk, step: str) -> str:
    """From who is in doubt to the ledger that lets them be mailed; what is said of it then. Nothing is sent by it."""
    conductor = desk.seat.conductor
    plan = await _asked_already(desk, step)
    if plan is None:
        await conductor.follow(step)
        doubtful = await conductor.doubtful(step)
        if not doubtful:
            return "Nobody is in doubt any more."
        plan = await _asked(desk, step, doubtful)
    if plan is None:
        return NOBODY
    named = outgoing.by_name(await conductor.named(plan))
    if not await collect(desk, plan.step, plan.digest, named):
        return NOBODY
    typed = await _confirmed(desk, plan, named)
    if not typed:
        return NOBODY
    await conductor.once_more(desk.seat.officer, step, confirm=typed, digest=plan.digest)
    return "They wait to be mailed, and nobody else who was tried. NOTHING HAS BEEN SENT yet."


async def _asked_already(desk: Desk, step: str) -> Plan | None:
    """What somebody asked for that still stands, when the officer goes on with it."""
    from console.tui.widgets.choose import Choose

    plan = await desk.seat.conductor.asked_once_more(step)
    if plan is None:
        return None
    manifest = from_bytes(plan.raw.encode())
    rows: list[tuple[Part, ...]] = [
        (
            f"{plan.by} asked for {counted(manifest.reaches, 'person', 'people')} in doubt to be mailed once more.",
        ),
        (f"Because: {manifest.answer}",),
        *outgoing.by_name(await desk.seat.conductor.named(plan)),
    ]
    taken = await desk.ask(
        Choose(_title(desk, step), rows, "Go on with it?", ["Go on with it", "Ask for it anew"])
    )
    return plan if taken == 0 else None


async def _asked(desk: Desk, step: str, doubtful: list[str]) -> Plan | None:
    seat = desk.seat
    made: list[Plan] = []

    async def submit(values: Mapping[str, str]) -> None:
        only = values["only"].replace(",", " ").split()
        made.append(await seat.conductor.ask_once_more(seat.officer, step, values["reason"], only))

    rows: list[tuple[Part, ...]] = [((MAY_TWICE, "danger"),), *outgoing.by_name(doubtful)]
    fields = [
        Field("reason", "Why are they mailed once more?", needed=True),
        Field("only", "Only some of them: their addresses. Empty is everybody in doubt."),
    ]
    await desk.ask(Form(_title(desk, step), rows, fields, submit, "go to the codes; nothing is sent"))
    return made[-1] if made else None


async def _confirmed(desk: Desk, plan: Plan, named: outgoing.Rows) -> str:
    """What was typed to have it done; empty when the officer went back."""
    state, manifest = desk.seat.state, from_bytes(plan.raw.encode())
    word = confirmation(state, step_of(state, plan.step), manifest)
    rows = [*outgoing.rows_of(manifest, state, desk.seat.session.clock.now().wall, whole=False), *named]
    question = Question(
        f"MAIL ONCE MORE {state.playbook.numbers.get(manifest.step, '')}".strip(),
        rows,
        word,
        counts=True,
        verb="Let them be mailed once more",
        armed=ARMED,
        ends="nothing is sent yet",
    )
    return word if await desk.ask(Confirm(question, desk.app_mode)) else ""


def _title(desk: Desk, step: str) -> str:
    return f"MAIL ONCE MORE {desk.seat.state.playbook.numbers.get(step, step)}"
