"""What the officer's fingers do on the incident screen: list, digits, Enter, typing, the mouse. Nothing here is a rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual import events
from textual.widgets import Input

from console.incident import commands as c
from console.incident.answered import told_after
from console.incident.board import step_by_number
from console.incident.board_box import Box
from console.text import visible
from console.tui.screens.desk import Desk
from console.tui.views import box as boxes
from console.tui.views import steps, whole
from console.tui.views.box import Looking
from console.tui.views.voices import unread
from console.tui.widgets.paper import Paper

ENTERS: Final = ("send", "gate", "doubt", "interrupted", "running", "settled")
EDGES: Final = 3  # a gutter at each side, and a cell before the words


def _typed(box: Box) -> bool:
    """Whether the answer to the box is typed, and may be by now."""
    asked = box.asked
    return asked is not None and asked.kind != "choose" and (box.stage in ("answer", "hands") or box.says)


def _says_first(box: Box) -> bool:
    """Whether the answer is said first, and its codes are asked for after it."""
    return box.says and box.stage == "gate"


class Fingers(Desk):
    """A desk whose `looking` is moved by keys and the mouse; `draw` shows it.

    Attributes:
        looking: what is under the fingers; nothing of it is in the record.
        sheet: what was last laid out, so that a click finds its row.
        stands: what stands in the box: step, stage, question and whose answer.
    """

    looking: Looking
    sheet: whole.Page
    stands: tuple[object, ...]

    def __init__(self) -> None:
        super().__init__(classes="incident-screen")
        self.looking = Looking()
        self.sheet = whole.Page()
        self.stands = ()
        self._typed: dict[str, str] = {}
        self._line: Input | None = None
        self._leaving = False

    def draw(self) -> None:
        """Draw the board as it was last taken, with what is under the fingers."""
        raise NotImplementedError

    # -- keys --------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Any key takes the message away: it was read."""
        self._leaving = self._leaving and event.key == "q"
        if self.looking.message or self.looking.following:
            self.looking = replace(self.looking, message=(), following="")
            self.draw()

    def action_cursor(self, rows: int) -> None:
        """Up or down the list, through all phases."""
        keys = steps.keys(self.board, unfolded=self.looking.unfolded)
        if not keys:
            return
        here = self.looking.cursor or (self.board.box.step if self.board.box is not None else keys[0])
        place = keys.index(here) if here in keys else 0
        self._point(keys[max(0, min(place + rows, len(keys) - 1))])

    def action_phase(self, phases: int) -> None:
        """To the first row of another phase."""
        keys = steps.keys(self.board, unfolded=self.looking.unfolded)
        names = [phase.id for phase in self.board.phases]
        here = self.looking.cursor or (self.board.box.step if self.board.box is not None else "")
        place = names.index(steps.phase_of(here)) if steps.phase_of(here) in names else 0
        wanted = names[max(0, min(place + phases, len(names) - 1))]
        self._point(next((key for key in keys if steps.phase_of(key) == wanted), here))

    def _point(self, key: str) -> None:
        here = self.board.box.step if self.board.box is not None else ""
        self.looking = replace(self.looking, cursor="" if key == here else key)
        self.draw()

    def do_choose(self, digit: int) -> None:
        """Select an answer; nothing is answered before Enter."""
        box = self.board.box
        if box is None:
            return
        offered = dict(boxes.choices(box, whole.go_of(self.seat.state, box.step)))
        if digit not in offered:
            if offered:
                self.say(f"{digit} is not one of the answers here.")
            elif _typed(box):
                self.start_typing("answer", str(digit))
            return
        self.looking = replace(self.looking, chosen=offered[digit].slug, cursor="", message=())
        self.draw()

    async def do_answer(self) -> None:
        """Enter: what the box's lower edge says."""
        box = self.board.box
        self.looking = replace(self.looking, voices=unread(self.looking.voices))
        if self.looking.cursor:
            await self._open_row()
        elif box is None:
            self.say(self.board.ended or "No step is left to do. ^P close ends the incident.")
        elif self.looking.chosen:
            await self._answer_chosen()
        elif box.stage in ENTERS and not _says_first(box):
            from console.tui.screens.entering import enter

            enter(self, box)
        elif _typed(box):
            self.start_typing("answer")
        elif box.waits:
            self.say(
                box.no_waiving or "It waits. Do that first, or go on without it: ^P go on, with a reason."
            )
        elif box.asked is not None:
            self.say("Choose with a digit first, then Enter answers.")

    async def _open_row(self) -> None:
        cursor = self.looking.cursor
        if cursor.startswith(steps.FOLDED):
            phase = cursor.removeprefix(steps.FOLDED)
            first = next((r.step for p in self.board.phases if p.id == phase for r in p.rows if r.folded), "")
            self.looking = replace(self.looking, unfolded=self.looking.unfolded | {phase}, cursor=first)
            self.draw()
            return
        if await self.attempt(self.seat.session.do(c.Move(by=self.seat.officer, step=cursor))):
            self.looking = replace(self.looking, cursor="")
            self.refresh_board()

    async def _answer_chosen(self) -> None:
        box = self.board.box
        assert box is not None
        if box.asked is not None and box.asked.words and self.looking.chosen == "done":
            self.start_typing("words")
            return
        await self.answer(box.step, self.looking.chosen)

    async def answer(self, step: str, value: str, words: str = "") -> bool:
        """Give an answer; true once it is on disk. What must be asked before it is asked first, in dialogs."""
        box = self.board.box
        if box is None or box.step != step:
            return False
        if value in box.ends or _says_first(box):
            from console.tui.screens.answering import ask_first

            self.flow(ask_first(self, box, value, words))
            return False
        return await self.attempt(self.give(box, value, words))

    async def give(self, box: Box, value: str, words: str, *, confirmed: bool = False) -> None:
        """Give the answer to the box as it was drawn; what was typed for that step is forgotten once it is on disk."""
        command = c.Answer(
            by=self.seat.officer,
            step=box.step,
            value=value,
            words=words,
            over=box.answered_by,
            confirmed=confirmed,
        )
        await self.seat.session.do(command)
        self._typed.pop(box.step, None)
        self.refresh_board()
        told = told_after(self.seat.state, box.step)
        if told:
            self.say(*told)

    async def do_undo(self) -> None:
        """Take back one's own latest answer."""
        await self.attempt(self.seat.session.do(c.Undo(by=self.seat.officer)))

    async def do_way_out(self) -> None:
        """Go where the way out leads; it completes nothing."""
        if self.board.ways:
            way = self.board.ways[0]
            await self.attempt(self.seat.session.do(c.Move(by=self.seat.officer, step=way.go, way_out=True)))

    async def next_step(self) -> None:
        """Go to the step that stands behind *Next*."""
        number = self.board.next.partition(" ")[0]
        step = step_by_number(self.seat.state, number)
        if number and step != number:
            await self.attempt(self.seat.session.do(c.Move(by=self.seat.officer, step=step)))

    def action_back(self) -> None:
        """Esc: take back what is chosen, typed or pointed at; what was called in has been read."""
        if self.looking.typing:
            self.end_typing()
        self.looking = replace(self.looking, chosen="", cursor="", message=(), voices=())
        self._leaving = False
        self.draw()

    def do_leave(self) -> None:
        """Leave at the second q; an incident that was not ended goes on."""
        if self._leaving:
            self.console.leave()
            return
        name = visible(self.board.incident)
        if self.board.ended:
            self.say(f"q again leaves. {name} is closed; nothing more is asked of you.")
        else:
            self.say(f"q again leaves. The incident goes on; incident resume {name} comes back here.")
        self._leaving = True

    # -- typing ------------------------------------------------------------------------------------------------------

    def start_typing(self, what: str, first: str = "") -> None:
        """Open the text line: letters are text until Enter or Esc."""
        from console.tui.widgets.dialog import TextBox

        step = self.board.box.step if self.board.box is not None else ""
        kept = self._typed.get("#note" if what == "note" else step, "")
        self.looking = replace(self.looking, typing=what)
        if self._line is None:
            self._line = TextBox(value=kept or first)
            self._line.select_on_focus = False
            self._line.add_class("answer-line")
            self._line.styles.display = "none"
            self.mount(self._line)
        self.draw()
        self._line.focus()

    def place_line(self) -> None:
        """Put the text line where the sheet left room for it."""
        line = self._line
        if line is None:
            return
        at = self.sheet.typed_at
        if at is None:
            line.styles.display = "none"
            return
        row, column, width = at
        line.styles.offset = (column + EDGES - 1, row + 1)
        line.styles.width = width
        line.styles.display = "block"

    def end_typing(self) -> None:
        """Close the text line; what was typed is kept for the next time."""
        if self._line is not None:
            step = "#note" if self.looking.typing == "note" else (str(self.stands[0]) if self.stands else "")
            self._typed[step] = self._line.value
            self._line.remove()
            self._line = None
        self.looking = replace(self.looking, typing="")

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter in the text line."""
        message.stop()
        typing, words = self.looking.typing, message.value.strip()
        box = self.board.box
        if typing == "note":
            if not words or await self.attempt(
                self.seat.session.do(c.Note(by=self.seat.officer, text=words, step=box.step if box else ""))
            ):
                self.end_typing()
                self._typed.pop("#note", None)
                self.action_back()
        elif box is not None and typing == "answer":
            if await self.answer(box.step, words):
                self.end_typing()
                self._typed.pop(box.step, None)
        elif box is not None and typing == "words":
            await self.answer(box.step, self.looking.chosen or "done", words)
        self.draw()

    # -- mouse -------------------------------------------------------------------------------------------------------

    async def on_paper_clicked(self, message: Paper.Clicked) -> None:
        """A click selects an answer or a row; it never answers."""
        for start, end, number in self.sheet.answers.get(message.row, ()):
            if start <= message.column < end:
                self.do_choose(number)
                return
        key = self.sheet.keys.get(message.row)
        if key and message.column < (
            whole.LEFT if self.size.width - EDGES >= whole.WIDE[0] else self.size.width
        ):
            self._point(key)
