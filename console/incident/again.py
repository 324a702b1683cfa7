"""Whether a step may be acted on once more: nothing goes out twice unless somebody said that it is not there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.able import kind_name
from console.incident.facts import achieved, good_answer
from console.incident.manifest import from_bytes
from console.playbook.kinds import kind_of

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import Effect, State
    from console.playbook.model import Step

HARMLESS: Final = ("pure", "idempotent")
POST: Final = "post"
OUT_THERE: Final = ("done", "doubt", "intended")


def went_out(state: State, step: Step) -> bool:
    """Whether all that the step planned last was done, and nothing calls for more.

    More is called for by the next round of a repeating step, by an officer who answered since that it is not there, and,
    where doing it again changes nothing (looking, removing, pinning), by a check that does not agree.
    """
    effects = state.effects_of(step.name)
    if not effects or any(effect.status != "done" for effect in effects):
        return False
    answer = state.of(step.name).answer
    said = answer.value if answer is not None and answer.at >= max(effect.at for effect in effects) else None
    if step.repeat is not None:
        return said is None
    if _harmless(state, step):
        return achieved(state, step)
    return said is None or good_answer(step, said)


def interrupted(state: State, step: Step) -> tuple[Effect, ...]:
    """What was interrupted of the step's plan: a mailing that may go on with the people who are left."""
    return tuple(effect for effect in state.effects_of(step.name) if effect.status == "interrupted")


def reached_already(state: State, step: Step) -> frozenset[str]:
    """Channels on which this round of the step was done while others failed: only those are left to do."""
    reached: set[str] = set()
    for plan in reversed([each for each in state.plans.values() if each.step == step.name and each.started]):
        effects = [each for each in state.effects.values() if each.digest == plan.digest]
        if all(effect.status == "done" for effect in effects):
            break
        reached |= {effect.channel for effect in effects if effect.status == "done"}
    return frozenset(reached)


def said_before(state: State, manifest: Manifest) -> tuple[str, Effect] | None:
    """The channel, and the effect by which another step posted these very words there; None when none did.

    Nobody can tell a notice from its all-clear when they read the same, and X takes no text twice.
    """
    places = {each.channel for each in manifest.targets if each.verb == POST}
    words = _plain(manifest.text)
    if not places or not words:
        return None
    for effect in state.effects.values():
        if effect.step == manifest.step or effect.channel not in places or effect.status not in OUT_THERE:
            continue
        plan = state.plans.get(effect.digest)
        if plan is not None and _plain(from_bytes(plan.raw.encode()).text) == words:
            return effect.channel, effect
    return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def only_looks(step: Step) -> bool:
    """Whether the step's act only looks, and asks for no word and no code: nothing has to be read before it."""
    if step.act is None or step.confirm or step.gate is not None:
        return False
    kind = kind_of(step.act.channel, "")
    spec = kind.verbs.get(step.act.verb) if kind is not None else None
    return spec is not None and spec.effect == "pure"


def looks_alone(state: State, effect: Effect) -> bool:
    """Whether the console itself carries it out, and changes nothing out there by it."""
    step = state.playbook.step(effect.step)
    return step is not None and not effect.guided and _class(state, step) == "pure"


def _harmless(state: State, step: Step) -> bool:
    return _class(state, step) in HARMLESS


def _class(state: State, step: Step) -> str:
    """The effect class of a step's act; empty without one."""
    if step.act is None:
        return ""
    kind = kind_of(step.act.channel, kind_name(state, step.act.channel))
    spec = kind.verbs.get(step.act.verb) if kind is not None else None
    return spec.effect if spec is not None else ""
