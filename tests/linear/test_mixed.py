"""An act of which the console does a part and a person's hands the rest, in plain lines."""

from __future__ import annotations

from support_conductor import SCOPE, Scripted, standing
from support_drill import Drilled
from support_linear import Officer

from console.incident import commands as c
from console.linear.run import run_linear


class Quiet:
    """Stands where a drill has its world."""

    async def beat(self):
        """Nothing is scripted."""


async def test_the_moves_by_hand_count_as_shown_once_they_are_printed(tmp_path):
    async with standing(tmp_path / "live.sqlite3", Scripted("account")) as desk:
        await desk.approved(SCOPE, "Reid", "Lindqvist")
        await desk.session.do(c.Move(by="Reid", step=SCOPE))
        drilled = Drilled(desk.session, desk.conductor, Quiet(), desk.clock, desk.session.journal)
        typist = Officer(drilled, "a", "send", "q")
        await run_linear(desk.session, desk.conductor, "Reid", stdin=typist, stdout=typist.out)
        assert "Do it by hand:" in typist.said
        effects = desk.state.effects_of(SCOPE)
        assert {each.status for each in effects if not each.guided} == {"done"}
        by_hand = [each for each in effects if each.guided]
        assert by_hand
        assert all(each.shown for each in by_hand)


async def test_what_is_taken_down_is_named_item_by_item_before_it_goes(tmp_path):
    async with standing(tmp_path / "live.sqlite3", Scripted("website")) as desk:
        link = "https://example.org/news/1"
        await desk.session.do(
            c.See(by="Reid", channel="website", link=link, words="A missing\nchild", at_risk=True)
        )
        await desk.session.do(c.Save(by="Reid", where="on paper"))
        await desk.session.do(c.Move(by="Reid", step="contain/remove-harm"))
        drilled = Drilled(desk.session, desk.conductor, Quiet(), desk.clock, desk.session.journal)
        typist = Officer(drilled, "a", "no", "q")
        await run_linear(desk.session, desk.conductor, "Reid", stdin=typist, stdout=typist.out)
        assert "a: take them down, for real." in typist.said
        assert "Item i1 on website: A missing child." in typist.said
