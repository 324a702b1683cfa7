"""What has come of what an officer let go, in one plain line that stays true while it is read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.manifest import from_bytes
from console.incident.once_more import waits_with
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.incident.state import Effect, State
    from console.playbook.model import Step


def what_came_of(state: State, step: str, going: str = "") -> str:
    """What is happening to a step's acts, or has come of them; empty where hands do them, or nothing was begun.

    Args:
        state: the incident.
        step: its full name.
        going: how far a mailing is, where somebody counted.
    """
    effects = [each for each in state.effects_of(step) if not each.guided]
    if not effects:
        return ""
    number = state.playbook.numbers.get(step, step)
    world = "" if state.live else "DRILL, simulated: "
    hands = sum(1 for each in state.effects_of(step) if each.guided and each.status == "intended")
    left = f" {hands} left to do by hand, in the box above." if hands else ""
    return world + _words(number, effects, going, part=bool(hands)) + left


def _words(number: str, effects: Sequence[Effect], going: str, *, part: bool) -> str:
    """How it stands with what the console does; `part` when hands do the rest."""
    done = [each for each in effects if each.status == "done"]
    share = f"{len(done)} of {len(effects)} done" if len(effects) > 1 or part else ""
    share += " by the console" if share and part else ""
    if any(each.status == "intended" for each in effects):
        so_far = going or share
        return f"{number} is on its way{f': {so_far}' if so_far else ''}."
    if any(each.status == "interrupted" for each in effects):
        if let := waits_with(effects):
            return f"{number} has not gone on yet: {let}. Enter looks at it."
        return f"{number} stopped in the middle. Enter looks at it; nobody is mailed twice."
    ends = [share] if share else []
    ends += [f"it did not happen: {each.reason}" for each in effects if each.status == "failed"][:1]
    ends += ["we do not know if it went out"] if any(each.status == "doubt" for each in effects) else []
    ends += [_mailed(each) for each in done if each.accepted + each.refused + each.doubtful > 1]
    return f"{number}: {'; '.join(ends)}." if ends else f"{number} was carried out."


def _mailed(effect: Effect) -> str:
    return f"{effect.accepted:,} accepted, {effect.refused:,} refused, {effect.doubtful:,} not known"


def begun_since(state: State, step: Step) -> bool:
    """Whether its act is on its way, and was begun after the step was put off, if it was: then it is not put off any more."""
    fact = state.of(step.name).standing
    put_off = fact.at if fact is not None and fact.kind == "defer" else 0
    return any(each.status == "intended" and each.at >= put_off for each in state.effects_of(step.name))


def mailing_on_its_way(state: State) -> str:
    """The step whose mailing this or another console is carrying out at this moment; empty for none."""
    for effect in state.effects.values():
        if effect.status == "intended" and not effect.guided:
            plan = state.plans.get(effect.digest)
            if plan is not None and from_bytes(plan.raw.encode()).recipients:
                return effect.step
    return ""


def mailing_step(state: State) -> str:
    """The step whose mailing is on its way, else the one that was begun last; empty when none was."""
    begun = [
        plan.step
        for plan in state.plans.values()
        if plan.started and from_bytes(plan.raw.encode()).recipients
    ]
    return mailing_on_its_way(state) or (begun[-1] if begun else "")


def names_of(refused: Sequence[str], doubtful: Sequence[str]) -> str:
    """The refused and the doubtful by name, one a line, to be read or kept in a file."""
    lines = [f"Refused, this mail did not reach them: {len(refused):,}", *refused]
    return "\n".join(
        [*lines, "", f"In doubt, we do not know if it reached them: {len(doubtful):,}", *doubtful]
    )


def how_far(counts: dict[str, int]) -> str:
    """How far a mailing is, by its ledger's counts: `1,204 of 2,400`; empty where there is none."""
    total = counts.get("total", 0)
    return f"{total - counts.get('waiting', 0):,} of {counted(total, 'person', 'people')}" if total else ""
