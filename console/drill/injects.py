"""When what a scenario scripts happens. Pure: the state, the time and what happened before in; what happens now out.

Rules kept here:
- `at` counts from the opening; with `after`, `on_answer` or `on_gate` it counts from when that was first so.
- An inject whose `unless` is true at its time does not happen; it may later, should that turn false again.
- `repeat` counts from the last time, and ends when `lasts` is over, when `unless` turns true, or with the drill's length.
- The seed moves each time by some seconds, never to before what the author wrote; the seed 0 moves nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from console.incident.facts import Facts, achieved
from console.incident.moment import SECOND
from console.incident.planning import gate_wants
from console.playbook.conditions import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.incident.state import State
    from console.playbook.scenario import Inject

MOST_JITTER: Final = 10 * SECOND
JITTER_SHARE: Final = 10  # a tenth of the scripted time at most


class Fired(Struct, frozen=True):
    """What happened so far, in ms from opening: when each inject's cause was first so, and when it happened.

    Attributes:
        causes: by inject id; for those that wait for a step, an answer or a gate.
        times: by inject id, oldest first.
    """

    causes: dict[str, int] = {}
    times: dict[str, tuple[int, ...]] = {}

    def noticed(self, injects: Iterable[Inject], state: State, elapsed: int) -> Fired:
        """With the causes that have become so since."""
        found = {
            inject.id: elapsed
            for inject in injects
            if inject.id not in self.causes and has_cause(inject) and cause_is_so(inject, state, elapsed)
        }
        return replace(self, causes={**self.causes, **found}) if found else self

    def with_one(self, inject: str, elapsed: int) -> Fired:
        """With one more happening."""
        return replace(self, times={**self.times, inject: (*self.times.get(inject, ()), elapsed)})


def has_cause(inject: Inject) -> bool:
    """Whether it waits for something other than time."""
    return bool(inject.after or inject.on_answer or inject.on_gate)


def cause_is_so(inject: Inject, state: State, elapsed: int) -> bool:
    """Whether everything it waits for, besides time, is so."""
    if inject.after:
        step = state.playbook.step(inject.after)
        if step is None or not achieved(state, step):
            return False
    if inject.on_answer is not None:
        facts = Facts(state, state.opened_at + elapsed)
        if evaluate(inject.on_answer.condition, facts) is not True:
            return False
    return not inject.on_gate or gate_waits(state, inject.on_gate)


def gate_waits(state: State, name: str) -> bool:
    """Whether the step is planned and its gate still wants a code."""
    step, plan = state.playbook.step(name), state.plan_of(name)
    if step is None or plan is None or plan.started or plan.void:
        return False
    return bool(gate_wants(step, plan, plan.by))


def due(
    injects: Iterable[Inject], state: State, elapsed: int, fired: Fired, *, length: int, seed: int = 0
) -> tuple[Inject, ...]:
    """The injects that happen now.

    Args:
        injects: the scenario's.
        state: the drill as it stands.
        elapsed: ms since opening.
        fired: what was noticed and happened before.
        length: the drill's, in ms; nothing happens after it.
        seed: of the jitter.
    """
    return tuple(
        inject
        for inject in injects
        if (when := next_time(inject, fired, seed)) is not None
        and when <= elapsed
        and when <= length + MOST_JITTER
        and not averted(inject, state, elapsed)
    )


def next_time(inject: Inject, fired: Fired, seed: int) -> int | None:
    """When it happens next, in ms from opening; None when it never does, or not before its cause is so."""
    if has_cause(inject):
        if inject.id not in fired.causes:
            return None
        base = fired.causes[inject.id] + (inject.at or 0)
    else:
        base = inject.at or 0
    times = fired.times.get(inject.id, ())
    if not times:
        return base + jitter(seed, inject.id, 0, inject.at or 0)
    if inject.repeat is None:
        return None
    again = times[-1] + inject.repeat + jitter(seed, inject.id, len(times), inject.repeat)
    return None if inject.lasts is not None and again > times[0] + inject.lasts else again


def averted(inject: Inject, state: State, elapsed: int) -> bool:
    """Whether its `unless` is true; unknown averts nothing."""
    if inject.unless is None:
        return False
    return evaluate(inject.unless.condition, Facts(state, state.opened_at + elapsed)) is True


def jitter(seed: int, inject: str, turn: int, scripted: int) -> int:
    """Milliseconds later than scripted: the same in every run of this seed."""
    most = min(MOST_JITTER, scripted // JITTER_SHARE)
    if not seed or not most:
        return 0
    drawn = hashlib.sha256(f"{seed}/{inject}/{turn}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % (most + 1)
