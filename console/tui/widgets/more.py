"""One row under what is longer than its place: that there is more, and which key shows it.

A scrollbar one cell wide is not seen at night, and what was not seen must not be approved.
"""

from __future__ import annotations

from typing import Final

from textual.containers import VerticalScroll
from textual.widgets import Static

from console.tui import text as drawing

BELOW: Final = "PgDn reads on"
END: Final = "This is the end. PgUp reads back."
PAGES: Final = ("pageup", "pagedown")


class More(Static):
    """Stands under `scroll` while not all of it can be seen; takes no room where it can.

    Args:
        scroll: what is read.
    """

    def __init__(self, scroll: VerticalScroll) -> None:
        super().__init__("", markup=False, classes="more")
        self._scroll = scroll
        self._said = ""
        self.display = False

    def on_mount(self) -> None:
        """Follow what is read: where it stands, and how long it has become."""
        self.watch(self._scroll, "scroll_y", self.look)
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _screen: self.look())

    def look(self) -> None:
        """Say what a page key would show. Only what changed is drawn: drawing lays the screen out, and that calls this."""
        longest = self._scroll.max_scroll_y
        said = "" if not longest else BELOW if longest > self._scroll.scroll_offset.y else END
        if said == self._said:
            return
        self._said = said
        self.display = bool(said)
        self.update(drawing.line((said, "head" if said == BELOW else "muted")))

    def page(self, key: str) -> None:
        """Read on or back by a page; one row of the last stays, to go on from."""
        rows = max(self._scroll.size.height - 1, 1)
        self._scroll.scroll_relative(y=rows if key == "pagedown" else -rows, animate=False)
