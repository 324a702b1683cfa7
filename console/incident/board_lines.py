"""The lines of a board: a step's mark and note, and the words of the status line."""

from __future__ import annotations

from console.incident.answered import why_open
from console.incident.cursor import came_back, is_open, is_ready, round_due
from console.incident.facts import (
    achieved,
    attested_by,
    due_at,
    folded,
    overridden,
    phase_of,
    settled,
    shut,
    shut_words,
    unmet,
)
from console.incident.moment import clock_or_day, hhmm, spell
from console.incident.narrate import answer_words
from console.incident.once_more import mailing_of
from console.incident.outcome import begun_since
from console.incident.plainly import need_words
from console.incident.planning import ONCE_MORE, step_of
from console.incident.state import State
from console.incident.wordings import fill, zone_of
from console.playbook.model import Step

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
            if step.repeat is not None and round_due(state, step, now) and late_by(state, step, now)
            else DONE
        )
    if "intended" in statuses and begun_since(state, step):
        return SENSED
    if fact is not None and fact.kind == "defer" and not came_back(state, step, now):
        return DEFERRED
    if "intended" in statuses:
        return SENSED
    if "failed" in statuses or late_by(state, step, now):
        return FAILED
    plan = state.plan_of(step.name)
    return WAITING if plan is not None and not plan.started and step.gate is not None else TODO


def late_by(state: State, step: Step, now: int) -> int:
    """Milliseconds past its due time; 0 when it is not late or not wanted. Nothing gets later once the incident ended."""
    now = state.until_end(now)
    due = due_at(state, step)
    if due is None or now <= due or shut(state, step, now) or folded(state, step, now):
        return 0
    if step.repeat is not None:
        until = state.playbook.step(step.until)
        return 0 if until is not None and settled(state, until, now) else now - due
    return 0 if settled(state, step, now) else now - due


def note_of(state: State, step: Step, now: int) -> str:
    """The right-hand words of a step in the list."""
    if folded(state, step, now):
        return "not needed"
    return _doubt_note(state, step) or _said_note(state, step, now) or _open_note(state, step, now)


def _doubt_note(state: State, step: Step) -> str:
    statuses = {effect.status for effect in state.effects_of(step.name)}
    if "doubt" in statuses:
        return "we do not know if it went out"
    return "stopped in the middle" if "interrupted" in statuses else ""


def _said_note(state: State, step: Step, now: int) -> str:
    """What was reported of the step, by whom and when; or that it was put off."""
    zone = zone_of(state)
    fact = state.of(step.name).standing
    effects = state.effects_of(step.name)
    check = state.of(step.name).check
    if fact is not None and fact.kind == "skip":
        return f"{hhmm(fact.at, zone)} {fact.by} skipped: {fact.words}"
    if fact is not None and fact.kind == "answer":
        alone = attested_by(state, step) if achieved(state, step) and step.check is not None else ""
        seen = (
            f"seen by {alone}, not checked"
            if alone
            else f"{fact.by} saw: {answer_words(state, step.name, fact.value)}"
        )
        if not alone and step.check is not None and check is not None and check.verdict == "agrees":
            seen = f"seen by {fact.by}, checked" if achieved(state, step) else seen
        return f"{hhmm(fact.at, zone)} {seen}{_left_open(state, step)}"
    if fact is None and not effects and check is not None and achieved(state, step):
        return f"{hhmm(check.at, zone)} seen by the console"
    if achieved(state, step) and effects:
        return f"{hhmm(effects[-1].at, zone)} {effects[-1].by} done"
    if begun_since(state, step):
        return "on its way" if any(not each.guided for each in effects) else ""
    if fact is not None and fact.kind == "defer" and not came_back(state, step, now):
        return f"put off to {hhmm(fact.until, zone)}" if fact.until else "put off"
    return ""


def _left_open(state: State, step: Step) -> str:
    """That an answer did not do it, and which number was wanted."""
    if not why_open(state, step):
        return ""
    want = step.answer.want if step.answer is not None else None
    return f", wanted {want}: open" if want is not None else ": open"


def _open_note(state: State, step: Step, now: int) -> str:
    """What the step waits for, or when it is due."""
    guard = shut(state, step, now)
    if guard is not None:
        phase = phase_of(state, step)
        return "not open yet" if phase is not None and guard is phase.opens else shut_words(state, step, now)
    needs = unmet(state, step, now)
    if needs:
        return f"waits for {need_words(state, needs[0])}"
    zone = zone_of(state)
    plan = state.plan_of(step.name)
    if plan is not None and not plan.started:
        asked = "waits for a code" if step.gate is not None else "read and not sent yet,"
        return f"{asked} since {hhmm(plan.at, zone)}"
    late = late_by(state, step, now)
    if late:
        return f"LATE {spell(late)}"
    due = due_at(state, step)
    return f"due {clock_or_day(due, now, zone)}" if due is not None else ""


def notice_line(state: State) -> str:
    """When the public notice went out, if it did."""
    for step in state.playbook.steps():
        text = state.playbook.wording(step.text)
        if text is None or text.kind != "notice" or step.act is None:
            continue
        done = [each for each in state.effects.values() if each.step == step.name and each.status == "done"]
        if done:
            return f"sent {hhmm(done[0].at, zone_of(state))}"
    return "NOT SENT YET"


def update_line(state: State, now: int) -> str:
    """When the next public update is due."""
    if state.end is not None:
        return ""
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


def next_line(state: State, here: str, now: int, known: dict[str, str], numbers: dict[str, str]) -> str:
    """What comes after the boxed step: first what waits for nothing, then what does."""
    if state.end is not None:
        return ""
    steps = list(state.playbook.steps())
    place = next((i for i, step in enumerate(steps) if step.name == here), -1)
    wanted = [
        step
        for step in (*steps[place + 1 :], *steps[: max(place, 0)])
        if step.repeat is None and is_open(state, step, now)
    ]
    wanted = [step for step in wanted if not step.background] or wanted
    found = next((step for step in wanted if is_ready(state, step, now)), next(iter(wanted), None))
    return f"{numbers[found.name]} {fill(found.do, known)}" if found is not None else ""


def waiting_lines(state: State, numbers: dict[str, str]) -> tuple[str, ...]:
    """Gates that wait for somebody."""
    if state.end is not None:
        return ()
    zone = zone_of(state)
    found = []
    for plan in state.plans.values():
        again = plan.step.startswith(ONCE_MORE)
        step = step_of(state, plan.step) if again else state.playbook.step(plan.step)
        if (
            step is None
            or step.gate is None
            or plan.started
            or plan.void
            or state.of(plan.step).plan != plan.digest
        ):
            continue
        whom = "an approver" if step.gate.codes > 1 and plan.approvals else "a code"
        what = "mailing once more who is in doubt of " if again else ""
        found.append(f"{whom} for {what}{numbers[mailing_of(plan.step)]} since {hhmm(plan.at, zone)}")
    return tuple(found)
