"""Choosing one of several: a digit selects, Enter takes it. There is no default, and nothing is taken by Enter alone."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from console.tui import text as drawing
from console.tui.screen import Dialog
from console.tui.text import Part
from console.tui.views.lay import EDGES, folded
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import PAGES, More

MOST = 9


class Choose(Dialog[int]):
    """The result is the place of what was taken, from 0; None when it was left.

    Args:
        title: on the first line.
        rows: what must be known before one chooses.
        prompt: the question.
        options: at most nine.
        ends: stands at the end of the first line, and is never cut.
    """

    def __init__(
        self, title: str, rows: Sequence[Sequence[Part]], prompt: str, options: Sequence[str], ends: str = ""
    ) -> None:
        super().__init__(classes="dialog-screen")
        self._title = title
        self._ends = ends
        self._rows = rows
        self._prompt = prompt
        self._options = options[:MOST]
        self.chosen = -1
        self._lines = [Static("", markup=False, classes="move") for _ in self._options]
        self._note = Static("", markup=False, classes="dialog-note")

    def compose(self) -> ComposeResult:
        """Rows, question, options."""
        self._reading = VerticalScroll(
            *(
                Static(drawing.line(*row), classes="dialog-row")
                for row in folded(self._rows, self.app.size.width - EDGES)
            ),
            classes="dialog-rows",
        )
        self._reading.can_focus = False
        self._more = More(self._reading)
        drill = " dialog-drill" if self.app_mode == "practice" else ""
        self.frame = Frame(
            self.app_mode,
            Vertical(
                self._reading,
                self._more,
                Static(drawing.plain(self._prompt), classes="dialog-prompt"),
                *self._lines,
                self._note,
                Static(
                    drawing.line(
                        "A digit chooses, ",
                        ("Enter", "strong"),
                        " takes it, ",
                        ("Esc", "strong"),
                        " goes back.",
                    ),
                    classes="dialog-row",
                ),
                classes=f"dialog{drill}",
            ),
        )
        yield self.frame

    def on_mount(self) -> None:
        """Be deaf for half a second: keys still in the fingers were meant for what stood here before."""
        self.frame.banner.show([self._title], self._ends)
        self.console.deafen(text_too=True)
        self._draw()

    def _draw(self) -> None:
        for place, (line, words) in enumerate(zip(self._lines, self._options, strict=True)):
            number = place + 1
            line.update(
                drawing.line((f"[{number}] {words}", "inverse"))
                if place == self.chosen
                else drawing.line((f" {number}  ", "head"), words)
            )

    async def on_key(self, event: events.Key) -> None:
        """A digit selects; Enter takes what is selected; the rows can be read on."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self._options):
            event.stop()
            self.chosen = int(event.key) - 1
            self._draw()
        elif event.key == "enter":
            event.stop()
            if self.chosen < 0:
                self._note.update(drawing.line("Choose with a digit first."))
            else:
                self.dismiss(self.chosen)
        elif event.key in (*PAGES, "down", "up"):
            event.stop()
            self._more.page({"down": "pagedown", "up": "pageup"}.get(event.key, event.key))
