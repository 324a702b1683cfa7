"""Mailing those in doubt once more, in plain lines: who they are, why, whose codes, how many; then the mailing goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.manifest import from_bytes
from console.incident.once_more import MAY_TWICE
from console.incident.planning import confirmation, step_of
from console.linear.gates import collect, go_on_mailing, named_lines, shortened
from console.linear.page import what_goes_out
from console.text import counted, visible

if TYPE_CHECKING:
    from console.incident.state import Plan
    from console.linear.face import Face

SOME: Final = 2
ANEW: Final = 2
NOBODY: Final = "Nobody was mailed once more."


async def once_more(face: Face, rest: str) -> None:
    """Have everybody in doubt, or some by name, mailed once more. Addresses after the word name some."""
    step = _mailing_step(face)
    if not step:
        face.talk.say("No mailing has been carried out.")
        return
    plan = await face.conductor.asked_once_more(step)
    if plan is not None and not rest:
        many = from_bytes(plan.raw.encode()).reaches
        face.talk.say(
            f"{plan.by} asked already for {counted(many, 'person', 'people')} to be mailed once more."
        )
        which = await face.talk.pick("Go on with it?", ("Go on with it", "Ask for it anew"))
        if which == 1:
            await _through_gate(face, step, plan)
        if which != ANEW:
            return
    seen = await face.conductor.follow(step)
    if seen.verdict != "cannot-see":
        face.talk.say(f"Asked first what became of them: {visible(seen.raw)}.")
    doubtful = await face.conductor.doubtful(step)
    if not doubtful:
        face.talk.say("Nobody is in doubt.")
        return
    face.talk.head(f"{counted(len(doubtful), 'person', 'people')} in doubt. {MAY_TWICE}")
    face.talk.say(*shortened(doubtful))
    only = rest.split()
    if not only:
        which = await face.talk.pick("Who is mailed once more?", ("Everybody in doubt", "Some, by address"))
        typed = (
            await face.talk.ask("Their addresses, spaces between; Enter goes back") if which == SOME else ""
        )
        only = typed.split()
        if not which or (which == SOME and not only):
            face.talk.say(NOBODY)
            return
    reason = await face.talk.ask("Why are they mailed once more? Enter goes back")
    if not reason:
        face.talk.say(NOBODY)
        return
    await _through_gate(face, step, await face.conductor.ask_once_more(face.officer, step, reason, only))


def _mailing_step(face: Face) -> str:
    """The step in front where it mails, else the newest that mailed."""
    box = face.box()
    mails = [each.step for each in face.state.effects.values() if each.total or each.status == "interrupted"]
    return box.step if box is not None and box.step in mails else (mails[-1] if mails else "")


async def _through_gate(face: Face, step: str, plan: Plan) -> None:
    manifest = from_bytes(plan.raw.encode())
    face.talk.head("This is to be approved:")
    face.talk.say(*what_goes_out(manifest, face.state), *await named_lines(face, plan))
    if not await collect(face, plan.step):
        face.talk.say(NOBODY)
        return
    wanted = confirmation(face.state, step_of(face.state, plan.step), manifest)
    typed = await face.talk.ask(
        f"Type {wanted} and Enter to have them mailed once more. Anything else does nothing"
    )
    if not typed:
        face.talk.say(NOBODY)
        return
    await face.conductor.once_more(face.officer, step, confirm=typed, digest=plan.digest)
    face.talk.say("They wait to be mailed, and nobody else who was tried. Nothing has been sent yet.")
    await go_on_mailing(face, step)
