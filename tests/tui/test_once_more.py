"""Those in doubt of a drill's mailing are mailed once more, from the mailing's page: named, with two codes, their number and a reason."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace
from support_face import drill_face
from support_mailing import SEND, sending, turn_until

from console.incident import events as e


async def over(face):
    """The mailing went out; its page is in front, with somebody in doubt."""
    face.world.outside.odds = replace(face.world.outside.odds, fail=0, doubt=0, unanswered=0.004)
    await sending(face)
    await face.wait("It is being carried out.")
    await face.press("enter")
    await face.wait("Mailing 7.5")
    await turn_until(face, lambda: face.session.state.effects_of(SEND)[0].status in ("done", "interrupted"))
    await face.wait("In doubt, by name:")
    return await face.conductor.doubtful(SEND)


async def gate(face, many):
    face.clock.turn(30_000)
    await face.wait("Code of Reid")
    await face.type(face.code("Reid"))
    await face.press("enter")
    await face.wait("Who gives the second person's code?")
    await face.press("3", "enter")
    await face.wait("How many people is it for?")
    await face.type(many)
    await face.press("enter")
    await face.wait("Code of Lindqvist")
    await face.type(face.code("Lindqvist"))
    await face.press("enter")


async def test_they_are_named_approved_and_mailed_once_more(tmp_path):
    async with drill_face(tmp_path, size=(80, 90)) as face:
        doubtful = await over(face)
        before, many = Counter(face.world.outside.mailed), str(len(doubtful))
        await face.press("m")
        await face.wait("MAIL ONCE MORE 7.5")
        assert "SOME OF THEM MAY GET IT TWICE" in face.text
        assert doubtful[0] in face.text
        await face.type("no answer")
        await face.press("enter", "enter")
        await face.wait("Code of Reid")
        assert "MAIL ONCE MORE to everybody in doubt." in face.text
        assert doubtful[0] in face.text
        await gate(face, many)
        await face.wait("Type drill and how many it reaches")
        await face.type(f"drill {many}")
        await face.press("enter")
        await face.wait("Press s to go on")
        assert face.world.outside.mailed == before
        await face.press("s")
        await face.wait("They wait to be mailed")
        assert any(isinstance(event, e.OnceMore) for _, event in face.session.recent)
        left = (await face.conductor.counts(SEND))["waiting"]
        await face.press("g")
        await face.wait("Type drill and how many it reaches")
        await face.type(f"drill {left}")
        await face.press("enter")
        await face.wait("Press s to go on")
        await face.press("s")
        await turn_until(face, lambda: face.session.state.effects_of(SEND)[0].status == "done")
        twice = {address for address, times in face.world.outside.mailed.items() if times > 1}
        assert twice
        assert twice <= set(doubtful)


async def test_who_goes_back_mails_nobody_and_finds_it_asked_for(tmp_path):
    async with drill_face(tmp_path, size=(80, 90)) as face:
        await over(face)
        await face.press("m")
        await face.wait("MAIL ONCE MORE 7.5")
        await face.press("escape")
        await face.wait("NOBODY HAS BEEN MAILED ONCE MORE.")
        await face.press("m")
        await face.wait("MAIL ONCE MORE 7.5")
        await face.type("why")
        await face.press("enter")
        await face.type("nobody@example.org")
        await face.press("enter")
        await face.wait("not in doubt: nobody@example.org")
        await face.press(*["backspace"] * 18)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.press("escape")
        await face.wait("NOBODY HAS BEEN MAILED ONCE MORE.")
        await face.press("m")
        await face.wait("Go on with it?")
        assert "Because: why" in face.text
        await face.press("1", "enter")
        await face.wait("Code of Reid")
