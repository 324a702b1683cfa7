"""What conditions may ask of an incident at one moment, and what has become of each step.

Words used here and on screens:
    achieved  the check agrees; where none can see, the officer answered (then it reads *seen by Reid, not checked*)
    settled   achieved, folded or overridden
    folded    its `when`, or its phase's, is false
    shut      its `when` or its phase's `opens` is not true yet, or unknown
"""

from __future__ import annotations

from typing import Final

from console.incident.able import can_act, kind_name, removable
from console.incident.moment import MINUTE
from console.incident.plainly import condition_words
from console.incident.state import Item, State
from console.playbook.conditions import Value, evaluate
from console.playbook.kinds import kind_of
from console.playbook.model import STAND_DOWN, Guard, Need, Phase, Step, Verb

POSTING_WINDOW: Final = 5 * MINUTE
LOOK_VALID: Final = 15 * MINUTE
NOT_SURE: Final = "not-sure"
NOT_DONE: Final = ("could-not", "not-yet", "missing")  # answers that say of a step that it is not done
OWN_PROBES: Final = ("evidence.complete",)
EVERYWHERE: Final = "items"  # all channels, as a look and as a condition name them
SWEEP: Final = "all-absent"
ABSENCES: Final = ("absent", SWEEP, "at-risk-absent")


class Facts:
    """An `Env` for one state at one moment (`now` in wall ms)."""

    def __init__(self, state: State, now: int) -> None:
        self._state = state
        self._now = now

    def ask(self, slug: str) -> Value | None:
        """The opening answer; a pick is a tuple of slugs, a time is wall ms, *not sure* is unknown for times."""
        raw = self._state.answers.get(slug)
        question = next((each for each in self._state.playbook.ask if each.slug == slug), None)
        if raw is None or question is None:
            return None
        if question.kind == "pick":
            return tuple(raw.split())
        if question.kind == "time":
            return int(raw) if raw.isascii() and raw.isdecimal() else None
        return raw

    def fact(self, slug: str) -> Value | None:
        """A constant: milliseconds when it reads as a duration, a number when it is one, else its words."""
        raw = self._state.playbook.facts.get(slug)
        if raw is None:
            return None
        length = _duration(raw)
        if length is not None:
            return length
        return int(raw) if raw.isdecimal() and raw.isascii() else raw

    def answer(self, step: str) -> Value | None:
        """The standing answer of a step; a number as one. Skipped and deferred steps are unknown."""
        fact = self._state.of(step).answer
        if fact is None:
            return None
        found = self._state.playbook.step(step)
        if (
            found is not None
            and found.answer is not None
            and found.answer.kind == "number"
            and fact.value.isdecimal()
        ):
            return int(fact.value)
        return fact.value

    def done(self, step: str) -> bool | None:
        """Whether the step is achieved; unknown when there is no such step."""
        found = self._state.playbook.step(step)
        return None if found is None else achieved(self._state, found)

    def settled(self, step: str) -> bool | None:
        """Whether the step is achieved, folded or overridden."""
        found = self._state.playbook.step(step)
        return None if found is None else settled(self._state, found, self._now)

    def posting(self, channel: str) -> bool | None:
        """True when a bogus item came in the last five minutes; false only when somebody looked there since, and judged it all."""
        recent = self._now - POSTING_WINDOW
        for item in self._state.items.values():
            if item.bogus and item.first_seen > recent and channel in (item.channel, EVERYWHERE):
                return True
        watch = self._state.watch
        if any(
            item.suspect and item.first_seen > recent and channel in (item.channel, EVERYWHERE)
            for item in self._state.items.values()
        ):
            return None
        everywhere = max(watch.looks.get(EVERYWHERE, 0), watch.last_look if channel == EVERYWHERE else 0)
        return False if max(watch.looks.get(channel, 0), everywhere) > recent else None

    def elapsed(self) -> int:
        """Milliseconds since opening."""
        return self._now - self._state.opened_at

    def quiet(self) -> int | None:
        """Watched quiet since the last bogus item; unknown when nobody has looked for a quarter of an hour, or judged a find."""
        watch = self._state.watch
        if any(item.suspect for item in self._state.items.values()):
            return None
        if watch.last_look == 0 or self._now - watch.last_look > LOOK_VALID:
            return None
        return watch.quiet


def folded(state: State, step: Step, now: int) -> bool:
    """Whether the step is *not needed*: its own condition or its phase's is false and never was true."""
    phase = phase_of(state, step)
    facts = Facts(state, now)
    if phase is not None and phase.when is not None and _closed(state, f"{phase.id}#when", phase.when, facts):
        return True
    return step.when is not None and _closed(state, step.name, step.when, facts)


