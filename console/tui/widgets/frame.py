"""The frame that says which world this is: nothing but a word when live, a hatched frame that says DRILL when not.

Both take the same room, so that the screen inside stands in the same places: the first line, and one column at each
side. In a drill the left column spells DRILL downwards, over and over, and the right one is hatched; live leaves them empty.
A colour-blind officer, a monochrome terminal and a photograph of the screen all still show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import Widget

from console.text import cells, fit, visible
from console.tui.theme import WORDS, Mode

_HATCH: Final = "/"
_DOWN: Final = "DRILL "


class Gutter(Widget):
    """One column at the side."""

    def __init__(self, mode: Mode, *, spelled: bool) -> None:
        super().__init__(classes="gutter")
        self._pattern = " " if mode == "live" else (_DOWN if spelled else _HATCH)

    def render_line(self, y: int) -> Strip:
        """One cell: a letter of the word, the hatch, or nothing."""
        return Strip([Segment(self._pattern[y % len(self._pattern)], self.rich_style)], 1)


class Banner(Widget):
    """The first line: the world's word, then what the screen says of itself. Nothing else ever stands before the word."""

    def __init__(self, mode: Mode, *, home: bool = False) -> None:
        super().__init__(classes="banner")
        self._mode = mode
        self._home = home
        self._left: tuple[str, ...] = ()
        self._right = ""

    def show(self, left: Sequence[str], right: str = "") -> None:
        """Put these on the line.

        Args:
            left: from the most to the least important; the last are cut first when the line is narrow.
            right: kept whole at the right edge, such as the time and who is acting.
        """
        self._left = tuple(visible(part) for part in left)
        self._right = visible(right)
        self.refresh()

    def words(self, width: int) -> tuple[str, str]:
        """The word with its shape, and the rest of the line, `width` cells together."""
        word = " HOME " if self._home else f" {WORDS[self._mode]} "
        if self._mode == "practice":
            word = f"/{word}/"
        room = max(width - cells(word), 0)
        right = fit(f" {self._right} " if self._right else "", room)
        left = fit("  ".join(("", *self._left)), room - cells(right), pad=True)
        return word, left + right

    def render_line(self, _y: int) -> Strip:
        """The line; the word is reversed, so that it stands out without colour."""
        word, rest = self.words(self.size.width)
        style = self.rich_style
        reverse = style + type(style)(reverse=True, bold=True)
        return Strip([Segment(word, reverse), Segment(rest, style)]).adjust_cell_length(
            self.size.width, style
        )


class Frame(Vertical):
    """Banner, gutters, and whatever is inside."""

    def __init__(self, mode: Mode, *inside: Widget, home: bool = False) -> None:
        super().__init__(classes=f"frame {'frame-live' if mode == 'live' else 'frame-drill'}")
        self._mode: Mode = mode
        self._inside = inside
        self.banner = Banner(mode, home=home)

    def compose(self) -> ComposeResult:
        """The first line, then the rest between its gutters."""
        yield self.banner
        with Horizontal(classes="frame-rest"):
            yield Gutter(self._mode, spelled=True)
            yield Vertical(*self._inside, classes="frame-body")
            yield Gutter(self._mode, spelled=False)
