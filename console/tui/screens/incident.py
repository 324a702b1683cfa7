"""The incident screen: one boxed step, the list around it, the record below. It draws a board and hands keys on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from console.incident import commands as c
from console.incident import events as e
from console.incident.board import Board, step_by_number
from console.incident.moment import MINUTE, hhmmss
from console.incident.wordings import zone_of
from console.text import visible
from console.tui import actions
from console.tui.screens.desk import Desk
from console.tui.views import box as boxes
from console.tui.views import head, steps, whole
from console.tui.views.box import Looking
from console.tui.views.first import first_rows
from console.tui.views.weigh import kinds_of
from console.tui.widgets.paper import Paper

if TYPE_CHECKING:
    from console.incident.state import State
    from console.tui.seat import Seat
    from console.tui.widgets.footer import Footer
    from console.tui.widgets.frame import Frame

QUIET_BETWEEN_BELLS: Final = 2 * MINUTE
MOST_PUT_OFF: Final = 3  # seconds that the clock on the screen may stand while keys come
ENTERS: Final = ("send", "gate", "doubt", "interrupted", "running", "settled")
MOST_SAID: Final = 3
EDGES: Final = 3  # a gutter at each side, and a cell before the words


class IncidentScreen(Desk):
    """One officer at one incident.

    Args:
        seat: where they sit.
        back: whether they come back to it, and are told what happened meanwhile.
    """

    WHERE = actions.INCIDENT
    BINDINGS: ClassVar[list[BindingType]] = [
        *(each for each in actions.bindings(actions.INCIDENT) if each.key != "escape"),
        Binding("escape", "back", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("up,k", "cursor(-1)", show=False),
        Binding("right", "phase(1)", show=False),
        Binding("left", "phase(-1)", show=False),
    ]

    def __init__(self, seat: Seat, *, back: bool = False) -> None:
        super().__init__(classes="incident-screen")
        self.seat = seat
        self.looking = Looking()
        self.board: Board = seat.board()
        if back and self.board.away:
            self.looking = replace(self.looking, message=(self.board.away,))
        self.frame: Frame | None = None
        self.keys: Footer | None = None
        self.paper = Paper(first=True)
        self._sheet = whole.Page()
        self._stands: tuple[object, ...] = ()
        self._typed: dict[str, str] = {}
        self._line: Input | None = None
        self._ways = {way.go for way in self.board.ways}
        self._rang = -QUIET_BETWEEN_BELLS
        self._leaving = False
        self._put_off = 0
        self._unsubscribe = seat.session.subscribe(self._happened)

    # -- life --------------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The first frame: one sheet with the board's own words."""
        yield self.paper

    def on_mount(self) -> None:
        """Draw the first frame at once, and everything else after it."""
        self._remember_box()
        self._first()
        self.call_after_refresh(self._furnish)

    def on_unmount(self) -> None:
        """Hear no more of the session."""
        self._unsubscribe()

    def _first(self) -> None:
        width, height = self.size
        self._sheet = self._laid(width - EDGES, height - 2)
        self.paper.show(first_rows(self.app_mode, self._banner(), self._sheet.rows, width))

    async def _furnish(self) -> None:
        from console.tui.widgets.footer import Footer
        from console.tui.widgets.frame import Frame

        sheet = Paper()
        self.keys = Footer()
        self.frame = Frame(self.app_mode, sheet, self.keys)
        first, self.paper = self.paper, sheet
        with self.app.batch_update():
            await self.mount(self.frame)
            self.draw()
            await first.remove()
        self.set_interval(1.0, self.tick)
        self.console.furnished()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        if self.frame is None:
            self._first()
        else:
            self.call_after_refresh(self.draw)

    def on_screen_resume(self) -> None:
        """Back from a dialog: what stands here may have changed meanwhile."""
        if self.frame is not None:
            self.console.deafen()
            self.refresh_board()

    # -- drawing -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Each second: the clock, and what time alone changed. Keys that come one after another go before it."""
        self._put_off = self._put_off + 1 if self.console.hurried else MOST_PUT_OFF
        if self.is_active and self._put_off >= MOST_PUT_OFF:
            self._put_off = 0
            self.refresh_board()

    def _happened(self, state: State, happened: Sequence[e.AnyEvent]) -> None:
        """The session has a new state, on disk already."""
        del state
        told = tuple(words for event in happened if (words := self._told(event)))
        if told:
            self.say(*(*self.looking.message, *told)[-MOST_SAID:])
        if self.is_active:
            self.refresh_board()

    def _told(self, event: e.AnyEvent) -> str:
        """What an officer must hear of although they did not ask."""
        mine = getattr(event, "by", "") == self.seat.officer
        if isinstance(event, e.InjectFired) and event.say:
            return f"{event.via or 'message'} from {event.sender}: {event.say}"
        if isinstance(event, e.EffectFailed) and not mine:
            return f"It did not happen: {event.reason}"
        if isinstance(event, e.Alarm):
            return f"ALARM {event.what}"
        if isinstance(event, e.EffectInDoubt):
            return "We do not know if it went out. Enter settles it; nothing is sent again by itself."
        return ""

    def refresh_board(self) -> None:
        """Draw what is so at this moment."""
        self.board = self.seat.board()
        if self._remember_box():
            self.console.deafen()
        self._ring()
        self.draw()

    def _remember_box(self) -> bool:
        """Note what stands in the box; true when it is something else than before, whose answer no finger can mean."""
        box = self.board.box
        stands = (box.step, box.stage, box.asked) if box is not None else ()
        changed = bool(self._stands) and stands != self._stands
        if stands != self._stands:
            self._stands = stands
            kinds = kinds_of(self.seat.state, box.step) if box is not None else ()
            self.looking = replace(self.looking, chosen="", cursor="", kinds=kinds)
            if self.looking.typing != "note":
                self._end_typing()
        return changed

    def _ring(self) -> None:
        """Once for a way out that was not on offer before, and never twice in two minutes."""
        ways = {way.go for way in self.board.ways}
        if ways - self._ways and self.board.now - self._rang >= QUIET_BETWEEN_BELLS:
            self._rang = self.board.now
            self.app.bell()
        self._ways = ways

    def _banner(self) -> tuple[list[str], str]:
        return head.banner(self.board, hhmmss(self.board.now, zone_of(self.seat.state)), self.size.width)

    def _laid(self, width: int, height: int) -> whole.Page:
        session = self.seat.session
        extra = whole.Beside(session.recent, session.poisoned, not session.prefix_verified)
        return whole.page(self.seat.state, self.board, self.looking, width, height, extra)

    def draw(self) -> None:
        """Draw the board as it was last taken, with what is under the fingers.

        Not under another screen: Textual would draw that one anew, whole, and keys wait meanwhile. Coming back draws.
        """
        if self.frame is None or self.keys is None or not self.is_active:
            return
        self._sheet = self._laid(self.size.width - EDGES, self.size.height - 2)
        self.frame.banner.show(*self._banner())
        self.paper.show(self._sheet.rows)
        self.keys.show(
            [
                action
                for action in self.actions()
                if action.footer and action.key and not action.may(self.board)
            ]
        )
        if self._line is not None:
            self._place_line()

    def say(self, *lines: str) -> None:
        """Say something above the last rows, until the next key."""
        self.looking = replace(self.looking, message=tuple(lines))
        self.draw()

    # -- keys --------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Any key takes the message away: it was read."""
        self._leaving = self._leaving and event.key == "q"
        if self.looking.message:
            self.looking = replace(self.looking, message=())
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
            elif box.asked is not None and box.asked.kind != "choose" and box.stage in ("answer", "hands"):
                self.start_typing("answer", str(digit))
            return
        self.looking = replace(self.looking, chosen=offered[digit].slug, cursor="", message=())
        self.draw()

    async def do_answer(self) -> None:
        """Enter: what the box's lower edge says."""
        box = self.board.box
        if self.looking.cursor:
            await self._open_row()
        elif box is None:
            self.say("No step is left to do. ^P close ends the incident.")
        elif self.looking.chosen:
            await self._answer_chosen()
        elif box.stage in ENTERS:
            from console.tui.screens.entering import enter

            enter(self, box)
        elif box.asked is not None and box.asked.kind != "choose" and box.stage in ("answer", "hands"):
            self.start_typing("answer")
        elif box.waits:
            self.say("It waits. Do that first, or go on without it: ^P go on, with a reason.")
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
        """Give an answer; what was typed for that step is forgotten once it is on disk."""
        command = c.Answer(by=self.seat.officer, step=step, value=value, words=words)
        done = await self.attempt(self.seat.session.do(command))
        if done:
            self._typed.pop(step, None)
            self.refresh_board()
        return done

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
        """Esc: take back what is chosen, typed or pointed at."""
        if self.looking.typing:
            self._end_typing()
        self.looking = replace(self.looking, chosen="", cursor="", message=())
        self._leaving = False
        self.draw()

    def do_leave(self) -> None:
        """Leave at the second q; the incident goes on."""
        if self._leaving:
            self.console.leave()
            return
        self.say(
            f"q again leaves. The incident goes on; incident resume {visible(self.board.incident)} comes back here."
        )
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

    def _place_line(self) -> None:
        line = self._line
        if line is None:
            return
        at = self._sheet.typed_at
        if at is None:
            line.styles.display = "none"
            return
        row, column, width = at
        line.styles.offset = (column + EDGES - 1, row + 1)
        line.styles.width = width
        line.styles.display = "block"

    def _end_typing(self) -> None:
        if self._line is not None:
            step = (
                "#note" if self.looking.typing == "note" else (str(self._stands[0]) if self._stands else "")
            )
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
                self._end_typing()
                self._typed.pop("#note", None)
                self.action_back()
        elif box is not None and typing == "answer":
            if await self.answer(box.step, words):
                self._end_typing()
                self._typed.pop(box.step, None)
        elif box is not None and typing == "words":
            await self.answer(box.step, self.looking.chosen or "done", words)
        self.draw()

    # -- mouse -------------------------------------------------------------------------------------------------------

    async def on_paper_clicked(self, message: Paper.Clicked) -> None:
        """A click selects an answer or a row; it never answers."""
        for start, end, number in self._sheet.answers.get(message.row, ()):
            if start <= message.column < end:
                self.do_choose(number)
                return
        key = self._sheet.keys.get(message.row)
        if key and message.column < (
            whole.LEFT if self.size.width - EDGES >= whole.WIDE[0] else self.size.width
        ):
            self._point(key)
