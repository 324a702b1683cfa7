"""Every address of a step done by hand is printed whole in the plain face, in live alone."""

from __future__ import annotations

import pytest
from linear.test_live import live, walk
from support_drill import drill
from support_linear import Officer

from console.incident import commands as c
from console.linear.run import run_linear

HOAX = "https://news.example/pressreleases/free-da-noble-2888001"
EDITOR = "https://publish.mynewsdesk.com/met/publish/pressreleases/edit/2888001"


def told(by="Reid"):
    for step, value in (
        ("confirm/look", "false-posts"),
        ("confirm/save", "all"),
        ("contain/cut-link", "gone"),
    ):
        yield c.Answer(by=by, step=step, value=value)


async def test_a_take_down_by_hand_prints_the_page_and_the_editor():
    async with live() as d:
        await d.session.do(c.Configure(configured={}, by_hand=(), fields={"newsroom.account-id": "met"}))
        await d.session.do(c.See(by="Reid", channel="newsroom", words="bogus", link=HOAX))
        for command in told():
            await d.session.do(command)
        await d.session.do(c.Move(by="Reid", step="remove/newsroom"))
        typist = await walk(d, "a", "1", "q")
        lines = typist.said.splitlines()
        assert f"Item i1, see it at {HOAX}" in lines
        assert f"Item i1, edit it at {EDITOR}" in lines
        assert lines.index("Item i1 on newsroom: bogus") > next(
            place for place, line in enumerate(lines) if line.startswith("Move 1: ")
        )


async def test_saving_by_hand_prints_every_page():
    async with live() as d:
        await d.session.do(c.See(by="Reid", channel="newsroom", words="bogus", link=HOAX))
        await d.session.do(c.Move(by="Reid", step="confirm/save"))
        typist = await walk(d, "a", "send", "q")
        assert f"Item i1, see it at {HOAX}" in typist.said


async def test_handing_over_names_the_commands():
    async with live() as d:
        await d.session.do(c.Move(by="Reid", step="close/evidence"))
        box = d.session.board("Reid").box
        assert any("copy-to FOLDER" in move for move in box.guide)


@pytest.mark.parametrize("step", ["confirm/save", "remove/newsroom"])
async def test_a_drill_prints_words_and_no_address(tmp_path, step):
    async with drill(tmp_path / "practice.db") as d:
        await d.session.do(c.See(by="Reid", channel="newsroom", words="bogus", link=HOAX))
        await d.session.do(c.Move(by="Reid", step=step))
        typist = Officer(d, "r", "q")
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out)
        assert "https://" not in typist.said
