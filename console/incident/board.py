"""The board: what any face shows of an incident to one officer at one moment. A function of (state, now, officer).

Both faces and `incident show --json` draw from this and decide nothing. Words in it may hold outside text: each face
passes them through `console.text.visible` where it draws them.
"""

from __future__ import annotations

from msgspec import Struct

from console.incident.able import removable
from console.incident.answered import latest_by
from console.incident.board_box import Box, box_for
from console.incident.board_lines import (
    DONE,
    SKIPPED,
    late_by,
    mark_of,
    next_line,
    note_of,
    notice_line,
    update_line,
    waiting_lines,
)
from console.incident.board_watch import stream_line, suspects, unwatched_lines
from console.incident.cursor import next_step
from console.incident.facts import first_false_post, folded, settled, shut, shut_words
from console.incident.moment import hhmm
from console.incident.plainly import numbered
from console.incident.planning import ONCE_MORE
from console.incident.state import Offer, State
from console.incident.wordings import fill, values, zone_of
from console.playbook.model import Phase, Step
from console.text import counted


class Row(Struct, frozen=True, kw_only=True):
    """One step in the list. `note` is the right-hand part; `late` ms past its due time."""

    step: str
    number: str
    mark: str
    do: str
    note: str
    critical: bool = False
    here: bool = False
    late: int = 0
    folded: bool = False


class PhaseView(Struct, frozen=True, kw_only=True):
    """One phase: `done` of `total` steps that are needed, and why it is shut if it is."""

    id: str
    number: int
    title: str
    done: int
    total: int
    rows: tuple[Row, ...]
    current: bool = False
    shut: str = ""


class Way(Struct, frozen=True):
    """A way-out on offer."""

    go: str
    number: str
    words: str
    at: int


class Board(Struct, frozen=True, kw_only=True):
    """Everything a screen shows. Times are wall ms; `since_first` is ms since the first false post, if known.

    `undoes` is the number of the step whose answer this officer would take back; empty when there is none.
    `suspects` counts what the watch found and nobody judged; `unwatched` names where the console should look and does not.
    """

    incident: str
    mode: str
    live: bool
    title: str
    officer: str
    lead: str
    now: int
    clock: str
    since_first: int | None
    stream: str
    notice: str
    update: str
    phases: tuple[PhaseView, ...]
    box: Box | None
    next: str
    waiting: tuple[str, ...]
    late: int
    ways: tuple[Way, ...]
    doubts: tuple[str, ...]
    items: int
    items_saved: int
    items_left: int
    last: str
    can_undo: bool
    undoes: str
    away: str
    ended: str
    scenario: str = ""
    alarms: int = 0
    suspects: int = 0
    unwatched: tuple[str, ...] = ()


def board(state: State, now: int, officer: str) -> Board:
    """The board for one officer at `now` (wall ms). Of what was ended it shows the end: no step, no question, nothing later."""
    zone = zone_of(state)
    clock, now = now, state.until_end(now)
    cursor = state.cursors.get(officer)
    here = (cursor.step if cursor is not None else "") or next_step(state, officer, now)
    here = here if state.end is None else ""
    numbers = numbered(state)
    known = values(state, now, officer)
    phases = tuple(
        _phase(state, phase, place, now, here, known) for place, phase in enumerate(state.playbook.phases, 1)
    )
    bogus = [item for item in state.items.values() if item.bogus]
    first = first_false_post(state)
    step = state.playbook.step(here)
    last = state.last
    undone = latest_by(state, officer) if state.end is None else None
    return Board(
        incident=state.incident,
        mode=state.mode,
        live=state.live,
        title=state.playbook.title,
        officer=officer,
        lead=state.lead,
        now=clock,
        clock=hhmm(clock, zone),
        since_first=None if first is None else now - first,
        stream=stream_line(state, now),
        notice=notice_line(state),
        update=update_line(state, now),
        phases=phases,
        box=box_for(state, step, now, officer, numbers) if step is not None else None,
        next=next_line(state, here, now, known, numbers),
        waiting=waiting_lines(state, numbers),
        late=sum(1 for phase in phases for row in phase.rows if row.late),
        ways=tuple(
            _way(state, offer, numbers, known)
            for offer in state.offers.values()
            if state.end is None and _open_offer(state, offer, now)
        ),
        doubts=tuple(dict.fromkeys(each.step for each in state.effects.values() if each.status == "doubt")),
        items=len(bogus),
        items_saved=sum(1 for item in bogus if item.saved),
        items_left=sum(1 for item in bogus if not item.gone and removable(state, item.channel)),
        last=f"{hhmm(last.at, zone)} {last.by} {last.words}".replace("  ", " ") if last is not None else "",
        can_undo=undone is not None,
        undoes=numbers.get(undone[1], undone[1]) if undone is not None else "",
        away=away_words(state, officer, now, numbers),
        ended=_ended(state),
        scenario=state.scenario,
        alarms=state.alarms,
        suspects=suspects(state),
        unwatched=unwatched_lines(state, now),
    )


