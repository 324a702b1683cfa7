"""Codes and sending. A code never sends: sending is a move of its own, after the code, with a word that is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from console.errors import GateDenied
from console.incident import commands as c
from console.incident.counting import people_to_count
from console.incident.decide import open_critical, still_to_do
from console.incident.harm import at_stake
from console.incident.house import is_locked, seconds_left, tries_left
from console.incident.manifest import from_bytes, six_words
from console.incident.outcome import names_of
from console.incident.planning import ONCE_MORE, confirmation, step_of
from console.incident.state import CLOSE
from console.linear.page import read_to_them, what_goes_out
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.incident.board_box import Box
    from console.incident.house import House
    from console.incident.state import Plan
    from console.linear.face import Face

NOTHING_SENT: Final = "NOTHING HAS BEEN SENT."
FIRST_NAMES: Final = 20
PATIENCE: Final = 3.0  # seconds at the terminal, whatever the incident's clock says


async def ask_for_codes(face: Face, rest: str) -> None:
    """Plan the current step and collect the codes its gate wants."""
    del rest
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    harm = await _harm_now(face, box)
    if harm is None:
        return
    plan = await face.conductor.ask(face.officer, box.step, harm_now=harm)
    manifest = from_bytes(plan.raw.encode())
    face.talk.head("This would go out:")
    face.talk.say(*what_goes_out(manifest, face.state))
    if not face.wants(box.step):
        face.talk.say("It needs no code. a sends it.")
        return
    if await collect(face, box.step):
        face.talk.say(f"The gate is open. {NOTHING_SENT} a sends it.")


async def approve_answer(face: Face, box: Box, value: str) -> bool:
    """Collect the codes that an answer needs before it is given; False when the officer went back."""
    plan = await face.conductor.ask(face.officer, box.step, answer=value)
    face.talk.head("This answer is to be approved:")
    face.talk.say(*what_goes_out(from_bytes(plan.raw.encode()), face.state))
    return await collect(face, box.step)


async def collect(face: Face, step: str) -> bool:
    """Ask for codes until the gate wants none; False when the officer went back."""
    while True:
        plan, wants = face.plan(step), face.wants(step)
        if plan is None or plan.void:
            face.talk.say(f"What was planned was changed meanwhile. {NOTHING_SENT} Ask again.")
            return False
        if not wants:
            return True
        own = wants[0] == f"{face.officer}'s own code"
        if not (await _own_code(face, plan) if own else await _second_code(face, plan)):
            return False


async def _own_code(face: Face, plan: Plan) -> bool:
    return await _present(face, plan, face.officer, "typed", f"{face.officer}, your code, six digits")


async def _second_code(face: Face, plan: Plan) -> bool:
    house = await _house(face)
    manifest = from_bytes(plan.raw.encode())
    lines = []
    for officer in house.officers.values():
        if officer.removed:
            continue
        may = "cannot: wrote it" if officer.name in manifest.writers else ", ".join(officer.roles)
        lines.append(f"{officer.name}: {may}" + (", locked" if is_locked(officer) else ""))
    face.talk.say("A second person's code is needed. Enrolled here:", *lines)
    name = await face.talk.ask("Who gives it? Their name; Enter goes back, nothing is sent")
    if not name:
        return _left(face)
    how = await face.talk.pick(
        "How does their code come?", ("They read it to me on the phone", "They type it here")
    )
    if not how:
        return _left(face)
    if how == 1:
        face.talk.head("On the phone:")
        face.talk.say(*read_to_them(manifest, face.state, six_words(plan.digest)))
        face.talk.say(*await named_lines(face, plan))
    people = ""
    if people_to_count(face.state, plan):
        people = await face.talk.ask(f"How many people, as {name} says it; Enter goes back, nothing is sent")
        if not people:
            return _left(face)
    came = "phone" if how == 1 else "typed"
    return await _present(face, plan, name, came, f"{name}'s code, six digits", people)


async def _present(face: Face, plan: Plan, officer: str, came: str, prompt: str, people: str = "") -> bool:
    """One try: True goes on with the gate, also after a wrong code or number; False when the officer went back."""
    given = {"digest": plan.digest, "people": people}
    try:
        await face.conductor.may_present(face.officer, plan.step, officer, **given)
    except GateDenied as error:
        face.talk.sorry(error)
        return True
    if face.drill is not None:
        face.talk.say(face.drill.phone_words(officer))
    known = (await _house(face)).named(officer)
    left = f" Tries left: {tries_left(known)}." if known is not None else ""
    face.talk.say(f"A code lasts {seconds_left(face.session.clock.now())} s more.{left}")
    code = await face.talk.ask(f"{prompt}; Enter goes back, nothing is sent")
    if not code:
        return _left(face)
    try:
        await face.conductor.approve(face.officer, plan.step, officer, code, came=came, **given)
    except GateDenied as error:
        face.talk.sorry(error)
        return True
    face.talk.say(f"{officer}'s code is right. {NOTHING_SENT}")
    return True


def _left(face: Face) -> bool:
    face.talk.say(f"Gone back. {NOTHING_SENT} What is planned stays planned; g goes on with it.")
    return False


async def emergency(face: Face, rest: str) -> None:
    """The emergency path: a second officer's recovery code and a reason, loud in the record."""
    del rest
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    plan = await face.conductor.ask(face.officer, box.step)
    face.talk.head("EMERGENCY PATH. It is loud in the record.")
    face.talk.say(*what_goes_out(from_bytes(plan.raw.encode()), face.state))
    name = await face.talk.ask("Whose recovery code? A second officer's name; Enter goes back")
    code = await face.talk.ask("Their recovery code; Enter goes back") if name else ""
    reason = await face.talk.ask("Why the emergency path? Enter goes back") if code else ""
    if not reason:
        face.talk.say(f"Gone back. {NOTHING_SENT}")
        return
    people = await face.talk.ask("How many people is it for?") if people_to_count(face.state, plan) else ""
    await face.conductor.emergency(
        face.officer, box.step, name, code, digest=plan.digest, reason=reason, people=people
    )
    face.talk.say(f"The gate is open by the emergency path. {NOTHING_SENT} a sends it.")


