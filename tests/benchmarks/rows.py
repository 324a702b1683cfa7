"""One row of the report: a budget, what was measured beside what, and whether it is met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        group: the budget it belongs to, as the design's table names it.
        what: the thing that was measured.
        measured: its median, with its unit.
        baseline: what it was measured beside in the same run, with that one's median.
        figure: what the budget is about: mostly the paired ratio. None when it could not be measured.
        unit: of the figure; `x` is a ratio.
        budget: the most the figure may be; None for a row that only stands beside.
        note: how it was measured, or why not.
    """

    group: str
    what: str
    measured: str = ""
    baseline: str = ""
    figure: float | None = None
    unit: str = "x"
    budget: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """`met`, `NOT MET`, `beside` (no budget of its own) or `not measured`."""
        if self.figure is None:
            return "not measured"
        if self.budget is None:
            return "beside"
        return "met" if self.figure <= self.budget else "NOT MET"

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "verdict": self.verdict}


def number(value: float | None, unit: str) -> str:
    """A figure as it is printed: enough digits to judge it."""
    if value is None:
        return "-"
    digits = 0 if value >= 100 else 1 if value >= 20 else 2 if value >= 0.1 else 4
    return f"{value:.{digits}f} {unit}"


def ms(seconds: float) -> str:
    """A time as it is printed."""
    return number(seconds * 1000, "ms")


COLUMNS = ("what", "measured", "beside", "figure", "budget", "")


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table for each budget, readable as it stands in a terminal."""
    said: list[str] = []
    for group in dict.fromkeys(row.group for row in rows):
        cells = [COLUMNS] + [_cells(row) for row in rows if row.group == group]
        widths = [max(len(line[at]) for line in cells) for at in range(len(COLUMNS))]
        said += [f"### {group}", ""]
        for place, line in enumerate(cells):
            padded = " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            said.append(f"| {padded} |")
            if place == 0:
                said.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        notes = dict.fromkeys(row.note for row in rows if row.group == group and row.note)
        said += ["", *(f"{note}" for note in notes), ""] if notes else [""]
    return "\n".join(said)


def _cells(row: Row) -> tuple[str, ...]:
    limit = f"<= {number(row.budget, row.unit)}" if row.budget is not None else ""
    return (row.what, row.measured, row.baseline, number(row.figure, row.unit), limit, row.verdict)
