"""The last line: the keys that work at this moment, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from console.text import cells
from console.tui.actions import Action

MOST: Final = 8
ALWAYS: Final = ("real", "help", "palette")


class Footer(Widget):
    """One row of at most eight `key word` pairs; those that do not fit are left to help and palette, which stay.

    So does the key that says *this is real*: nobody looks for it in a list when it is.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--word"}

    def __init__(self, *, ident: str | None = None) -> None:
        super().__init__(id=ident, classes="footer")
        self._actions: tuple[Action, ...] = ()

    def show(self, actions: Sequence[Action]) -> None:
        """Offer these, the most important first."""
        if tuple(actions) != self._actions:
            self._actions = tuple(actions)
            self.refresh()

    def offered(self, width: int) -> list[Action]:
        """Those there is room for, help and the palette always among them."""
        stay = [action for action in self._actions if action.id in ALWAYS]
        room = width - sum(_size(action) for action in stay)
        kept: list[Action] = []
        for action in self._actions:
            if action.id in ALWAYS:
                continue
            room -= _size(action)
            if room < 0 or len(kept) + len(stay) == MOST:
                break
            kept.append(action)
        return kept + stay

    def render_line(self, _y: int) -> Strip:
        """The row."""
        key, word = (
            self.get_component_rich_style("footer--key"),
            self.get_component_rich_style("footer--word"),
        )
        segments = [
            segment
            for action in self.offered(self.size.width)
            for segment in (Segment(f" {action.shown_key}", key), Segment(f" {action.label}  ", word))
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    async def on_click(self, event: events.Click) -> None:
        """A click on a word is its key."""
        from console.tui.screen import ConsoleScreen

        end = 0
        for action in self.offered(self.size.width):
            end += _size(action)
            if event.x < end:
                if action.id == "palette":
                    self.app.action_command_palette()
                elif isinstance(self.screen, ConsoleScreen) and action.key != "1-9":
                    await self.screen.action_do(action.id)
                return


def _size(action: Action) -> int:
    return cells(action.shown_key) + cells(action.label) + 4
