"""The officer at the plain face: every line typed at the prompt that asks for it, by what is printed."""

from __future__ import annotations

import asyncio
import io
import re
import time
from contextlib import asynccontextmanager

from model_case.machine import APPROVER, LEAD
from model_case.town import PATIENCE

from console.linear.run import run_linear

MAIN = re.compile(r"LIVE (\d+\.\d+|no step now|closed)> ")


class Typist:
    """One conversation. It satisfies `console.linear.lines.Lines`.

    Attributes:
        out: everything printed.
    """

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.face: asyncio.Task[None] | None = None
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._asked = 0

    async def line(self) -> str | None:
        self._asked += 1
        return await self._lines.get()

    @property
    def prompt(self) -> str:
        """What is asked at this moment; empty once the face was left."""
        return "" if self.face.done() else self.out.getvalue().rpartition("\n")[2]

    async def type(self, line: str) -> str:
        """Type a line, and wait for the next prompt; what was printed in between."""
        mark, asked = len(self.out.getvalue()), self._asked
        self.out.write(f"{line}\n")
        self._lines.put_nowait(line)
        await self.until(lambda: self._asked > asked)
        return self.out.getvalue()[mark:]

    async def until(self, holds) -> None:
        """Wait until something holds, or the face was left."""
        end = time.monotonic() + 2 * PATIENCE
        while not holds() and not self.face.done():
            assert time.monotonic() < end, self.out.getvalue()[-3_000:]
            await asyncio.sleep(0.001)
        if self.face.done():
            self.face.result()


class Lines:
    """`night.Hands` at the plain face."""

    def __init__(self, typist: Typist, session, machine) -> None:
        self._typist, self._session, self._machine = typist, session, machine

    async def _say(self, line: str, **heard: str) -> str:
        """Type a line and answer what is asked after it, until the step's own prompt stands again."""
        said = await self._typist.type(line)
        for _ in range(12):
            prompt = self._typist.prompt
            if not prompt or MAIN.fullmatch(prompt):
                return said
            said += await self._typist.type(self._reply(prompt, heard))
        raise AssertionError(said)

    def _reply(self, prompt: str, heard: dict[str, str]) -> str:
        replies = {
            "What do you see? A few words": lambda: heard["words"],
            "Enter answers, anything else cancels": str,
            f"{LEAD}, your code, six digits": self._machine.phones[LEAD].code,
            "Who gives it?": lambda: APPROVER,
            "1 to 2, Enter goes back": lambda: "1",
            "How many people, as": lambda: self._machine.listed,
            f"{APPROVER}'s code, six digits": self._machine.phones[APPROVER].code,
            "and Enter to go on": lambda: prompt.partition("Type ")[2].partition(" and Enter")[0],
            "A word on the end": str,
            "Type close": lambda: "close",
            "Enter alone cancels": lambda: heard["value"],
        }
        return next(reply() for words, reply in replies.items() if words in prompt)

    async def _to(self, box) -> None:
        if self._typist.prompt != f"LIVE {box.number}> ":
            await self._say(box.number)
        assert self._typist.prompt == f"LIVE {box.number}> "

    async def answer(self, box, value, words):
        await self._to(box)
        front = self._session.board(LEAD).box
        if front.asked is None:
            return  # what the watch did meanwhile has settled it
        digit = "1"
        if front.asked.kind == "choose":
            digit = str(1 + [each.slug for each in front.asked.choices].index(value))
        said = await self._say(digit, value=value, words=words)
        assert f"Saved. {box.number} " in said, said

    async def act(self, box):
        await self._to(box)
        if box.stage == "gate":
            assert "The gate is open." in await self._say("g")
        begun = set(self._session.state.effects)
        said = await self._say("a")
        saved = box.looks and not self._session.board(LEAD).box.unsaved  # by the watch, meanwhile
        assert saved or set(self._session.state.effects) > begun, said

    async def judge(self, found):
        for verdict, word in (("bogus", "false"), ("ours", "ours")):
            items = " ".join(item for item, held, _ in found if held == verdict)
            if items:
                await self._say(f"mark {items} {word}")
        for item in (item for item, _, at_risk in found if at_risk):
            assert "puts someone at risk" in await self._say(f"mark {item} risk")

    async def choose_list(self, path):
        assert f"{self._machine.listed} people" in await self._say(f"list {path}")

    async def close(self):
        await self._say("close")
        assert "LIVE OVER" in self._typist.out.getvalue()


@asynccontextmanager
async def in_plain_lines(session, conductor, machine):
    """The hands at the plain face, as its door runs it."""
    typist = Typist()
    typist.face = asyncio.create_task(run_linear(session, conductor, LEAD, stdin=typist, stdout=typist.out))
    await typist.until(lambda: typist.prompt.endswith("> "))
    yield Lines(typist, session, machine)
    typist.face.cancel()
    await asyncio.gather(typist.face, return_exceptions=True)
