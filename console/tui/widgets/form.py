"""A form: a few labelled lines on one page. Enter goes to the next line, and on the last one hands the form in.

A line with numbered choices takes their numbers; what stands in it at first is what Enter alone gives. Nothing that goes
out into the world is ever on a form.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from console.errors import BadInput, ConsoleError
from console.tui import text as drawing
from console.tui.screen import Dialog
from console.tui.text import Part
from console.tui.views.lay import EDGES, folded
from console.tui.widgets.dialog import TextBox
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import PAGES, More

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One line.

    Attributes:
        name: what the value is known by.
        label: what is asked.
        value: what stands there at first; for choices their slugs, separated by spaces.
        choices: slug and words, numbered from 1.
        many: whether several may be chosen.
        needed: whether an empty line is refused.
        secret: whether what is typed is shown as dots.
        free: whether other words than the choices are taken too.
        heard: gives what stands in the line from then on, and what is said of it, for what was typed; may raise BadInput.
    """

    name: str
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    many: bool = False
    needed: bool = False
    secret: bool = False
    free: bool = False
    heard: Callable[[str], tuple[str, str]] | None = None

    @property
    def shown(self) -> str:
        """The first value as it is typed: numbers for choices."""
        if not self.choices:
            return self.value
        places = {slug: str(place) for place, (slug, _) in enumerate(self.choices, 1)}
        return " ".join(places.get(slug, slug) for slug in self.value.split())

    def read(self, typed: str) -> str:
        """The value of what was typed.

        Raises:
            BadInput: it is empty although needed, or no such choice.
        """
        typed = typed.strip()
        if self.needed and not typed:
            raise BadInput(f"{self.label} It is empty.", do="Type it, or Esc to go back.")
        if self.free and not (typed.isascii() and typed.isdigit()):
            return typed
        return self._chosen(typed) if self.choices else typed

    def _chosen(self, typed: str) -> str:
        slugs = [slug for slug, _ in self.choices]
        found: list[str] = []
        for word in typed.replace(",", " ").split():
            if word in slugs:
                found.append(word)
                continue
            for digit in word if self.many and len(slugs) < 10 else (word,):
                if not (digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(slugs)):
                    raise BadInput(
                        f"{word} is not one of the choices.", do=f"Type a number from 1 to {len(slugs)}."
                    )
                found.append(slugs[int(digit) - 1])
        if len(found) > 1 and not self.many:
            raise BadInput("Only one can be chosen.", do=f"Type a number from 1 to {len(slugs)}.")
        return " ".join(dict.fromkeys(found))


ROOM: Final = 74


class Form(Dialog[Values]):
    """The form.

    Args:
        title: on the first line.
        rows: what must be known before it is filled in.
        fields: the lines.
        submit: takes the values; a ConsoleError from it is shown, and the form stays as it is.
        verb: what Enter on the last line does, in words.
    """

    AUTO_FOCUS = ""  # `on_mount` goes to the first line, with its question in sight

    def __init__(
        self,
        title: str,
        rows: Sequence[Sequence[Part]],
        fields: Sequence[Field],
        submit: Callable[[Mapping[str, str]], Awaitable[object]],
        verb: str = "write it down",
    ) -> None:
        super().__init__(classes="dialog-screen")
        self._title = title
        self._rows = rows
        self._fields = fields
        self._submit = submit
        self._verb = verb
        self._note = Static("", markup=False, classes="dialog-note")
        self._labels = [Static(self._label(field), classes="form-label") for field in fields]
        self._boxes = [TextBox(value=field.shown) for field in fields]
        for field, box in zip(fields, self._boxes, strict=True):
            box.password = field.secret

    def compose(self) -> ComposeResult:
        """Rows, which stay in sight, then each line under its label."""
        self._reading = VerticalScroll(
            *(
                Static(drawing.line(*row), classes="dialog-row")
                for row in folded(self._rows, self.app.size.width - EDGES)
            ),
            classes="form-rows",
        )
        self._reading.can_focus = False
        self._more = More(self._reading)
        inside: list[Static | TextBox] = []
        for label, box in zip(self._labels, self._boxes, strict=True):
            inside += (label, box)
        self._scroll = VerticalScroll(*inside, classes="dialog-rows")
        self._scroll.can_focus = False
        drill = " dialog-drill" if self.app_mode == "practice" else ""
        does = "goes on; on the last line it does this" if len(self._fields) > 1 else "does this"
        hint = Static(
            drawing.line(
                ("Enter", "strong"),
                f" {does}: {self._verb}.  ",
                ("Esc", "strong"),
                " goes back",
            ),
            classes="dialog-row",
        )
        self.frame = Frame(
            self.app_mode,
            Vertical(self._reading, self._more, self._scroll, self._note, hint, classes=f"dialog{drill}"),
        )
        yield self.frame

    @staticmethod
    def _label(field: Field) -> Content:
        rows = [drawing.line((field.label, "strong"))]
        offered = [f"{place} {words}" for place, (_, words) in enumerate(field.choices, 1)]
        if offered:
            many = "   (several: 1 3)" if field.many else ""
            whole = "   ".join(offered) + many
            rows += (
                [drawing.line("  ", whole)]
                if len(whole) <= ROOM
                else [drawing.line("  ", each) for each in offered]
            )
        return drawing.stack(rows)

    def on_mount(self) -> None:
        """Be deaf for a moment, then on the first line."""
        self.frame.banner.show([self._title])
        self.console.deafen(text_too=True)
        if self._boxes:
            self._to(0)

    def on_key(self, event: events.Key) -> None:
        """Up and down go from line to line; page keys read on in what stands above them."""
        if event.key in PAGES:
            event.stop()
            self._more.page(event.key)
        elif event.key in ("up", "down") and self.focused in self._boxes:
            event.stop()
            self._go(1 if event.key == "down" else -1)

    def _go(self, by: int) -> None:
        place = next((i for i, box in enumerate(self._boxes) if box is self.focused), 0) + by
        if 0 <= place < len(self._boxes):
            self._to(place)

    def _to(self, place: int) -> None:
        """Go to a line, with its question in sight: Textual centres the line alone, and in a small window that hides it."""
        self._boxes[place].focus(scroll_visible=False)
        self.call_after_refresh(self._in_sight, place)

    def _in_sight(self, place: int) -> None:
        self._scroll.scroll_to_region(
            self._labels[place].virtual_region.union(self._boxes[place].virtual_region),
            animate=False,
            force=True,
        )

    def _say(self, *lines: str) -> None:
        self._note.update(drawing.stack(drawing.line(line) for line in lines if line))

    def _heard(self, places: Iterable[int]) -> list[str]:
        """What is said of these lines as they were understood; each then holds it, so that it is said once."""
        said = []
        for place in places:
            field, box = self._fields[place], self._boxes[place]
            if field.heard is not None:
                box.value, words = field.heard(box.value.strip())
                said += [words] if words else []
        return said

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter: the next line, or hand it in."""
        message.stop()
        place = next((i for i, box in enumerate(self._boxes) if box is message.input), len(self._boxes) - 1)
        last = place + 1 == len(self._boxes)
        try:
            self._fields[place].read(message.value)
            said = self._heard(range(len(self._boxes)) if last else [place])
            self._say(*said, f"If that is right, Enter does this: {self._verb}." if said and last else "")
            if not last:
                self._to(place + 1)
            if said or not last:
                return
            values = {
                field.name: field.read(box.value)
                for field, box in zip(self._fields, self._boxes, strict=True)
            }
            await self._submit(values)
        except ConsoleError as error:
            self._say(*error.diagnostics().split("\n"))
            return
        self.dismiss(values)
