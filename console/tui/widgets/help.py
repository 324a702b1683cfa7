"""Help: what this screen's keys do, and plain help on the current step. Esc goes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.tui import text as drawing
from console.tui.actions import Action
from console.tui.screen import Dialog
from console.tui.text import Part
from console.tui.theme import Mode
from console.tui.views.lay import EDGES, folded
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import More

_KEY_WIDTH = 8


class Page(Dialog[None]):
    """Rows to read, as long as they like, under the first line.

    Args:
        mode: the world.
        title: stands after the world's word.
        rows: each made of parts.
        back: what leaving it does, at the end of the first line.
    """

    def __init__(
        self, mode: Mode, title: str, rows: Iterable[Sequence[Part]], back: str = "Esc goes back"
    ) -> None:
        super().__init__(classes="dialog-screen")
        self._back = back
        self._mode: Mode = mode
        self._title = title
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The rows, one under the other."""
        prose = Static(
            drawing.stack(drawing.line(*row) for row in folded(self._rows, self.app.size.width - EDGES)),
            classes="prose",
        )
        scroll = VerticalScroll(prose, classes="page")
        self.frame = Frame(self._mode, scroll, More(scroll))
        yield self.frame

    def on_mount(self) -> None:
        """Name the page."""
        self.frame.banner.show([self._title], self._back)
        self.console.deafen()

    def on_key(self, event: events.Key) -> None:
        """Enter goes back too: there is nothing here to answer."""
        if event.key == "enter":
            event.stop()
            self.do_leave()


def help_rows(
    actions: Iterable[Action], board: object, step: Sequence[Sequence[Part]] = ()
) -> list[Sequence[Part]]:
    """The help page: first what helps with the current step, then each key, then what has no key."""
    rows: list[Sequence[Part]] = [*step, ("",)] if step else []
    listed = list(actions)
    for action in (action for action in listed if action.key):
        why_not = action.may(board)
        rows.append(((action.shown_key.ljust(_KEY_WIDTH), "strong"), action.tooltip))
        if why_not:
            rows.append((" " * _KEY_WIDTH, (f"Not at this moment: {why_not}", "muted")))
    keyless = [action for action in listed if not action.key]
    if keyless:
        rows.append((("\u00a0", "plain"),))
        rows.append((("^P, then type its name", "head"),))
        rows += [((action.label.ljust(24), "strong"), action.tooltip) for action in keyless]
    return rows


class HelpScreen(Page):
    """The help page of the screen underneath."""

    def __init__(
        self, mode: Mode, actions: Iterable[Action], board: object, step: Sequence[Sequence[Part]] = ()
    ) -> None:
        super().__init__(mode, "Help", help_rows(actions, board, step))
