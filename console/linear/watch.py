"""What goes on meanwhile: the beat of every second, and its news as single lines."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from console.engine.conductor import LOOP_EVERY
from console.errors import ConsoleError, JournalBusy
from console.incident import events as e
from console.incident.cursor import next_step
from console.incident.narrate import named
from console.incident.plainly import numbered
from console.incident.seen_words import seen_words
from console.incident.whereto import step_words
from console.linear.page import question, unwatched_words
from console.report.timeline import MINOR, line_of
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.incident.events import AnyEvent
    from console.incident.state import State
    from console.linear.face import Face

ENDS: Final = (e.EffectDone, e.EffectFailed, e.EffectInDoubt)
PROGRESS_EVERY: Final = 5_000
FEW: Final = 3  # finds of one round that are told one by one


class Watch:
    """Keeps one face's incident going and tells its officer what others, the script or time made of it."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._trouble = ""
        self._noted: tuple[str, ...] = ()
        self._finds: list[e.ItemSeen] = []
        self._unwatched: tuple[str, ...] = ()
        self._counted = 0
        self._told: dict[str, str] = {}
        self._stage: tuple[str, str] = ("", "")
        self._offered = ""
        self._turn = asyncio.Lock()
        self._stop = face.session.subscribe(self._heard)

    def close(self) -> None:
        """Listen no more."""
        self._stop()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            await self._face.session.clock.sleep(LOOP_EVERY)

    async def beat(self) -> None:
        """One round. What goes wrong in it is told once, and the face goes on."""
        async with self._turn:
            await self._round()

    async def _round(self) -> None:
        face = self._face
        try:
            if face.drill is not None:
                await face.drill.beat()
            await face.conductor.beat()
            await self._progress()
        except JournalBusy:
            return
        except ConsoleError as error:
            self._alarm(error.diagnostics())
            return
        finally:
            self._found()
        if face.conductor.trouble:
            self._alarm(face.conductor.trouble)
        self._note()
        self._watched()
        self._stage_changed()

    def _alarm(self, words: str) -> None:
        if words != self._trouble:
            self._trouble = words
            self._face.talk.tell(f"ALARM {line}" for line in words.splitlines())

    def _note(self) -> None:
        """Say once what a channel waits for or does not see."""
        notes = self._face.conductor.channel_notes(beside_the_board=True)
        self._face.talk.tell([each for each in notes if each not in self._noted])
        self._noted = notes

    def _watched(self) -> None:
        """Say once where the console looks no more, and that it looks everywhere again."""
        board = self._face.board()
        lost, whys = board.unwatched, self._face.conductor.unwatched_why()
        self._face.talk.tell([unwatched_words(each, whys) for each in lost if each not in self._unwatched])
        if self._unwatched and not lost and not board.ended:
            self._face.talk.tell(["WATCHING again: the console looks at every connected channel."])
        self._unwatched = lost

    def _heard(self, state: State, events: Sequence[AnyEvent]) -> None:
        lines = []
        for event in events:
            if isinstance(event, e.ItemSeen) and event.verdict == "unknown" and event.source == "watch":
                self._finds.append(event)
                continue
            line = news_line(event, state, self._face.officer)
            if line:
                lines.append(line)
        self._face.talk.tell(lines)

    def _found(self) -> None:
        """Tell what the watch found in this round: one by one while they are few, else where and how many."""
        finds, self._finds = self._finds, []
        if len(finds) <= FEW:
            self._face.talk.tell([news_line(each, self._face.state, self._face.officer) for each in finds])
            return
        places = Counter(each.channel for each in finds)
        where = ", ".join(f"{count} on {name}" for name, count in places.items())
        self._face.talk.tell(
            [f"{len(finds)} NEW, NOT BY US: {where}. i lists them; mark new false says it of all."]
        )

    def _stage_changed(self) -> None:
        """Ask what the current step asks by now, when its act has ended while the prompt stood."""
        face = self._face
        box = face.box()
        stage = (box.step, box.stage) if box is not None else ("", "")
        was, self._stage = self._stage, stage
        if box is None and face.talk.at_main:
            self._offer_next()
        if box is None or not face.talk.at_main or was[0] != stage[0] or was == stage:
            return
        face.talk.tell([f"Step {box.number} asks:", *question(box, face.state)] if box.asked else [])

    def _offer_next(self) -> None:
        """Say once that a step can be done, to somebody who stands on none."""
        face = self._face
        step = next_step(face.state, face.officer, face.now)
        if step and step != self._offered:
            face.talk.tell(
                [f"Step {numbered(face.state).get(step, '')} {step} can be done. Enter goes there."]
            )
        self._offered = step

    async def _progress(self) -> None:
        """How far a mailing is, at most every five seconds."""
        face = self._face
        now = face.session.clock.now().boot
        running = {
            effect.step
            for effect in face.state.effects.values()
            if effect.status == "intended" and not effect.guided and effect.holder == face.session.holder
        }
        if not running or now - self._counted < PROGRESS_EVERY:
            return
        self._counted = now
        for step in running:
            far = await face.conductor.how_far(step)
            if far is not None:
                line = f"{step}: {far.line()}."
                if self._told.get(step) != line:
                    self._told[step] = line
                    face.talk.tell([line])


