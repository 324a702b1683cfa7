"""Verbs that pass it on or end it: handover, close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import LINES, NAME, changes, incident_argument, who

if TYPE_CHECKING:
    from console.cli.seat import Seat


@click.command()
@incident_argument
@click.argument("to", type=NAME)
@click.option("--note", type=LINES, default="", help="What they must know first.")
@changes
def handover(incident: str, to: str, note: str, officer: str | None, *, as_json: bool) -> None:
    """Give the lead to TO, and print the one-page brief for them."""
    from console import settings as machine
    from console.cli.saying import data, out
    from console.cli.seat import run, seated
    from console.cli.telling import moved
    from console.incident.commands import HandOver
    from console.places import Places
    from console.report.brief import brief

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by) as seat:
            events = await seat.session.do(HandOver(by=by, to=to, note=note))
            contacts = machine.usable(Places.here().settings_file)[0].contacts
            page = brief(seat.state, seat.session.clock.now().wall, to, contacts)
            if as_json:
                data({**moved(seat, events), "brief": page})
            else:
                out(page)

    run(work())


@click.command()
@incident_argument
@click.option("--reason", type=LINES, default="", help="Why, when critical steps are open.")
@changes
def close(incident: str, reason: str, officer: str | None, *, as_json: bool) -> None:
    """Close an incident.

    With critical steps open it needs a reason, and an approver's code over exactly that reason: first
    incident approve ID @close --reason REASON, then this with the same reason.
    """
    from console.cli.saying import say
    from console.cli.seat import run, seated
    from console.cli.telling import told
    from console.incident.commands import Close
    from console.incident.deciding_close import THIS_IS_REAL, still_to_do

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by, prove=True) as seat:
            others = still_to_do(seat.state, seat.session.clock.now().wall)
            events = await seat.session.do(Close(by=by, reason=reason))
            await seat.conductor.settle()
            told(seat, events, as_json=as_json)
            if others and not as_json:
                say(f"Not done: {'; '.join(others)}.")
            if not seat.state.live and reason == THIS_IS_REAL:
                _for_real(seat)

    run(work())


def _for_real(seat: Seat) -> None:
    """How the real incident opens, of the playbook that was being rehearsed where it is on this machine's shelf."""
    from console.cli.printed import command
    from console.cli.saying import say
    from console.places import Places

    book = seat.state.playbook.id
    named = book if book in Places.here().shelf().ids() else "PLAYBOOK"
    say(
        f"The drill is over. Nothing of it is in the world. For real: {command('open', named, by=seat.officer)}"
    )
