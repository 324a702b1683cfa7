"""A mailing on its way: how many, how fast, who is in doubt. It can be left, stopped, and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.incident.how_far import HowFar
from console.incident.once_more import not_twice, waits_with
from console.incident.outcome import names_of
from console.text import visible
from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.text import Part
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import More

if TYPE_CHECKING:
    from console.tui.seat import Seat

BAR: Final = 50
STANDS: Final = {
    "intended": "It is being sent.",
    "interrupted": "It stopped in the middle.",
    "done": "It is over: everybody on the list was tried.",
    "doubt": "We do not know how it ended.",
    "failed": "It did not go out.",
}


class MailingScreen(ConsoleScreen[str]):
    """One mailing. The result is `go-on` when it is to go on, `once-more` for those in doubt, nothing when it was left.

    Args:
        seat: who looks.
        step: the step that mails.
        said: what is said first.
    """

    WHERE = actions.MAILING
    ABOUT = (
        "How far the mailing is. It goes on when you leave this page, and nobody is mailed twice.",
        "In doubt: we do not know if it reached them. Nothing is sent to them again by itself.",
    )

    def __init__(self, seat: Seat, step: str, said: str = "") -> None:
        super().__init__()
        self.seat = seat
        self.step = step
        self._body = Static("", markup=False, classes="prose")
        self._said = said
        self._far = HowFar(counts={})

    def compose(self) -> ComposeResult:
        """The figures, the keys."""
        self.keys = Footer()
        scroll = VerticalScroll(self._body, classes="page")
        self.frame = Frame(self.app_mode, scroll, More(scroll), self.keys)
        yield self.frame

    def do_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def on_mount(self) -> None:
        """Draw at once and each second."""
        self.board = self
        self.console.deafen()
        self.set_interval(1.0, self.look)
        self.call_after_refresh(self.look)

    @property
    def status(self) -> str:
        """What became of it so far: `intended`, `done`, `interrupted` and so on."""
        effects = self.seat.state.effects_of(self.step)
        return effects[-1].status if effects else ""

    @property
    def named(self) -> bool:
        """Whether somebody was refused or is in doubt, so that there are names to see."""
        counts = self._far.counts
        return bool(
            counts.get("refused", 0)
            or counts.get("bounced", 0)
            or (counts.get("tried", 0) and not self.sending)
        )

    @property
    def doubted(self) -> bool:
        """Whether somebody is in doubt of a mailing that is not on its way."""
        return bool(self._far.counts.get("tried", 0)) and not self.sending

    @property
    def held(self) -> bool:
        """Whether somebody holds it."""
        return self._far.held

    @property
    def holdable(self) -> bool:
        """Whether it can be held from here."""
        return self.sending and self._far.here and not self._far.held

    @property
    def sending(self) -> bool:
        """Whether it is on its way."""
        return self.status == "intended"

    @property
    def _let(self) -> str:
        """That people in doubt were let be mailed once more, and it has not gone on yet."""
        let = waits_with(self.seat.state.effects_of(self.step))
        return f"It has not gone on yet: {let}." if let else ""

    async def look(self) -> None:
        """Count, and draw."""
        far = await self.seat.conductor.how_far(self.step) or HowFar(counts={})
        doubtful = await self.seat.conductor.doubtful(self.step) if not self.sending else []
        if self.is_attached:
            self._far = far
            number = self.seat.state.playbook.numbers.get(self.step, "")
            back = "Esc goes back, it goes on" if self.sending else "Esc goes back"
            self.frame.banner.show([f"Mailing {number}"], back)
            self.keys.show(actions.footer(self.WHERE, self))
            self._body.update(drawing.stack(drawing.line(*row) for row in self._rows(far, doubtful)))

    def _rows(self, far: HowFar, doubtful: list[str]) -> list[tuple[Part, ...]]:
        counts, done = far.counts, far.done
        total, waiting = counts.get("total", 0), counts.get("waiting", 0)
        filled = BAR * done // total if total else 0
        stands = (
            "It is held: nobody else is sent to."
            if far.held
            else self._let or STANDS.get(self.status, "It has not begun.")
        )
        rows: list[tuple[Part, ...]] = [
            ((stands, "late" if far.held else "strong"),),
            ("",),
            ((f"[{'#' * filled}{'.' * (BAR - filled)}]", "info"), f"  {done:,} of {total:,}"),
            (far.pace() if far.sending and not far.held else "",),
            ("",),
            *self._figures(counts, waiting),
            *(((f"{'':>9}    {visible(why)}", "muted"),) for why in far.why_refused()),
            ("",),
            (self._next_words(waiting),),
        ]
        if far.note:
            rows.append(((visible(far.note), "muted"),))
        if self._said:
            rows.append(((self._said, "late"),))
        if doubtful:
            rows += [("",), (("In doubt, by name:", "head"),), *((f"  {address}",) for address in doubtful)]
        return rows

    def _figures(self, counts: dict[str, int], waiting: int) -> list[tuple[Part, ...]]:
        tried = (
            "  sent, and no answer yet" if self.sending else "  in doubt: we do not know if it reached them"
        )
        figures = [
            (counts.get("accepted", 0), "  accepted by the mail server"),
            (counts.get("refused", 0), "  refused: this mail did not reach them"),
            (counts.get("tried", 0), tried),
            (waiting, "  not tried yet" if self.sending else "  not tried"),
        ]
        if counts.get("delivered"):
            figures.insert(1, (counts["delivered"], "  of these arrived, the service says"))
        if counts.get("bounced"):
            figures.insert(2, (counts["bounced"], "  accepted, and came back: they do not have it"))
        return [((f"{many:>9,}", "strong"), words) for many, words in figures]

    def _next_words(self, waiting: int) -> str:
        """What can be done from here."""
        nobody = not_twice(self.seat.state, self.step)
        if self.held:
            return f"r goes on with it. {nobody}"
        if self.sending:
            return f"{nobody} You can leave this page; the mailing goes on."
        if self.status == "interrupted":
            who = "who wait" if self._let else "who were not tried"
            return f"{nobody} g goes on with the {waiting:,} {who}."
        return "n shows the refused and the doubtful by name, to keep them." if self.named else ""

    def refuse(self, why_not: str) -> None:
        """Say on the page why a key does nothing at this moment."""
        self._said = why_not
        self.call_later(self.look)

    def do_go_on(self) -> None:
        """Go on with those who were not tried."""
        self.dismiss("go-on")

    def do_once_more(self) -> None:
        """Have those in doubt mailed once more."""
        self.dismiss("once-more")

    async def do_stop(self) -> None:
        """Stop between two messages."""
        await self.seat.conductor.halt(self.step)
        self._said = "Stopped between two messages."
        await self.look()

    async def do_hold(self) -> None:
        """Hold it."""
        await self.seat.conductor.hold(self.seat.officer, self.step)
        self._said = ""
        await self.look()

    async def do_let_go(self) -> None:
        """Go on with it."""
        await self.seat.conductor.let_go(self.seat.officer, self.step)
        self._said = ""
        await self.look()

    async def do_names(self) -> None:
        """Who was refused, and of whom we do not know, with a way to a file."""
        from console.tui.widgets.copy import CopyScreen

        conductor = self.seat.conductor
        doubtful = await conductor.doubtful(self.step) if not self.sending else []
        words = names_of(await conductor.refused(self.step), doubtful)
        stem = f"{self.seat.state.incident}-names"
        self.app.push_screen(CopyScreen(words, self.seat.folder / "texts", stem, at_once=False))
