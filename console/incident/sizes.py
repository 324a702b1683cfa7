"""How long a text is against where it goes, and which of its sentences are too long to be read at night. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from console.incident.able import kind_name
from console.incident.board_box import kind_name_for
from console.incident.state import State
from console.playbook.kinds import KINDS
from console.text import weighted_length

MOST_WORDS: Final = 25
_SENTENCE: Final = re.compile(r"[^.!?\n]+")


def kinds_of(state: State, step: str) -> tuple[str, ...]:
    """The kinds of the channels a step's text goes to."""
    found = state.playbook.step(step)
    if found is None or found.act is None:
        return ()
    if found.act.channel == "voices":
        names = [channel.name for channel in state.playbook.channels]
        kinds = (kind_name(state, name) for name in names)
        return tuple(kind for kind in kinds if kind in KINDS and KINDS[kind].speaks)
    kind = kind_name_for(state, found)
    return (kind,) if kind else ()


def kinds_of_text(state: State, slug: str) -> tuple[str, ...]:
    """The kinds of all channels on which some step speaks this text."""
    steps = (
        step for step in state.playbook.steps() if slug and slug in (step.text, step.arguments.get("text"))
    )
    return tuple(dict.fromkeys(kind for step in steps for kind in kinds_of(state, step.name)))


def size_words(text: str, kinds: Iterable[str]) -> str:
    """`212 of 280 characters on X`, by the tightest limit; a word count where there is none."""
    limits = {kind: KINDS[kind].limit for kind in kinds if kind in KINDS and KINDS[kind].limit}
    if not limits:
        count = len(text.split())
        return f"{count} word{'' if count == 1 else 's'}"
    kind = min(limits, key=lambda name: limits[name])
    length = weighted_length(text) if kind == "x" else len(text)
    over = f", TOO LONG by {length - limits[kind]}" if length > limits[kind] else ""
    return f"{length} of {limits[kind]} characters on {KINDS[kind].title}{over}"


def too_long(text: str, kinds: Iterable[str]) -> bool:
    """Whether it is longer than its channel takes."""
    return "TOO LONG" in size_words(text, kinds)


def long_sentences(text: str) -> list[str]:
    """The sentences of more than 25 words."""
    return [found.strip() for found in _SENTENCE.findall(text) if len(found.split()) > MOST_WORDS]
