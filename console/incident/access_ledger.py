"""The ways into our accounts: what became of each, by whom, and how that was proved. Pure.

Lines come from three places: what the console changed by itself, what officers told, and steps of the playbook that are about a
way in (`access:`), which say what was seen of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.access import DONE, OPEN, SKIPPED, AccessLine
from console.incident.facts import achieved, attested_by, folded, overridden, shut
from console.incident.moment import hhmm
from console.incident.narrate import answer_words

if TYPE_CHECKING:
    from datetime import tzinfo

    from console.incident.state import State
    from console.playbook.model import Step


def ledger(state: State, now: int) -> tuple[AccessLine, ...]:
    """Every way in that is known of: first what steps are about, in their order, then what was told, as it came."""
    told = tuple(_of_step(state, step) for step in state.playbook.steps() if _wanted(state, step, now))
    return (*(line for lines in told for line in lines), *state.access)


def _wanted(state: State, step: Step, now: int) -> bool:
    if not step.access or folded(state, step, now):
        return False
    return shut(state, step, now) is None or state.of(step.name).standing is not None


def _of_step(state: State, step: Step) -> tuple[AccessLine, ...]:
    fact = state.of(step.name).standing
    done = achieved(state, step)
    said = ""
    if fact is not None and fact.kind == "answer":
        said = " ".join(filter(None, (answer_words(state, step.name, fact.value), fact.words)))
    elif fact is not None and fact.kind == "skip":
        said = fact.words
    how = DONE if done else SKIPPED if overridden(state, step) else OPEN
    return tuple(
        AccessLine(
            channel=channel,
            what=what,
            how=how,
            said=said,
            by=fact.by if fact is not None else "",
            at=fact.at if fact is not None else 0,
            verified=done and not attested_by(state, step),
            step=step.name,
        )
        for channel, what in step.access
    )


def line_words(line: AccessLine, zone: tzinfo) -> str:
    """One line for a person; outside words in it are still untrusted."""
    mark = "[ ]" if line.how == OPEN else "[x]"
    said = f": {line.said}" if line.said else ""
    if line.how == OPEN and not line.by:
        return f"{mark} {line.channel}  {line.what}  {line.how}"
    proved = "checked" if line.verified else "seen, not checked"
    who = f"{hhmm(line.at, zone)} {line.by or 'console'}, {proved}"
    return f"{mark} {line.channel}  {line.what}  {line.how}{said}  ({who})"


def summary(state: State, now: int) -> str:
    """How many ways in were dealt with, and which are open, in one line."""
    lines = ledger(state, now)
    left = [f"{each.channel} {each.what}" for each in lines if each.how == OPEN]
    if not lines:
        return "no way into an account is known of"
    done = f"{len(lines) - len(left)} of {len(lines)} dealt with"
    return f"{done}; open: {', '.join(left)}" if left else done
