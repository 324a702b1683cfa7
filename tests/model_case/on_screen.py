"""The officer at the screen: every move by keys, each after the screen shows what it is for."""

from __future__ import annotations

from contextlib import asynccontextmanager

from model_case.machine import APPROVER, LEAD
from support_face import Face, made, shown
from textual import events

from console.clock import TurnedClock
from console.tui.screens.incident import IncidentScreen
from console.tui.screens.items import ItemsScreen
from console.tui.views import box as boxes
from console.tui.views import steps, whole
from console.tui.widgets.confirm import Confirm
from console.tui.widgets.form import Form

SIZE = (80, 40)


class Keys:
    """`night.Hands` with ten fingers."""

    def __init__(self, face: Face, machine) -> None:
        self._face, self._machine = face, machine
        self._state = lambda: face.session.state

    @property
    def _front(self):
        return self._face.session.board(LEAD).box

    async def _to(self, step: str) -> None:
        """Put a step into the box: down or up the list, then Enter."""
        face = self._face
        if self._front is not None and self._front.step == step:
            await face.wait(lambda: face.app.screen.stands[:1] == (step,))
            return
        screen = face.app.screen
        await face.press("escape")
        keys = steps.keys(screen.board, unfolded=screen.looking.unfolded)
        here = self._front.step if self._front is not None else keys[0]
        await self._along(keys.index(step) - (keys.index(here) if here in keys else 0))
        await face.wait(lambda: screen.looking.cursor == step)
        await face.press("enter")
        await face.wait(lambda: self._front.step == step and screen.stands[0] == step)

    async def answer(self, box, value, words):
        face = self._face
        await self._to(box.step)
        front, rounds = self._front, self._state().of(box.step).rounds
        if front.asked is None:
            return  # what the watch did meanwhile has settled it
        if front.asked.kind == "choose":
            go = whole.go_of(self._state(), box.step)
            digit = next(place for place, each in boxes.choices(front, go) if each.slug == value)
            await face.press(str(digit))
            await face.wait(f"[{digit}] ")
            await face.press("enter")
            if front.asked.words and value == "done":
                await self._line(words)
        else:
            await face.press("enter")
            await self._line(value)
        await face.wait(lambda: self._state().of(box.step).rounds > rounds)

    async def _along(self, rows: int) -> None:
        """Hold the key down that goes along a list."""
        await self._run(["down" if rows > 0 else "up"] * abs(rows))

    async def _run(self, keys: list[str]) -> None:
        """Keys that come one after another, none of which waits until the screen is drawn."""
        self._face.fingers.turn(1_000)
        for key in keys:
            self._face.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await self._face.pilot.pause()

    async def _line(self, words: str) -> None:
        """Type into the line in the box."""
        await self._face.wait(lambda: self._face.app.screen.looking.typing)
        await self._typed(words)

    async def _typed(self, words: str) -> None:
        """Type words where the letters go, and Enter."""
        face = self._face
        await self._run(list(words))
        await face.wait(lambda: face.app.focused.value == words)
        await face.press("enter")

    async def act(self, box):
        face = self._face
        await self._to(box.step)
        front = self._front
        begun = set(self._state().effects)
        await face.press("enter")
        if front.stage == "gate":
            await self._code(LEAD)
            if front.second:
                await face.wait("Who gives the second person's code?")
                await face.press("1", "enter")
                await face.wait("Read this to them")
                await face.press("enter")
                if front.takes == "recipients":
                    await face.wait("How many people is it for?")
                    await self._typed(self._machine.listed)
                await self._code(APPROVER)
        if not front.looks:
            await face.wait(lambda: isinstance(face.app.screen, Confirm))
            await self._send(front.confirm)
        # What looks only may have been done by the watch meanwhile.
        await face.wait(
            lambda: set(self._state().effects) > begun or (front.looks and not self._front.unsaved)
        )

    async def _code(self, officer: str) -> None:
        await self._face.wait(f"Code of {officer}")
        await self._typed(self._machine.phones[officer].code())

    async def _send(self, word: str) -> None:
        if word:
            await self._typed(word)
        await self._face.wait("Press s to go on")
        await self._face.press("s")

    async def _palette(self, name: str, leads_to=Form) -> None:
        face = self._face
        await face.press("ctrl+p")
        await face.wait("Search for commands")
        await self._run(list(name))
        await face.wait(lambda: name.capitalize() in face.text and "Choose the answer" not in face.text)
        await face.press("enter")
        await face.wait(lambda: isinstance(face.app.screen, leads_to))

    async def _form(self, *lines: str) -> None:
        form = self._face.app.screen
        for line in lines:
            await self._typed(line)
        await self._face.wait(lambda: self._face.app.screen is not form)

    async def judge(self, found):
        face = self._face
        await face.wait(lambda: isinstance(face.app.screen, IncidentScreen))
        await self._palette("items", ItemsScreen)
        rows, at = list(self._state().items), 0
        for item, verdict, _ in found:
            await self._along(rows.index(item) - at)
            at = rows.index(item)
            await face.press("f" if verdict == "bogus" else "o")
            await face.wait(lambda item=item, verdict=verdict: self._state().items[item].verdict == verdict)
        await face.press("escape")
        await face.wait(lambda: not isinstance(face.app.screen, ItemsScreen))
        for item in (item for item, _, at_risk in found if at_risk):
            await self._palette("mark")
            await self._form(item, "", "1")
            await face.wait(lambda item=item: self._state().items[item].at_risk)

    async def choose_list(self, path):
        await self._palette("people")
        await self._typed(path)
        await self._face.wait(lambda: isinstance(self._face.app.screen, Confirm))
        await self._send(self._machine.listed)
        await self._face.wait(lambda: self._state().lists)

    async def close(self):
        await self._palette("close")
        await self._form("")
        await self._face.wait(lambda: self._state().end)


@asynccontextmanager
async def at_the_screen(session, conductor, machine):
    """The hands at the app as its door makes it."""
    fingers = TurnedClock(machine.clock.now().wall, 1_000)
    app = made(session, conductor, machine.home, LEAD, fingers, None, back=False)
    async with shown(Face(app, session, conductor, machine.clock, fingers, None), SIZE) as face:
        yield Keys(face, machine)
