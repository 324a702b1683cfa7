"""What an officer is asked about a step, as things stand."""

from __future__ import annotations

from msgspec import Struct

from console.incident.facts import items_for, kind_name, sees, takes
from console.incident.state import State
from console.playbook.kinds import kind_of
from console.playbook.model import Choice, Step

DONE = Choice("done", "Done")
COULD_NOT = Choice("could-not", "I could not")


class Asked(Struct, frozen=True, kw_only=True):
    """The question of a step. `kind`: `choose`, `value`, `number`, `people`. `words`: what is seen must be said too."""

    kind: str
    prompt: str
    choices: tuple[Choice, ...] = ()
    words: bool = False
    want: int | None = None


def question(state: State, step: Step) -> Asked:
    """The question of a step: its own, else what its act or its check leaves open, else a tick."""
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
        return Asked(kind="value", prompt="What do you see?")
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
