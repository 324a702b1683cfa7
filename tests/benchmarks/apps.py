"""Small Textual programs to be measured beside: the least one that paints a word, and one with a list of Textual's own.

python tests/benchmarks/apps.py minimal | datatable ROWS
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import Static

MARKER = "Here are the words"


class Minimal(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(MARKER)


class Table(App[None]):
    """Textual's own table with so many rows, its cursor on the first."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The table."""
        from textual.widgets import DataTable

        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        from textual.widgets import DataTable

        table = self.query_one(DataTable)
        table.add_columns("seq", "at", "words")
        table.add_rows((str(row), "23:18:00", f"{MARKER} {row}") for row in range(self._rows))
        table.focus()


if __name__ == "__main__":
    if sys.argv[1] == "minimal":
        Minimal().run()
    else:
        Table(int(sys.argv[2])).run()