async def send(face: Face, rest: str) -> None:
    """Carry the current step's act out, after its word or number is typed."""
    del rest
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    if box.stage == "gate":
        face.talk.say(f"It needs a code first: g asks for it. {NOTHING_SENT}")
        return
    if box.stage == "interrupted":
        await go_on_mailing(face, box.step)
        return
    if box.stage not in ("send", "needs"):
        face.talk.say(f"Nothing is to be sent here. {NOTHING_SENT}")
        return
    harm = await _harm_now(face, box)
    if harm is None:
        return
    plan = await face.conductor.ask(face.officer, box.step, harm_now=harm)
    manifest = from_bytes(plan.raw.encode())
    face.talk.head("This goes out for real:" if face.state.live else "This is simulated; EXERCISE:")
    face.talk.say(*what_goes_out(manifest, face.state))
    typed = await _confirmed(face, box.confirm)
    if typed:
        await face.conductor.act(face.officer, box.step, confirm=typed, digest=plan.digest, harm_now=harm)
        await _after_act(face, box.step)


async def _confirmed(face: Face, asked: str) -> str:
    """What was typed to go on; empty when it was nothing, or not the word."""
    word = asked or ("send" if face.state.live else "drill send")
    typed = await face.talk.ask(f"Type {word} and Enter to go on. Anything else sends nothing")
    if not typed or (not asked and " ".join(typed.split()).casefold() != word):
        face.talk.say(NOTHING_SENT)
        return ""
    return typed


async def _after_act(face: Face, step: str) -> None:
    ended = await _ended(face, step)
    box = face.box()
    if box is not None and box.step == step and box.stage == "hands":
        face.show_step()
        await face.tell_shown()
    elif not ended:
        face.talk.say("On its way. What comes of it is printed here; you can go on meanwhile.")


