"""What is kept as evidence and where it lies; and a file that is brought in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.engine.exhibits import bring_in as bring
from console.linear.items import item_line
from console.places import Places, expanded
from console.report.exhibits import exhibits, unsaved, with_files
from console.report.record import read_entries

if TYPE_CHECKING:
    from console.linear.face import Face


async def evidence(face: Face, rest: str) -> None:
    """Everything that is kept, with its files."""
    del rest
    folder = Places.here().evidence(face.state.incident)
    entries = await read_entries(face.session.journal, face.state.incident)
    found = await asyncio.to_thread(with_files, exhibits(entries, face.state), folder)
    face.talk.head(f"Evidence is kept in {folder}." if found else "Nothing is kept as evidence yet.")
    for each in found:
        face.talk.say(*each.lines())
    left = unsaved(face.state)
    if left:
        face.talk.say(f"NOT SAVED: {', '.join(left)}.")


async def bring_in(face: Face, rest: str) -> None:
    """Bring a picture or a saved mail in: `bring in PATH`, or answer the questions."""
    typed = rest or await face.talk.ask("The file, a picture or a saved mail (.eml); Enter goes back")
    if not typed:
        return
    item, seen = await _shows(face)
    note = await face.talk.ask("What is to be said of it? Enter for nothing")
    folder = Places.here().evidence(face.state.incident)
    brought = await bring(
        face.session, face.officer, expanded(typed), folder, item=item, note=note, seen=seen
    )
    face.talk.say(brought.words())


async def _shows(face: Face) -> tuple[str, str]:
    """Which item it shows, or on which channel it is a false mail that is not on the list yet."""
    items = list(face.state.items.values())
    mailers = [each.name for each in face.state.playbook.channels if "mail" in each.kinds]
    options = ["None of these"] + [f"A false mail on {name}, not on the list yet" for name in mailers]
    options += [item_line(item, face.state) for item in items]
    place = await face.talk.pick("What does it show?", options, default=1)
    if place <= 1:
        return "", ""
    if place <= 1 + len(mailers):
        return "", mailers[place - 2]
    return items[place - 2 - len(mailers)].id, ""
