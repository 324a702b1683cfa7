"""What an author should look at again. Warnings never block a load."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from console.playbook.findings import Notes, Place, short
from console.playbook.forms import Doc
from console.playbook.nodes import Mapping, Scalar
from console.playbook.shapes import shape_of
from console.playbook.templates import placeholders, unbraced
from console.playbook.wordings import AnswersText
from console.text import weighted_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.playbook.books import Book, Text
    from console.playbook.model import Phase, Step
    from console.playbook.scope import Scope

LONGEST_SENTENCE: Final = 25
LONGEST_MOVE: Final = 60
MOST_STEPS: Final = 9
LONGEST_PART: Final = 4_000
EARLY: Final = ("hacked", "only", "isolated", "no data", "nothing to worry about")
# Scope and all-clear speak when these things are known.
LATE_KINDS: Final = ("scope", "all-clear", "answers")
_early: Final = re.compile(r"\b(" + "|".join(EARLY) + r")\b", re.IGNORECASE)
_sentence: Final = re.compile(r"[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*")
# The longest words that each name usually becomes; a question's options are joined.
_WORST: Final = {
    "officer": 24,
    "now": 5,
    "next-update": 5,
    "first-seen": 16,
    "harm": 48,
}
_UNKNOWN: Final = 24


def check_text(text: Text) -> None:
    """Warn of missing parts, long sentences and early words of one wording."""
    notes = text.file.notes
    document = text.document
    node: Mapping = document.node
    kind: str = document.kind
    if not isinstance(document, AnswersText):
        missing = [
            part for part in shape_of(type(document)).fields if part != "kind" and node.get(part) is None
        ]
        if missing:
            notes.warn(
                "PB101",
                node.at("kind"),
                f"a text of kind {kind} usually has: {', '.join(missing)}",
                f"add {missing[0]}",
            )
    for key, value in node.entries:
        if key.text == "kind" or not isinstance(value, Scalar) or len(value.text) > LONGEST_PART:
            continue  # no part, or one that has been refused
        _sentences(value, notes)
        if kind not in LATE_KINDS:
            for match in _early.finditer(value.text):
                message = f"{short(match[0])} is often not known so early"
                notes.warn("PB103", value.within(match.start(), match.end()), message, "say what is known")


def check_phase(phase: Phase, node: Mapping, notes: Notes) -> None:
    """Warn of a phase with too many steps that always apply."""
    always = [step for step in phase.steps if step.when is None and not step.background]
    if len(always) > MOST_STEPS and phase.when is None:
        place = (node.key("steps") or node).place
        message = (
            f"{len(always)} steps that always apply in phase {phase.id}; {MOST_STEPS} is what people can hold"
        )
        notes.warn("PB105", place, message, "split the phase, or give steps a condition")


def check_moves(steps: Iterable[tuple[Step, Doc]], scope: Scope, notes: Notes) -> None:
    """Warn of sentences that grow too long once their placeholders are filled in."""
    for step, document in steps:
        if "{{" not in step.do:
            continue
        longest = len(worst_case(step.do, scope))
        if longest > LONGEST_MOVE:
            message = f"up to {longest} characters once it is filled in; {LONGEST_MOVE} fit"
            notes.warn("PB104", document.node.at("do"), message, "shorten it")


def check_limits(book: Book, phases: Iterable[Phase], scope: Scope) -> None:
    """Warn of texts that may be longer than a channel they are sent to takes."""
    told = set()
    for phase in phases:
        for step in phase.steps:
            text = book.texts.get(step.text)
            if text is None or step.act is None or not isinstance(text.document, Doc):
                continue
            limits = [
                kind.limit
                for kind in scope.kinds(step.act.channel)
                if kind.limit and step.act.verb in kind.verbs
            ]
            longest = _longest(text, scope)
            if limits and longest > min(limits) and (step.text, min(limits)) not in told:
                told.add((step.text, min(limits)))
                message = (
                    f"up to {longest} characters when it is filled in; {step.act.channel} takes {min(limits)}"
                )
                place: Place = text.document.node.at("kind")
                text.file.notes.warn("PB106", place, message, "shorten a part")


def check_used(book: Book, phases: Iterable[Phase]) -> None:
    """Warn of wordings that no step sends or shows."""
    used = {
        name
        for phase in phases
        for step in phase.steps
        for name in (step.text, step.arguments.get("text", ""))
    }
    texts = book.document.node.get("texts")
    for key, _ in texts.entries if isinstance(texts, Mapping) else ():
        if key.text not in used:
            book.notes.warn(
                "PB109",
                key.place,
                f"the text {short(key.text)} is never used",
                "delete it, or name it in a step",
            )


def worst_case(template: str, scope: Scope) -> str:
    """The template with the longest words that each name usually becomes."""
    filled = template
    for one in reversed(placeholders(template)):
        if one.name:
            filled = filled[: one.start] + _worst(one.name, scope) + filled[one.end :]
    return filled


def _longest(text: Text, scope: Scope) -> int:
    """How much the whole text may weigh, as X counts."""
    entries = text.document.node.entries
    parts = [
        value.text
        for key, value in entries
        if key.text not in ("kind", "subject") and isinstance(value, Scalar)
    ]
    whole = " ".join(part.strip() for part in parts)
    return len(whole) if len(whole) > LONGEST_PART else weighted_length(worst_case(whole, scope))


def _worst(name: str, scope: Scope) -> str:
    if name in scope.facts:
        return scope.facts[name]
    head, _, field = name.partition(".")
    if head == "role":
        return scope.roles.get(field, "n" * _UNKNOWN)
    if field:
        return "n" * 16
    question = scope.ask.get(name)
    if question is not None and question.options and name not in _WORST:
        words = [f"our {choice.words}" for choice in question.options]
        return ", ".join(words) if question.kind == "pick" else max(words, key=len)
    return "n" * _WORST.get(name, _UNKNOWN)


def _sentences(value: Scalar, notes: Notes) -> None:
    for match in _sentence.finditer(value.text):
        words = unbraced(match[0]).split()
        if len(words) > LONGEST_SENTENCE:
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            message = f"a sentence of {len(words)} words; {LONGEST_SENTENCE} is what people can take in"
            notes.warn("PB102", value.within(start, match.end()), message, "split it")
