"""Confirming by typing: a word (the channel's name) or a count (how many people or items it reaches).

A count is different each time, so no habit of the fingers can confirm it; a *yes* would be given without reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.timer import Timer
from textual.widgets import Input

from console.tui.text import Part
from console.tui.theme import Mode
from console.tui.widgets.dialog import Asking, Move

SEND: Final[dict[Mode, str]] = {
    "live": "Send to the world",
    "practice": "Simulate: nothing leaves this drill",
}
"""The verb for acting, which never reads alike in the two worlds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be confirmed.

    Attributes:
        title: what is about to happen; `ends` says whether anything leaves, and is never cut.
        rows: to whom, how many, which text; re-read from the manifest.
        expected: the word, or the number as digits, in a drill after `drill`; empty when nothing is to be typed.
        counts: whether `expected` is a number; spaces and thousands marks in what is typed are then ignored.
        verb: what the letter does, where it is not the world's own verb for sending.
        armed: milliseconds that the letter stays dead after the right thing was typed.
    """

    title: str
    rows: Sequence[Sequence[Part]]
    expected: str
    counts: bool = False
    verb: str = ""
    armed: int = 0
    ends: str = ""

    @property
    def prompt(self) -> str:
        """What to type; for a count it does not give the number away, the rows above do."""
        if not self.expected:
            return ""
        if not self.counts:
            many = "words" if " " in self.expected else "word"
            return f"Type the {many} {self.expected}, then Enter:"
        first = self.expected.rpartition(" ")[0]
        return f"Type {f'{first} and ' if first else ''}how many it reaches, then Enter:"

    def fits(self, typed: str) -> bool:
        """Whether this is what was asked for."""
        return self._plain(typed) == self._plain(self.expected)

    def _plain(self, typed: str) -> str:
        """Case and runs of spaces do not matter; in a count neither do thousands marks."""
        if self.counts:
            for mark in ",.' \u00a0\u202f":
                typed = typed.replace(mark, "")
        return " ".join(typed.split()).casefold()


class Confirm(Asking[bool]):
    """Asks for the word or the count, then for the letter that sends; the result is True only then."""

    MORE: ClassVar[tuple[Move, ...]] = ()  # other ways on

    def __init__(self, question: Question, mode: Mode) -> None:
        self._question = question
        self._send = Move("s", question.verb or SEND[mode], sends=True)
        super().__init__(
            question.title, question.rows, question.prompt, [self._send, *self.MORE], ends=question.ends
        )
        self.moves["s"].ready = False
        self._arming: Timer | None = None

    def on_mount(self) -> None:
        """Where nothing is to be typed, the letter only needs its time."""
        super().on_mount()
        if self.box is None:
            self.say("Nothing has been sent yet.")
            self._arm()

    def _arm(self) -> None:
        self._arming = self.set_timer(max(self._question.armed / 1000, 0.001), self._armed)

    def _armed(self) -> None:
        self._arming = None
        if not self._right():
            return
        self.moves["s"].set_ready(ready=True)
        self.say("Nothing has been sent yet. Press s to go on, Esc to go back.")
        if not self.console.typing:
            self.to_moves()

    def _right(self) -> bool:
        return self.box is None or self._question.fits(self.box.value)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Offer to send as soon as, and only while, the right thing stands in the box."""
        if self._arming is not None:
            self._arming.stop()
            self._arming = None
        fits = self._question.fits(message.value)
        if fits and self._question.armed:
            self.say(f"Right. It can go in {self._question.armed // 1000} s; Esc goes back.")
            self._arm()
        else:
            self.say()
        self.moves["s"].set_ready(ready=fits and not self._question.armed)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter: the typing is done. It never sends."""
        if not self._question.fits(message.value):
            self.say("That is not it. Nothing has been sent.")
            return
        self.set_focus(None)
        if self._arming is None:
            self._armed()

    async def take(self, move: Move) -> None:
        """Confirmed."""
        if move is self._send and self._right():
            self.dismiss(result=True)
