"""A mailing of 2,400 in a drill: its count is typed, its progress can be left, it is stopped and gone on with."""

import re

from support_face import drill_face
from support_mailing import SEND, sending, turn_until

from console.incident import events as e


def done(face):
    found = re.search(r"([\d,]+) of 2,400", face.text)
    return int(found[1].replace(",", "")) if found else -1


async def test_a_mailing_is_watched_left_stopped_and_gone_on_with(tmp_path):
    async with drill_face(tmp_path, size=(80, 90)) as face:
        await sending(face)
        await face.wait("It is being carried out.")
        assert "NOTHING HAS BEEN SENT" not in face.text
        assert "DRILL, simulated: 7.5 is on its way" in face.text
        await face.press("enter")
        await face.wait("Mailing 7.5")
        await turn_until(face, lambda: done(face) > 100)
        assert "not tried yet" in face.text
        assert "in doubt" not in face.text  # they are on their way, nobody has to wonder yet
        assert "go on" not in face.text.splitlines()[-1]
        await face.press("escape")
        await face.wait("NOW 7.5")
        await face.wait(lambda: re.search(r"It is being carried out\. [\d,]+ of 2,400 people", face.text))
        assert "on its way" in face.text
        await face.press("enter")
        await face.wait("Mailing 7.5")
        await face.press("x")
        await face.wait("It stopped in the middle.")
        assert "it goes on" not in face.text
        assert "stop" not in face.text.splitlines()[-1].split()
        left = (await face.conductor.counts(SEND))["waiting"]
        assert any(isinstance(event, e.EffectInDoubt) and event.resumable for _, event in face.session.recent)
        await face.press("g")
        await face.wait("Type drill and how many it reaches")
        assert f"{left:,} people are left of 2,400" in face.text
        await face.type(f"drill {left}")
        await face.press("enter")
        await face.wait("Press s to go on")
        await face.press("s")
        await turn_until(face, lambda: face.session.state.effects_of(SEND)[0].status == "done")
        await face.wait("It is over: everybody on the list was tried.")
        assert "the mailing goes on" not in face.text
        counts = await face.conductor.counts(SEND)
        assert counts["waiting"] == 0
        doubtful = await face.conductor.doubtful(SEND)
        await face.wait(lambda: all(address in face.text for address in doubtful))
        await face.press("n")
        await face.wait(f"Refused, this mail did not reach them: {counts['refused']}")
        await face.press("f")
        await face.wait("Written to")
        kept = next((tmp_path / "texts").iterdir()).read_text()
        assert kept.startswith("EXERCISE")
        assert all(name in kept for name in [*doubtful, *await face.conductor.refused(SEND)])
        await face.press("escape")
        await face.wait("Mailing 7.5")
        assert max(face.world.outside.mailed.values()) == 1
        told = len(face.world.outside.mailed) + counts["refused"]
        assert told <= 2_400 <= told + len(doubtful)


async def test_a_mailing_is_held_and_goes_on(tmp_path):
    async with drill_face(tmp_path, size=(80, 90)) as face:
        await sending(face)
        await face.wait("It is being carried out.")
        await face.press("enter")
        await face.wait("Mailing 7.5")
        await turn_until(face, lambda: done(face) > 100)
        await face.wait(" a second, ")
        await face.press("h")
        await face.wait("It is held: nobody else is sent to.")
        await face.wait(lambda: "resume" in face.text.splitlines()[-1])
        held = None
        while held != (held := await face.conductor.counts(SEND)):  # the page on its way is finished
            face.clock.turn(1_000)
            await face.pilot.pause()
        for _ in range(20):
            face.clock.turn(1_000)
            await face.pilot.pause()
        assert await face.conductor.counts(SEND) == held
        await face.press("r")
        await face.wait("It is being sent.")
        await turn_until(face, lambda: done(face) > held["total"] - held["waiting"])
