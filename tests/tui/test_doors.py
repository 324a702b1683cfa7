"""Home, and the questions before an incident opens: what is chosen or typed comes back to the door that asked."""

import re

import pytest
from msgspec.structs import replace
from support_face import MODEL, T0
from support_incident import shipped
from support_pilot import screen_text, wait_for

from console import home as here
from console.clock import TurnedClock
from console.places import Beside, Places
from console.playbook.scenario import load_scenario
from console.tui.app import BeginApp, HomeApp
from console.tui.seat import Beforehand

HOME = here.Home(
    incidents=(
        here.Incident("L-20190719-1", "live", MODEL, "1.0.0", "ab" * 32, T0, "Reid", running=("Shah",)),
        here.Incident(
            "D-20190718-1", "practice", MODEL, "1.0.0", "ab" * 32, T0, "Reid", scenario="met-night-stream"
        ),
        here.Incident("L-20190101-1", "live", MODEL, "1.0.0", "ab" * 32, T0, "Reid", ended=T0),
    ),
    playbooks=(
        here.Book(
            MODEL,
            "/home/press/model.yaml",
            own=True,
            title="Press channels misused",
            version="1.0.0",
            sha256="cd" * 32,
            opens_when="Messages we did not write appear.",
        ),
        here.Book("broken", "/home/press/broken.yaml", own=True, wrong="line 3 is wrong"),
    ),
    drills=(here.Drill("met-night-stream", "Met night stream", MODEL, 1_800_000),),
    officers=(here.Tested("Reid", ("officer",), proven=True, locked=False),),
    troubles=("DRILL: the record cannot be read",),
)


@pytest.fixture
def home(tmp_path):
    return HomeApp(HOME, state=tmp_path, fingers=TurnedClock(T0, 1_000))


async def chosen(app, *keys):
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "OPEN LIVE INCIDENTS" in screen_text(pilot))
        for key in keys:
            app.clock.turn(1_000)
            await pilot.press(key)
        await wait_for(pilot, lambda: not app.is_running)
    return app.ending.what, app.ending.target


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_home_says_the_mode_of_each_thing_in_words(home, snapshot, size):
    async with home.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "OPEN LIVE INCIDENTS" in screen_text(pilot))
        text = screen_text(pilot)
        assert text.startswith(" HOME ")
        for words in (
            "LIVE   L-20190719-1",
            "RUNNING ALREADY: Shah",
            "DRILL  D-20190718-1",
            "your own, cdcdcdcd",
            "line 3 is wrong",
            "NEVER TESTED",
            "the record cannot be read",
        ):
            assert words in text, words
        assert "L-20190101-1" not in text
        assert text == snapshot


async def test_what_is_under_the_cursor_comes_back(home):
    assert await chosen(home, "enter") == ("resume", "L-20190719-1")


async def test_a_drill_from_home_is_for_another_process(home):
    assert await chosen(home, *["down"] * 6, "enter") == ("drill", "met-night-stream")


async def test_nothing_chosen_is_left(home):
    assert await chosen(home, "q") == ("left", "")


async def test_what_cannot_be_opened_is_not(home):
    assert await chosen(home, "down", "down", "down", "enter", "q") == ("left", "")


def test_whole_playbooks_stand_before_those_that_others_use():
    found = [book.id for book in here.books(Places.here())]
    assert found[0] == MODEL
    assert set(found[1:]) >= {"notify-subscribers", "pin-ignore-notice", "rotate-mynewsdesk"}


def begin(tmp_path, practice=False, officer="", brief="", known=("Reid", "Shah"), playbook=None):
    clock = TurnedClock(T0, 1_000)
    return BeginApp(
        playbook or shipped(MODEL).playbook,
        Beforehand(officer, known, "Europe/London", brief),
        mode="practice" if practice else "live",
        state=tmp_path,
        clock=clock,
        fingers=clock,
    )


async def type_through(app, *lines):
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "DO THESE AT ONCE" in screen_text(pilot) and app.typing)
        app.clock.turn(1_000)
        for line in lines:
            await pilot.press(*[{":": "colon", " ": "space"}.get(key, key) for key in line], "enter")
        await pilot.pause()
        last = screen_text(pilot) if app.is_running else ""
    return app.opening, last


