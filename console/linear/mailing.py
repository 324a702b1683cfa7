"""A mailing that is on its way, in plain lines: how far it is, held, gone on with, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.once_more import not_twice
from console.incident.outcome import mailing_on_its_way, mailing_step
from console.text import visible

if TYPE_CHECKING:
    from console.linear.face import Face


async def hold(face: Face, rest: str) -> None:
    """Hold the mailing that is on its way."""
    del rest
    step = mailing_on_its_way(face.state)
    await face.conductor.hold(face.officer, step)
    face.talk.say("HELD: nobody else is sent to until it goes on: resume.")


async def resume(face: Face, rest: str) -> None:
    """Go on with a mailing that is held."""
    del rest
    step = mailing_on_its_way(face.state)
    await face.conductor.let_go(face.officer, step)
    face.talk.say(f"The mailing goes on. {not_twice(face.state, step)}")


async def stop_mailing(face: Face, rest: str) -> None:
    """Stop the mailing that is on its way, between two messages."""
    del rest
    step = mailing_on_its_way(face.state)
    if not step:
        face.talk.say("No mailing is on its way.")
        return
    await face.conductor.halt(step)
    far = await face.conductor.how_far(step)
    face.talk.say("Stopped between two messages; it can go on later.", *([f"{far.line()}."] if far else []))


async def far(face: Face, rest: str) -> None:
    """How far the mailing is, and why people were refused."""
    del rest
    step = mailing_step(face.state)
    found = await face.conductor.how_far(step) if step else None
    if found is None:
        face.talk.say("No mailing has been carried out.")
        return
    refused = [f"Refused: {visible(each)}" for each in found.why_refused()]
    face.talk.say(f"{found.line()}.", *refused, *([visible(found.note)] if found.note else []))
