"""What was published: each item with its channel, words, whether it is saved, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from console.incident import commands as c
from console.incident.moment import hhmm
from console.incident.reach import reached_when_saved
from console.incident.reports import unjudged
from console.incident.state import Item
from console.incident.whereabouts import STILL_UP, still_up, whereabouts
from console.incident.wordings import zone_of
from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.text import Tone
from console.tui.widgets.choose import Choose
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.help import Page
from console.tui.widgets.lines import Fixed, Lines, Row

if TYPE_CHECKING:
    from console.tui.screens.desk import Desk
    from console.tui.seat import Seat

LENT = ("seen", "save", "gone", "mark", "looked")
HELD = {"bogus": "false", "ours": "ours", "unknown": "not known"}


class ItemsScreen(ConsoleScreen[None]):
    """The items of one incident.

    Args:
        seat: whose incident.
        desk: where reporting, saving and marking are done.
    """

    WHERE = actions.ITEMS
    ABOUT = (
        "Everything that was published and is false, ours, or not known yet: where, saved or not, what became of it.",
        "Save before you remove. UNSAVED items cannot be removed unless they do harm now.",
        "Arrows or j k move. f: it is false. o: it is ours. r: it puts someone at risk. Enter shows one whole.",
        "a: all that are new and not judged are false.",
        "^P seen reports one; ^P save, gone and mark say what became of it.",
    )

    def __init__(self, seat: Seat, desk: Desk) -> None:
        super().__init__()
        self.seat = seat
        self.desk = desk
        self._lines = Lines()
        self._note = Static("", markup=False, classes="dialog-row inset")
        self._unsubscribe = seat.session.subscribe(lambda _state, _events: self.draw())

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        self.keys = Footer()
        self.frame = Frame(self.app_mode, self._lines, self._note, self.keys)
        yield self.frame

    def do_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def on_mount(self) -> None:
        """Show it."""
        self.frame.banner.show(["What was published"], "Esc goes back")
        self.keys.show(actions.footer(self.WHERE, None))
        self._lines.focus()
        self.draw()

    def on_unmount(self) -> None:
        """Hear no more of the session."""
        self._unsubscribe()

    def draw(self) -> None:
        """Draw what is so at this moment."""
        state = self.seat.state
        zone = zone_of(state)
        items = list(state.items.values())
        rows = [
            Row(_parts(item, hhmm(item.first_seen, zone), whereabouts(state, item)), key=item.id)
            for item in items
        ]
        self._lines.show(
            Fixed(
                rows
                or [Row(("Nothing is on the list yet. ^P seen reports a false item.",), selectable=False)]
            )
        )
        bogus = [item for item in items if item.bogus]
        suspects = sum(1 for item in items if item.suspect)
        to_judge = f"{suspects} NEW, not judged: f false, o ours, a all are false. " if suspects else ""
        saved = sum(1 for item in bogus if item.saved)
        left = sum(1 for item in bogus if still_up(state, item))
        self._note.update(
            drawing.line(
                (to_judge, "late"),
                (f"{len(bogus)} false, {saved} saved, {left} still up." if bogus else "", "muted"),
                ("" if suspects else " ^P seen, save, gone, mark.", "muted"),
            )
        )

    def on_lines_opened(self, message: Lines.Opened) -> None:
        """Enter: all of it."""
        item = self.seat.state.items.get(message.row.key)
        if item is not None:
            self.app.push_screen(Page(self.app_mode, f"Item {item.id}", _details(item, self.seat)))

    def do_false(self) -> None:
        """The item under the cursor is false."""
        self._judge("bogus")

    def do_ours(self) -> None:
        """The item under the cursor is ours."""
        self._judge("ours")

    def do_all_false(self) -> None:
        """All that are new are false: asked once, of those that stand there at this moment."""
        new = unjudged(self.seat.state)
        if new:
            self.desk.flow(self._all_false(new))

    async def _all_false(self, new: tuple[str, ...]) -> None:
        rows = [
            (f"{each}  {(item := self.seat.state.items[each]).channel}  {' '.join(item.words.split())}",)
            for each in new
        ]
        answers = ["Yes, all are false", "No, go back", "All are false, and each puts someone at risk"]
        taken = await self.desk.ask(Choose("Not judged yet", rows, f"Are all {len(new)} false?", answers))
        if taken in (0, 2):
            risk = True if taken else None
            judge = c.Judge(by=self.seat.officer, items=new, verdict="bogus", at_risk=risk)
            await self.desk.do(judge)

    def do_risk(self) -> None:
        """The item under the cursor puts someone at risk; pressed again, it does not."""
        item = self._item()
        if item is not None:
            self._mark(c.Mark(by=self.seat.officer, item=item.id, at_risk=not item.at_risk))

    def _judge(self, verdict: str) -> None:
        item = self._item()
        if item is not None:
            self._mark(c.Mark(by=self.seat.officer, item=item.id, verdict=verdict))

    def _item(self) -> Item | None:
        row = self._lines.row
        return self.seat.state.items.get(row.key) if row is not None else None

    def _mark(self, command: c.Mark) -> None:
        self.run_worker(self.desk.attempt(self.desk.do(command)), group="judge")

    def do_details(self) -> None:
        """All of the item under the cursor."""
        self._lines.open()

    def lend(self, action_id: str) -> Callable[[], object] | None:
        """Reporting, saving and marking are the desk's."""
        return self.desk.lend(action_id) if action_id in LENT else None


def _parts(item: Item, seen: str, gone: str) -> tuple[str | tuple[str, Tone], ...]:
    saved = "saved " if item.saved else "UNSAVED"
    up = gone == STILL_UP
    return (
        (f"{item.id:<4} ", "strong"),
        (f"{seen} ", "muted"),
        (f"{HELD.get(item.verdict, item.verdict):<9} ", "plain"),
        (f"{saved:<8}", "plain" if item.saved or not item.bogus else "late"),
        (f"{gone:<9} ", "plain" if up and not item.bogus else "late" if up else "muted"),
        ("AT RISK ", "danger") if item.at_risk else "",
        (f"{item.channel}  ", "muted"),
        " ".join(item.words.split()) or item.link,
    )


def _details(item: Item, seat: Seat) -> list[tuple[str | tuple[str, Tone], ...]]:
    zone = zone_of(seat.state)
    facts = (
        ("Channel", item.channel),
        ("Words", " ".join(item.words.split())),
        ("Link", item.link if seat.state.live else "not shown in a drill"),
        ("First seen", hhmm(item.first_seen, zone)),
        ("Found by", "the watch" if item.source == "watch" else item.by),
        ("Held to be", HELD.get(item.verdict, item.verdict)),
        ("At risk", "yes" if item.at_risk else "no"),
        ("Saved", item.saved or "NOT SAVED"),
        ("Reach", reached_when_saved(item.reach) or "not told"),
        ("Gone", f"{item.gone} {hhmm(item.gone_at, zone)}" if item.gone else whereabouts(seat.state, item)),
        (
            "Seen how",
            ("checked from outside" if item.verified else "reported, not checked") if item.gone else "",
        ),
        ("Stands now", item.then),
    )
    return [((f"{label:<12}", "muted"), words) for label, words in facts if words]
