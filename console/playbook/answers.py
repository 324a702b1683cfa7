"""What a phase's steps are called and what each answers: needed before any condition can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from console.playbook.document import ChooseAnswer, NumberAnswer, PeopleAnswer, PhaseDoc, StepDoc
from console.playbook.model import Answer, Choice
from console.playbook.nodes import Scalar
from console.playbook.templates import unbraced

if TYPE_CHECKING:
    from console.playbook.findings import Notes

LONGEST_ID: Final = 40


def step_id(step: StepDoc) -> str:
    """The step's own id, else one made of its words."""
    written = step.node.get("id")
    if isinstance(written, Scalar) and written.text:
        return written.text
    made = re.sub(r"[^a-z0-9]+", "-", unbraced(step.do).casefold()).strip("-0123456789")
    return made[:LONGEST_ID].strip("-") or "step"


def answers_of(phase: PhaseDoc, notes: Notes) -> dict[str, Answer | None]:
    """Every step's full name with what it answers. Notes ids that stand twice."""
    found: dict[str, Answer | None] = {}
    for step in phase.steps:
        name = f"{phase.id}/{step_id(step)}"
        if name in found:
            notes.error(
                "PB037",
                step.node.at("id") if step.id else step.node.at("do"),
                f'the step "{name}" stands here twice',
                "choose another id",
            )
        found.setdefault(name, answer_of(step))
        if not step.id and step.node.get("id") is None:
            notes.warn(
                "PB108",
                step.node.place,
                "this step has no id, so its name follows its words",
                f"add id: {step_id(step)}",
            )
    return found


def answer_of(step: StepDoc) -> Answer | None:
    """What the officer reports at that step, in the model."""
    answer = step.answer
    if not answer:
        return None
    if isinstance(answer, ChooseAnswer):
        return Answer("choose", "", tuple(Choice(slug, words) for slug, words in answer.choose.items()))
    if isinstance(answer, NumberAnswer):
        return Answer("number", answer.number, (), answer.want)
    if isinstance(answer, PeopleAnswer):
        return Answer("people", answer.people)
    return Answer("value", answer.value)
