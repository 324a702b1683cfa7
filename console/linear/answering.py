"""Answering a step, settling a doubt, and the moves that steer: defer, skip, go on, undo, way out, go to a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident import commands as c
from console.incident.answered import told_after
from console.incident.board import step_by_number
from console.incident.cursor import next_step
from console.incident.narrate import answer_words
from console.linear.gates import approve_answer
from console.linear.page import offered

if TYPE_CHECKING:
    from console.incident.board_box import Box
    from console.linear.face import Face

VERDICTS: Final = ("happened", "not", "unknown")


async def digit(face: Face, number: int) -> None:
    """A number that was typed at the current step."""
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    if box.stage == "doubt":
        await settle_doubt(face, box, number)
        return
    asked = box.asked
    if asked is None:
        face.talk.say("Nothing is asked here. m shows all moves.")
    elif asked.kind != "choose":
        if number == 1:
            await typed_answer(face, box)
        else:
            face.talk.say("1 types the answer.")
    elif number not in offered(box, face.state):
        face.talk.say(f"There is no answer {number} here. r reads the step again.")
    else:
        await chosen(face, box, number)


async def chosen(face: Face, box: Box, number: int) -> None:
    """One of the listed answers; a critical step wants a second Enter."""
    asked = box.asked
    if asked is None:
        return
    choice = asked.choices[number - 1]
    words = ""
    if asked.words and choice.slug == "done":
        words = await face.talk.ask("What do you see? A few words")
        if not words:
            face.talk.say("Nothing was answered.")
            return
    if box.critical:
        again = await face.talk.ask(
            f"{number} selected: {choice.words}. Enter answers, anything else cancels"
        )
        if again:
            face.talk.say("Cancelled. Nothing was answered.")
            return
    await answer(face, box, choice.slug, words)


async def typed_answer(face: Face, box: Box) -> None:
    """An answer in words, a number or names."""
    asked = box.asked
    prompt = asked.prompt if asked is not None else "Answer"
    value = await face.talk.ask(f"{prompt} Enter alone cancels")
    if not value:
        face.talk.say("Nothing was answered.")
        return
    if box.critical:
        again = await face.talk.ask(f"{value} typed. Enter answers, anything else cancels")
        if again:
            face.talk.say("Cancelled. Nothing was answered.")
            return
    await answer(face, box, value)


async def answer(face: Face, box: Box, value: str, words: str = "") -> None:
    """Report it; printed as saved only when it is on disk. Codes come before it where it needs some."""
    over, ends = face.over, value in box.ends
    if ends and not await _is_the_end(face, box, value):
        face.talk.say("Nothing was answered. It goes on.")
        return
    if box.says and box.stage == "gate" and not await approve_answer(face, box, value):
        return
    await face.session.do(
        c.Answer(by=face.officer, step=box.step, value=value, words=words, over=over, confirmed=ends)
    )
    face.talk.say(f"Saved. {box.number} {answer_words(face.state, box.step, value)}.")
    face.talk.say(*told_after(face.state, box.step))


async def _is_the_end(face: Face, box: Box, value: str) -> bool:
    """Whether the officer means to end it all; Enter alone does not."""
    what = "LIVE incident" if face.state.live else "drill"
    face.talk.say(
        f"{answer_words(face.state, box.step, value)}: this answer ENDS the {what}.",
        "Every other step is dropped, and it cannot be taken back.",
    )
    typed = await face.talk.ask("Is nothing at all wrong? yes ends it; no, or Enter alone, goes back")
    return typed.casefold() == "yes"


async def settle_doubt(face: Face, box: Box, number: int) -> None:
    """The officer's word on the first open doubt of a step. There is no default."""
    if not 1 <= number <= len(VERDICTS):
        face.talk.say("Type 1, 2 or 3. There is no default.")
        return
    effect = next(each for each in box.effects if each.status == "doubt")
    verdict = VERDICTS[number - 1]
    said = {"happened": "It happened", "not": "It did not happen", "unknown": "Cannot tell yet"}[verdict]
    reason = await face.talk.ask(f"{said}. How do you know? A few words, cancel goes back")
    if reason.casefold() == "cancel":
        face.talk.say("Nothing was settled. We still do not know if it went out.")
        return
    await face.session.do(
        c.Resolve(by=face.officer, step=box.step, verdict=verdict, effect=effect.id, reason=reason)
    )
    face.talk.say(f"Saved. {said}.")


async def defer(face: Face, rest: str) -> None:
    """Put the current step off."""
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    minutes = rest.removesuffix("m").strip()
    if minutes and not (minutes.isascii() and minutes.isdecimal()):
        face.talk.say("Type d, or d 15 for fifteen minutes. Nothing was put off.")
        return
    await face.session.do(c.Defer(by=face.officer, step=box.step, minutes=int(minutes or 0)))
    until = f"for {minutes} minutes" if minutes else "until its phase ends"
    face.talk.say(f"Put off {until}: {box.number} {box.step}. u takes it back.")


async def skip(face: Face, rest: str) -> None:
    """Go past the current step with a reason."""
    await _with_reason(face, rest, "Why is it skipped?", c.Skip, "Skipped")


async def go_on(face: Face, rest: str) -> None:
    """Go on without what the current step waits for; where nothing can be gone without, no reason is asked for."""
    box = face.box()
    if box is not None and box.no_waiving:
        if face.same_step(box):
            face.talk.say(box.no_waiving)
        return
    await _with_reason(face, rest, "Why go on without it?", c.Waive, "Going on without what it waits for")


async def _with_reason(
    face: Face, rest: str, prompt: str, command: type[c.Skip | c.Waive], done: str
) -> None:
    box = face.box()
    if not face.same_step(box) or box is None:
        return
    reason = rest or await face.talk.ask(f"{prompt} Enter alone goes back")
    if not reason:
        face.talk.say("Nothing was changed.")
        return
    await face.session.do(command(by=face.officer, step=box.step, reason=reason))
    face.talk.say(f"Saved. {done}: {box.number} {box.step}.")


async def undo(face: Face, rest: str) -> None:
    """Take back one's own latest answer."""
    del rest
    await face.session.do(c.Undo(by=face.officer))
    face.talk.say("Taken back. The record keeps both.")


async def way_out(face: Face, rest: str) -> None:
    """Take one of the ways out on offer."""
    ways = face.board().ways
    if not ways:
        face.talk.say("No way out is on offer now.")
        return
    options = [f"{way.number} {way.words}" for way in ways]
    if rest.isascii() and rest.isdecimal() and 1 <= int(rest) <= len(ways):
        place = int(rest)
    else:
        place = await face.talk.pick("Which way out?", options)
    if place:
        await face.session.do(c.Move(by=face.officer, step=ways[place - 1].go, way_out=True))


async def go_next(face: Face, rest: str) -> None:
    """Put the cursor on what comes next; the step that is left stays as it is."""
    del rest
    board = face.board()
    box = board.box
    front = next_step(face.state, face.officer, face.now)
    if box is not None and front == box.step:
        front = step_by_number(face.state, board.next.partition(" ")[0]) if board.next else ""
    if not front:
        face.talk.say("Nothing else is to be done now.")
        return
    await face.session.do(c.Move(by=face.officer, step=front))


async def go_to(face: Face, rest: str) -> None:
    """Put the cursor on a step by its number or name."""
    typed = rest or await face.talk.ask("Which step? Its number, such as 3.2")
    if typed:
        await face.session.do(c.Move(by=face.officer, step=step_by_number(face.state, typed)))
        face.show_step(again=True)
