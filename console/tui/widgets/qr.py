"""Text as QR codes of half-block characters, for the phone in the officer's hand.

Each cell is one module wide and two high. A text that is too long for the window is cut into numbered codes, each of
which is a text of its own: phones do not put split codes together again.
"""

from __future__ import annotations

import math
from typing import Final

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip
from textual.widget import Widget

_BORDER: Final = 2
_HALVES: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_PAPER: Final = RichStyle(color="#000000", bgcolor="#ffffff")
MOST_PARTS: Final = 12


def _matrix(text: str) -> list[list[int]]:
    import segno

    code = segno.make_qr(text, error="l", boost_error=False)
    return [list(row) for row in code.matrix_iter(border=_BORDER)]


def qr_rows(text: str) -> list[str]:
    """The code of one text, one string a row, dark on light; raises segno's DataOverflowError above 2,953 bytes."""
    matrix = _matrix(text)
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    return [
        "".join(_HALVES[upper, lower] for upper, lower in zip(top, bottom, strict=True))
        for top, bottom in zip(matrix[::2], matrix[1::2], strict=True)
    ]


def qr_pages(text: str, width: int, height: int) -> list[list[str]]:
    """The fewest codes that each fit into `width` × `height` cells and together hold the text; empty when the window is too small."""
    for parts in range(1, MOST_PARTS + 1):
        size = math.ceil(len(text) / parts) or 1
        if len(text[:size].encode("utf-8", "replace")) > 2_900:
            continue
        pages = [qr_rows(text[start : start + size]) for start in range(0, max(len(text), 1), size)]
        if all(len(page) <= height and len(page[0]) <= width for page in pages):
            return pages
    return []


class QR(Widget):
    """One code, always black on white: many phones cannot read the reverse."""

    def __init__(self, rows: list[str] | None = None) -> None:
        super().__init__(classes="qr")
        self._rows = rows or []

    def show(self, rows: list[str]) -> None:
        """Draw this code."""
        self._rows = rows
        self.refresh(layout=True)

    def get_content_width(self, *_: object) -> int:
        """As wide as the code."""
        return len(self._rows[0]) if self._rows else 1

    def get_content_height(self, *_: object) -> int:
        """As high as the code."""
        return len(self._rows) or 1

    def render_line(self, y: int) -> Strip:
        """One row of the code."""
        row = self._rows[y] if y < len(self._rows) else ""
        return Strip([Segment(row, _PAPER)]).adjust_cell_length(self.size.width, self.rich_style)
