"""The app that everything runs in: how it ends, what keys it takes, what it looks like in poor terminals."""

import gc
import stat
import subprocess
import sys

import pytest
from support_crash_app import CANARY
from support_pilot import screen_text, wait_for
from support_pty import ROOT, Terminal
from textual.widgets import Input, Static

from console.clock import TurnedClock
from console.tui import actions
from console.tui.base import ConsoleApp, KeysIgnored
from console.tui.screen import ConsoleScreen
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame

# -- how it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["key", "worker", "timer", "markup", "draw", "group", "panic"])
def test_a_crash_ends_in_one_plain_paragraph_and_keeps_no_secret(way, tmp_path):
    state = tmp_path / "state"
    with Terminal(["python", "-m", "support_crash_app", way, str(state)], rows=30) as terminal:
        if way != "draw":
            terminal.wait("ready").press("x")
        assert terminal.end() == 1
    raw = terminal.raw.decode("utf-8", "replace")
    words = " ".join(terminal.text.split())
    assert "The console stopped because" in words
    assert "is saved" in words
    assert "To go on, type: incident resume." in words
    assert CANARY not in raw
    assert "Traceback" not in raw
    assert terminal.outside_the_allow_list() == []
    if way == "panic":
        return
    (kept,) = state.iterdir()
    assert str(kept) in raw
    assert CANARY not in kept.read_text()
    assert "support_crash_app.py" in kept.read_text() or way == "markup"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_our_own_errors_end_it_in_their_own_words_and_code(tmp_path):
    with Terminal(["python", "-m", "support_crash_app", "ours", str(tmp_path / "state")]) as terminal:
        terminal.wait("ready").press("x")
        assert terminal.end() == 7
    assert "The disk is full." in terminal.text
    assert not (tmp_path / "state").exists()


def test_a_lost_task_is_kept_and_the_console_goes_on(tmp_path):
    with Terminal(["python", "-m", "support_crash_app", "task", str(tmp_path / "state")]) as terminal:
        terminal.wait("ready").press("x").wait("background failed")
        assert terminal.process.poll() is None
    (kept,) = (tmp_path / "state").iterdir()
    assert CANARY not in kept.read_text()
    assert CANARY not in terminal.raw.decode("utf-8", "replace")


def test_last_words_are_showable_too(tmp_path):
    with Terminal(["python", "-m", "support_crash_app", "leave", str(tmp_path / "state")]) as terminal:
        terminal.wait("ready").press("x")
        assert terminal.end() == 0
    assert "left \\u{1b}[2J leave" in terminal.text


# -- keys ------------------------------------------------------------------------------------------------------------


class Main(ConsoleScreen[None]):
    WHERE = actions.INCIDENT

    def __init__(self):
        super().__init__()
        self.done = []
        self.ignored = []

    def compose(self):
        self.frame = Frame(self.app.mode, Static("body"), Footer())
        yield self.frame

    def do_choose(self, digit):
        self.done.append(digit)

    def do_answer(self):
        self.done.append("answer")

    async def do_note(self):
        self.done.append("note")
        await self.mount(Input())
        self.query_one(Input).focus()

    def on_keys_ignored(self, message: KeysIgnored):
        self.ignored.append((message.count, message.why))


class KeyApp(ConsoleApp):
    def __init__(self, state, mode="live"):
        super().__init__(mode=mode, state=state, clock=TurnedClock(0, boot=10_000))
        self.main = Main()
        self.left = False

    def on_mount(self):
        super().on_mount()
        self.push_screen(self.main)

    def do_leave(self):
        self.left = True


@pytest.fixture
def app(tmp_path):
    return KeyApp(tmp_path)


