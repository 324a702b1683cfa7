"""A text, part by part: one part edited at a time, the finished words and their length beside it all the while."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from console.errors import ConsoleError
from console.incident import commands as c
from console.incident.board_box import kind_name_for
from console.incident.edits import misnamed
from console.incident.sizes import kinds_of, long_sentences, size_words, too_long
from console.incident.wordings import Rendered, part_templates, wording
from console.tui import actions
from console.tui import text as drawing
from console.tui.screen import ConsoleScreen
from console.tui.widgets.dialog import TextBox
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.lines import Fixed, Lines, Row
from console.tui.widgets.more import PAGES, More

if TYPE_CHECKING:
    from textual.content import Content

    from console.tui.seat import Seat

NAME = 10


class TextScreen(ConsoleScreen[None]):
    """One wording.

    Args:
        seat: who reads and edits.
        slug: the wording's.
        step: the step that speaks with it, for the limits of its channels; may be empty.
    """

    WHERE = actions.TEXTS
    ABOUT = (
        "A text is made of named parts. Below them stands what would go out, with every name filled in, and its length.",
        "Arrows or j k choose a part, Enter edits it; Enter again keeps it, Esc leaves it as it was.",
        "Nothing goes out from here. Editing takes back the codes that were given for these words.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *actions.bindings(actions.TEXTS),
        *(Binding(key, f"read('{key}')", show=False, priority=True) for key in PAGES),
    ]

    def __init__(self, seat: Seat, slug: str, step: str = "") -> None:
        super().__init__()
        self.seat = seat
        self.slug = slug
        self.step = step or self._speaker()
        self._kinds = kinds_of(seat.state, self.step) if self.step else ()
        self._parts = Lines()
        self._words = Static("", markup=False, classes="prose inset")
        self._length = Static("", markup=False, classes="dialog-row inset")
        self._note = Static("", markup=False, classes="dialog-note inset")
        self._line = TextBox()
        self._line.select_on_focus = False  # a part is changed, not typed anew
        self._editing = ""

    def _speaker(self) -> str:
        """The first step that sends this text through a channel."""
        for step in self.seat.state.playbook.steps():
            if (step.text or step.arguments.get("text")) == self.slug and kind_name_for(
                self.seat.state, step
            ):
                return step.name
        return ""

    def compose(self) -> ComposeResult:
        """Parts above, the finished words below, the line that is edited between them."""
        self._parts.styles.height = min(len(self._templates()), 9) or 1
        self._line.display = False
        self.keys = Footer()
        scroll = VerticalScroll(self._words, classes="bare", can_focus=False)
        self._more = More(scroll)
        self.frame = Frame(
            self.app_mode,
            self._parts,
            self._line,
            self._note,
            Vertical(scroll, self._more, self._length),
            self.keys,
        )
        yield self.frame

    def on_mount(self) -> None:
        """Show it."""
        number = self.seat.state.playbook.numbers.get(self.step, "")
        self.frame.banner.show([f"Text {self.slug}", f"for {number}" if number else ""], "Esc goes back")
        self.keys.show(actions.footer(self.WHERE, None))
        self._parts.focus()
        self.draw()

    def _templates(self) -> tuple[tuple[str, str], ...]:
        return part_templates(self.seat.state, self.slug)

    def _rendered(self) -> Rendered | None:
        """The words as they would go out at this moment, with what is being typed."""
        state = self.seat.state
        if self._editing:
            own = {**state.texts.get(self.slug, {}), self._editing: self._line.value}
            state = replace(state, texts={**state.texts, self.slug: own})
        return wording(state, self.slug, self.seat.session.clock.now().wall, self.seat.officer)

    def draw(self) -> None:
        """Parts as templates, words as they would go out, the length against the limit."""
        rows = [
            Row(((f"{name:<{NAME}} ", "head"), template or "(empty)"), key=name)
            for name, template in self._templates()
        ]
        self._parts.show(Fixed(rows))
        rendered = self._rendered()
        if rendered is None:
            return
        self._words.update(self._finished(rendered))
        over = too_long(rendered.text, self._kinds)
        version = self.seat.state.text_versions.get(self.slug, 1)
        self._length.update(
            drawing.line(
                (size_words(rendered.text, self._kinds), "danger" if over else "strong"),
                f"  version {version}",
            )
        )

    def _finished(self, rendered: Rendered) -> Content:
        rows = [drawing.line(("As it would go out:", "muted"))]
        if rendered.subject:
            rows.append(drawing.line(("Subject ", "muted"), rendered.subject))
        rows.append(drawing.lines(rendered.text))
        rows += [
            drawing.line((f"More than 25 words: {sentence[:60]}...", "late"))
            for sentence in long_sentences(rendered.text)
        ]
        return drawing.stack(rows)

    # -- editing -----------------------------------------------------------------------------------------------------

    def on_lines_opened(self, message: Lines.Opened) -> None:
        """Enter on a part: edit it."""
        self._editing = message.row.key
        template = dict(self._templates()).get(self._editing, "")
        self._line.display = True
        self._line.value = template
        self._line.focus()
        self._note.update(drawing.line(self._asked()))

    def on_input_changed(self, _message: Input.Changed) -> None:
        """The finished words and their length follow every key."""
        if self._editing:
            now = self.seat.session.clock.now().wall
            wrong, cure = misnamed(self.seat.state, self._line.value, now, self.seat.officer)
            self._note.update(
                drawing.line((f"{wrong} {cure}", "late")) if wrong else drawing.line(self._asked())
            )
            self.draw()

    def _asked(self) -> str:
        return f"{self._editing}: change the words. Enter keeps them, Esc leaves them as they were."

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the part: another version, and codes given for the old one are void."""
        before = dict(self._templates()).get(self._editing, "")
        if message.value.strip() != before:
            command = c.EditText(
                by=self.seat.officer, text=self.slug, part=self._editing, words=message.value.strip()
            )
            try:
                await self.seat.session.do(command)
            except ConsoleError as error:
                self._note.update(drawing.lines(error.diagnostics()))
                return
            self._end("Saved as another version. Codes that were given for it are void.")
            return
        self._end("Nothing was changed.")

    def _end(self, words: str) -> None:
        self._editing = ""
        self._line.display = False
        self._note.update(drawing.line(words))
        self._parts.focus()
        self.draw()

    def do_leave(self) -> None:
        """Esc leaves the line first, then the text."""
        if self._editing:
            self._end("Left as it was.")
        else:
            self.dismiss(None)

    def action_read(self, key: str) -> None:
        """The finished words are read on by a page, whatever has the keys: the parts are few."""
        self._more.page(key)

    def do_edit(self) -> None:
        """Edit the part under the cursor."""
        self._parts.open()

    async def do_as_sent(self) -> None:
        """Read the whole mail as it would travel."""
        from console.engine.previewing import as_sent, mailing_step
        from console.tui.screens.reading import mail_rows
        from console.tui.widgets.help import Page

        try:
            step = mailing_step(self.seat.state, self.slug, self.step)
            mail = await as_sent(self.seat.session, self.seat.officer, step)
        except ConsoleError as error:
            self._note.update(drawing.lines(error.diagnostics()))
            return
        self.app.push_screen(Page(self.app_mode, "The mail as it would travel", mail_rows(mail)))

    def do_copy(self) -> None:
        """Take the finished words out."""
        from console.tui.widgets.copy import CopyScreen

        rendered = self._rendered()
        if rendered is not None:
            text = f"{rendered.subject}\n\n{rendered.text}" if rendered.subject else rendered.text
            stem = f"{self.seat.state.incident}-{self.slug}"
            self.app.push_screen(CopyScreen(text, self.seat.folder / "texts", stem))
