"""The verb that takes a way out: way-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import Offered, changes, incident_argument, who

if TYPE_CHECKING:
    from console.cli.seat import Seat


@click.command("way-out")
@incident_argument
@click.argument("step", type=Offered("way-out"), default="")
@changes
def way_out(incident: str, step: str, officer: str | None, *, as_json: bool) -> None:
    """Take a way out that is on offer: go to the step it leads to, which opens.

    Without STEP: the only one there is. incident show names each that is on offer. It completes nothing.
    """
    from console.cli.seat import move
    from console.incident.commands import Move

    by = who(officer)
    move(incident, by, lambda seat: Move(by=by, step=_offered(seat, step), way_out=True), as_json=as_json)


def _offered(seat: Seat, typed: str) -> str:
    """The step that was meant; raises Refused when none is on offer, or which one is not said."""
    from console.cli.printed import command
    from console.errors import Refused

    if typed:
        return seat.step(typed)
    ways = seat.session.board(seat.officer).ways
    if not ways:
        raise Refused("No way out is on offer.", do="incident show says what is.", code="not-offered")
    if len(ways) > 1:
        commands = (command("way-out", seat.state.incident, way.go, by=seat.officer) for way in ways)
        raise Refused("Several ways out are on offer.", do="\n".join(("Take one:", *commands)), code="which")
    return ways[0].go