async def test_actions_reach_the_screen_then_the_app(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("3", "enter", "d", "q"):
            app.clock.turn(100)
            await pilot.press(key)
        await wait_for(pilot, lambda: app.left)
        assert app.main.done == [3, "answer"]


async def test_a_paste_outside_a_text_box_does_one_thing_at_most_and_says_so(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for key in "1234567":
            app.simulate_key(key)
        await wait_for(pilot, lambda: app.main.ignored)
        assert app.main.done == [1]
        assert app.main.ignored == [(6, "burst")]
        await wait_for(pilot, lambda: "6 keys came at once" in screen_text(pilot))


async def test_a_few_keys_that_the_line_brought_together_all_count(app):
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("1", "enter"):
            app.simulate_key(key)
        await wait_for(pilot, lambda: app.main.done == [1, "answer"])


async def test_typing_into_a_text_box_is_never_a_burst(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await wait_for(pilot, lambda: isinstance(app.focused, Input))
        for key in "quick1234567":
            app.simulate_key(key)
        await wait_for(pilot, lambda: app.focused.value == "quick1234567")
        assert app.main.done == ["note"]
        assert not app.left


async def test_keys_and_clicks_meet_nothing_while_the_box_is_new(app):
    async with app.run_test(size=(80, 24)) as pilot:
        app.deafen()
        await pilot.press("1", "enter")
        app.clock.turn(499)
        await pilot.press("2")
        await wait_for(pilot, lambda: len(app.main.ignored) == 3)
        assert app.main.done == []
        app.clock.turn(1)
        await pilot.press("2")
        await wait_for(pilot, lambda: app.main.done == [2])


async def test_ctrl_c_and_ctrl_q_do_not_end_it(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("ctrl+q", "ctrl+c")
        await wait_for(pilot, lambda: "incident goes on." in screen_text(pilot))
        assert app.is_running


async def test_the_palette_runs_an_action_of_the_screen_below(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await wait_for(pilot, lambda: "Read, edit or copy" in screen_text(pilot))
        await pilot.press(*"give the")
        await wait_for(
            pilot,
            lambda: (
                "Give the chosen answer" in screen_text(pilot)
                and "Read, edit or copy" not in screen_text(pilot)
            ),
        )
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.main.done == ["answer"])


# -- how it looks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "env",
    [{"NO_COLOR": "1"}, {"TERM": "xterm"}, {"TERM": "linux"}, {"COLORTERM": "truecolor"}],
    ids=lambda env: next(iter(env.values())),
)
def test_every_terminal_shows_the_world(env, tmp_path):
    with Terminal(["python", "-m", "support_hostile_app", "practice", str(tmp_path)], env=env) as terminal:
        terminal.wait("number 0").settle()
        assert terminal.lines[0].startswith("/ DRILL /")
        assert terminal.screen.buffer[0][2].reverse
        colours = {cell.fg for row in range(24) for cell in terminal.screen.buffer[row].values()}
        hexes = {colour for colour in colours if len(colour) == 6}
        if "NO_COLOR" in env:
            assert all(colour[:2] == colour[2:4] == colour[4:] for colour in hexes), hexes
        elif "TERM" in env:
            assert not {"red", "blue"} & colours
        assert terminal.outside_the_allow_list() == []


async def test_the_screen_knows_its_size(tmp_path):
    for size, expected in (
        ((60, 20), {"-narrow", "-low"}),
        ((80, 24), {"-normal", "-medium"}),
        ((120, 40), {"-wide", "-tall"}),
    ):
        app = KeyApp(tmp_path)
        async with app.run_test(size=size) as pilot:
            await wait_for(pilot, lambda app=app, expected=expected: expected <= app.screen.classes)


# -- what it costs ---------------------------------------------------------------------------------------------------


async def test_the_collector_rests_while_the_app_runs_and_is_given_back(app):
    gc.enable()  # a verb that ran in this process before may have left it off
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: not gc.isenabled())
        assert gc.get_freeze_count() > 10_000
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_the_first_frame_imports_textual_and_small_modules_of_ours():
    code = "import sys, console.tui.base, console.tui.screen; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("console.")}
    allowed = {"clock", "errors", "text", "incident", "incident.moment", "tui"}
    assert {name.removeprefix("console.") for name in ours if not name.startswith("console.tui.")} <= allowed
    for heavy in (
        "segno",
        "msgspec",
        "yaml",
        "aiosqlite",
        "keyring",
        "httpx",
        "click",
        "console.tui.widgets",
    ):
        assert heavy not in loaded
