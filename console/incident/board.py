"""The board: what any face shows of an incident to one officer at one moment. A function of (state, now, officer).

Both faces and `incident show --json` draw from this and decide nothing. Words in it may hold outside text: each face
passes them through `console.text.visible` where it draws them.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from console.incident.board_box import Box, box_for
from console.incident.cursor import came_back, next_step, round_due
from console.incident.facts import (
    achieved,
    attested_by,
    due_at,
    first_false_post,
    folded,
    overridden,
    settled,
    shut,
    unmet,
)
from console.incident.moment import MINUTE, hhmm, spell
from console.incident.narrate import answer_words
from console.incident.state import Offer, State
from console.incident.wordings import zone_of
from console.playbook.model import Phase, Step

POSTING_SHOWN: Final = 5 * MINUTE

TODO, SENSED, DONE, WAITING, DEFERRED, FOLDED, LATE, FAILED, DOUBT, SKIPPED = (
    "[ ]",
    "[~]",
    "[x]",
    "[W]",
    "[D]",
    "[-]",
    "[!]",
    "[!]",
    "[?]",
    "[O]",
)


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
    """Everything a screen shows. Times are wall ms; `since_first` is ms since the first false post, if known."""

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
    away: str
    ended: str
    scenario: str = ""
    alarms: int = 0


def board(state: State, now: int, officer: str) -> Board:
    """The board for one officer at `now` (wall ms)."""
    zone = zone_of(state)
    cursor = state.cursors.get(officer)
    here = cursor.step if cursor is not None else next_step(state, officer, now)
    numbers = numbered(state)
    phases = tuple(
        _phase(state, phase, place, now, here) for place, phase in enumerate(state.playbook.phases, 1)
    )
    bogus = [item for item in state.items.values() if item.bogus]
    first = first_false_post(state)
    step = state.playbook.step(here)
    last = state.last
    return Board(
        incident=state.incident,
        mode=state.mode,
        live=state.live,
        title=state.playbook.title,
        officer=officer,
        lead=state.lead,
        now=now,
        clock=hhmm(now, zone),
        since_first=None if first is None else now - first,
        stream=_stream(state, now),
        notice=_notice(state),
        update=_update(state, now),
        phases=phases,
        box=box_for(state, step, now, officer, numbers) if step is not None else None,
        next=_next(state, here, now, officer, numbers),
        waiting=_waiting(state, numbers),
        late=sum(1 for phase in phases for row in phase.rows if row.late),
        ways=tuple(
            _way(state, offer, numbers) for offer in state.offers.values() if _open_offer(state, offer, now)
        ),
        doubts=tuple(dict.fromkeys(each.step for each in state.effects.values() if each.status == "doubt")),
        items=len(bogus),
        items_saved=sum(1 for item in bogus if item.saved),
        items_left=sum(1 for item in bogus if not item.gone),
        last=f"{hhmm(last.at, zone)} {last.by} {last.words}".replace("  ", " ") if last is not None else "",
        can_undo=any(
            (fact := own.standing) is not None and fact.by == officer for own in state.steps.values()
        ),
        away=away_words(state, officer, now, numbers),
        ended=_ended(state),
        scenario=state.scenario,
        alarms=state.alarms,
    )


def numbered(state: State) -> dict[str, str]:
    """Full step names to the numbers on the screen: `contain/cut-link` to `3.2`. Folded steps keep theirs."""
    return {
        step.name: f"{first}.{second}"
        for first, phase in enumerate(state.playbook.phases, 1)
        for second, step in enumerate(phase.steps, 1)
    }


def step_by_number(state: State, typed: str) -> str:
    """The full step name for `3.2`, a full name, or a lone id that only one step has; the text itself if none fits."""
    numbers = {number: name for name, number in numbered(state).items()}
    if typed in numbers:
        return numbers[typed]
    alike = [name for name in numbers.values() if name.rpartition("/")[2] == typed]
    return alike[0] if len(alike) == 1 else typed


def mark_of(state: State, step: Step, now: int) -> str:
    """The mark of a step, as in the legend of the help screen."""
    own = state.of(step.name)
    fact = own.standing
    effects = state.effects_of(step.name)
    statuses = {effect.status for effect in effects}
    if overridden(state, step):
        return SKIPPED
    if folded(state, step, now):
        return FOLDED
    if statuses & {"doubt", "interrupted"}:
        return DOUBT
    if achieved(state, step):
        return (
            LATE
            if step.repeat is not None and round_due(state, step, now) and _late_by(state, step, now)
            else DONE
        )
    if fact is not None and fact.kind == "defer" and not came_back(state, step, now):
        return DEFERRED
    if "intended" in statuses:
        return SENSED
    if "failed" in statuses or _late_by(state, step, now):
        return FAILED
    plan = state.plan_of(step.name)
    return WAITING if plan is not None and not plan.started else TODO


def _late_by(state: State, step: Step, now: int) -> int:
    due = due_at(state, step)
    if due is None or now <= due or shut(state, step, now) or folded(state, step, now):
        return 0
    if step.repeat is not None:
        until = state.playbook.step(step.until)
        return 0 if until is not None and settled(state, until, now) else now - due
    return 0 if settled(state, step, now) else now - due


def _phase(state: State, phase: Phase, place: int, now: int, here: str) -> PhaseView:
    rows = tuple(
        _row(state, step, f"{place}.{inner}", now, here) for inner, step in enumerate(phase.steps, 1)
    )
    needed = [row for row in rows if not row.folded]
    done = sum(1 for row in needed if row.mark in (DONE, SKIPPED))
    why = shut(state, phase.steps[0], now) if phase.opens is not None and phase.steps else ""
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


def _row(state: State, step: Step, number: str, now: int, here: str) -> Row:
    gone = folded(state, step, now)
    return Row(
        step=step.name,
        number=number,
        mark=mark_of(state, step, now),
        do=step.do,
        note=_note(state, step, now),
        critical=step.critical,
        here=step.name == here,
        late=_late_by(state, step, now),
        folded=gone or (bool(shut(state, step, now)) and step.when is not None),
    )


def _note(state: State, step: Step, now: int) -> str:
    own = state.of(step.name)
    zone = zone_of(state)
    fact = own.standing
    if folded(state, step, now):
        return "not needed"
    if fact is not None and fact.kind == "skip":
        return f"{hhmm(fact.at, zone)} {fact.by} skipped: {fact.words}"
    effects = state.effects_of(step.name)
    doubts = [each for each in effects if each.status in ("doubt", "interrupted")]
    if doubts:
        return "we do not know if it went out" if doubts[0].status == "doubt" else "stopped in the middle"
    if fact is not None and fact.kind == "answer":
        alone = attested_by(state, step) if achieved(state, step) and step.check is not None else ""
        seen = (
            f"seen by {alone}, not checked"
            if alone
            else f"{fact.by} saw: {answer_words(state, step.name, fact.value)}"
        )
        return f"{hhmm(fact.at, zone)} {seen}"
    if achieved(state, step) and effects:
        return f"{hhmm(effects[-1].at, zone)} {effects[-1].by} done"
    if fact is not None and fact.kind == "defer" and not came_back(state, step, now):
        return f"put off to {hhmm(fact.until, zone)}" if fact.until else "put off"
    needs = unmet(state, step, now)
    why = shut(state, step, now)
    if why:
        return why
    if needs:
        return f"waits for {needs[0].source}"
    plan = state.plan_of(step.name)
    if plan is not None and not plan.started:
        return f"waits for a code since {hhmm(plan.at, zone)}"
    late = _late_by(state, step, now)
    if late:
        return f"LATE {spell(late)}"
    due = due_at(state, step)
    return f"due {hhmm(due, zone)}" if due is not None else ""


def _stream(state: State, now: int) -> str:
    watch = state.watch
    zone = zone_of(state)
    if not watch.last_bogus:
        return "no false item reported yet"
    last = hhmm(watch.last_bogus, zone)
    if now - watch.last_bogus < POSTING_SHOWN:
        return f"still posting, last {last}"
    if watch.last_look <= watch.last_bogus:
        return f"last {last}, nobody has looked since"
    looked = hhmm(watch.last_look, zone)
    return f"quiet since {last}, looked {looked}"


def _notice(state: State) -> str:
    for step in state.playbook.steps():
        text = state.playbook.wording(step.text)
        if text is None or text.kind != "notice" or step.act is None:
            continue
        done = [each for each in state.effects.values() if each.step == step.name and each.status == "done"]
        if done:
            return f"sent {hhmm(done[0].at, zone_of(state))}"
    return "NOT SENT YET"


def _update(state: State, now: int) -> str:
    for step in state.playbook.steps():
        if step.repeat is None or not step.text:
            continue
        until = state.playbook.step(step.until)
        if until is not None and settled(state, until, now):
            return ""
        due = due_at(state, step)
        if due is not None:
            gap = due - now
            when = f"in {spell(gap)}" if gap >= 0 else f"LATE {spell(-gap)}"
            return f"due {hhmm(due, zone_of(state))} {when}"
    return ""


def _next(state: State, here: str, now: int, officer: str, numbers: dict[str, str]) -> str:
    names = [step for step in state.playbook.steps() if step.name != here]
    place = next((i for i, step in enumerate(state.playbook.steps()) if step.name == here), -1)
    after = [step for step in names if list(numbers).index(step.name) > place] + names
    del officer
    for step in after:
        if (
            not step.background
            and not settled(state, step, now)
            and not shut(state, step, now)
            and step.repeat is None
        ):
            return f"{numbers[step.name]} {step.do}"
    return ""


def _waiting(state: State, numbers: dict[str, str]) -> tuple[str, ...]:
    zone = zone_of(state)
    found = []
    for plan in state.plans.values():
        step = state.playbook.step(plan.step)
        if (
            step is None
            or step.gate is None
            or plan.started
            or plan.void
            or state.of(plan.step).plan != plan.digest
        ):
            continue
        whom = "an approver" if step.gate.codes > 1 and plan.approvals else "a code"
        found.append(f"{whom} for {numbers[plan.step]} since {hhmm(plan.at, zone)}")
    return tuple(found)


def _open_offer(state: State, offer: Offer, now: int) -> bool:
    step = state.playbook.step(offer.go)
    return step is not None and not settled(state, step, now) and state.of(step.name).answer is None


def _way(state: State, offer: Offer, numbers: dict[str, str]) -> Way:
    step = state.playbook.step(offer.go)
    do = step.do if step is not None else offer.go
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
    return f"{how} {hhmm(state.end.at, zone_of(state))} by {state.end.by}" + (
        f": {state.end.reason}" if state.end.reason else ""
    )
