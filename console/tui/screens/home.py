"""Home: open incidents with their mode in plain words, playbooks with what would open, drills, last tested codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.seat import Ending
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.lines import Fixed, Lines, Row

if TYPE_CHECKING:
    from console.home import Book, Drill, Home, Incident

MINUTE = 60_000


class HomeScreen(ConsoleScreen[None]):
    """What there is on this machine; Enter opens it in a process of its own.

    Args:
        home: what there is.
        finish: takes what was chosen.
    """

    WHERE = actions.HOME
    ABOUT = (
        "Everything on this machine: what is open, what can be opened for real, what can be rehearsed.",
        "Arrows or j k move, Enter opens. The last line says more of what the cursor is on.",
    )

    def __init__(self, home: Home, finish: Callable[[Ending], None]) -> None:
        super().__init__()
        self._home = home
        self._finish = finish
        self._lines = Lines()
        self._note = Static("", markup=False, classes="dialog-note inset")

    def compose(self) -> ComposeResult:
        """The list, what is under the cursor, the keys."""
        self.keys = Footer()
        self.frame = Frame(self.app_mode, self._lines, self._note, self.keys, home=True)
        yield self.frame

    def on_mount(self) -> None:
        """Show it."""
        rows = list(self._rows())
        self.frame.banner.show(["Incident Console", "choose and press Enter"], "q leaves")
        self.keys.show(actions.footer(self.WHERE, None))
        self._lines.show(Fixed(rows))
        self._lines.cursor = next((place for place, row in enumerate(rows) if row.key), 0)
        self._lines.focus()
        self.console.deafen()

    def _rows(self) -> Iterator[Row]:
        home = self._home
        for trouble in home.troubles:
            yield Row(((trouble, "danger"),), selectable=False)
        if home.open_live:
            yield _heading("OPEN LIVE INCIDENTS: Enter goes on with it")
            yield from (_incident(each) for each in home.open_live)
        yield _heading("OPEN A LIVE INCIDENT from a playbook: this is for real")
        yield from (_book(each) for each in home.playbooks)
        yield _heading("REHEARSE: nothing real is touched")
        yield from (_incident(each) for each in home.open_drills)
        yield from (_drill(each) for each in home.drills)
        yield _heading("CODES last tested on this host")
        if not home.officers:
            yield Row(("Nobody is enrolled. incident officers add NAME enrols one.",), selectable=False)
        for officer in home.officers:
            yield Row((officer.line(),), selectable=False)

    def on_lines_moved(self, message: Lines.Moved) -> None:
        """Say more of what the cursor is on."""
        rows = self._lines.source.rows(message.index, message.index + 1)
        if rows:
            self._note.update(drawing.line(self._more(rows[0].key)))

    def _more(self, key: str) -> str:
        what, _, name = key.partition(" ")
        for book in self._home.playbooks:
            if what == "open" and book.id == name:
                return book.wrong or f"{book.opens_when} File {book.file}, hash {book.sha256[:12]}."
        for each in self._home.incidents:
            if what == "resume" and each.id == name and each.running:
                return (
                    f"RUNNING ALREADY on this machine: {', '.join(each.running)}. Both screens stay in step."
                )
        return ""

    def on_lines_opened(self, message: Lines.Opened) -> None:
        """Enter: leave with what was chosen."""
        what, _, name = message.row.key.partition(" ")
        if name:
            self._finish(Ending(what, name))

    def do_open(self) -> None:
        """Open what is under the cursor."""
        self._lines.open()


def _heading(words: str) -> Row:
    return Row(((words, "head"),), selectable=False)


def _incident(each: Incident) -> Row:
    word = "LIVE " if each.mode == "live" else "DRILL"
    return Row(
        (
            ("  ", "plain"),
            (word, "inverse" if each.mode == "live" else "drill"),
            f"  {each.id}  ",
            (f"RUNNING ALREADY: {', '.join(each.running)}  " if each.running else "", "late"),
            f"{each.scenario or each.playbook}  ",
            (f"opened by {each.opened_by}", "muted"),
        ),
        key=f"resume {each.id}",
    )


def _book(book: Book) -> Row:
    if book.wrong:
        return Row((f"  {book.id}  ", ("cannot be opened: ", "late"), book.wrong), selectable=False)
    whose = "your own, " if book.own else ""
    return Row(
        (f"  {book.title}  ", (f"{book.id} {book.version}, {whose}{book.sha256[:8]}", "muted")),
        key=f"open {book.id}",
    )


def _drill(drill: Drill) -> Row:
    if drill.wrong:
        return Row((f"  {drill.id}  ", ("cannot be used: ", "late"), drill.wrong), selectable=False)
    return Row(
        (("  DRILL", "drill"), f"  {drill.title}  ", (f"{drill.length // MINUTE} min, {drill.id}", "muted")),
        key=f"drill {drill.id}",
    )
