"""Two looks for two worlds: live and practice.

They differ in shape first (`widgets/frame.py`: a hatched frame and the word DRILL), in colour only after that, because
about one man in twelve would not see the colour. Every text colour has at least 7:1 against its background; the 16-colour
pair uses bright colours and reverse only, since VGA's red and blue cannot be read on black.
"""

from __future__ import annotations

from typing import Final, Literal

from textual.theme import Theme

Mode = Literal["live", "practice"]

WORDS: Final[dict[Mode, str]] = {"live": "LIVE", "practice": "DRILL"}
GROUND: Final = "#14171A"
COLOURS: Final = {
    "text": "#E8EAED",
    "muted": "#B4BCC4",
    "done": "#4CC9A0",
    "late": "#F2B134",
    "danger": "#FF8350",
    "info": "#6CB8F0",
    "drill": "#D59BE0",
}
BASIC: Final = {
    "text": "ansi_bright_white",
    "muted": "ansi_white",
    "done": "ansi_bright_green",
    "late": "ansi_bright_yellow",
    "danger": "ansi_bright_yellow",
    "info": "ansi_bright_cyan",
    "drill": "ansi_bright_magenta",
}


def _theme(mode: Mode, *, basic: bool) -> Theme:
    colours = BASIC if basic else COLOURS
    accent = colours["drill" if mode == "practice" else "info"]
    ground = "ansi_black" if basic else GROUND
    return Theme(
        name=theme_name(mode, basic=basic),
        ansi=basic,
        primary=accent,
        secondary=colours["muted"],
        accent=accent,
        warning=colours["late"],
        error=colours["danger"],
        success=colours["done"],
        foreground=colours["text"],
        background=ground,
        surface=ground,
        panel=ground,
        boost=ground,
        text_alpha=1.0,
        dark=True,
        variables={
            **{name: colours[name] for name in ("muted", "done", "late", "danger", "info", "drill")},
            "world": accent,
            "ansi-background": ground,
            "ansi-foreground": colours["text"],
            "text-muted": colours["muted"],
            "text-disabled": colours["muted"],
            "foreground-muted": colours["muted"],
            "block-cursor-background": accent,
            "block-cursor-foreground": ground,
            "block-cursor-text-style": "bold",
            "input-cursor-background": colours["text"],
            "input-cursor-foreground": ground,
            "input-cursor-text-style": "none",
            "input-selection-background": colours["muted"],
            "input-selection-foreground": ground,
            "text": colours["text"],
            "scrollbar": accent,
            "scrollbar-hover": accent,
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "link-color": accent,
            "border": accent,
            "border-blurred": colours["muted"],
        },
    )


def theme_name(mode: Mode, *, basic: bool = False) -> str:
    """The name of the look for this world; `basic` is the one for 16-colour terminals."""
    return f"console-{WORDS[mode].lower()}{'-basic' if basic else ''}"


THEMES: Final = tuple(_theme(mode, basic=basic) for mode in WORDS for basic in (False, True))
