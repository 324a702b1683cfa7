"""The plain table at the end of a drill or an incident: what was aimed at, what it took, and what is to be looked at."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.incident.moment import hhmm
from console.incident.reach import reach_in_all, reached_when_saved
from console.incident.wordings import EXERCISE, fill, values, zone_of
from console.report.figures import Figures, StepTime, figures
from console.text import fit, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.incident.state import State
    from console.report.record import Entry

WIDTH: Final = 78
CELLS: Final = 36  # what the numbers and the result take beside a row's label
HEADED: Final = 8
CELL: Final = 9
MET, MISSED, PLAIN = "[x] met", "[!]", ""
LONG_STAY: Final = 4 * 60_000


class DebriefRow(Struct, frozen=True):
    """One row: what, its target, this run, how it came out. Cells are ready to print."""

    label: str
    target: str
    run: str
    result: str = PLAIN

    def drawn(self, width: int = WIDTH) -> str:
        """The row in that many columns."""
        label = fit(self.label, width - CELLS, pad=True)
        return f"{label} {self.target:>{CELL}} {self.run:>{CELL}}  {self.result}".rstrip()


class Debrief(Struct, frozen=True, kw_only=True):
    """The whole table: two head lines, its rows, and what follows in words."""

    head: tuple[str, ...]
    rows: tuple[DebriefRow, ...]
    after: tuple[str, ...] = ()

    def lines(self, width: int = WIDTH) -> tuple[str, ...]:
        """As it is printed, in at most so many columns; sentences are wrapped, rows and rules are cut."""
        rule = "-" * width
        title = DebriefRow("TIME FROM OPENING TO", "target", "this run", "result").drawn(width)
        rows = [row.drawn(width) for row in self.rows]
        head = [part for line in self.head for part in _wrapped(line, width, "")]
        after = [part for line in self.after for part in _wrapped(line, width, " " * HEADED)]
        return (*head, rule, title, *(fit(row, width) for row in rows), rule, *after)


def debrief(
    entries: Sequence[Entry],
    state: State,
    until: int,
    *,
    targets: Mapping[str, int] | None = None,
    title: str = "",
) -> Debrief:
    """The table of one record.

    Args:
        entries: events in order.
        state: the incident as it stands at their end.
        until: wall ms at which an open one is looked at.
        targets: ms from opening by full step name; without any, critical steps' due times.
        title: what a drill is called; the playbook's title for nothing.
    """
    found = figures(entries, until, targets)
    rows = [_step_row(each) for each in found.steps if each.needed]
    return Debrief(
        head=_head(state, found, title),
        rows=(*rows, *_count_rows(found, state)),
        after=_after(state, found),
    )


def minutes(ms: int) -> str:
    """`6:20`, or `1:06:20` from an hour on."""
    seconds = max(ms, 0) // 1_000
    hours, rest = divmod(seconds, 3_600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}"


def _head(state: State, found: Figures, title: str) -> tuple[str, ...]:
    name = visible(title or state.playbook.title)
    ended = state.end is not None
    if state.live:
        first = f"{'LIVE OVER' if ended else 'LIVE, STILL OPEN'}  {state.incident}  {name}  {minutes(found.length)}"
        return (first, f"Lead: {visible(state.lead)}.  Acts started: {found.effects}.")
    seed = f" (seed {state.seed})"
    first = f"{'DRILL OVER' if ended else 'DRILL, STILL OPEN'}  {state.incident}  {name}{seed}"
    sends = "1 act was" if found.effects == 1 else f"{found.effects} acts were"
    return (
        first,
        f"{EXERCISE}: no real message was sent. {sends} simulated. Lead: {visible(state.lead)}.",
    )


def _step_row(step: StepTime) -> DebriefRow:
    target = minutes(step.target) if step.target is not None else "--"
    label = visible(step.do)
    if step.took is None:
        return DebriefRow(label, target, "not done", MISSED if step.critical or step.target else PLAIN)
    if step.target is None:
        return DebriefRow(label, target, minutes(step.took))
    return DebriefRow(
        label, target, minutes(step.took), f"{MISSED} +{minutes(step.over)}" if step.over else MET
    )


def _zero(label: str, count: int) -> DebriefRow:
    return DebriefRow(label, "0", str(count), MISSED if count else MET)


def _count_rows(found: Figures, state: State) -> tuple[DebriefRow, ...]:
    longest = found.longest
    stay = (
        ()
        if longest is None
        else (
            DebriefRow(
                f"Longest stay: {step_words(state, longest.step)}",
                minutes(LONG_STAY),
                minutes(longest.ms),
                MISSED if longest.ms > LONG_STAY else MET,
            ),
        )
    )
    return (
        _zero("Critical steps missed", len(found.missed)),
        DebriefRow("Steps that were late", "--", str(len(found.late))),
        DebriefRow("Steps put off / skipped", "--", f"{found.deferred} / {found.overridden}"),
        DebriefRow("Answers taken back", "--", str(found.undone)),
        DebriefRow("Codes that did not open the gate", "--", str(found.gate_retries)),
        DebriefRow("Waits for a second person, in all", "--", minutes(found.waited)),
        _zero("Text changed after a code was given", found.after_approval),
        _zero("Emergency path used", found.emergencies),
        _zero("Acts whose end we did not see", found.doubts),
        _zero("People we do not know a mail reached", found.unsure),
        *stay,
    )


def step_words(state: State, name: str) -> str:
    """A step as a reader knows it: `1.3 Check that every false message is saved`."""
    step = state.playbook.step(name)
    if step is None:
        return visible(name)
    do = fill(step.do, values(state, state.until_end(state.opened_at), state.lead))
    return visible(f"{state.playbook.numbers.get(name, '')} {do}")


def _listed(head: str, state: State, names: Sequence[str], more: str = "") -> list[str]:
    """One step a line, the first behind its heading."""
    return [
        f"{head if not place else '':<{HEADED}}{step_words(state, name)}{more}"
        for place, name in enumerate(names)
    ]


def _wrapped(line: str, width: int, indent: str) -> list[str]:
    wrapped = textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False)
    return [fit(part, width) for part in wrapped]  # wide characters take two cells, and are counted as one


def _after(state: State, found: Figures) -> tuple[str, ...]:
    lines = _listed("MISSED", state, found.missed)
    lines += _listed("LATE", state, [name for name in found.late if name not in found.missed])
    still = list(dict.fromkeys(wait.step for wait in found.waits if wait.open))
    lines += _listed("WAITS", state, still, ": for a second person's code")
    lines += [
        f"{'TWICE?':<{HEADED}}{hhmm(at, zone_of(state))} {visible(words)}"
        for at, words in state.once_more.values()
    ]
    reach = reached_when_saved(reach_in_all(item for item in state.items.values() if item.bogus))
    if reach:
        lines.append(f"{'REACH':<{HEADED}}False items: {reach}")
    if state.end is not None and state.end.reason:
        lines.append(f"{'ENDED':<{HEADED}}{visible(state.end.reason)}")
    if not state.live:
        lines.append(f"{EXERCISE} {EXERCISE} {EXERCISE}")
    return tuple(lines)