def step_by_number(state: State, typed: str) -> str:
    """The full step name for `3.2`, a full name, or a lone id that only one step has; the text itself if none fits.

    After `@once-more/` stands a step as well: the one whose mailing it is.
    """
    if typed.startswith(ONCE_MORE):
        return ONCE_MORE + step_by_number(state, typed.removeprefix(ONCE_MORE))
    numbers = {number: name for name, number in numbered(state).items()}
    if typed in numbers:
        return numbers[typed]
    alike = [name for name in numbers.values() if name.rpartition("/")[2] == typed]
    return alike[0] if len(alike) == 1 else typed


def _phase(state: State, phase: Phase, place: int, now: int, here: str, known: dict[str, str]) -> PhaseView:
    rows = tuple(
        _row(state, step, f"{place}.{inner}", now, here, known) for inner, step in enumerate(phase.steps, 1)
    )
    needed = [row for row in rows if not row.folded]
    done = sum(1 for row in needed if row.mark in (DONE, SKIPPED))
    why = shut_words(state, phase.steps[0], now) if phase.opens is not None and phase.steps else ""
    return PhaseView(
        id=phase.id,
        number=place,
        title=phase.title,
        done=done,
        total=len(needed),
        rows=rows,
        current=here.startswith(phase.id + "/"),
        shut=why,
    )


def _row(state: State, step: Step, number: str, now: int, here: str, known: dict[str, str]) -> Row:
    gone = folded(state, step, now)
    return Row(
        step=step.name,
        number=number,
        mark=mark_of(state, step, now),
        do=fill(step.do, known),
        note=note_of(state, step, now),
        critical=step.critical,
        here=step.name == here,
        late=late_by(state, step, now),
        folded=gone or (shut(state, step, now) is not None and step.when is not None),
    )


def _open_offer(state: State, offer: Offer, now: int) -> bool:
    step = state.playbook.step(offer.go)
    return step is not None and not settled(state, step, now) and state.of(step.name).answer is None


def _way(state: State, offer: Offer, numbers: dict[str, str], known: dict[str, str]) -> Way:
    step = state.playbook.step(offer.go)
    do = fill(step.do, known) if step is not None else offer.go
    words = f"{offer.say}: {do}" if offer.say else do
    return Way(offer.go, numbers.get(offer.go, ""), words, offer.at)


def away_words(state: State, officer: str, now: int, numbers: dict[str, str]) -> str:
    """What an officer who comes back is told: where they stood, since when, and how much has happened."""
    cursor = state.cursors.get(officer)
    if cursor is None or not cursor.step:
        return ""
    del now
    happened = state.notable - cursor.notable
    count = {0: "nothing has happened", 1: "one thing happened", 2: "two things happened"}.get(
        happened, f"{happened} things happened"
    )
    since = hhmm(cursor.since, zone_of(state))
    return f"You were on {numbers.get(cursor.step, '')} {cursor.step} since {since}; {count} since."


def _ended(state: State) -> str:
    if state.end is None:
        return ""
    how = "Stood down" if state.end.stand_down else "Closed"
    left = len(state.end.open_critical)
    reason = f": {state.end.reason}" if state.end.reason else ""
    over = f"; {counted(left, 'critical step')} not done" if left else ""
    return f"{how} {hhmm(state.end.at, zone_of(state))} by {state.end.by}{reason}{over}"
