"""Dialogs: what is about to happen in plain rows, one text box, and moves below it.

Three rules hold in all of them. Enter never sends: it only says that the typing is done. What sends is a letter of its own,
which works only outside the text box, after Tab. And the world's word stands on the first line, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.text import drawable
from console.tui import text as drawing
from console.tui.screen import Dialog
from console.tui.text import Part
from console.tui.views.lay import EDGES, folded
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import PAGES, More

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Move:
    """One way on from a dialog.

    Attributes:
        key: the letter that does it, outside the text box.
        label: what it does, in words.
        sends: whether it acts on the world; then Enter does not do it, only its letter.
    """

    key: str
    label: str
    sends: bool = False


class TextBox(Input):
    """A one-line text box that drops what may not be shown, however it came in."""

    def __init__(self, placeholder: str = "", value: str = "", most: int = 0) -> None:
        super().__init__(
            value=drawable(value),
            placeholder=placeholder,
            max_length=most,
            classes="dialog-input",
            compact=True,
        )
        self.cursor_blink = False  # nothing on these screens moves by itself but the clock

    def validate_value(self, value: str) -> str:
        """What was typed or pasted, as one showable line."""
        return drawable(" ".join(value.splitlines()) if "\n" in value or "\r" in value else value)


class MoveLine(Static, can_focus=True):
    """One move, on one line; Tab reaches it."""

    class Taken(Message):
        """Somebody wants this move.

        Attributes:
            move: which.
        """

        def __init__(self, move: Move) -> None:
            super().__init__()
            self.move = move

    class Meant(Message):
        """Somebody pressed Enter on a move that only its letter does.

        Attributes:
            move: which.
        """

        def __init__(self, move: Move) -> None:
            super().__init__()
            self.move = move

    def __init__(self, move: Move, *, ready: bool = True) -> None:
        super().__init__(classes="move", markup=False)
        self.move = move
        self.ready = ready

    def on_mount(self) -> None:
        """Draw it."""
        self.set_ready(ready=self.ready)

    def set_ready(self, *, ready: bool) -> None:
        """Offer it, or show it as not possible yet."""
        self.ready = ready
        self.set_class(not ready, "move-off")
        self.update(
            drawing.line(
                (f" {self.move.key} ", "strong"), "  ", self.move.label, "" if ready else "   (not yet)"
            )
        )

    def take(self) -> None:
        """Ask for it, if it is ready."""
        if self.ready:
            self.post_message(self.Taken(self.move))

    def on_key(self, event: events.Key) -> None:
        """Enter takes a harmless move; of one that sends it only tells the letter."""
        if event.key != "enter":
            return
        event.stop()
        if self.move.sends:
            self.post_message(self.Meant(self.move))
        else:
            self.take()

    def on_click(self) -> None:
        """A click takes a harmless move; one that sends needs its letter."""
        if self.move.sends:
            self.focus()
        else:
            self.take()


class Asking(Dialog[ResultT], Generic[ResultT]):
    """A dialog with rows, a text box and moves; subclasses say what typing and moves mean.

    Args:
        title: stands on the first line, after the world's word.
        ends: stands at the end of the first line, and is never cut: whether anything leaves.
        rows: what the officer must know, each row made of parts.
        prompt: what to type, above the box; without one there is no box.
        moves: the ways on, `Esc` being always there.
    """

    BACK = Move("Esc", "Go back, change nothing")
    pairs = False  # whether the moves stand two on a line

    def __init__(
        self,
        title: str,
        rows: Sequence[Sequence[Part]],
        prompt: str,
        moves: Sequence[Move],
        *,
        placeholder: str = "",
        ends: str = "",
    ) -> None:
        super().__init__(classes="dialog-screen")
        self._title = title
        self._ends = ends
        self._rows = rows
        self._prompt = prompt
        self._placeholder = placeholder
        self._note = Static("", markup=False, classes="dialog-note")
        self.box = TextBox(placeholder) if prompt else None
        self.moves = {move.key: MoveLine(move) for move in (*moves, self.BACK)}

    def compose(self) -> ComposeResult:
        """First line, rows, box, note, moves."""
        self._reading = VerticalScroll(
            *(
                Static(drawing.line(*row), classes="dialog-row")
                for row in folded(self._rows, self.app.size.width - EDGES)
            ),
            classes="dialog-rows",
        )
        self._reading.can_focus = False
        self._more = More(self._reading)
        box = (
            [Static(drawing.plain(self._prompt), classes="dialog-prompt"), self.box]
            if self.box is not None
            else []
        )
        drill = " dialog-drill" if self.console.mode == "practice" else ""
        moves = Vertical(*self.moves.values(), classes="moves moves-pairs" if self.pairs else "moves")
        self.frame = Frame(
            self.console.mode,
            Vertical(self._reading, self._more, *box, self._note, moves, classes=f"dialog{drill}"),
        )
        yield self.frame

    def on_mount(self) -> None:
        """Be deaf for half a second: keys still in the fingers were meant for what stood here before."""
        self.frame.banner.show([self._title], self._ends)
        self.console.deafen(text_too=True)
        if self.box is not None:
            self.box.focus()

    def say(self, *parts: Part) -> None:
        """Put a note under the box; no parts take it away."""
        self._note.update(drawing.line(*parts) if parts else Content(""))

    def to_moves(self) -> None:
        """Typing is done: the keys go to the first move that is ready."""
        ready = next((line for line in self.moves.values() if line.ready), None)
        if ready is not None:
            ready.focus()

    async def on_key(self, event: events.Key) -> None:
        """A move's letter, outside the text box; page keys read on from anywhere."""
        if event.key in PAGES:
            event.stop()
            self._more.page(event.key)
            return
        line = self.moves.get(event.key)
        if line is not None and not self.console.typing:
            event.stop()
            line.take()

    def refuse(self, why_not: str) -> None:
        """Say it in the note: what floats over a dialog hides what it is about, and stays when it is gone."""
        self.say(why_not)

    def on_move_line_meant(self, message: MoveLine.Meant) -> None:
        """Enter stands on what only a letter does."""
        message.stop()
        if self.moves[message.move.key].ready:
            self.say(
                f"Nothing has been sent: Enter never sends. Press {message.move.key}, or Esc to go back."
            )

    async def on_move_line_taken(self, message: MoveLine.Taken) -> None:
        """Esc's line goes back; the others are the subclass's."""
        message.stop()
        if message.move is self.BACK:
            self.do_leave()
        else:
            await self.take(message.move)

    async def take(self, move: Move) -> None:
        """Do this move."""
        raise NotImplementedError
