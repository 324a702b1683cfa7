"""The only module of the face that makes something drawable from somebody else's text.

Textual reads markup in most of the strings it is given: a post that holds `[/b]` can crash a screen, and one that
holds `[@click=...]` can put an action under the mouse. So nothing in `console.tui` hands a bare string from outside to
a widget: it goes through `plain`, `lines` or `line` and arrives as Content, which is never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Literal

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from console.text import visible
from console.tui.theme import THEMES

Tone = Literal["plain", "muted", "strong", "done", "late", "danger", "info", "drill", "head", "inverse"]
Part = str | tuple[str, Tone]

# A tone is never colour alone: each that matters is bold or reversed too, and the words beside it say the same.
TONES: Final[Mapping[Tone, str]] = {
    "plain": "",
    "muted": "$muted",
    "strong": "bold",
    "done": "$done",
    "late": "bold $late",
    "danger": "bold $danger",
    "info": "$info",
    "drill": "bold $drill",
    "head": "bold $info",
    "inverse": "bold reverse",
}


def plain(text: str) -> Content:
    """One line of somebody's text, as it stands; a newline in it is spelled out."""
    return Content(visible(text))


def lines(text: str) -> Content:
    """Several lines of somebody's text, as they stand."""
    return Content(visible(text, lines=True))


def line(*parts: Part) -> Content:
    """One line made of parts, each plain or `(text, tone)`."""
    return Content.assemble(*(_styled(part) for part in parts))


def stack(rows: Iterable[Content]) -> Content:
    """Rows of content under each other."""
    return Content("\n").join(rows)


def _styled(part: Part) -> Content | tuple[str, str]:
    if isinstance(part, str):
        return Content(visible(part))
    text, tone = part
    style = TONES[tone]
    return (visible(text), style) if style else Content(visible(text))


@lru_cache(maxsize=256)
def _rich(tone: Tone, theme: str) -> RichStyle:
    named = next((each.variables for each in THEMES if each.name == theme), THEMES[0].variables)
    return Style.parse(TONES[tone], named).rich_style if TONES[tone] else RichStyle.null()


def strip(parts: Iterable[Part], width: int, base: RichStyle, theme: str) -> Strip:
    """One row for the Line API, exactly `width` cells; what does not fit is cut at the right.

    Args:
        parts: as for `line`.
        width: cells.
        base: the style under every part, such as the cursor's.
        theme: the name of the theme in force, which the tones' colours are remembered under.
    """
    segments = [
        Segment(visible(part), base)
        if isinstance(part, str)
        else Segment(visible(part[0]), base + _rich(part[1], theme))
        for part in parts
    ]
    return Strip(segments).adjust_cell_length(width, base)
