"""What the screen shows of the watch: where the console does not look, in words, and what waits to be judged, rung for once."""

from __future__ import annotations

import pytest
from support_face import MINUTE, live_face

from console.incident import commands as c

CONNECTED = c.Configure(configured={"account": "x", "website": "website"})
LOST = "NOT WATCHING account yet, website yet. Look there yourself."


def find(number):
    return c.See(
        channel="account",
        link=f"https://x.com/{number}",
        words=f"Post {number}",
        verdict="unknown",
        source="watch",
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20), (50, 14)], ids=str)
async def test_a_lost_watch_stands_in_the_head_until_it_is_back(tmp_path, size):
    async with live_face(tmp_path, size=size, before=[CONNECTED]) as face:
        await face.wait("NOW")
        assert "NOT WATCHING" not in face.text
        face.clock.turn(10 * MINUTE)
        await face.wait("NOT WATCHING account yet")
        assert len(face.text.split("\n")) == size[1]
        assert (LOST in face.text) is (size[0] >= 80)  # what to do goes before where it is
        await face.do(c.Look(channels=("account", "website"), source="watch"))
        await face.wait(lambda: "NOT WATCHING" not in face.text)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)], ids=str)
async def test_a_lost_watch_and_why_stand_in_one_line_where_they_fit(tmp_path, size):
    async with live_face(tmp_path, size=size, before=[c.Configure(configured={"account": "x"})]) as face:
        face.session.channels["account"].notes = {"watch": "The credits are used up."}
        await face.wait("account: could not be read at the last look.")
        face.clock.turn(10 * MINUTE)
        await face.wait("NOT WATCHING account yet")
        why = "NOT WATCHING account yet: The credits are used up. Look there yourself."
        assert (why in face.text) is (size[0] >= 80)
        assert "at the last look" not in face.text


async def test_many_lost_channels_are_counted_where_they_have_no_room(tmp_path):
    many = dict.fromkeys(("account", "voice", "newsroom", "website"), "x")
    looked = c.Look(channels=tuple(many), source="watch")
    async with live_face(tmp_path, size=(80, 24), before=[c.Configure(configured=many), looked]) as face:
        face.clock.turn(10 * MINUTE)
        await face.wait("NOT WATCHING 4 channels: account since 23:18, ")
        rows = face.text.split("\n")
        assert max(map(len, rows)) <= 80
        assert any(row.rstrip().endswith("...") for row in rows if "NOT WATCHING" in row)


async def test_what_waits_to_be_judged_stands_first_with_the_key_that_leads_there(tmp_path):
    async with live_face(tmp_path, before=[CONNECTED]) as face:
        await face.do(find(1))
        await face.wait("STREAM 1 new, not judged: ^P items | NOTICE NOT SENT YET | UPDATE due 23:48")
        await face.do(c.Mark(by="Reid", item="i1", verdict="bogus"))
        await face.wait("STREAM still posting")


async def test_it_rings_once_for_what_one_look_found_and_again_for_the_next(tmp_path):
    async with live_face(tmp_path, before=[CONNECTED]) as face:
        await face.wait("NOW")
        rang = []
        face.app.bell = lambda: rang.append(1)
        for number in range(5):
            await face.do(find(number))
        assert len(rang) == 1
        face.fingers.turn(30_000)
        await face.do(find(9))
        assert len(rang) == 2
        await face.do(c.See(by="Reid", channel="account", link="mine", verdict="unknown"))
        assert len(rang) == 2


async def test_what_was_changed_says_which_one_it_was_and_the_old_one_which_it_is(tmp_path):
    async with live_face(tmp_path, size=(120, 40), before=[CONNECTED]) as face:
        await face.do(find(1))
        changed = c.See(
            channel="account",
            link="https://x.com/1",
            words="Changed: Send money",
            verdict="unknown",
            source="watch",
            instead="i1",
        )
        await face.do(changed)
        await face.wait("NEW on account, not from this incident: i2 (was i1).")
        await face.wait("STREAM 1 new, not judged")
        face.app.screen.lend("items")()
        await face.wait("changed")
        await face.press("enter")
        await face.wait(lambda: "Stands now" in face.text and "checked from outside" in face.text)
