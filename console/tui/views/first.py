"""The first frame: the whole screen as rows of one sheet, in exactly the places where it will stand."""

from __future__ import annotations

from collections.abc import Sequence

from console.text import cells, fit, visible
from console.tui.theme import WORDS, Mode
from console.tui.views.lay import Row, cut

DOWN = "DRILL "


def first_rows(mode: Mode, banner: tuple[list[str], str], rows: Sequence[Row], width: int) -> list[Row]:
    """The first line, and the rows between their gutters."""
    found: list[Row] = [_banner(mode, banner, width)]
    for place, row in enumerate(rows):
        left, right = (DOWN[place % len(DOWN)], "/") if mode == "practice" else (" ", " ")
        found.append(((left, "drill"), " ", *cut(row, width - 3, pad=True), (right, "drill")))
    return found


def _banner(mode: Mode, banner: tuple[list[str], str], width: int) -> Row:
    word = f" {WORDS[mode]} " if mode == "live" else f"/ {WORDS[mode]} /"
    left, right = banner
    end = f" {visible(right)} "
    room = max(width - cells(word) - cells(end), 0)
    return ((word, "inverse"), fit("  ".join(("", *map(visible, left))), room, pad=True), end)
