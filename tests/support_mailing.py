"""A drill's mailing from the screen: everything before it, and the relay's time."""

from __future__ import annotations

from console.incident import commands as c

SEND = "notify-subscribers/send"


async def sending(face):
    """Everything up to the letter that sends."""
    await face.do(c.Waive(by="Reid", step=SEND, reason="begins in the middle"))
    await face.to(SEND)
    await face.wait("2,400 people")
    await face.press("enter")
    await face.wait("Code of Reid")
    await face.type(face.code("Reid"))
    await face.press("enter")
    await face.wait("Who gives the second person's code?")
    await face.press("3", "enter")
    await face.wait("How many people is it for?")
    await face.type("2,401")
    await face.press("enter")
    await face.wait("2,401 was said.")
    await face.press(*["backspace"] * 5)
    await face.type("2,400")
    await face.press("enter")
    await face.wait("Code of Lindqvist")
    assert "2,400 people" in face.text
    await face.type(face.code("Lindqvist"))
    await face.press("enter")
    await face.wait("Type drill and how many it reaches")
    await face.type("drill 2,400")
    await face.press("enter")
    await face.wait("Press s to go on")
    await face.press("s")


async def turn_until(face, holds):
    """Let the relay's time pass in small steps until something is so."""
    for _ in range(2_000):
        if holds():
            return
        face.clock.turn(50)
        await face.pilot.pause()
    raise AssertionError(face.text)
