"""An officer at a real terminal: keys are pressed, the screen is read, and the clock of the incident is turned."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from support_pty import DEAF, Terminal

BOX = re.compile(r"[+#][-~] NOW (\d+\.\d+)")
SECOND = 1_000


class Player:
    """Plays one incident.

    Args:
        terminal: where it runs.
        folder: where its clock is turned.
    """

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self.terminal = terminal
        self.folder = folder
        self.keys = 0

    @property
    def step(self) -> str:
        """The number in the box; empty when no box is on the screen."""
        found = BOX.search(self.terminal.text)
        return found[1] if found else ""

    def turn(self, seconds: int, shown: str = "") -> None:
        """Let time pass, and wait until the screen's clock has followed."""
        with (self.folder / "turn").open("a") as file:
            file.write(f"{seconds * SECOND}\n")
        if shown:
            self.terminal.wait(shown)

    def until(self, key: str, holds: Callable[[Terminal], object] | str) -> None:
        """Press a key that may be pressed twice without harm until the screen shows what it is for."""
        self.keys += self.terminal.until(key, holds)

    def on(self, number: str) -> None:
        """Wait until that step is in the box."""
        self.terminal.wait(lambda _: self.step == number)

    def choose(self, digit: str, leads_to: str) -> None:
        """Choose an answer, give it, and wait for the step that comes next."""
        self.until(digit, f"[{digit}] ")
        while f"[{digit}] " in self.terminal.text:  # not taken: a slow program may have met it in a burst
            self.terminal.press("enter")
            self.keys += 1
            if self.terminal.within(5 * DEAF, lambda _: self.step == leads_to):
                return
        self.on(leads_to)

    def confirm(self, words: str) -> None:
        """Read it once more, type the word, wait for the two seconds, press the letter that sends."""
        self.until("enter", f"{words}, then Enter:")
        typed = re.compile(rf"[│╏]\s+{words}\s+[│╏]")
        self.type(words, lambda t: typed.search(t.text))
        self.terminal.press("enter")
        self.terminal.wait("Press s to go on")
        self.until("s", lambda _: bool(self.step))

    def type(self, words: str, shown: Callable[[Terminal], object]) -> None:
        """Type words into the box that has the focus; it may be deaf at first."""
        end = time.monotonic() + 20
        while not shown(self.terminal):
            assert time.monotonic() < end, self.terminal.text
            self.terminal.press(*["backspace"] * len(words))
            self.terminal.type(words)
            self.terminal.settle()
        self.keys += len(words)