def shut(state: State, step: Step, now: int) -> Guard | None:
    """The condition that keeps the step from being worked on yet; None when nothing does."""
    phase = phase_of(state, step)
    facts = Facts(state, now)
    if step.name in state.unfolded:
        return None
    opens = phase.opens if phase is not None and phase.id not in state.unfolded else None
    if opens is not None and evaluate(opens.condition, facts) is not True:
        return opens
    used = phase.when if phase is not None and f"{phase.id}#when" not in state.unfolded else None
    if used is not None and evaluate(used.condition, facts) is None:
        return used
    if step.when is not None and evaluate(step.when.condition, facts) is not True:
        return step.when
    return None


def shut_words(state: State, step: Step, now: int) -> str:
    """Why the step cannot be worked on yet, for a person; empty when it can."""
    guard = shut(state, step, now)
    return f"opens when {condition_words(state, guard.condition)}" if guard is not None else ""


def phase_of(state: State, step: Step) -> Phase | None:
    """The phase a step stands in."""
    return state.playbook.phase(step.phase)


def _closed(state: State, latch: str, guard: Guard, facts: Facts) -> bool:
    return latch not in state.unfolded and evaluate(guard.condition, facts) is False


def overridden(state: State, step: Step) -> bool:
    """Whether an officer skipped it with a reason."""
    fact = state.of(step.name).standing
    return fact is not None and fact.kind == "skip"


def settled(state: State, step: Step, now: int) -> bool:
    """Achieved, folded or overridden."""
    return achieved(state, step) or overridden(state, step) or folded(state, step, now)


def achieved(state: State, step: Step) -> bool:
    """Whether what the step is for is so, as far as anything or anybody saw. See this module's words."""
    own = state.of(step.name)
    if overridden(state, step):
        return False
    effects = state.effects_of(step.name)
    if not effects and own.answer is None and own.check is None:
        return False  # what follows says no as well, at more length: this is asked of every step at every key
    if any(effect.status != "done" for effect in effects):
        return False
    if items_for(state, step) or (outward(step) and not effects and not _nothing_to_do(state, step)):
        return False
    if contradicted(state, step):
        return False
    if step.check is not None and own.check is not None and own.check.verdict != "cannot-see":
        if own.check.verdict != "agrees":
            return False
        return step.answer is None or own.answer is None or good_answer(step, own.answer.value)
    if (
        step.check is not None
        and own.check is None
        and sees(state, step.check)
        and not _own_probe(step.check)
    ):
        return False
    if effects and step.answer is None and (all_verified(state, step) or not step.critical):
        return True
    return own.answer is not None and good_answer(step, own.answer.value)


def contradicted(state: State, step: Step) -> bool:
    """Whether a bogus item came onto the list after somebody or something saw that there is none."""
    own = state.of(step.name)
    if step.check is None or step.check.verb not in ABSENCES:
        return False
    seen = [own.check.at] if own.check is not None and own.check.verdict == "agrees" else []
    seen += [own.answer.at] if own.answer is not None else []
    return bool(seen) and any(not item.gone and item.at > max(seen) for item in concerned(state, step.check))


def all_verified(state: State, step: Step) -> bool:
    """Whether every effect of the step was proved by its channel."""
    effects = state.effects_of(step.name)
    return bool(effects) and all(effect.status == "done" and not effect.attested for effect in effects)


def attested_by(state: State, step: Step) -> str:
    """Who alone vouches for an achieved step; empty when something checked it."""
    own = state.of(step.name)
    if own.check is not None and own.check.verdict == "agrees" and not own.check.raw.startswith("attested"):
        return ""
    if step.check is None and all_verified(state, step):
        return ""
    said = [own.answer.by] if own.answer is not None else []
    return next(iter((*said, *(each.said_by or each.by for each in state.effects_of(step.name)), "")))


def outward(step: Step) -> bool:
    """Whether the step goes through a manifest: it acts, is gated, or says words that must be confirmed.

    A text with nothing else is read (and changed), and the step is answered.
    """
    return step.act is not None or step.gate is not None or bool(step.text and step.confirm)


def sees(state: State, check: Verb) -> bool:
    """Whether the console can look by itself: the channel is configured, or the answer is in our own record.

    Live, an absence is looked for item by item: where no item's channel can be seen, nobody but a person can tell. The sweep of
    all channels also compares with what was saved in peace time, and knows what nobody judged.
    """
    if _own_probe(check):
        return True
    if state.live and check.verb in ABSENCES:
        if check.verb == SWEEP and (state.baselines or any(item.suspect for item in state.items.values())):
            return True
        return any(can_act(state, each.channel) for each in concerned(state, check))
    return can_act(state, check.channel)


