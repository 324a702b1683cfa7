"""After a mailing: bounces read back into it, and who was told written into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.places import Places, expanded
from console.report.told import export as write
from console.text import counted

if TYPE_CHECKING:
    from console.linear.face import Face


async def bounces(face: Face, rest: str) -> None:
    """Read a mailbox of bounces back: `bounces PATH`."""
    typed = rest or await face.talk.ask("The mailbox: an mbox, a maildir or a saved mail; Enter goes back")
    if not typed:
        return
    folder = Places.here().evidence(face.state.incident)
    told = await face.conductor.bounces(face.officer, expanded(typed), folder)
    face.talk.say(*told.lines())


async def export(face: Face, rest: str) -> None:
    """Write who was told into a file: `export FILE`."""
    steps = face.conductor.mailed_steps()
    if not steps:
        face.talk.say("No mailing has begun.")
        return
    typed = rest or await face.talk.ask(
        "Into which file? .csv for a spreadsheet, else NDJSON; Enter goes back"
    )
    if not typed:
        return
    path = expanded(typed)
    done = await write(face.conductor.told(steps[0]), path)
    face.talk.say(f"{counted(done.people, 'person', 'people')} of {steps[0]}: written to {path}")
