"""What is kept as evidence and where it lies; and a file that is brought in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from console.engine.exhibits import Brought
from console.engine.exhibits import bring_in as bring
from console.places import Places, expanded
from console.report.exhibits import exhibits, with_files
from console.report.record import read_entries
from console.tui.screens.desk import Desk
from console.tui.text import Part
from console.tui.widgets.form import Field, Form
from console.tui.widgets.help import Page

Rows = list[tuple[Part, ...]]


def _folder(desk: Desk) -> Path:
    return Places(desk.seat.folder, desk.seat.folder).evidence(desk.seat.state.incident)


def evidence(desk: Desk) -> None:
    """What is saved and where it lies, and what is not."""
    desk.flow(_evidence(desk))


async def _evidence(desk: Desk) -> None:
    state, board, folder = desk.seat.state, desk.board, _folder(desk)
    entries = await read_entries(desk.seat.session.journal, state.incident)
    found = await asyncio.to_thread(with_files, exhibits(entries, state), folder)
    counts = f"Saved: {board.items_saved} of {board.items} that are false. Still up: {board.items_left}."
    rows: Rows = [((counts, "strong"),)]
    for item in state.items.values():
        if item.bogus and not item.saved:
            words = f"{item.channel}  {item.words or item.link}"
            rows.append((("NOT SAVED ", "late"), (f"{item.id:<5}", "strong"), words))
    if found:
        rows += [(("Kept in   ", "muted"), str(folder)), ("",)]
    for each in found:
        first, *files = each.lines()
        rows += [(first,), *(((name, "muted"),) for name in files)]
    await desk.ask(Page(desk.app_mode, "Evidence", rows))


def bring_in(desk: Desk) -> None:
    """Bring a picture or a saved mail in."""
    desk.flow(_bring_in(desk))


async def _bring_in(desk: Desk) -> None:
    seat = desk.seat
    items = [
        (item.id, f"{item.id} {item.channel}  {(item.words or item.link)[:48]}")
        for item in seat.state.items.values()
    ]
    mailers = [(each.name, each.name) for each in seat.state.playbook.channels if "mail" in each.kinds]
    brought: list[Brought] = []

    async def submit(values: Mapping[str, str]) -> None:
        brought.append(
            await bring(
                seat.session,
                seat.officer,
                expanded(values["path"]),
                _folder(desk),
                item=values.get("item", ""),
                note=values["note"],
                seen=values.get("seen", ""),
            )
        )

    fields = [Field("path", "The file: a picture of a screen, or a saved mail (.eml).", needed=True)]
    if items:
        fields.append(Field("item", "Which item does it show? Empty: none of these.", "", items))
    fields.append(Field("note", "What is to be said of it? May stay empty."))
    if mailers:
        fields.append(Field("seen", "Is it a false mail that is not listed yet? Empty: no.", "", mailers))
    rows: Rows = [("It is copied and kept under its SHA-256. It stays where it is as well.",)]
    await desk.ask(Form("Bring a file in", rows, fields, submit, "keep it"))
    if brought:
        desk.say(brought[-1].words())