async def _ended(face: Face, step: str) -> bool:
    """Wait a moment for the end of what the console carries out itself; False when it takes longer."""
    ended = asyncio.Event()

    def look() -> None:
        if not any(each.status == "intended" and not each.guided for each in face.state.effects_of(step)):
            ended.set()

    stop = face.session.subscribe(lambda _state, _events: look())
    look()
    try:
        await asyncio.wait_for(ended.wait(), PATIENCE)
    except TimeoutError:
        return False
    finally:
        stop()
    return True


async def go_on_mailing(face: Face, step: str) -> None:
    """The rest of a mailing that stopped: nobody is mailed twice."""
    await face.conductor.account(step)
    counts = await face.conductor.counts(step)
    doubtful = await face.conductor.doubtful(step)
    face.talk.say(
        f"Accepted: {counts.get('accepted', 0):,} of {counts.get('total', 0):,}.",
        f"Refused: {counts.get('refused', 0):,}.",
        f"Not tried: {counts.get('waiting', 0):,}.",
        f"DOUBT We do not know of {len(doubtful)}:",
        *shortened(doubtful),
    )
    manifest = face.manifest(step)
    if manifest is None:
        return
    typed = await _confirmed(face, confirmation(face.state, step_of(face.state, step), manifest))
    if typed:
        await face.conductor.act(face.officer, step, confirm=typed)
        face.talk.say("Going on with those who were not tried.")


def shortened(names: Sequence[str]) -> list[str]:
    """The first of many names, and how many more there are."""
    more = len(names) - FIRST_NAMES
    return [*names[:FIRST_NAMES], *([f"... and {more:,} more: names lists them all"] if more > 0 else [])]


async def named_lines(face: Face, plan: Plan) -> list[str]:
    """Whom a plan mails once more, by name; nothing of any other plan. Raises GateDenied when they are not all in doubt any more."""
    if not plan.step.startswith(ONCE_MORE):
        return []
    return ["By name:", *shortened(await face.conductor.named(plan))]


async def names(face: Face, rest: str) -> None:
    """Who was refused by a mailing, and of whom we do not know."""
    del rest
    step = next((each.step for each in face.state.effects.values() if each.total), "")
    if not step:
        face.talk.say("No mailing has been carried out.")
        return
    refused, doubtful = await face.conductor.refused(step), await face.conductor.doubtful(step)
    face.talk.say(*(line for line in names_of(refused, doubtful).splitlines() if line))


async def _harm_now(face: Face, box: Box) -> str | None:
    """The reason to remove what is not saved: empty when all is saved, None when the officer went back."""
    left = at_stake(face.state, step_of(face.state, box.step))
    if box.takes != "items" or not left or box.channel == "evidence":
        return ""
    face.talk.say(
        f"{len(left)} of {len(box.items)} are not saved. What is removed before it is saved is lost."
    )
    reason = await face.talk.ask("If harm is being done now, say why; Enter goes back to save first")
    return reason or None


async def close(face: Face, rest: str) -> None:
    """Close the incident; with critical steps open, a reason and an approver's code over exactly that reason."""
    left = open_critical(face.state, face.now)
    if left:
        face.talk.say(f"{counted(len(left), 'critical step')} not done: {', '.join(left)}.")
    others = still_to_do(face.state, face.now)
    if others:
        face.talk.say("Not done either:", *others)
    prompt = "Why is it closed like this? Enter goes back" if left else "A word on the end; Enter for none"
    reason = rest or await face.talk.ask(prompt)
    if left and not reason:
        face.talk.say("It stays open.")
        return
    if left:
        await face.conductor.ask(face.officer, CLOSE, answer=reason)
        if not await collect(face, CLOSE):
            face.talk.say("It stays open.")
            return
    word = "close" if face.state.live else "drill close"
    if (await face.talk.ask(f"Type {word} to close it. Anything else leaves it open")).casefold() != word:
        face.talk.say("It stays open.")
        return
    await face.session.do(c.Close(by=face.officer, reason=reason))


async def _house(face: Face) -> House:
    if face.session.gatekeeper is None:
        raise GateDenied("No codes can be looked at on this machine.", do="Run incident doctor.")
    return await face.session.gatekeeper.house()
