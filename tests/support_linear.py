"""An officer at the plain face: types what the printed lines ask for, while the clock is turned."""

from __future__ import annotations

import io

from support_drill import SECOND


class Officer:
    """Typed lines with time between them: each is `text`, or `(seconds, text)`, or a function of the output so far.

    Attributes:
        out: everything printed.
        times: ms since opening at which each line was typed.
    """

    def __init__(self, drilled, *lines):
        self.drilled = drilled
        self.lines = list(lines)
        self.out = io.StringIO()
        self.prompts = []
        self.times = []

    async def line(self):
        printed = self.out.getvalue()
        self.prompts.append(printed.rsplit("\n", 1)[-1])
        if not self.lines:
            return None
        wanted = self.lines.pop(0)
        seconds, wanted = wanted if isinstance(wanted, tuple) else (0, wanted)
        if seconds:
            await self.drilled.turn(seconds * SECOND, 5 * SECOND)
        await self.drilled.carried_out()
        typed = wanted(self.out.getvalue()) if callable(wanted) else wanted
        self.times.append(self.drilled.clock.now().wall - self.drilled.session.state.opened_at)
        self.out.write(f"{typed}\n")
        return typed

    @property
    def said(self):
        return self.out.getvalue()


class Player(Officer):
    """Plays a whole drill by what is printed, as somebody would who follows the page: nothing is known but the words.

    Args:
        drilled: the drill.
        answers: what to answer instead of the first choice, by step.
        pace: seconds before each typed line.
        until: seconds after which the player stops typing.
    """

    def __init__(self, drilled, answers=None, *, pace=8, until=6 * 3_600):
        super().__init__(drilled)
        self.answers = answers or {}
        self.pace = pace
        self.until = until
        self.step = ""
        self.fresh = 0
        self.idle = 0

    async def line(self):
        await self.drilled.turn(self.pace * SECOND, 4 * SECOND)
        await self.drilled.carried_out()
        now = self.drilled.clock.now().wall - self.drilled.session.state.opened_at
        if now > self.until * SECOND:
            return None
        printed = self.out.getvalue()
        typed = self.reply(printed[self.fresh :].splitlines())
        self.times.append(now)
        self.out.write(f"{typed}\n")
        self.fresh = len(self.out.getvalue())
        return typed

    def reply(self, lines):
        prompt = lines[-1] if lines else ""
        for line in lines:
            if line.startswith("DRILL Step "):
                self.page, self.step = [], line.rstrip(".").rsplit(" ", 1)[-1]
            if self.step:
                self.page.append(line)
        for words, answer in self.dialogs().items():
            if words in prompt:
                return answer() if callable(answer) else answer
        return self.at_step(prompt)

    def dialogs(self):
        prompt = self.out.getvalue().rsplit("\n", 1)[-1]
        return {
            "Enter answers, anything else cancels": "",
            "your code, six digits": lambda: self.drilled.world.phone_code("Reid"),
            "How many people, as": lambda: str(self.drilled.session.state.lists["mailer"].count),
            "Lindqvist's code, six digits": lambda: self.drilled.world.phone_code("Lindqvist"),
            "Who gives it?": "Lindqvist",
            "1 to 2, Enter goes back": "1",
            "and Enter to go on": lambda: prompt.split("Type ", 1)[1].split(" and Enter")[0],
            "to close it": "drill close",
            "Enter alone cancels": lambda: self.value(prompt),
            "say why; Enter goes back": "somebody is being hurt",
            "A word on the end": "talked through",
        }

    def value(self, prompt):
        if "How many people?" in prompt:
            return str(self.drilled.session.state.lists["mailer"].count)
        return "0" if "left" in prompt or "not accounted" in prompt else "Okafor, 23:40, by phone"

    def nothing_left(self, prompt):
        """Wait for what opens later; close when nothing does."""
        self.page = []
        self.idle += 1
        if "can be done" in "".join(self.out.getvalue()[self.fresh :].splitlines()) or self.idle < 3:
            return ""
        self.pace = 60
        return "close" if self.step == "close/talk" else ""

    def at_step(self, prompt):
        if "no step now" in prompt:
            return self.nothing_left(prompt)
        if any(line.startswith("a: ") or "a goes on with" in line for line in self.page):
            return "a"
        if any("g asks for it" in line for line in self.page):
            return "g"
        if any("Enter goes to the next step" in line for line in self.page):
            return ""
        choices = [line for line in self.page if line[:2] in ("1 ", "2 ", "3 ")]
        self.page = []
        nothing = next((line[0] for line in choices if "Nothing there" in line), "")
        return self.answers.get(self.step) or nothing or ("1" if choices else "r")
