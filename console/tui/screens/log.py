"""Everything that happened, one row an event, read from the journal page by page as it comes into view."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input, Static

from console.incident.codec import decode
from console.incident.wordings import zone_of
from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.text import Part
from console.tui.views.lay import words
from console.tui.views.records import log_row
from console.tui.widgets.dialog import TextBox
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.help import Page
from console.tui.widgets.lines import Lines, Row
from console.tui.widgets.pages import Pages

if TYPE_CHECKING:
    from console.tui.seat import Seat

FIND_PAGE = 1_000


class LogScreen(ConsoleScreen[None]):
    """The log of one incident, newest last.

    Args:
        seat: whose incident.
    """

    WHERE = actions.LOG
    ABOUT = (
        "The log holds everything that happened, in order, the newest last. Nothing in it is ever changed.",
        "Arrows or j k move. Enter shows one entry whole. / finds words, n finds them again.",
    )

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.seat = seat
        self._lines = Lines()
        self._line = TextBox(placeholder="words to find")
        self._note = Static("", markup=False, classes="dialog-row inset")
        self._wanted = ""
        self._pages = Pages(seat.state.seq, self._fetch, self._spawn, self._lines.refresh)
        self._unsubscribe = seat.session.subscribe(lambda _state, _events: self._grow())

    def compose(self) -> ComposeResult:
        """The list, the line for finding, the keys."""
        self._line.display = False
        self.keys = Footer()
        self.frame = Frame(self.app_mode, self._lines, self._line, self._note, self.keys)
        yield self.frame

    def on_mount(self) -> None:
        """Stand at the end."""
        self.frame.banner.show([f"Log of {self.seat.state.incident}"], "Esc goes back")
        self.keys.show(actions.footer(self.WHERE, None))
        self._lines.show(self._pages)
        self._lines.focus()
        self._say()
        self.call_after_refresh(self._lines.action_edge, -1)

    def on_unmount(self) -> None:
        """Hear no more of the session."""
        self._unsubscribe()

    def _say(self, text: str = "") -> None:
        self._note.update(
            drawing.line(
                (text or f"{self.seat.state.seq:,} entries, newest last. Enter shows one whole.", "muted")
            )
        )

    def _spawn(self, work: Awaitable[None]) -> object:
        return self.run_worker(work, group="pages")

    def _grow(self) -> None:
        self._pages.grow(self.seat.state.seq)
        self._lines.show(self._pages, follow=True)
        self._say()

    async def _fetch(self, start: int, stop: int) -> Sequence[Row]:
        state = self.seat.state
        zone = zone_of(state)
        rows = await self.seat.session.journal.read(state.incident, start, stop - start)
        return [Row(log_row(decode(row.body), state, zone), key=str(row.seq)) for row in rows]

    def on_lines_opened(self, message: Lines.Opened) -> None:
        """Enter: the whole of what was said."""
        when, who, said = (words(part).strip() for part in message.row.parts)
        rows: list[tuple[Part, ...]] = [(("When  ", "muted"), when), (("Who   ", "muted"), who)]
        rows.append((("What  ", "muted"), said))
        self.app.push_screen(Page(self.app_mode, f"Entry {message.row.key}", rows))

    def do_details(self) -> None:
        """All of the row under the cursor."""
        self._lines.open()

    # -- finding -----------------------------------------------------------------------------------------------------

    def do_find(self) -> None:
        """Type the words."""
        self._line.display = True
        self._line.value = self._wanted
        self._line.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look for them from the cursor on, round the end."""
        self._wanted = message.value.strip()
        self._close_line()
        self.do_find_next()

    def _close_line(self) -> None:
        self._line.display = False
        self._lines.focus()

    def do_find_next(self) -> None:
        """The next place."""
        if not self._wanted:
            self.do_find()
            return
        self.run_worker(self._find(self._wanted.casefold()), exclusive=True, group="find")

    async def _find(self, wanted: str) -> None:
        total = self.seat.state.seq
        self._say(f"Looking for {self._wanted} ...")
        start = self._lines.cursor + 1
        for first, last in ((start, total), (0, start)):
            for at in range(first, last, FIND_PAGE):
                for place, row in enumerate(await self._fetch(at, min(at + FIND_PAGE, last))):
                    if wanted in "".join(words(part) for part in row.parts).casefold():
                        self._lines.cursor = at + place
                        self._say(f"Found {self._wanted}. n finds the next.")
                        return
        self._say(f"{self._wanted} stands nowhere in this log.")

    def do_leave(self) -> None:
        """Esc leaves the line first, then the log."""
        if self._line.display and self.focused is self._line:
            self._close_line()
        else:
            self.dismiss(None)
