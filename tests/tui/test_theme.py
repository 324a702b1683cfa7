"""Contrast is measured, and the two worlds differ without any colour."""

import re
from pathlib import Path

import pytest

from console.tui import base
from console.tui.theme import BASIC, COLOURS, GROUND, THEMES
from console.tui.widgets.frame import Banner, Gutter

STYLESHEET = Path(base.__file__).with_name("console.tcss").read_text()


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("name", "colour"), COLOURS.items())
def test_every_colour_can_be_read(name, colour):
    assert (luminance(colour) + 0.05) / (luminance(GROUND) + 0.05) >= 7, name


def test_sixteen_colours_use_only_those_that_can_be_read_on_black():
    assert set(BASIC.values()) <= {
        "ansi_white",
        *(f"ansi_bright_{name}" for name in ("white", "green", "yellow", "cyan", "magenta")),
    }


def test_both_worlds_define_the_same_names():
    names = {frozenset(theme.variables) for theme in THEMES}
    assert len(names) == 1


def test_the_worlds_differ_in_words_and_shape():
    live, drill = Banner("live").words(80), Banner("practice").words(80)
    assert live[0] == " LIVE "
    assert drill[0] == "/ DRILL /"
    assert Gutter("live", spelled=True)._pattern == " "
    assert Gutter("practice", spelled=True)._pattern == "DRILL "


@pytest.mark.parametrize("width", [0, 3, 20, 60, 80, 200])
@pytest.mark.parametrize("mode", ["live", "practice"])
def test_the_word_stands_whatever_else_wants_the_line(mode, width):
    banner = Banner(mode)
    banner.show(["a very long title " * 20, "漢" * 50], "23:30 T. Reid " * 3)
    word, rest = banner.words(width)
    assert word.strip(" /") == ("LIVE" if mode == "live" else "DRILL")
    assert len(word) + sum(2 if char == "漢" else 1 for char in rest) <= max(width, len(word))


def test_the_stylesheet_goes_by_class_only():
    selectors = re.findall(r"^([^{}/]+)\{", STYLESHEET, re.MULTILINE)
    assert selectors
    assert all(re.fullmatch(r"\.[a-z][a-z-]*(:[a-z]+)?", selector.strip()) for selector in selectors)
