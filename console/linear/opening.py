"""What is asked before an incident stands: who acts, what to do first with no tool at all, the opening questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from console.engine.asking import answer_to, understood
from console.errors import BadInput
from console.linear.talk import Talk

if TYPE_CHECKING:
    from typing import TextIO

    from console.clock import Clock
    from console.linear.lines import Lines
    from console.playbook.model import Playbook, Question


class Opening(Struct, frozen=True):
    """Who opens, and the opening answers by slug, as they are kept."""

    officer: str
    answers: dict[str, str]


async def ask_who(talk: Talk) -> str:
    """The officer's name, as claimed."""
    while True:
        officer = await talk.ask("Who are you?")
        if officer:
            return officer
        talk.say("Type your name. It stands on everything you do.")


async def ask_opening(
    playbook: Playbook,
    *,
    officer: str,
    stdin: Lines,
    stdout: TextIO,
    practice: bool,
    clock: Clock,
    zone: str,
    brief: str = "",
) -> Opening:
    """Ask everything that is asked before an incident opens; each question has a safe default on Enter.

    Args:
        playbook: what is to be opened; its memory items come first.
        officer: who opens, as claimed; asked for when empty.
        stdin: typed lines.
        stdout: where lines go.
        practice: whether it is a drill.
        clock: tells the moment that a typed time of day was.
        zone: the IANA zone in which people read times.
        brief: what the players of a drill are told first.

    Raises:
        Gone: the input ended; nothing was opened.
    """
    talk = Talk(stdin, stdout, "DRILL" if practice else "LIVE")
    talk.head(f"{playbook.title}.")
    if brief:
        talk.say(brief)
    name = officer or await ask_who(talk)
    if playbook.memory:
        talk.say("Do these at once, with no tool:", *playbook.memory)
    answers = {
        question.slug: await _answer(talk, question, clock, zone, practice=practice)
        for question in playbook.ask
    }
    return Opening(name, answers)


async def _answer(talk: Talk, question: Question, clock: Clock, zone: str, *, practice: bool) -> str:
    options = question.options
    talk.say(question.say)
    if question.kind != "time":
        talk.say(*(f"{place} {choice.words or choice.slug}" for place, choice in enumerate(options, 1)))
    if practice and question.kind == "time":
        talk.say("Enter: the drill times it itself, by today's clock.")
    hint = {
        "pick": "numbers or words, several with spaces",
        "time": "as 23:16, yesterday 23:16, or not-sure",
    }.get(question.kind, "a number or a word")
    while True:
        typed = await talk.ask(f"{hint}; Enter is {' '.join(question.default) or 'nothing'}")
        words = [
            options[int(word) - 1].slug
            if word.isascii() and word.isdecimal() and 1 <= int(word) <= len(options)
            else word
            for word in typed.replace(",", " ").split()
        ]
        answer = " ".join(words) if options else typed
        now = clock.now()
        try:
            kept, told = answer_to(question, answer, now, zone), understood(question, answer, now, zone)
        except BadInput as error:
            talk.sorry(error)
            continue
        if told:
            talk.say(f"{told} amend corrects it.")
        return kept
