"""A sheet of rows on the Line API: only the rows that changed are drawn again."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from console.tui import text as drawing
from console.tui.text import Part

PAD = 1  # a cell between the frame's edge and the words


class Paper(Widget):
    """Rows of parts, one under the other, as wide and high as it is given room."""

    class Clicked(Message):
        """A click.

        Attributes:
            row: from the top, from 0.
            column: from the left, from 0.
        """

        def __init__(self, row: int, column: int) -> None:
            super().__init__()
            self.row = row
            self.column = column

    def __init__(self, *, first: bool = False) -> None:
        super().__init__(classes="paper paper-first" if first else "paper")
        self._rows: list[Sequence[Part]] = []

    @property
    def rows(self) -> Sequence[Sequence[Part]]:
        """What is shown."""
        return self._rows

    def show(self, rows: Sequence[Sequence[Part]]) -> None:
        """Show these; rows that stay as they are cost nothing."""
        before, self._rows = self._rows, list(rows)
        if len(before) != len(self._rows):
            self.refresh()
            return
        changed = [
            Region(0, place, self.size.width + PAD, 1)
            for place, (old, new) in enumerate(zip(before, self._rows, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One row."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        return drawing.strip(self._rows[y], self.size.width, self.rich_style, self.app.theme)

    def on_click(self, event: events.Click) -> None:
        """Tell the screen where."""
        self.post_message(self.Clicked(event.y, event.x - PAD))