def concerned(state: State, check: Verb) -> tuple[Item, ...]:
    """The false items whose absence a check claims: of its channel or of all, those at risk alone or every one."""
    return tuple(
        item
        for item in state.items.values()
        if item.bogus
        and not item.then  # looked for as what stands there since
        and removable(state, item.channel)
        and check.channel in (item.channel, EVERYWHERE)
        and (item.at_risk or check.verb != "at-risk-absent")
    )


def _own_probe(check: Verb) -> bool:
    return f"{check.channel}.{check.verb}" in OWN_PROBES


def takes(state: State, step: Step) -> str:
    """What the step's act is about: `text`, `items`, `recipients` or nothing."""
    if step.act is None:
        return "text" if step.text else ""
    kind = kind_of(step.act.channel, kind_name(state, step.act.channel))
    spec = kind.verbs.get(step.act.verb) if kind is not None else None
    return spec.takes if spec is not None else ""


def items_for(state: State, step: Step) -> tuple[str, ...]:
    """Ids of the items that the step's act is about: bogus, still there, on its channel."""
    if step.act is None or takes(state, step) != "items":
        return ()
    channel, items = step.act.channel, state.items.values()
    # Asked many times for one board, over hundreds of items on a bad night: the filter that drops most stands first.
    if channel == "evidence":
        return tuple(item.id for item in items if not item.saved and not item.gone and item.bogus)
    if step.act.verb == "delete-at-risk":
        return tuple(
            item.id
            for item in items
            if item.at_risk and not item.gone and item.bogus and removable(state, item.channel)
        )
    return tuple(item.id for item in items if item.channel == channel and not item.gone and item.bogus)


def need_met(state: State, need: Need, now: int) -> bool:
    """Whether a need is satisfied or void: see the format's table for `needs`."""
    facts = Facts(state, now)
    alive = [each for each in need.alternatives if not _dropped(state, each.steps, now)]
    return not alive or any(evaluate(each.condition, facts) is True for each in alive)


def unmet(state: State, step: Step, now: int) -> tuple[Need, ...]:
    """Needs that are neither met nor waived with a reason."""
    waived = state.of(step.name).waived
    return tuple(need for need in step.needs if need.source not in waived and not need_met(state, need, now))


def _dropped(state: State, steps: tuple[str, ...], now: int) -> bool:
    found = [state.playbook.step(name) for name in steps]
    return bool(found) and all(step is not None and folded(state, step, now) for step in found)


def good_answer(step: Step, value: str) -> bool:
    """Whether that answer says that what the step is for is so: no way out, nothing left undone, the number wanted."""
    if value in step.go or value in NOT_DONE:
        return False
    if step.answer is not None and step.answer.kind == "number" and step.answer.want is not None:
        return value == str(step.answer.want)
    return True


def _nothing_to_do(state: State, step: Step) -> bool:
    answered = state.of(step.name).answer is not None
    said = answered and step.act is None and step.gate is None
    return answered or all_saved(state, step) if takes(state, step) == "items" else said


def all_saved(state: State, step: Step) -> bool:
    """Whether the step saves, and every false item there is was saved some other way: by hand, or by the watch."""
    saves = step.act is not None and step.act.channel == "evidence" and takes(state, step) == "items"
    return saves and {bool(item.saved) for item in state.items.values() if item.bogus} == {True}


def due_at(state: State, step: Step) -> int | None:
    """Wall ms at which the step, or its next round, is due; None for no time."""
    own = state.of(step.name)
    if step.repeat is not None and own.rounds:
        last = [fact for fact in own.history if fact.kind == "answer"][-1]
        return last.at + step.repeat
    if step.due is not None:
        return state.opened_at + step.due
    return state.opened_at + step.repeat if step.repeat is not None else None


def first_false_post(state: State) -> int | None:
    """Wall ms of the first bogus message: the opening answer, else the oldest bogus item."""
    said = Facts(state, state.opened_at).ask("first-seen")
    seen = [item.first_seen for item in state.items.values() if item.bogus]
    known = ([said] if isinstance(said, int) else []) + seen
    return min(known) if known else None


def _duration(raw: str) -> int | None:
    units = {"s": 1_000, "m": 60_000, "h": 3_600_000}
    if len(raw) > 1 and raw[-1] in units and raw[:-1].isdecimal() and raw.isascii():
        return int(raw[:-1]) * units[raw[-1]]
    return None


def stands_down(step: Step, value: str) -> bool:
    """Whether that answer folds the rest and closes."""
    return step.go.get(value) == STAND_DOWN
