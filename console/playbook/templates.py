"""`{{ name }}` and nothing else: one pass, declared names only, values are never looked at again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What the console itself knows at the moment of sending; `reached` and `harm` need the questions that they come from.
BUILT_IN: Final = ("officer", "now", "next-update")
FROM_QUESTIONS: Final = {"reached": "reached", "harm": "at-risk"}

_placeholder: Final = re.compile(r"\{\{ *([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)?) *\}\}")
_any: Final = re.compile(_placeholder.pattern + r"|\{\{[^{}]*\}\}|\{\{|\}\}")


class Placeholder(Struct, frozen=True):
    """A name in a template: where it stands, from `start` to `end`; `name` is empty when it is broken."""

    name: str
    start: int
    end: int


def names(template: str) -> tuple[str, ...]:
    """The names that a template uses, each once, in reading order."""
    return tuple(dict.fromkeys(match[1] for match in _placeholder.finditer(template)))


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with each name replaced by its value, in one pass: what a value holds is never read as a template.

    Raises:
        KeyError: a name has no value. Names are checked at load, so the caller forgot one.
    """
    return _placeholder.sub(lambda match: values[match[1]], template)


def renamed(template: str, rename: Callable[[str], str]) -> str:
    """The template with its names replaced by other names."""
    return _placeholder.sub(lambda match: "{{ " + rename(match[1]) + " }}", template)


def unbraced(template: str) -> str:
    """The template with each placeholder's bare name in its place, for counting words."""
    return _placeholder.sub(r"\1", template)


def placeholders(template: str) -> tuple[Placeholder, ...]:
    """Every placeholder, broken ones and stray braces among them, in reading order."""
    return tuple(Placeholder(match[1] or "", match.start(), match.end()) for match in _any.finditer(template))
