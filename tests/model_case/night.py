"""The officer's night: what they do at each step, in whatever face; time passes while they do it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from model_case.machine import LEAD, Machine
from model_case.town import MAILED, MINUTE, PATIENCE, Town

from console.incident.board_box import Box, box_for
from console.incident.decide import open_critical
from console.incident.facts import due_at, good_answer
from console.incident.manifest import from_bytes
from console.incident.posted import posted

DOES = ("answer", "send", "gate", "hands")
ANSWERS = {
    "correct/scope": "the log",
    "notify-subscribers/count": str(MAILED),
    "close/report": "none",
}
LONGEST = 8 * 60 * MINUTE
ENOUGH = 400  # moves in one night
IDLE = 2 * MINUTE  # between two glances where nothing is to be done


class Hands(Protocol):
    """A face and the fingers at it."""

    async def answer(self, box: Box, value: str, words: str) -> None:
        """Answer the step in `box`."""

    async def act(self, box: Box) -> None:
        """Let the act of the step in `box` go, codes and typed words included."""

    async def judge(self, found: list[tuple[str, str, bool]]) -> None:
        """Say of each find, by its id, what it is and whether it puts someone at risk."""

    async def choose_list(self, path: str) -> None:
        """Choose the subscribers' addresses."""

    async def close(self) -> None:
        """End the incident."""


