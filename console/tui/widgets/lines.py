"""A list of any length on Textual's Line API: only the rows on the screen are ever asked for, built or drawn.

A million rows start, scroll and answer as fast as two hundred, because nothing here counts or keeps rows: a `Source`
is asked for the rows between two numbers. Lists over the journal are fed page by page through `pages.Pages`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.tui import text as drawing
from console.tui.text import Part

FIND_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        parts: what it says, each part plain or `(text, tone)`; text from outside may be as hostile as it likes.
        key: what the screen knows the row by; empty for a heading, which the cursor steps over only with `selectable` false.
        selectable: whether Enter means anything on it.
    """

    parts: tuple[Part, ...]
    key: str = ""
    selectable: bool = True

    @property
    def words(self) -> str:
        """The row as plain text, for finding."""
        return "".join(part if isinstance(part, str) else part[0] for part in self.parts)


class Source(Protocol):
    """Whatever can name the rows between two numbers."""

    def __len__(self) -> int:
        """How many rows there are."""
        ...

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """The rows from `start` up to but without `stop`; shorter only at the end."""
        ...


class Fixed:
    """Rows that are all here already."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """A slice."""
        return self._rows[start:stop]


class Lines(ScrollView, can_focus=True):
    """The list. The cursor's row begins with `>`, so that it can be found without colour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(-1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--row", "lines--cursor", "lines--cursor-idle"}

    cursor = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor stands on another row.

        Attributes:
            lines: the list.
            index: the row's number from 0.
        """

        def __init__(self, lines: Lines, index: int) -> None:
            super().__init__()
            self.lines = lines
            self.index = index

    class Opened(Message):
        """Enter or a click on a selectable row.

        Attributes:
            lines: the list.
            index: the row's number from 0.
            row: the row.
        """

        def __init__(self, lines: Lines, index: int, row: Row) -> None:
            super().__init__()
            self.lines = lines
            self.index = index
            self.row = row

    def __init__(self, source: Source | None = None, *, ident: str | None = None) -> None:
        super().__init__(id=ident, classes="lines")
        self._source: Source = source if source is not None else Fixed()
        self._found = ""

    # -- what is shown -----------------------------------------------------------------------------------------------

    @property
    def source(self) -> Source:
        """Where the rows come from."""
        return self._source

    def show(self, source: Source, *, follow: bool = False) -> None:
        """Draw from this source.

        Args:
            source: may be the same one, grown or changed.
            follow: keep the cursor on the last row if it stood on the last row before.
        """
        at_end = self.cursor >= self.virtual_size.height - 1
        self._source = source
        self._resize_virtual()
        if follow and at_end:
            self.cursor = len(source) - 1
        else:
            self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def _resize_virtual(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, max(len(self._source), 1))

    def on_resize(self, _event: events.Resize) -> None:
        """Rows are as wide as the list."""
        self._resize_virtual()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width or self.size.width
        index = self.scroll_offset.y + y
        if index >= len(self._source):
            return Strip.blank(width, self.rich_style)
        row = next(iter(self._source.rows(index, index + 1)), None)
        parts: tuple[Part, ...] = row.parts if row is not None else ("...",)
        on_cursor = index == self.cursor
        style = self._row_style(on_cursor=on_cursor)
        return drawing.strip((">" if on_cursor else " ", *parts), width, style, self.app.theme)

    def _row_style(self, *, on_cursor: bool) -> RichStyle:
        if not on_cursor:
            return self.get_component_rich_style("lines--row")
        return self.get_component_rich_style("lines--cursor" if self.has_focus else "lines--cursor-idle")

    # -- moving ------------------------------------------------------------------------------------------------------

    def validate_cursor(self, cursor: int) -> int:
        """Never outside the list."""
        return max(0, min(cursor, len(self._source) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the two rows that changed, and bring the new one into view."""
        self.refresh_line(before)
        self.refresh_line(after)
        if self.is_mounted:
            self.scroll_to_region(Region(0, after, 1, 1), animate=False, force=True)
        self.post_message(self.Moved(self, after))

    def on_focus(self) -> None:
        """The cursor's row looks different when keys go here."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """As for focus."""
        self.refresh_line(self.cursor)

    def action_move(self, rows: int) -> None:
        """Up or down."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.cursor += pages * max(self.scrollable_content_region.height - 1, 1)

    def action_edge(self, edge: int) -> None:
        """The first row (0) or the last (-1)."""
        self.cursor = 0 if edge == 0 else len(self._source) - 1

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None in an empty list."""
        return next(iter(self._source.rows(self.cursor, self.cursor + 1)), None)

    def open(self) -> None:
        """Open the cursor's row, if it can be."""
        row = self.row
        if row is not None and row.selectable:
            self.post_message(self.Opened(self, self.cursor, row))

    def on_key(self, event: events.Key) -> None:
        """Enter opens; the screen may still have its own meaning for Enter elsewhere."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.open()

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a second one on the same row opens it."""
        index = self.scroll_offset.y + event.y
        if index >= len(self._source):
            return
        if index == self.cursor and event.chain > 1:
            self.open()
        self.cursor = index

    # -- finding -----------------------------------------------------------------------------------------------------

    async def find(self, words: str = "", *, backwards: bool = False) -> bool:
        """Move the cursor to the next row that holds these words, wrapping round once.

        Args:
            words: case does not matter; empty looks for the last words again.
            backwards: look upwards.

        Returns:
            Whether there is one. A very long list is looked through in slices, so the screen stays alive.
        """
        self._found = words.casefold() or self._found
        total = len(self._source)
        if not self._found or not total:
            return False
        for done in range(0, total, FIND_PAGE):
            size = min(FIND_PAGE, total - done)
            offset = -done - size if backwards else done + 1
            hit = self._find_in((self.cursor + offset) % total, size, last=backwards)
            if hit is not None:
                self.cursor = hit
                return True
            await asyncio.sleep(0)
        return False

    def _find_in(self, start: int, size: int, *, last: bool) -> int | None:
        """The first (or last) hit among `size` rows from `start`, round the end of the list."""
        total = len(self._source)
        rows = [
            *self._source.rows(start, min(start + size, total)),
            *self._source.rows(0, max(start + size - total, 0)),
        ]
        hits = [place for place, row in enumerate(rows) if self._found in row.words.casefold()]
        if not hits:
            return None
        return (start + hits[-1 if last else 0]) % total
