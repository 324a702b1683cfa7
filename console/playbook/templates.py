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
_brace: Final = re.compile(r"\{\{|\}\}")


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


def placeholders(template: str) -> tuple[Placeholder, ...]:
    """Every placeholder, broken ones and stray braces among them, in reading order."""
    found = [Placeholder(match[1], match.start(), match.end()) for match in _placeholder.finditer(template)]
    taken = [(one.start, one.end) for one in found]
    for match in _brace.finditer(template):
        if any(start <= match.start() < end for start, end in taken):
            continue
        close = template.find("}}", match.end()) if match[0] == "{{" else -1
        end = close + 2 if close >= 0 else match.end()
        found.append(Placeholder("", match.start(), end))
        taken.append((match.start(), end))
    return tuple(sorted(found, key=lambda one: one.start))