class Night:
    """One officer on call at one live incident.

    Args:
        session, conductor: the incident's.
        hands: the face.
        pace: ms that a move takes.
    """

    def __init__(self, session, conductor, town: Town, machine: Machine, hands: Hands, pace: int) -> None:
        self.session, self.conductor = session, conductor
        self.town, self.machine, self.hands = town, machine, hands
        self.clock = machine.clock
        self.pace = pace
        self.walked: list[str] = []

    @property
    def state(self):
        return self.session.state

    # -- time --------------------------------------------------------------------------------------------------------

    async def passes(self, ms: int, stride: int = 30_000) -> None:
        """Let time pass; the attacker, the watch and whatever is on its way keep up."""
        while ms > 0:
            self.clock.turn(min(ms, stride))
            ms -= stride
            await self.quiet()

    async def quiet(self) -> None:
        """Return when nothing is on its way and the beat sleeps; who waits for time meanwhile gets it."""
        attacker = self.town.attacker
        end = time.monotonic() + 2 * PATIENCE
        seen, since, rest = -1, 0.0, 0
        carried = asyncio.ensure_future(self.conductor.settle())
        while rest < 3:
            assert time.monotonic() < end, "something is on its way for ever"
            assert attacker.error is None, attacker.error
            await asyncio.sleep(0.001)
            keeps_up = not attacker.is_alive() or attacker.until >= self.clock.now().boot
            rest = rest + 1 if keeps_up and self.clock.sleepers and carried.done() else 0
            if self.town.traffic != seen:
                seen, since = self.town.traffic, time.monotonic()
            elif self.clock.sleepers and not carried.done() and time.monotonic() - since > 0.02:
                self.clock.turn(20_000)  # it waits for time alone, as for the next window of a platform
        carried.result()

    # -- the night ---------------------------------------------------------------------------------------------------

    async def whole(self) -> None:
        """From the first look to the end of the incident."""
        begun = self.clock.now().boot
        await self.quiet()
        for _ in range(ENOUGH):
            if self.state.end is not None:
                return
            await self.sort_the_list()
            self.while_it_looks()
            step = self.next()
            if step is not None:
                self.walked.append(step.name)
                await self.do(self.box(step))
                await self.passes(self.pace)
            elif self.box(self.state.playbook.step("close/talk")).stage == "settled":
                assert not open_critical(self.state, self.clock.now().wall), self.left()
                await self.hands.close()
            else:
                assert self.clock.now().boot - begun < LONGEST, self.left()
                await self.passes(IDLE, IDLE)
        raise AssertionError(f"it never ended: {self.left()}")

    def left(self) -> str:
        """What is not done, for whoever reads a failed test."""
        boxes = [self.box(each) for each in self.state.playbook.steps()]
        return "\n".join(
            f"{box.step}: {box.stage} {box.waits} {box.tells}" for box in boxes if box.stage != "settled"
        )

    def box(self, step) -> Box:
        return box_for(self.state, step, self.clock.now().wall, LEAD, self.state.playbook.numbers)

    def next(self):
        """The first step, in the playbook's order, that somebody can do something about at this moment."""
        now = self.clock.now().wall
        for step in self.state.playbook.steps():
            if step.repeat is not None and (self.stopped(step) or (due_at(self.state, step) or 0) > now):
                continue
            box = self.box(step)
            assert box.stage not in ("doubt", "interrupted"), f"{box.step} {box.tells}"
            if box.stage in DOES and (box.stage != "answer" or self.asks(box)):
                return step
        return None

    def stopped(self, step) -> bool:
        """Whether nobody asks for another round."""
        until = self.state.playbook.step(step.until) if step.until else None
        return until is not None and self.box(until).stage == "settled"

    def asks(self, box: Box) -> bool:
        """Whether the answer that this person has is not given yet."""
        given = self.state.of(box.step).answer
        return box.asked is not None and (given is None or given.value != self.reply(box)[0])

    async def do(self, box: Box) -> None:
        """What this person does at a step."""
        self.meanwhile(box.step)
        if box.takes == "recipients" and not self.state.lists:
            await self.hands.choose_list(self.machine.list.name)
            box = self.box(self.state.playbook.step(box.step))
        if box.stage in ("send", "gate") and not box.says:
            await self.hands.act(box)
            await self.quiet()
            box = self.box(self.state.playbook.step(box.step))
        if box.stage == "hands":
            self.by_hand(box)
        if box.stage in ("answer", "hands", "gate") and box.asked is not None:
            await self.hands.answer(box, *self.reply(box))

    def meanwhile(self, step: str) -> None:
        """What is done in the world where the console asks for it and cannot do it."""
        person = self.town.person
        if step == "contain/cut-link":
            person.revoke_app()
        elif step == "rotate-mynewsdesk/strangers":
            person.remove_strangers()

    def while_it_looks(self) -> None:
        """Follow the moves of steps that the console only looks at."""
        for step, does in (("pin-ignore-notice/pin", True), ("clear/unpin", False)):
            box = self.box(self.state.playbook.step(step))
            if box.stage == "checking" and bool(self.town.account.pinned()) != does:
                notice = posted(self.state, "account") if does else ""
                self.town.person.pin(notice.rpartition("/")[2])

    def by_hand(self, box: Box) -> None:
        """Follow the moves of a guided act on the platforms."""
        for effect in box.effects:
            if not effect.guided or effect.status != "intended":
                continue
            if effect.item:
                self.town.person.withdraw(self.state.items[effect.item].link)
                continue
            manifest = from_bytes(self.state.plans[effect.digest].raw.encode())
            if (effect.channel, manifest.verb) == ("newsroom", "post"):
                self.town.person.publish_in_newsroom(manifest.text)

    def reply(self, box: Box) -> tuple[str, str]:
        """This person's answer to a step, and in words what they saw."""
        asked = box.asked
        step = self.state.playbook.step(box.step)
        if box.step in ANSWERS:
            return ANSWERS[box.step], ""
        if asked.kind == "choose":
            good = [each.slug for each in asked.choices if good_answer(step, each.slug)]
            return good[0], "seen" if asked.words else ""
        if asked.kind == "number":
            return "0", ""
        return "Okafor", ""

    async def sort_the_list(self) -> None:
        """Say of everything that the watch found whether it is false, and whether it puts someone at risk."""
        found = [
            (item.id, self.town.person.knows(item), "missing child" in item.words)
            for item in self.state.items.values()
            if item.verdict == "unknown"
        ]
        if found:
            await self.hands.judge(found)
