"""After a mailing: bounces read back into it, and who was told written into a file."""

from __future__ import annotations

from collections.abc import Mapping

from console.errors import Refused
from console.places import Places, expanded
from console.report.told import export as write
from console.text import counted
from console.tui.screens.desk import Desk
from console.tui.widgets.form import Field, Form
from console.tui.widgets.help import Page

READ = "It is kept as evidence. Nothing is sent because of a bounce; read twice, it changes nothing."
WRITTEN = "A line a person: NDJSON is the record; a name that ends in .csv makes a view for a spreadsheet."


def bounces(desk: Desk) -> None:
    """Read a mailbox of bounces back."""
    desk.flow(_bounces(desk))


async def _bounces(desk: Desk) -> None:
    seat = desk.seat
    folder = Places(seat.folder, seat.folder).evidence(seat.state.incident)
    told: list[str] = []

    async def submit(values: Mapping[str, str]) -> None:
        found = await seat.conductor.bounces(seat.officer, expanded(values["path"]), folder)
        told[:] = found.lines()

    fields = [Field("path", "The mailbox: an mbox, a maildir, or a saved mail.", needed=True)]
    await desk.ask(Form("Read bounces back", [(READ,)], fields, submit, "read it; nothing is sent"))
    if told:
        await desk.ask(Page(desk.app_mode, "Bounces", [(line,) for line in told]))


def export(desk: Desk) -> None:
    """Write who was told into a file."""
    desk.flow(_export(desk))


async def _export(desk: Desk) -> None:
    seat = desk.seat
    steps = seat.conductor.mailed_steps()
    if not steps:
        raise Refused("No mailing has begun.")
    told: list[str] = []

    async def submit(values: Mapping[str, str]) -> None:
        path = expanded(values["path"])
        done = await write(seat.conductor.told(steps[0]), path)
        told.append(f"{counted(done.people, 'person', 'people')} of {steps[0]}: written to {path}")

    fields = [Field("path", "Into which file? One that is not there yet.", needed=True)]
    await desk.ask(Form("Who was told", [(WRITTEN,)], fields, submit, "write it"))
    if told:
        desk.say(told[-1])
