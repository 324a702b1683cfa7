"""The box for a code: who must give it, for what exactly, how long this code lasts, how many tries are left.

Letters typed in the box are text. Enter only has the code checked; sending is a move of its own afterwards. The code is
forgotten as soon as it was checked, right or wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from textual.widgets import Input, Static

from console.tui import text as drawing
from console.tui.text import Part
from console.tui.theme import Mode
from console.tui.widgets.confirm import SEND
from console.tui.widgets.dialog import Asking, Move

DIGITS: Final = 6
Chosen = Literal["send", "approved", "emergency", "someone-else", "read-aloud", "words", "park"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the engine said of a code.

    Attributes:
        good: whether the gate is open.
        words: what to tell the officer, one or two plain sentences.
    """

    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What a code is asked for.

    Attributes:
        title: what it opens; `ends` says whether anything leaves, and is never cut.
        rows: what will go out, to whom, how many; re-read from the manifest.
        who: whose code, in words.
        sends: whether something is sent once the code is good; otherwise the box closes by itself.
    """

    title: str
    rows: Sequence[Sequence[Part]]
    who: str
    sends: bool = True
    ends: str = ""


class CodeBox(Asking[Chosen]):
    """Asks for one code.

    Args:
        gate: what for.
        mode: the world.
        check: has a six-digit code checked; called only with six ASCII digits.
        status: one line that changes with time, such as *this code lasts 17 s more, 4 tries left*.
        until: whether the code is not wanted any more, because it was given from another screen.
    """

    READ = Move("v", "Read this to them, on the phone")
    WORDS = Move("k", "Check code words")
    OTHER = Move("o", "Somebody else gives it")
    PARK = Move("p", "Park it, carry on, back in 5 min")
    EMERGENCY = Move("e", "Emergency path, loud in the log")
    COMES: ClassVar[dict[str, Chosen]] = {
        "v": "read-aloud",
        "k": "words",
        "o": "someone-else",
        "p": "park",
        "e": "emergency",
    }

    def __init__(
        self,
        gate: Gate,
        mode: Mode,
        check: Callable[[str], Awaitable[Checked]],
        status: Callable[[], Sequence[Part]] = tuple,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        self._gate = gate
        self._check = check
        self._status = status
        self._until = until
        self._send = Move("s", SEND[mode], sends=True)
        moves = [self._send] if gate.sends else []
        prompt = f"Code of {gate.who}: {DIGITS} digits from the app, then Enter. Spaces are fine."
        super().__init__(
            gate.title,
            gate.rows,
            prompt,
            [*moves, self.READ, self.WORDS, self.OTHER, self.PARK, self.EMERGENCY],
            placeholder="_ _ _ _ _ _",
            ends=gate.ends,
        )
        self.pairs = not gate.sends
        self._clock_line = Static("", markup=False, classes="dialog-clock")
        self._good = False
        if gate.sends:
            self.moves["s"].ready = False

    def on_mount(self) -> None:
        """Show the time that is left."""
        super().on_mount()
        if self.box is not None:
            self.mount(self._clock_line, after=self.box)
        self.set_interval(1.0, self.tick)
        self.call_after_refresh(self.tick)

    def tick(self) -> None:
        """Draw the line that changes with time; close when the gate was opened from somewhere else."""
        if self._until():
            self.dismiss("approved")
            return
        self._clock_line.update(drawing.line(*self._status()))

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter: have the code checked."""
        code = "".join(message.value.split())
        if self._good or self.box is None:
            return
        if not (code.isascii() and code.isdigit() and len(code) == DIGITS):
            self.say(f"A code is {DIGITS} digits. NOTHING HAS BEEN SENT.")
            return
        self.box.clear()
        checked = await self._check(code)
        self.say(checked.words)
        self._good = checked.good
        if not checked.good:
            return
        if not self._gate.sends:
            self.dismiss("approved")
            return
        self.moves["s"].set_ready(ready=True)
        self.box.disabled = True
        self.console.deafen(text_too=True)
        self.to_moves()

    async def take(self, move: Move) -> None:
        """Send, or one of the ways round."""
        if move is not self._send:
            self.dismiss(self.COMES[move.key])
        elif self._good:
            self.dismiss("send")
