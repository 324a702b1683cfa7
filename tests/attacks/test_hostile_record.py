"""A record full of hostile texts, on every screen and in every dialog of the incident: read, never obeyed, banner intact."""

import pytest
from hostile import WORD
from support_pty import Terminal

BANNER = {"live": " LIVE ", "practice": "/ DRILL /"}


WINDOWS = [("live", 80, 24), ("practice", 60, 20), ("practice", 120, 40)]


@pytest.fixture(params=WINDOWS, ids=str)
def window(request):
    return request.param


@pytest.fixture
def mode(window):
    return window[0]


@pytest.fixture
def terminal(window, tmp_path):
    mode, columns, rows = window
    program = ["python", "-m", "support_hostile_face", mode, str(tmp_path)]
    with Terminal(program, columns=columns, rows=rows) as running:
        yield running.wait("NOW 1.1").settle(0.3)


def intact(terminal, mode):
    """The world's word first, and in a drill both gutters to the last row."""
    columns, rows = terminal.screen.columns, terminal.screen.lines
    terminal.settle()
    assert terminal.lines[0].ljust(columns).startswith(BANNER[mode]), terminal.text
    if mode == "practice":
        assert "".join(line[:1].ljust(1) for line in terminal.lines[1:6]) == "DRILL", terminal.text
        assert all(terminal.screen.buffer[row][columns - 1].data == "/" for row in range(1, rows)), (
            terminal.text
        )


def to_phase(terminal, *numbers):
    """To the first step of each phase in turn; arrow keys are never deaf."""
    for number in numbers:
        terminal.press("right")
        terminal.wait(f"open {number}.1 here")


def act(terminal, name, words):
    """An action by its name, through the palette."""
    terminal.until("ctrl+p", "Search for commands")
    terminal.type(name)
    terminal.settle(0.3)
    terminal.press("enter")
    terminal.wait(lambda t: words in t.text and "🔎" not in t.text)


def back(terminal):
    """To the incident."""
    for _ in range(40):
        if " NOW " in terminal.text:
            return
        terminal.press("escape")
    raise AssertionError(terminal.text)


def leave(terminal):
    back(terminal)
    terminal.until("q", "q again leaves")
    terminal.press("q")
    assert terminal.end() == 0
    assert "ENDING left" in terminal.text
    assert terminal.outside_the_allow_list() == []


@pytest.mark.parametrize("window", WINDOWS[:2], indirect=True, ids=str)
def test_every_screen_behind_the_incident(terminal, mode, tmp_path):
    intact(terminal, mode)
    pages = {
        "l": ("Log of", "key"),
        "c": ("Contacts", "key"),
        "?": ("Help", "key"),
        "items": ("What was published", "name"),
        "evidence": ("Evidence", "name"),
        "bring in": ("Bring a file in", "name"),
        "access": ("Ways into our accounts", "name"),
        "access line": ("A way into an account", "name"),
        "channels": ("Channel, and its last", "name"),
        "save by hand": ("Saved by hand", "name"),
        "gone": ("An item went", "name"),
        "mark": ("Mark an item", "name"),
        "amend": ("Correct an opening answer", "name"),
        "all texts": ("Which one?", "name"),
        "seen": ("Report a false item", "name"),
        "hand over": ("Hand over", "name"),
        "close": ("Close the incident", "name"),
        "defer": ("Put off", "name"),
    }
    for name, (words, how) in pages.items():
        if how == "key":
            terminal.until(name, words)
        else:
            act(terminal, name, words)
        intact(terminal, mode)
        terminal.press("pagedown", "end", "pageup")
        intact(terminal, mode)
        back(terminal)
        intact(terminal, mode)
    assert terminal.clipboard() == []
    leave(terminal)


@pytest.mark.parametrize("window", WINDOWS[::2], indirect=True, ids=str)
def test_texts_sending_and_the_gate(terminal, mode, tmp_path):
    to_phase(terminal, 2)
    terminal.until("enter", "NOW 2.1")
    intact(terminal, mode)
    terminal.until("t", "As it would go out")
    assert WORD in terminal.text
    intact(terminal, mode)
    terminal.press("enter", "end", "x")
    intact(terminal, mode)
    terminal.press("escape", "y")
    terminal.wait("asked to copy")
    intact(terminal, mode)
    terminal.press("escape")
    back(terminal)
    terminal.until("enter", "then Enter:")
    assert WORD in terminal.text
    intact(terminal, mode)
    back(terminal)
    to_phase(terminal, 3, 4, 5, 6)
    terminal.until("enter", "NOW 6.1")
    terminal.until("enter", "Code of Reid")
    intact(terminal, mode)
    terminal.settle(0.6)
    terminal.type((tmp_path / "code").read_text())
    terminal.press("enter")
    terminal.wait("Who gives the second person's code?")
    intact(terminal, mode)
    terminal.until("1", "[1] Lindqvist")
    terminal.until("enter", "Read this to them, slowly")
    intact(terminal, mode)
    terminal.press("enter")
    terminal.until("enter", "Code of Lindqvist")
    intact(terminal, mode)
    back(terminal)
    copied = terminal.clipboard()
    assert len(copied) == 1
    assert copied[0].startswith("EXERCISE") == (mode == "practice")
    leave(terminal)
