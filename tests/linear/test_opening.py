"""What is asked before an incident stands, and home."""

from __future__ import annotations

import io

import pytest
from support_incident import T0, shipped

from console.clock import TurnedClock
from console.linear.home import Entry, run_home
from console.linear.opening import ask_opening
from console.linear.talk import Gone


class Typed:
    def __init__(self, *lines):
        self.lines = list(lines)

    async def line(self):
        return self.lines.pop(0) if self.lines else None


async def opening(*lines, officer="", practice=False, brief=""):
    out = io.StringIO()
    made = await ask_opening(
        shipped("press-channels-misused").playbook,
        officer=officer,
        stdin=Typed(*lines),
        stdout=out,
        practice=practice,
        clock=TurnedClock(T0),
        zone="Europe/London",
        brief=brief,
    )
    return made, out.getvalue()


async def test_enter_takes_every_safe_default():
    made, said = await opening("Reid", "", "", "")
    assert made.officer == "Reid"
    defaults = {q.slug: " ".join(q.default) for q in shipped("press-channels-misused").playbook.ask}
    assert made.answers == defaults
    assert said.startswith("LIVE Press channels misused.\nLIVE Who are you?> ")
    assert said.index("Save.") < said.index("Which channels show false messages?")
    assert all(line.startswith("LIVE ") for line in said.splitlines() if "> " in line)


async def test_numbers_words_and_a_time_of_day():
    made, said = await opening("1, email", "99:99", "23:16", "yes", officer="Reid")
    assert made.answers == {
        "reached": "website email",
        "first-seen": str(T0 - 120_000),
        "at-risk": "yes",
    }
    assert "Type it as 23:16, or not-sure." in said
    assert "Who are you?" not in said


async def test_a_time_that_has_not_come_is_said_or_asked_again():
    made, said = await opening("", "23:50", "23:20", "", officer="Reid")
    assert made.answers["first-seen"] == str(T0)
    assert "Type yesterday 23:50 if it was then" in said
    assert "23:20 has not come yet: taken as now, 23:18. amend corrects it." in said


async def test_a_drill_says_its_brief_first_and_needs_no_time():
    made, said = await opening("", "", "", officer="Reid", practice=True, brief="EXERCISE. You are at home.")
    assert made.answers["first-seen"] == "not-sure"
    assert said.index("EXERCISE. You are at home.") < said.index("Save.")
    assert "Enter: the drill times it itself, by today's clock." in said


async def test_a_wrong_word_is_asked_again():
    made, said = await opening("facebook", "2", "", "", officer="Reid")
    assert made.answers["reached"] == "account"
    assert "Choose from: website, account, email." in said


async def test_the_end_of_input_opens_nothing():
    with pytest.raises(Gone):
        await opening("Reid", "1")


HOME = (
    Entry(
        "live", "L-20190719-1", "Press channels misused, Reid leads", "It is running on this machine already."
    ),
    Entry("drill", "D-20190719-1", "Met night stream"),
    Entry("playbook", "press-channels-misused", "Press channels misused 1.0.0"),
    Entry("scenario", "met-night-stream", "Met night stream, 30m"),
)


@pytest.mark.parametrize(
    ("lines", "chosen"),
    [
        (("1", ""), "L-20190719-1"),
        (("1", "no", "q"), None),
        (("2",), "D-20190719-1"),
        (("3", "live"), "press-channels-misused"),
        (("3", "", "4"), "met-night-stream"),
        (("7", "x", "q"), None),
        ((), None),
    ],
)
async def test_home_chooses_and_a_live_opening_wants_its_word(lines, chosen):
    out = io.StringIO()
    entry = await run_home(HOME, stdin=Typed(*lines), stdout=out)
    assert (entry.id if entry else None) == chosen
    said = out.getvalue()
    assert (
        said.index("LIVE incidents")
        < said.index("DRILLS")
        < said.index("Open a LIVE")
        < said.index("Rehearse")
    )