def news_line(event: AnyEvent, state: State, officer: str) -> str:
    """What an event is to this officer, with its prefix word; empty when it is nothing they must hear."""
    line = _of_time(event, state) or _of_effects(event, state) or _of_the_world(event, officer)
    if line:
        return visible(line)
    spoken = (*MINOR, *ENDS, e.Looked, e.WentLate, e.WayOutOffered, e.InjectFired)
    if isinstance(event, spoken) or event.by in ("", officer):
        return ""
    return line_of(state.seq, event, state).drawn()


def _of_time(event: AnyEvent, state: State) -> str:
    numbers = numbered(state)
    match event:
        case e.WentLate():
            step = state.playbook.step(event.step)
            critical = " Critical." if step is not None and step.critical else ""
            return f"LATE {step_words(state, event.step, event.at)}.{critical}"
        case e.WayOutOffered():
            return f"WAY OUT {numbers.get(event.go, '')} {event.say or event.go}. w takes it."
        case e.Unfolded() if "/" not in event.name and "#" not in event.name:
            return f"{event.name} is open."
    return ""


def _of_effects(event: AnyEvent, state: State) -> str:
    match event:
        case e.EffectInDoubt():
            return f"DOUBT We do not know if it went out: {_effect(event.effect, state)}. {event.reason}"
        case e.EffectDone() if event.verified:
            return f"Done: {_effect(event.effect, state)}."
        case e.EffectFailed():
            return f"IT DID NOT HAPPEN: {_effect(event.effect, state)}. {event.reason}"
        case e.Checked() if event.verdict == "agrees" or _claimed(event, state):
            word = "The check agrees" if event.verdict == "agrees" else "The check does not agree"
            return f"{word}: {numbered(state).get(event.step, '')} {event.step}. {seen_words(event.raw)}".rstrip()
    return ""


def _claimed(event: e.Checked, state: State) -> bool:
    """Whether somebody said or did something that this check now disagrees with."""
    own = state.of(event.step)
    return event.verdict == "disagrees" and (own.answer is not None or bool(state.effects_of(event.step)))


def _of_the_world(event: AnyEvent, officer: str) -> str:
    match event:
        case e.ItemSeen() if event.by != officer and event.verdict == "bogus":
            risk = " It puts someone at risk." if event.at_risk else ""
            return f'NEW FALSE ITEM {named(event)} on {event.channel}: "{event.words}".{risk}'
        case e.ItemSeen() if event.by != officer and event.verdict == "unknown":
            return f'NEW, NOT BY US: {named(event)} on {event.channel}: "{event.words}". Is it false or ours? mark says so.'
        case e.ItemGone() if not event.by:
            return f"GONE {event.item} is not there any more; the console looked."
        case e.InjectFired():
            return " ".join(part for part in (event.say, _from(event)) if part)
        case e.Alarm():
            return f"ALARM {event.what}"
    return ""


def _from(event: e.InjectFired) -> str:
    return f"({event.via} {event.sender})".replace("( ", "(").replace(" )", ")") if event.via else ""


def _effect(effect: str, state: State) -> str:
    known = state.effects.get(effect)
    if known is None:
        return effect
    number = numbered(state).get(known.step, "")
    return " ".join(part for part in (number, known.step, known.channel, known.item) if part)
