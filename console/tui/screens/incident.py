"""The incident screen: one boxed step, the list around it, the record below. It draws a board and hands keys on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.errors import ConsoleError
from console.incident import events as e
from console.incident.board import Board
from console.incident.moment import MINUTE, hhmmss
from console.incident.narrate import named
from console.incident.outcome import how_far, mailing_on_its_way
from console.incident.sizes import kinds_of
from console.incident.wordings import zone_of
from console.tui import actions
from console.tui.screens.fingers import EDGES, Fingers
from console.tui.views import head, whole
from console.tui.views.first import first_rows
from console.tui.views.voices import Voice, older
from console.tui.widgets.paper import Paper

if TYPE_CHECKING:
    from console.incident.state import State
    from console.tui.seat import Seat
    from console.tui.widgets.footer import Footer
    from console.tui.widgets.frame import Frame

QUIET_BETWEEN_BELLS: Final = 2 * MINUTE
ONE_LOOK: Final = 5_000  # ms within which finds are of one look
MOST_PUT_OFF: Final = 3  # seconds that the clock on the screen may stand while keys come
MOST_SAID: Final = 3
POST: Final = "post"


class IncidentScreen(Fingers):
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
        super().__init__()
        self.seat = seat
        self.board: Board = seat.board()
        if back and self.board.away:
            self.looking = replace(self.looking, message=(self.board.away,))
        self.frame: Frame | None = None
        self.keys: Footer | None = None
        self.paper = Paper(first=True)
        self._ways = {way.go for way in self.board.ways}
        self._rang = -QUIET_BETWEEN_BELLS
        self._found = -ONE_LOOK  # boot ms of the newest find of the watch
        self._put_off = 0
        self._aged = 0
        self._unsubscribe = seat.session.subscribe(self._happened)

    # -- life --------------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The first frame: one sheet with the board's own words."""
        yield self.paper

    def on_mount(self) -> None:
        """Draw the first frame at once, and everything else after it."""
        self._aged = self.console.clock.now().boot
        self._remember_box()
        self._first()
        self.call_after_refresh(self._furnish)

    def on_unmount(self) -> None:
        """Hear no more of the session."""
        self._unsubscribe()

    def _first(self) -> None:
        width, height = self.size
        self.sheet = self._laid(width - EDGES, height - 2)
        self.paper.show(first_rows(self.app_mode, self._banner(), self.sheet.rows, width))

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
        self.set_interval(1.0, self.count)
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
        self._age()
        self._put_off = self._put_off + 1 if self.console.hurried else MOST_PUT_OFF
        if self.is_active and self._put_off >= MOST_PUT_OFF:
            self._put_off = 0
            self.refresh_board()

    def _happened(self, state: State, happened: Sequence[e.AnyEvent]) -> None:
        """The session has a new state, on disk already."""
        del state
        self.hear(*(words for event in happened if (words := _called(event))))
        told = tuple(words for event in happened if (words := self._told(event)))
        if told:
            self.also(*told)
        if self.is_active:
            self.refresh_board()

    def _told(self, event: e.AnyEvent) -> str:
        """What an officer must hear of although they did not ask."""
        if self._followed(event):
            return ""  # it is said already, in the line that follows it
        mine = getattr(event, "by", "") == self.seat.officer
        if isinstance(event, e.InjectFired) and event.via == POST:
            return f"{event.via} on {event.sender}: {event.say}"
        if isinstance(event, e.EffectFailed) and not mine:
            return f"It did not happen: {event.reason}"
        if isinstance(event, e.ItemSeen) and event.verdict == "unknown" and not mine:
            self._ring_for_a_find()
            return f"NEW on {event.channel}, not from this incident: {named(event)}. False or ours? ^P items judges it."
        if isinstance(event, e.EffectInDoubt):
            return "We do not know if it went out. Enter settles it; nothing is sent again by itself."
        return ""

    def _followed(self, event: e.AnyEvent) -> bool:
        known = self.seat.state.effects.get(getattr(event, "effect", ""))
        return known is not None and not known.guided and known.step == self.looking.following

    async def count(self) -> None:
        """Each second: how far a mailing is that is on its way."""
        step = mailing_on_its_way(self.seat.state)
        try:
            going = how_far(await self.seat.conductor.counts(step)) if step else ""
        except ConsoleError:
            return  # its own trouble is told where it is carried out; the next second counts again
        if going != self.looking.going:
            self.looking = replace(self.looking, going=going)
            self.draw()

    def refresh_board(self) -> None:
        """Draw what is so at this moment."""
        self.board = self.seat.board()
        if self._remember_box():
            self.console.deafen()
            self._by_hand()
        self._ring()
        self.draw()

    def _by_hand(self) -> None:
        """Where moves by hand have come into the box, have it written down once they are drawn."""
        box = self.board.box
        if box is None or box.stage != "hands":
            return
        if any(each.guided and each.status == "intended" and not each.shown for each in box.effects):
            from console.tui.screens.sending import tell_shown

            self.call_after_refresh(tell_shown, self, box.step)

    def _remember_box(self) -> bool:
        """Note what stands in the box; true when it is something else than before, whose answer no finger can mean."""
        box = self.board.box
        stands = (box.step, box.stage, box.asked, box.answered_by) if box is not None else ()
        changed = bool(self.stands) and stands != self.stands
        if stands != self.stands:
            if self.looking.typing != "note":
                self.end_typing()  # while the step it was typed for still stands: no other step's line may begin with it
            self.stands = stands
            kinds = kinds_of(self.seat.state, box.step) if box is not None else ()
            self.looking = replace(self.looking, chosen="", cursor="", kinds=kinds)
        return changed

    def _ring(self) -> None:
        """Once for a way out that was not on offer before, and never twice in two minutes."""
        ways = {way.go for way in self.board.ways}
        if ways - self._ways and self.board.now - self._rang >= QUIET_BETWEEN_BELLS:
            self._rang = self.board.now
            self.app.bell()
        self._ways = ways

    def _ring_for_a_find(self) -> None:
        """Once for what one look of the watch found, be it one item or fifty."""
        now = self.console.clock.now().boot
        if now - self._found >= ONE_LOOK:
            self.app.bell()
        self._found = now

    def _banner(self) -> tuple[list[str], str]:
        return head.banner(self.board, hhmmss(self.board.now, zone_of(self.seat.state)), self.size.width)

    def _laid(self, width: int, height: int) -> whole.Page:
        session, conductor = self.seat.session, self.seat.conductor
        notes, whys = conductor.channel_notes(beside_the_board=True), conductor.unwatched_why()
        extra = whole.Beside(session.recent, session.poisoned, not session.prefix_verified, notes, whys)
        return whole.page(self.seat.state, self.board, self.looking, width, height, extra)

    def draw(self) -> None:
        """Draw the board as it was last taken, with what is under the fingers.

        Not under another screen: Textual would draw that one anew, whole, and keys wait meanwhile. Coming back draws.
        """
        if self.frame is None or self.keys is None or not self.is_active:
            return
        self.sheet = self._laid(self.size.width - EDGES, self.size.height - 2)
        self.frame.banner.show(*self._banner())
        self.paper.show(self.sheet.rows)
        self.keys.show(
            [
                action
                for action in self.actions()
                if action.footer and action.key and not action.may(self.board)
            ]
        )
        self.place_line()

    def follow(self, step: str) -> None:
        """Say what becomes of it; what was said before it went is not true any more."""
        self.looking = replace(self.looking, message=(), following=step)
        self.draw()

    def hear(self, *words: str) -> None:
        """Somebody calls: it stands until it could be read, whatever key comes."""
        if words:
            self.looking = replace(
                self.looking, voices=(*self.looking.voices, *(Voice(each) for each in words))
            )
            self.draw()

    def _age(self) -> None:
        """What was called in has stood here since the last second, unless something covered it."""
        now = self.console.clock.now().boot
        ms, self._aged = now - self._aged, now
        if self.is_active and self.looking.voices:
            self.looking = replace(self.looking, voices=older(self.looking.voices, ms))

    def also(self, *lines: str) -> None:
        """Say something below what still stands there."""
        self.say(*(*self.looking.message, *lines)[-MOST_SAID:])

    def say(self, *lines: str) -> None:
        """Say something above the last rows, until the next key."""
        self.looking = replace(self.looking, message=tuple(lines))
        self.draw()


def _called(event: e.AnyEvent) -> str:
    """What somebody says to the officer, who it is first; empty for what nobody says."""
    if isinstance(event, e.InjectFired) and event.say and event.via != POST:
        return f"{event.via or 'message'} from {event.sender}: {event.say}"
    return f"ALARM {event.what}" if isinstance(event, e.Alarm) else ""
