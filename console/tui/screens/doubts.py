"""What we do not know, and mailings: looked into first, then asked; shown, stopped, gone on with."""

from __future__ import annotations

from console.errors import ConsoleError
from console.incident import commands as c
from console.incident.manifest import from_bytes
from console.incident.moment import hhmmss
from console.incident.outcome import mailing_step
from console.incident.planning import step_of
from console.incident.wordings import zone_of
from console.tui.screens.desk import Desk
from console.tui.screens.sending import confirmed
from console.tui.text import Part
from console.tui.views import outgoing
from console.tui.views.box import VERDICTS


def doubt(desk: Desk) -> None:
    """Settle a doubt: this step's, else the first there is."""
    box = desk.board.box
    here = box.step if box is not None and box.step in desk.board.doubts else ""
    step = here or (desk.board.doubts[0] if desk.board.doubts else "")
    if step:
        desk.flow(settle_doubt(desk, step))


async def settle_doubt(desk: Desk, step: str) -> None:
    """Look first, show what was seen and when, then ask: it happened, it did not, cannot tell yet."""
    from console.tui.widgets.choose import Choose

    seat = desk.seat
    effects = await seat.conductor.probe(seat.officer, step)
    zone = zone_of(seat.state)
    number = seat.state.playbook.numbers.get(step, "")
    for place, effect in enumerate(effects, 1):
        manifest = from_bytes(seat.state.plans[effect.digest].raw.encode())
        at = hhmmss(seat.session.clock.now().wall, zone)
        rows: list[tuple[Part, ...]] = [
            (("We do not know if it went out. It is never repeated by itself.", "danger"),),
            (("What happened  ", "muted"), f"{hhmmss(effect.at, zone)} {effect.reason}"),
            (
                ("Looked again   ", "muted"),
                f"{at} {effect.proof or 'nothing can be read back; look yourself'}",
            ),
            ("",),
            *outgoing.rows_of(manifest, seat.state, seat.session.clock.now().wall, whole=False),
        ]
        of = f" ({place} of {len(effects)}: {effect.item or effect.channel})" if len(effects) > 1 else ""
        title = f"IN DOUBT {number}{of}"
        taken = await desk.ask(Choose(title, rows, "Did it happen?", [each.words for each in VERDICTS]))
        if taken is None:
            return
        verdict = VERDICTS[taken].slug
        await desk.do(c.Resolve(by=seat.officer, step=step, verdict=verdict, effect=effect.id))


# -- mailings ----------------------------------------------------------------------------------------------------


async def show_mailing(desk: Desk, step: str) -> None:
    """How far it is, who is in doubt; stop it, or go on with those who were not tried."""
    from console.tui.screens.mailing import MailingScreen

    said = ""
    while taken := await desk.ask(MailingScreen(desk.seat, step, said)):
        if taken == "once-more":
            said = await _once_more(desk, step)
            continue
        said = ""
        await desk.seat.conductor.account(step)
        plan = desk.seat.state.plan_of(step)
        found = step_of(desk.seat.state, step)
        if plan is None:
            return
        typed = await confirmed(desk, found, from_bytes(plan.raw.encode()))
        if typed is not None:
            await desk.seat.conductor.act(desk.seat.officer, step, confirm=typed)
            desk.follow(step)


async def _once_more(desk: Desk, step: str) -> str:
    """Have those in doubt mailed once more; what came of it, or stands in the way, for the mailing's page that comes back."""
    from console.tui.screens.once_more import once_more

    try:
        return await once_more(desk, step)
    except ConsoleError as error:
        return " ".join(error.diagnostics().split("\n"))


def mailing(desk: Desk) -> None:
    """Show the mailing of this step, else the one that is on its way or was begun last."""
    state, box = desk.seat.state, desk.board.box
    own = box.step if box is not None and box.takes == "recipients" and state.effects_of(box.step) else ""
    step = own or mailing_step(state)
    if step and state.plan_of(step) is not None:
        desk.flow(show_mailing(desk, step))
    else:
        desk.say("No mailing has begun.")


def people(desk: Desk) -> None:
    """Choose the list of a mailing."""
    desk.flow(choose_people(desk))


async def choose_people(desk: Desk) -> None:
    """Read a file, show its report by line, have the count typed, then keep it."""
    from console.tui.screens.people import choose

    await choose(desk)
