"""Confirming by typing: a word (the channel's name) or a count (how many people or items it reaches).

A count is different each time, so no habit of the fingers can confirm it; a *yes* would be given without reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
        title: what is about to happen.
        rows: to whom, how many, which text; re-read from the manifest.
        expected: the word, or the number as digits.
        counts: whether `expected` is a number; spaces and thousands marks in what is typed are then ignored.
    """

    title: str
    rows: Sequence[Sequence[Part]]
    expected: str
    counts: bool = False

    @property
    def prompt(self) -> str:
        """What to type; for a count it does not give the number away, the rows above do."""
        return (
            "Type how many it reaches, then Enter:"
            if self.counts
            else f"Type the word {self.expected}, then Enter:"
        )

    def fits(self, typed: str) -> bool:
        """Whether this is what was asked for."""
        typed = typed.strip()
        if self.counts:
            for mark in ",.' \u00a0\u202f":
                typed = typed.replace(mark, "")
            return typed.isascii() and typed.isdigit() and int(typed) == int(self.expected)
        return typed.casefold() == self.expected.casefold()


class Confirm(Asking[bool]):
    """Asks for the word or the count, then for the letter that sends; the result is True only then."""

    def __init__(self, question: Question, mode: Mode) -> None:
        self._question = question
        self._send = Move("s", SEND[mode], sends=True)
        super().__init__(question.title, question.rows, question.prompt, [self._send])
        self.moves["s"].ready = False

    def on_input_changed(self, message: Input.Changed) -> None:
        """Offer to send as soon as, and only while, the right thing stands in the box."""
        self.moves["s"].set_ready(ready=self._question.fits(message.value))
        self.say()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter: the typing is done. It never sends."""
        if self._question.fits(message.value):
            self.say("Nothing has been sent yet. Press s to go on, Esc to go back.")
            self.to_moves()
        else:
            self.say("That is not it. Nothing has been sent.")

    async def take(self, move: Move) -> None:
        """Confirmed."""
        if move is self._send and self.box is not None and self._question.fits(self.box.value):
            self.dismiss(result=True)
