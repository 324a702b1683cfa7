"""One row of a list, whatever the list is written in."""

from __future__ import annotations

from msgspec import Struct


class Row(Struct, frozen=True):
    """One row: the line it begins in (from 1), the cell that should hold the address, and the raw line.

    `trouble` says in words why the row cannot be read at all; `column` (from 1) is where the cell begins, 0 where that is to be
    looked for in the raw line.
    """

    line: int
    cell: str
    raw: str
    trouble: str = ""
    column: int = 0
