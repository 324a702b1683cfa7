"""What an officer is asked about a step, as things stand."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from console.errors import Refused
from console.incident.able import kind_name
from console.incident.facts import items_for, sees, stands_down, takes
from console.incident.state import State
from console.playbook.kinds import kind_of
from console.playbook.model import Choice, Step

DONE = Choice("done", "Done")
COULD_NOT = Choice("could-not", "I could not")
MOST_DIGITS: Final = 15
# Words that tick a step off and say nothing of what is seen.
TICK: Final = re.compile(
    r"((it is |is |all )?(done|ok|okay|fine|good|completed?|finished|checked?|tick(ed)?)|y|ye[ps]|ja|x|v|1|true|)"
)


class Asked(Struct, frozen=True, kw_only=True):
    """The question of a step. `kind`: `choose`, `value`, `number`, `people`. `words`: what is seen must be said in words."""

    kind: str
    prompt: str
    choices: tuple[Choice, ...] = ()
    words: bool = False
    want: int | None = None


def question(state: State, step: Step) -> Asked:
    """The question of a step: its own, else what its act or its check leaves open, else a tick.

    An answer that ends the incident says so in its own words, so that no face can offer it without them.
    """
    asked = _asked(state, step)
    what = "incident" if state.live else "drill"
    choices = tuple(
        Choice(each.slug, f"{each.words} (ENDS the {what})") if stands_down(step, each.slug) else each
        for each in asked.choices
    )
    return asked if choices == asked.choices else replace(asked, choices=choices)


def fit(asked: Asked, value: str, words: str) -> tuple[str, str]:
    """The value as it stands in the record, and the words with it; raises Refused when they answer another question."""
    if asked.kind == "choose":
        return _chosen(asked, value, words)
    if not value:
        raise Refused("The answer is empty.", do=asked.prompt, code="bad-value")
    if asked.kind == "number" and not (value.isdecimal() and value.isascii() and len(value) <= MOST_DIGITS):
        raise Refused(
            f"{value[:40]} is not a number of things: digits alone, {MOST_DIGITS} at most.",
            do=asked.prompt,
            code="bad-value",
        )
    if asked.words and _ticks(value):
        raise Refused(
            f"{value[:40]} ticks it off. It is critical, so it is answered with what you see.",
            do="A few words are enough: 0 sessions left.",
            code="words",
        )
    return (str(int(value)) if asked.kind == "number" else value), words


def _chosen(asked: Asked, value: str, words: str) -> tuple[str, str]:
    slugs = [choice.slug for choice in asked.choices]
    if value.isdecimal() and len(value) <= MOST_DIGITS and 1 <= int(value) <= len(slugs):
        value = slugs[int(value) - 1]
    if value not in slugs:
        listed = ", ".join(f"{place} {choice.slug}" for place, choice in enumerate(asked.choices, 1))
        raise Refused(
            f"{value or 'Nothing'} is not an answer to it.",
            do=f"Choose from: {listed}.",
            code="bad-value",
        )
    if asked.words and value == "done" and _ticks(words):
        raise Refused("Say what you see.", do="A few words are enough: 0 sessions left.", code="words")
    return value, words


def _ticks(words: str) -> bool:
    """Whether words only tick a step off."""
    plain = " ".join(words.casefold().replace("-", " ").split()).strip(" .!,;:'\"")
    return TICK.fullmatch(plain) is not None


def _asked(state: State, step: Step) -> Asked:
    empty = takes(state, step) == "items" and not items_for(state, step) and not state.effects_of(step.name)
    nothing = (Choice("nothing", "Nothing there, I looked"),) if empty else ()
    if step.answer is not None:
        own = step.answer
        prompt = own.prompt or "What do you see?"
        choices = own.choices + nothing if own.kind == "choose" else ()
        return Asked(kind=own.kind, prompt=prompt, choices=choices, want=own.want)
    if step.act is not None or step.text or step.gate is not None:
        choices = (DONE, COULD_NOT, *nothing)
        return Asked(kind="choose", prompt="What happened?", choices=choices, words=step.critical)
    if step.check is not None:
        return Asked(kind="choose", prompt=_probe_words(state, step), choices=_YES_NO)
    if step.critical:
        return Asked(kind="value", prompt="What do you see?", words=True)
    return Asked(kind="choose", prompt="Is it done?", choices=(DONE, COULD_NOT))


_YES_NO = (Choice("yes", "Yes, I see it"), Choice("not-yet", "Not yet"))


def _probe_words(state: State, step: Step) -> str:
    if step.check is None:
        return ""
    kind = kind_of(step.check.channel, kind_name(state, step.check.channel))
    spec = kind.probes.get(step.check.verb) if kind is not None else None
    return spec.asks if spec is not None else "What do you see?"


def by_itself(state: State, step: Step) -> bool:
    """Whether the step has no act and no question of its own, and its check can be run by the console."""
    return step.check is not None and step.act is None and step.answer is None and sees(state, step.check)
