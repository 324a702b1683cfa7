"""A mailing on its way: how many, how fast, who is in doubt. It can be left, stopped, and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.text import Part
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame

if TYPE_CHECKING:
    from console.tui.seat import Seat

BAR: Final = 50
SECOND: Final = 1_000


class MailingScreen(ConsoleScreen[str]):
    """One mailing. The result is `go-on` when it is to go on, nothing when it was left.

    Args:
        seat: who looks.
        step: the step that mails.
    """

    WHERE = actions.MAILING

    def __init__(self, seat: Seat, step: str) -> None:
        super().__init__()
        self.seat = seat
        self.step = step
        self._body = Static("", markup=False, classes="prose")
        self._began: tuple[int, int] | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        """The figures, the keys."""
        self.keys = Footer()
        self.frame = Frame(self.app_mode, VerticalScroll(self._body, classes="page"), self.keys)
        yield self.frame

    def do_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def on_mount(self) -> None:
        """Draw at once and each second."""
        number = self.seat.state.playbook.numbers.get(self.step, "")
        self.frame.banner.show([f"Mailing {number}"], "Esc goes back, it goes on")
        self.keys.show(actions.footer(self.WHERE, None))
        self.console.deafen()
        self.set_interval(1.0, self.look)
        self.call_after_refresh(self.look)

    @property
    def status(self) -> str:
        """What became of it so far: `intended`, `done`, `interrupted` and so on."""
        effects = self.seat.state.effects_of(self.step)
        return effects[-1].status if effects else ""

    async def look(self) -> None:
        """Count, and draw."""
        conductor = self.seat.conductor
        counts = await conductor.counts(self.step)
        doubtful = await conductor.doubtful(self.step) if self.status != "intended" else []
        if self.is_attached:
            self._body.update(drawing.stack(drawing.line(*row) for row in self._rows(counts, doubtful)))

    def _rows(self, counts: dict[str, int], doubtful: list[str]) -> list[tuple[Part, ...]]:
        total, waiting = counts.get("total", 0), counts.get("waiting", 0)
        done = total - waiting
        filled = BAR * done // total if total else 0
        words = {
            "intended": "It is being sent.",
            "interrupted": "It stopped in the middle. g goes on with those who were not tried.",
            "done": "It is done.",
            "doubt": "We do not know how it ended.",
            "failed": "It did not go out.",
        }
        rows: list[tuple[Part, ...]] = [
            ((words.get(self.status, "It has not begun."), "strong"),),
            ("",),
            ((f"[{'#' * filled}{'.' * (BAR - filled)}]", "info"), f"  {done:,} of {total:,}"),
            (self._rate(done, waiting),),
            ("",),
            ((f"{counts.get('accepted', 0):>9,}", "strong"), "  accepted by the mail server"),
            ((f"{counts.get('refused', 0):>9,}", "strong"), "  refused; they keep no mail of ours"),
            ((f"{counts.get('tried', 0):>9,}", "strong"), "  in doubt: we do not know if it reached them"),
            ((f"{waiting:>9,}", "strong"), "  not tried yet"),
            ("",),
            ("Nobody is mailed twice. You can leave this page; the mailing goes on.",),
        ]
        if self._said:
            rows.append(((self._said, "late"),))
        if doubtful:
            rows += [("",), (("In doubt, by name:", "head"),), *((f"  {address}",) for address in doubtful)]
        return rows

    def _rate(self, done: int, waiting: int) -> str:
        now = self.seat.session.clock.now().boot
        if self.status != "intended":
            self._began = None
            return ""
        if self._began is None:
            self._began = (now, done)
        elapsed, sent = now - self._began[0], done - self._began[1]
        if elapsed < SECOND or not sent:
            return "counting ..."
        rate = sent * SECOND / elapsed
        return f"{rate:.0f} a second, about {waiting / rate / 60:.0f} min to go" if rate else ""

    def do_go_on(self) -> None:
        """Go on with those who were not tried."""
        if self.status == "interrupted":
            self.dismiss("go-on")
        else:
            self._said = "It is not stopped."
            self.call_later(self.look)

    async def do_stop(self) -> None:
        """Stop between two messages."""
        if self.status == "intended":
            await self.seat.conductor.halt(self.step)
            self._said = "Stopped between two messages. g goes on."
        else:
            self._said = "It is not being sent."
        await self.look()
