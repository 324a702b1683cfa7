"""The forms that a text in an author's file may have, and the types that name them.

A type here is a text with its limits and its form; `document.py`, `wordings.py` and `scenario.py` are made of them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from console.playbook import durations

SLUG: Final = r"^[a-z][a-z0-9-]*$"


class Form(Struct, frozen=True):
    """What a text must look like: the code and words of its finding, and whether it may hold placeholders or lines."""

    code: str
    wants: str
    pattern: str = ""
    placeholders: bool = False
    lines: bool = False


FORMS: Final[dict[str, Form]] = {
    "line": Form("PB029", "words in one line"),
    "template": Form("PB029", "words in one line", placeholders=True),
    "prose": Form("PB029", "words", placeholders=True, lines=True),
    "slug": Form("PB022", "a slug: small letters, digits and hyphens, a letter first", SLUG),
    "step": Form("PB029", "a step as phase/step", r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$"),
    "target": Form(
        "PB029", "a step as phase/step, or stand-down", r"^([a-z][a-z0-9-]*/[a-z][a-z0-9-]*|stand-down)$"
    ),
    "was": Form("PB029", "an id, or phase/step", r"^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$"),
    "verb": Form("PB029", "channel.verb", r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$"),
    "duration": Form(
        "PB023", "a length of time: a number with s, m or h, as 90s, 15m or 4h", durations.PATTERN
    ),
    "version": Form("PB029", "a version of three numbers, as 1.2.0", r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$"),
    "link": Form(
        "PB029",
        "a link that begins with https://, http://, mailto: or tel:",
        r"^(https?://|mailto:|tel:)\S+$",
    ),
    "path": Form(
        "PB029",
        "a file below this one, as texts/holding.yaml",
        r"^([a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9._-]*\.ya?ml$",
    ),
    "condition": Form("PB040", "a condition in one line"),
}


def says(
    description: str = "", *examples: Any, least: int | None = None, most: int | None = None, form: str = ""
) -> Meta:
    """What an author sees on hover, with the limits: of a text's or list's length, or of a number."""
    return Meta(
        description=description or None,
        examples=list(examples) or None,
        min_length=least,
        max_length=most,
        extra={"form": form} if form else None,
    )


Line = Annotated[str, says(least=1, most=300, form="line")]
Template = Annotated[str, says(least=1, most=300, form="template")]
Prose = Annotated[str, says(least=1, most=4000, form="prose")]
Slug = Annotated[str, says(least=1, most=60, form="slug")]
StepName = Annotated[str, says(least=1, most=121, form="step")]
Target = Annotated[str, says(least=1, most=121, form="target")]
ChannelVerb = Annotated[str, says(least=1, most=121, form="verb")]
Duration = Annotated[str, says(least=1, most=7, form="duration")]
ConditionText = Annotated[str, says(least=1, most=500, form="condition")]
Link = Annotated[str, says(least=1, most=500, form="link")]
Path = Annotated[str, says(least=1, most=120, form="path")]
KindName = Literal["mynewsdesk", "x", "website", "mail", "mastodon", "bluesky", "manual"]


class Doc(Struct, kw_only=True, rename="kebab"):
    """What all parts of a document have: the node they were read from."""

    node: Any = None
