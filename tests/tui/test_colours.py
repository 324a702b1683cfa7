"""Without colour and with sixteen the incident screen says the same: every meaning is a word, a mark or a shape first."""

import pytest
from support_pty import Terminal

PLAIN = ("black", "default", "white", "brightwhite")


def shown(env, tmp_path):
    with Terminal(
        ["python", "-m", "support_tui_app", "practice", str(tmp_path), "Reid"], env=env
    ) as terminal:
        words = ("post on account: EXERCISE test", "still posting", "0 of 1", "^P all")
        terminal.wait(lambda t: all(each in t.text for each in words)).settle()
        cells = [cell for row in range(24) for cell in terminal.screen.buffer[row].values()]
        return terminal.text, {cell.fg for cell in cells} | {cell.bg for cell in cells}, cells


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return shown({"COLORTERM": "truecolor"}, tmp_path_factory.mktemp("usual"))[0]


def test_what_is_late_or_new_has_a_colour_where_there_are_colours(tmp_path):
    _, colours, _ = shown({"COLORTERM": "truecolor"}, tmp_path)
    assert {"f2b134", "d59be0", "b4bcc4"} <= colours


@pytest.mark.parametrize("term", ["xterm-256color", "xterm", "linux", "screen", "vt100"])
def test_without_colour(term, tmp_path, usual):
    text, colours, cells = shown({"NO_COLOR": "1", "TERM": term}, tmp_path)
    assert text == usual
    assert colours == {"default"}
    assert any(cell.bold for cell in cells)
    assert any(cell.reverse for cell in cells)


@pytest.mark.parametrize(
    "env", [{"TERM": "xterm"}, {"TERM": "linux"}, {"TEXTUAL_COLOR_SYSTEM": "standard"}], ids=str
)
def test_with_sixteen_colours(env, tmp_path, usual):
    text, colours, cells = shown(env, tmp_path)
    assert text == usual
    assert [cell for cell in cells if cell.data.strip() and cell.fg == cell.bg != "default"] == []
    assert not {colour for colour in colours if len(colour) == 6 and colour not in PLAIN} - {"000000"}, (
        colours
    )
    assert not {"red", "blue", "brightblack"} & colours
