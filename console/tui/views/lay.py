"""Rows of parts: cut, filled, wrapped and set beside each other by terminal cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.text import cells, fit, visible
from console.tui.text import Part, Tone

Row = tuple[Part, ...]
MOST_INDENT = 24
EDGES = 7  # cells that a frame, a border, their padding and a scrollbar take from a dialog's width


def words(part: Part) -> str:
    """The part's text as it is drawn."""
    return visible(part if isinstance(part, str) else part[0])


def size(row: Row) -> int:
    """How many cells a row takes."""
    return sum(cells(words(part)) for part in row)


def toned(text: str, part: Part) -> Part:
    """The text in the tone of that part."""
    return text if isinstance(part, str) else (text, part[1])


def cut(row: Row, width: int, *, pad: bool = False) -> Row:
    """The row in at most `width` cells, `...` where something is missing; with `pad` in exactly as many."""
    total = size(row)
    if total <= width:
        return (*row, " " * (width - total)) if pad and total < width else row
    kept: list[Part] = []
    room = width
    for part in row:
        text = words(part)
        taken = cells(text)
        if taken > room or (taken == room and part is not row[-1]):
            kept.append(toned(fit(text + ("    " if taken <= room else ""), room), part))
            room -= cells(words(kept[-1]))
            break
        kept.append(part)
        room -= taken
    return (*kept, " " * room) if pad and room else tuple(kept)


def ends(left: Row, right: Row, width: int) -> Row:
    """Left and right at the two ends of a row; the left is cut first."""
    if not right:
        return cut(left, width)
    right = cut(right, width)
    room = max(width - size(right) - 2, 0)
    return (*cut(left, room, pad=True), "  ", *right)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces; its own newlines are kept."""
    found: list[str] = []
    for paragraph in visible(text, lines=True).split("\n"):
        line = ""
        for word in paragraph.split(" "):
            rest = word
            while cells(rest) > width > 0:
                if line:
                    found.append(line)
                    line = ""
                piece = _head(rest, width)
                found.append(piece)
                rest = rest[len(piece) :]
            longer = f"{line} {rest}" if line else rest
            if cells(longer) > width:
                found.append(line)
                line = rest
            else:
                line = longer
        found.append(line)
    return found


def _head(text: str, width: int) -> str:
    """As many characters as fit; one at least."""
    taken = 0
    for place, char in enumerate(text):
        taken += cells(char)
        if taken > width:
            return text[: max(place, 1)]
    return text


def hang(label: str, text: str, width: int, tone: Tone = "plain", label_tone: Tone = "muted") -> list[Row]:
    """A label, and the text beside it in as many rows as it needs."""
    indent = cells(label)
    lines = wrap(text, max(width - indent, 1))
    return [
        ((label if place == 0 else " " * indent, label_tone), (line, tone))
        for place, line in enumerate(lines)
    ]


def folded(rows: Iterable[Sequence[Part]], width: int) -> list[Row]:
    """Rows that are longer than `width` broken at spaces, what follows standing under what it belongs to."""
    found: list[Row] = []
    for given in rows:
        row = tuple(given)
        if size(row) <= width or len(row) < 2:
            found.append(row)
            continue
        indent = size(row[:-1])
        if indent > MOST_INDENT:  # no label: it wraps as it may
            found.append(row)
            continue
        for place, line in enumerate(wrap(words(row[-1]), max(width - indent, 8))):
            head: Row = row[:-1] if not place else (" " * indent,)
            found.append((*head, toned(line, row[-1])))
    return found


def beside(left: Sequence[Row], right: Sequence[Row], widths: tuple[int, int], between: str) -> list[Row]:
    """Two columns of rows, as high as the higher of them."""
    height = max(len(left), len(right))
    blank: Row = ("",)
    return [
        (
            *cut(left[place] if place < len(left) else blank, widths[0], pad=True),
            (between, "muted"),
            *cut(right[place] if place < len(right) else blank, widths[1], pad=True),
        )
        for place in range(height)
    ]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind, of which all but `least` may go when room is short; `rank` 0 goes last."""

    rows: Sequence[Row]
    least: int
    rank: int = 0


def squeeze(sections: Iterable[Section], height: int) -> list[Row]:
    """The sections' rows in at most `height` rows, if their least allows; what was cut ends in `...`."""
    kept = [(section, len(section.rows)) for section in sections if section.rows]
    total = sum(count for _, count in kept)
    for rank in sorted({section.rank for section, _ in kept}, reverse=True):
        for place, (section, count) in enumerate(kept):
            if section.rank == rank and total > height:
                fewer = max(section.least, count - (total - height))
                fewer = min(fewer, count)
                total -= count - fewer
                kept[place] = (section, fewer)
    rows: list[Row] = []
    for section, count in kept:
        rows += _shortened(section.rows, count)
    return rows


def _shortened(rows: Sequence[Row], count: int) -> list[Row]:
    if count >= len(rows) or not count:
        return list(rows[:count])
    last = rows[count - 1]
    text = words(last[-1])
    return [*rows[: count - 1], (*last[:-1], toned(f"{text} ...", last[-1]))]
