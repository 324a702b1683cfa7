"""Commands that a verb prints to be typed next: each works as it stands, with what is known filled in and quoted."""

from __future__ import annotations

from shlex import join
from typing import TYPE_CHECKING

from console.incident.manifest import from_bytes
from console.incident.once_more import is_once_more, mailing_of
from console.incident.planning import confirmation, step_of
from console.incident.question import DONE, question
from console.incident.state import CLOSE

if TYPE_CHECKING:
    from console.incident.state import Plan, State

WHAT_YOU_SEE = "WHAT YOU SEE"


def command(*words: str, by: str = "") -> str:
    """A command as a shell takes it."""
    return join(("incident", *words, *(("--as", by) if by else ())))


def after_approval(state: State, plan: Plan, by: str) -> str:
    """What carries out, at once, what was approved: the act with its word or count, the answer, or the end with its reason."""
    manifest = from_bytes(plan.raw.encode())
    if plan.step == CLOSE:
        return command("close", state.incident, "--reason", manifest.answer, by=by)
    step = step_of(state, plan.step)
    if is_once_more(manifest):
        confirm = confirmation(state, step, manifest)
        return command("once-more", state.incident, mailing_of(plan.step), "--confirm", confirm, by=by)
    if manifest.answer and not manifest.channel:
        return answer(state, plan.step, manifest.answer, by)
    wanted = confirmation(state, step, manifest)
    more = ("--confirm", wanted) if wanted else ()
    return command("act", state.incident, plan.step, *more, by=by)


def answer(state: State, step: str, value: str, by: str) -> str:
    """The command that reports `value`; where words are asked for too, with a place for them."""
    asked = question(state, step_of(state, step))
    more = ("--words", WHAT_YOU_SEE) if asked.words and value == DONE.slug else ()
    return command("answer", state.incident, step, value, *more, by=by)
