"""What a caller says stands until it could be read, keeps who said it, and is in the log for good."""

import pytest
from support_face import MINUTE, VOICE, drill_face, live_face, until

from console.incident import commands as c
from console.tui.views import voices
from console.tui.views.voices import READ_MS, STANDS_MS, Voice

CHIEF = c.Inject(
    inject="voice",
    via="call",
    sender="Superintendent with an account of his own",
    say="EXERCISE I can post to my followers. What are the words?",
)
DESK = c.Inject(
    inject="newsdesk", via="call", sender="BBC newsdesk", say="EXERCISE Is it you? Is anyone hurt?"
)
ROOM = c.Inject(
    inject="emergency",
    via="call",
    sender="Control room",
    say="EXERCISE We have a big crash and may need the account to warn people. Is it ours yet?",
)


async def test_a_caller_is_not_lost_with_the_next_key(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.do(DESK)
        await face.wait("call from BBC newsdesk: EXERCISE Is it you? Is anyone hurt?")
        for key in ("j", "k", "down", "1", "l", "escape"):
            await face.press(key)
        await face.wait("call from BBC newsdesk: EXERCISE Is it you? Is anyone hurt?")
        await face.press("escape")
        await face.wait(lambda: "BBC newsdesk" not in face.text or "EXERCISE call BBC" in face.text)
        assert "call from BBC" not in face.text


async def test_an_enter_that_was_meant_for_the_box_takes_no_caller_away(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.press("1")
        await face.do(DESK)
        await face.press("enter")
        await face.wait("NOW 1.2")
        assert "call from BBC newsdesk" in face.text


async def test_an_enter_after_it_could_be_read_does(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.press("1")
        await face.do(DESK)
        face.fingers.turn(READ_MS)
        await face.wait(lambda: face.app.screen.looking.voices[0].shown >= READ_MS)
        await face.press("enter")
        await face.wait(lambda: "NOW 1.2" in face.text and "call from BBC" not in face.text)


async def test_it_goes_by_itself_after_a_minute_on_the_screen(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.do(DESK)
        await face.wait("call from BBC newsdesk")
        face.fingers.turn(STANDS_MS)
        await face.wait(lambda: "call from BBC" not in face.text)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
async def test_several_callers_keep_their_names(tmp_path, size):
    async with drill_face(tmp_path, size=size) as face:
        for command in (CHIEF, DESK, ROOM):
            await face.do(command)
        for name in (
            "call from Superintendent with an account",
            "call from BBC newsdesk",
            "call from Control room",
        ):
            await face.wait(name)


async def test_an_alarm_stands_too(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.app.screen.hear("ALARM the clock went back by 3m")
        await face.press("j", "k")
        assert "ALARM the clock went back by 3m" in face.text


async def test_enter_on_a_row_of_the_log_shows_it_whole(tmp_path):
    long = (
        "called IT, and they said that " + "the phone of the person on call rings in an office " * 3 + "END"
    )
    async with live_face(tmp_path, before=(c.Note(by="Reid", text=long),)) as face:
        await face.press("l")
        await face.wait("Enter shows one whole")
        await face.press("end")
        while "note: called IT" not in next(
            row for row in face.text.split("\n") if row.strip().startswith(">")
        ):
            await face.press("up")
        assert "END" not in face.text
        await face.press("enter")
        await face.wait("END")
        assert "Who   Reid" in face.text
        await face.press("escape")
        await face.wait("Enter shows one whole")


@pytest.mark.parametrize("room", range(1, 6))
@pytest.mark.parametrize("width", [40, 57, 77])
def test_however_little_room_there_is_every_voice_shown_begins_with_its_name(room, width):
    said = tuple(Voice(f"call from {name}: {'words ' * 20}") for name in ("A", "B", "C", "D"))
    found = ["".join(part[0] for part in row) for row in voices.rows(said, width, room)]
    assert len(found) == room
    assert all(len(row) <= width for row in found)
    whole = room >= 4
    for name in ("A", "B", "C", "D") if whole else ("D",):
        assert any(row.startswith(f"call from {name}:") for row in found)
    assert whole or room == 1 or "more called; l" in found[0]


def test_what_stood_long_enough_goes_and_what_nobody_could_read_stays():
    said = (Voice("old", STANDS_MS - 1), Voice("new"))
    assert [voice.words for voice in voices.older(said, 1)] == ["new"]
    assert [voice.words for voice in voices.unread((Voice("read", READ_MS), Voice("new")))] == ["new"]
    assert MINUTE == STANDS_MS