async def test_enter_alone_takes_every_safe_default(tmp_path):
    opening, _ = await type_through(begin(tmp_path, officer="Reid"), "", "", "")
    assert opening.officer == "Reid"
    assert opening.answers == {
        "reached": "website account email",
        "first-seen": "not-sure",
        "at-risk": "not-sure",
    }


async def test_numbers_choose_and_a_time_becomes_the_moment_it_was(tmp_path):
    opening, _ = await type_through(begin(tmp_path), "2", "13", "23:16", "1")
    assert opening.officer == "Shah"
    assert opening.answers == {"reached": "website email", "first-seen": str(T0 - 120_000), "at-risk": "yes"}


async def test_a_time_that_has_not_come_is_said_before_it_is_taken(tmp_path):
    opening, text = await type_through(begin(tmp_path, officer="Reid"), "", "23:25")
    assert opening is None
    assert "23:25 has not come yet: taken as now, 23:18." in text
    assert "│  23:18 " in text
    opening, text = await type_through(begin(tmp_path, officer="Reid"), "", "23:45")
    assert opening is None
    assert "Type yesterday 23:45 if it was then" in text


async def test_on_the_last_line_what_was_understood_is_taken_with_a_second_enter(tmp_path):
    playbook = shipped(MODEL).playbook
    alone = replace(playbook, ask=tuple(each for each in playbook.ask if each.kind == "time"))
    opening, text = await type_through(begin(tmp_path, officer="Reid", playbook=alone), "23:25")
    assert opening is None
    assert "If that is right, Enter does this: open it." in text
    opening, _ = await type_through(begin(tmp_path, officer="Reid", playbook=alone), "23:25", "")
    assert opening.answers == {"first-seen": str(T0)}


async def test_a_drill_says_its_brief_and_asks_for_no_time(tmp_path):
    brief = load_scenario("met-night-stream", Beside(Places.here().shelf())).scenario.brief
    app = begin(tmp_path, practice=True, brief=brief, known=())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "DO THESE AT ONCE" in screen_text(pilot))
        text = screen_text(pilot)
    assert brief in text
    assert "When did the first one appear?  Enter: the drill times it itself." in text
    assert "Who are you? Type your name." in text
    assert "3 Not sure" in text  # the last question is in sight too
    assert not re.search(r"\d\d:\d\d", brief)


@pytest.mark.parametrize("size", [(60, 20), (50, 15)], ids=str)
async def test_a_small_form_begins_at_its_top(tmp_path, size):
    app = begin(tmp_path)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "DO THESE AT ONCE" in screen_text(pilot) and app.typing)
        text = screen_text(pilot)
        for words in ("1  Save.", "2  Say ignore.", "3  Cut the link.", "Who are you?"):
            assert words in text, text


@pytest.mark.parametrize("size", [(60, 20), (50, 15)], ids=str)
async def test_a_small_form_shows_the_question_of_the_line_one_is_on(tmp_path, size):
    app = begin(tmp_path)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "Who are you?" in screen_text(pilot) and app.typing)
        for key, question in (
            ("down", "Which channels show false messages?"),
            ("down", "When did the first one appear?"),
            ("up", "Which channels show false messages?"),
            ("up", "Who are you?"),
        ):
            app.clock.turn(1_000)
            await pilot.press(key)
            await wait_for(pilot, lambda question=question: question in screen_text(pilot))


async def test_a_name_may_be_typed(tmp_path):
    opening, _ = await type_through(begin(tmp_path), "Okafor", "", "", "")
    assert opening.officer == "Okafor"


async def test_nobody_is_not_an_officer(tmp_path):
    opening, text = await type_through(begin(tmp_path), "")
    assert opening is None
    assert "It is empty." in text


@pytest.mark.parametrize("practice", [False, True])
async def test_memory_items_stand_above_the_questions(tmp_path, practice, snapshot):
    app = begin(tmp_path, practice)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "DO THESE AT ONCE" in screen_text(pilot))
        text = screen_text(pilot)
        assert text.index("Cut the link.") < text.index("Who are you?") < text.index("Which channels")
        assert text == snapshot
