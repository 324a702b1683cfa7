"""What an incident took, in numbers: times to key steps against targets, waits, put-offs, retries, the longest stay.

Counted from the record alone, in one walk. No single score is made of it, and nobody is ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.incident import events as e
from console.incident.decide import open_critical
from console.incident.facts import achieved, folded
from console.incident.planning import gate_wants
from console.incident.wordings import fill, values
from console.report.record import states

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.incident.state import State
    from console.playbook.model import Playbook, Step
    from console.report.record import Entry

EDITED: Final = "the text was changed"


class StepTime(Struct, frozen=True, kw_only=True):
    """One key step. Times are ms from the opening; `took` None: not achieved. `target` None: none was set."""

    step: str
    do: str
    critical: bool
    target: int | None
    took: int | None
    needed: bool = True

    @property
    def over(self) -> int:
        """Milliseconds past the target; 0 when met or when there is none."""
        if self.target is None or self.took is None:
            return 0
        return max(self.took - self.target, 0)


class Stay(Struct, frozen=True):
    """How long one officer stood on one step, in ms."""

    officer: str
    step: str
    ms: int


class Wait(Struct, frozen=True):
    """How long a planned step waited for a second person's code, in ms; `open` when it still does."""

    step: str
    ms: int
    open: bool = False


class Figures(Struct, frozen=True, kw_only=True):
    """The numbers of one incident.

    Attributes:
        length: ms from opening to the close, or to `until`.
        steps: key steps in the playbook's order.
        late: full names of steps that were late at any time.
        missed: critical steps open at the end.
        effects: acts that were started, single effects counted.
        after_approval: texts changed after a code had been given for them.
        unsure: people of whom we do not know whether a mailing reached them.
    """

    length: int
    steps: tuple[StepTime, ...]
    late: tuple[str, ...]
    deferred: int
    overridden: int
    undone: int
    gate_retries: int
    after_approval: int
    emergencies: int
    effects: int
    doubts: int
    unsure: int
    waits: tuple[Wait, ...]
    longest: Stay | None
    missed: tuple[str, ...]

    @property
    def waited(self) -> int:
        """Milliseconds spent waiting for second persons, in all."""
        return sum(wait.ms for wait in self.waits)


def key_steps(playbook: Playbook, targets: Mapping[str, int]) -> tuple[Step, ...]:
    """Steps that are timed: those with a target, and critical ones with a due time."""
    return tuple(
        step
        for step in playbook.steps()
        if step.name in targets or (step.critical and step.due is not None and not targets)
    )


def figures(entries: Iterable[Entry], until: int, targets: Mapping[str, int] | None = None) -> Figures:
    """The numbers of a record.

    Args:
        entries: events in order, the opening first.
        until: wall ms at which an open incident is looked at.
        targets: ms from opening by full step name, as a drill sets them; without any, critical steps' due times.

    Raises:
        RecordBroken: the entries are no record of an incident.
        ValueError: there are none.
    """
    walk = _Walk(dict(targets or {}))
    state = None
    for entry, before, after in states(entries):
        state = after
        walk.take(entry.event, before, after)
    if state is None:
        raise ValueError("a record without entries has no figures")
    return walk.finish(state, state.end.at if state.end is not None else until)


class _Walk:
    """What is gathered on the way through a record."""

    def __init__(self, targets: dict[str, int]) -> None:
        self.targets = targets
        self.counts: dict[str, int] = {}
        self.times: dict[str, int] = {}
        self.late: dict[str, None] = {}
        self.pending: dict[str, tuple[str, int]] = {}
        self.waits: list[Wait] = []
        self.stays: list[Stay] = []
        self.keys: tuple[Step, ...] = ()

    def take(self, event: e.AnyEvent, before: State | None, after: State) -> None:
        """One more event."""
        if before is None:
            self.keys = key_steps(after.playbook, self.targets)
            return
        self._count(event, before, after)
        self._stay(event.at, before, after)
        self._waiting(event, after)
        for step in self.keys:
            if not achieved(after, step):
                self.times.pop(step.name, None)
            elif step.name not in self.times:
                self.times[step.name] = event.at - after.opened_at

    def _count(self, event: e.AnyEvent, before: State, after: State) -> None:
        kind = type(event).__name__
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if isinstance(event, e.WentLate):
            self.late[event.step] = None
        if isinstance(event, e.Approved) and event.how == "emergency":
            self._add("emergency")
        if isinstance(event, e.TextEdited) and any(
            plan.approvals and plan.void == EDITED and not before.plans[plan.digest].void
            for plan in after.plans.values()
        ):
            self._add("after-approval")

    def _add(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _stay(self, at: int, before: State, after: State) -> None:
        for officer, cursor in before.cursors.items():
            moved = after.cursors.get(officer)
            if cursor.step and (moved is None or moved.step != cursor.step):
                self.stays.append(Stay(officer, cursor.step, at - cursor.since))

    def _waiting(self, event: e.AnyEvent, after: State) -> None:
        if isinstance(event, e.Planned):
            step = after.playbook.step(event.step)
            if step is not None and step.gate is not None and step.gate.codes > 1:
                self.pending[event.digest] = (event.step, event.at)
        for digest, (step_name, since) in list(self.pending.items()):
            plan = after.plans[digest]
            step = after.playbook.step(step_name)
            open_now = step is not None and not gate_wants(step, plan, plan.by)
            if plan.void or plan.started or open_now or after.of(step_name).plan != digest:
                del self.pending[digest]
                self.waits.append(Wait(step_name, event.at - since))

    def finish(self, state: State, until: int) -> Figures:
        """The figures at the end of the record."""
        open_waits = [Wait(step, max(until - since, 0), open=True) for step, since in self.pending.values()]
        standing = [
            Stay(officer, cursor.step, max(until - cursor.since, 0))
            for officer, cursor in state.cursors.items()
            if cursor.step
        ]
        stays = self.stays + standing
        ended = state.end is not None
        count = self.counts.get
        return Figures(
            length=until - state.opened_at,
            steps=tuple(self._timed(state, step, until) for step in self.keys),
            late=tuple(self.late),
            deferred=count("Deferred", 0),
            overridden=count("Overridden", 0),
            undone=count("Undone", 0),
            gate_retries=count("ApprovalRefused", 0),
            after_approval=count("after-approval", 0),
            emergencies=count("emergency", 0),
            effects=count("EffectIntended", 0),
            doubts=count("EffectInDoubt", 0),
            unsure=sum(effect.doubtful for effect in state.effects.values()),
            waits=(*self.waits, *open_waits),
            longest=max(stays, key=lambda stay: stay.ms, default=None),
            missed=state.end.open_critical
            if ended and state.end is not None
            else open_critical(state, until),
        )

    def _timed(self, state: State, step: Step, until: int) -> StepTime:
        target = self.targets.get(step.name, step.due)
        return StepTime(
            step=step.name,
            do=fill(step.do, values(state, until, state.lead)),
            critical=step.critical,
            target=target,
            took=self.times.get(step.name),
            needed=not folded(state, step, until),
        )
