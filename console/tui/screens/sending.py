"""From a step to the world: read once more, codes, the typed word, the moves by hand, and doubts. It decides nothing."""

from __future__ import annotations

from typing import Final

from console.incident.again import only_looks
from console.incident.manifest import Manifest, from_bytes
from console.incident.planning import confirmation, left_to_reach, step_of
from console.incident.whereto import step_words
from console.playbook.model import Step
from console.tui.screens.desk import Desk
from console.tui.screens.gates import open_gate
from console.tui.text import Part
from console.tui.views import outgoing

ARMED: Final = 2_000


async def send(desk: Desk, name: str, *, harm_now: str = "") -> None:
    """Show exactly what goes out, have the word typed, then do it or show the moves by hand."""
    seat = desk.seat
    step = step_of(seat.state, name)
    if not only_looks(step):
        plan = await seat.conductor.ask(seat.officer, name, harm_now=harm_now)
        typed = await confirmed(desk, step, from_bytes(plan.raw.encode()))
        if typed is None:
            return
        await seat.conductor.act(seat.officer, name, confirm=typed, digest=plan.digest, harm_now=harm_now)
    else:
        await seat.conductor.act(seat.officer, name)
    desk.follow(name)
    desk.refresh_board()


async def tell_shown(desk: Desk, name: str) -> None:
    """The moves by hand are on the screen: only from here on may they have been followed."""
    box = desk.board.box
    if box is not None and box.step == name and box.stage == "hands":
        await desk.attempt(desk.seat.conductor.shown(desk.seat.officer, name))
        copies = " t copies the text." if box.text is not None else ""
        desk.say(f"By hand, in the box above.{copies} When it is done, say what you see.")


async def confirmed(desk: Desk, step: Step, manifest: Manifest) -> str | None:
    """What was typed to let it go; None when the officer went back."""
    from console.tui.widgets.confirm import Confirm, Question

    state = desk.seat.state
    box = desk.board.box
    guided = box is not None and box.step == step.name and box.guided
    word = confirmation(state, step, manifest)
    if not state.live and not word:
        word = "drill"
    now = desk.seat.session.clock.now().wall
    left = left_to_reach(state, step, manifest)
    question = Question(
        f"{'SEND' if state.live else 'SIMULATE'} {step_words(state, step.name, now)}",
        outgoing.rows_of(
            manifest, state, now, guided=guided, ahead=True, left=left if left != manifest.reaches else 0
        ),
        word,
        counts=step.confirm == "count",
        verb=outgoing.verb_of(manifest, state, guided=guided),
        armed=ARMED,
        ends=outgoing.leaves(state),
    )
    sent = await desk.ask(Confirm(question, desk.app_mode))
    if not sent:
        desk.say("NOTHING HAS BEEN SENT." if state.live else "DRILL: nothing has been simulated.")
        return None
    return word if confirmation(state, step, manifest) else ""


async def through_gate(desk: Desk, name: str, *, harm_now: str = "") -> None:
    """Collect the codes, then go on to sending, which is a move of its own."""
    if await open_gate(desk, name, harm_now=harm_now):
        await send(desk, name, harm_now=harm_now)


def gate(desk: Desk) -> None:
    """Ask for the codes of the boxed step."""
    if desk.board.box is not None:
        desk.flow(through_gate(desk, desk.board.box.step))


def harm_now(desk: Desk) -> None:
    """Remove before it is saved, with a reason."""
    box = desk.board.box
    if box is None or box.takes != "items" or not box.unsaved:
        desk.say("Nothing here waits to be saved.")
        return
    desk.flow(_harm_now(desk, box.step))


async def _harm_now(desk: Desk, step: str) -> None:
    from console.tui.widgets.form import Field, Form

    async def taken(values: object) -> None:
        del values

    rows: list[tuple[Part, ...]] = [(("What is removed before it is saved is lost as evidence.", "late"),)]
    fields = [Field("reason", "What harm does it do at this moment?", needed=True)]
    values = await desk.ask(Form("Harm now", rows, fields, taken, "read it once more, then remove"))
    if values is not None:
        box = desk.board.box
        if box is not None and box.gated:
            await through_gate(desk, step, harm_now=values["reason"])
        else:
            await send(desk, step, harm_now=values["reason"])
