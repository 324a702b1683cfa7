"""A stranger's text, in a real terminal, through every widget: it is read, and it is never obeyed."""

import pytest
from hostile import HOSTILE, WORD
from support_pty import Terminal
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Button, Input, Log, RichLog, Static

from console.tui.base import ConsoleApp

BANNER = {"live": " LIVE ", "practice": "/ DRILL /"}


def banner_intact(terminal, mode):
    return terminal.lines[0].ljust(80).startswith(BANNER[mode])


@pytest.fixture(params=["live", "practice"])
def mode(request):
    return request.param


@pytest.fixture
def terminal(mode, tmp_path):
    with Terminal(["python", "-m", "support_hostile_app", mode, str(tmp_path / "state")]) as running:
        yield running.wait("number 0")


def leave(terminal):
    terminal.press("q")
    assert terminal.end() == 0
    assert "left with 0 alarms" in terminal.text
    assert terminal.outside_the_allow_list() == []


def test_each_text_on_the_main_screen(terminal, mode):
    for number, name in enumerate(HOSTILE):
        if number:
            terminal.type("x")
        terminal.wait(
            lambda t, n=number: f"number {n}" in t.lines[0] and f"one {n}" in " ".join(t.lines[1:3])
        ).settle(0.02)
        assert banner_intact(terminal, mode), name
        assert WORD in terminal.text, name
        rows = [line for line in terminal.lines if "row " in line]
        assert len(rows) >= 10, name
        if mode == "practice":
            assert "".join(line[:1] for line in terminal.lines[1:6]) == "DRILL", name
            assert all(terminal.screen.buffer[row][79].data == "/" for row in range(1, 24)), name
    assert terminal.clipboard() == []
    leave(terminal)


def test_all_texts_in_every_dialog(terminal, mode):
    waits = {
        "1": "Type the word account",
        "2": "digits from the app",
        "3": "Esc goes back",
        "4": "Esc goes back",
        "5": "asked to copy",
    }
    for key, words in waits.items():
        terminal.until(key, words)
        assert banner_intact(terminal, mode), key
        assert WORD in terminal.text, key
        terminal.press("pagedown", "escape")
        terminal.wait("number 0")
    assert len(terminal.clipboard()) == 1
    assert terminal.clipboard()[0].startswith("EXERCISE" if mode == "practice" else "\x1b[2J")
    leave(terminal)


def test_toasts(terminal, mode):
    terminal.until("n", lambda t: t.text.count(WORD) > 3)
    assert banner_intact(terminal, mode)
    leave(terminal)


def test_what_is_typed_and_pasted_into_the_code_box_is_text(terminal):
    terminal.until("2", "digits from the app")
    terminal.settle(0.6)  # the box is deaf at first
    terminal.type("\x1b[200~\x9b2J \u202eqs[/b]1\x1b[201~")
    terminal.wait("qs[/b]1")
    terminal.press("enter")
    terminal.wait("NOTHING HAS BEEN SENT")
    terminal.press("escape")
    terminal.wait("number 0")
    leave(terminal)


class Careless(ConsoleApp):
    """An app whose author forgot everything `tui.text` is for; the filter is all that is left."""

    def __init__(self, hostile, **kwargs):
        super().__init__(**kwargs)
        self.hostile = hostile
        self.clicked = 0

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self.hostile, markup=False, id="static")
            yield Button(self.hostile[:40].replace("[", "("), id="button")
            yield Input(self.hostile)
            yield Log()
            yield RichLog()
            yield Static("[@click=app.pwned]press me[/]", id="trap")

    def on_mount(self):
        super().on_mount()
        self.query_one(Log).write_line(self.hostile)
        self.query_one(RichLog).write(self.hostile)

    def action_pwned(self):
        self.clicked += 1


@pytest.mark.parametrize(
    "name", ["clipboard", "c1", "bidi", "zero width", "surrogate", "separators", "private"]
)
async def test_the_filter_stops_what_a_careless_widget_lets_through(name, tmp_path):
    app = Careless(HOSTILE[name], mode="live", state=tmp_path)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        for strip in app.screen._compositor.render_strips():
            assert strip.cell_length == 80
            for segment in strip:
                assert all(char.isprintable() for char in segment.text), ascii(segment.text)
                assert segment.style is None or segment.style.link is None
        assert app.alarms > 0


async def test_a_click_on_an_action_in_a_text_does_nothing(tmp_path):
    app = Careless("x", mode="live", state=tmp_path)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.click("#trap", offset=(2, 0))
        await pilot.pause()
        assert app.clicked == 0
        assert app.alarms > 0


async def test_the_same_click_works_in_plain_textual():
    class Plain(App):
        clicked = 0

        def compose(self) -> ComposeResult:
            yield Static("[@click=app.pwned]press me[/]", id="trap")

        def action_pwned(self):
            self.clicked += 1

    app = Plain()
    async with app.run_test() as pilot:
        await pilot.click("#trap", offset=(2, 0))
        await pilot.pause()
        assert app.clicked == 1, "Textual changed: the trap above proves nothing any more"
