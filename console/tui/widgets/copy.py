"""Taking a text out of the console: by the clipboard, by a file, or by a QR code for the phone in the hand.

The terminal never says whether it took a copy (OSC 52 has no answer), so the screen never says *copied*, only how to find
out and what to do else. In a drill every copy begins with the word EXERCISE, whatever way it leaves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from console.text import cells, visible
from console.tui import text as drawing
from console.tui.screen import Dialog
from console.tui.theme import Mode
from console.tui.widgets.frame import Frame
from console.tui.widgets.more import More
from console.tui.widgets.qr import QR, qr_pages

EXERCISE: Final = "EXERCISE "
_QR_EDGE: Final = 4  # rows that the first line and the hint take, and one to spare


def outward(text: str, mode: Mode) -> str:
    """The text as it may leave the console: in a drill it begins with EXERCISE."""
    return text if mode == "live" or text.startswith(EXERCISE.strip()) else EXERCISE + text


def to_file(text: str, folder: Path, stem: str) -> Path:
    """Write the text to a file of its own, readable by its owner only; raises OSError.

    Args:
        text: what to write.
        folder: made if it is not there.
        stem: a name made by us, never by the text; a number is added when there is one of that name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 1_000):
        path = folder / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        return path
    raise FileExistsError(folder / stem)


class CopyScreen(Dialog[None]):
    """The text without borders, for the mouse; asked of the clipboard at once; `f` to a file, `v` as a code, `y` again.

    Args:
        text: what goes out, byte for byte.
        folder: where `f` writes.
        stem: the file's name without its ending.
        at_once: whether the clipboard is asked for as it opens; not for what only a file should hold.
    """

    def __init__(self, text: str, folder: Path, stem: str, *, at_once: bool = True) -> None:
        super().__init__(classes="dialog-screen")
        self._raw = text
        self._folder = folder
        self._stem = stem
        self._at_once = at_once
        self._pages: list[list[str]] = []
        self._page = -1

    @property
    def leaving(self) -> str:
        """What leaves, by whichever way."""
        return outward(self._raw, self.console.mode)

    def compose(self) -> ComposeResult:
        """The words alone, from the left edge on."""
        self._words = Static(drawing.lines(self.leaving), classes="prose")
        self._code = QR()
        self._hint = Static("", classes="dialog-row")
        scroll = VerticalScroll(self._words, self._code, classes="bare")
        self.frame = Frame(self.console.mode, Vertical(scroll, More(scroll), self._hint))
        yield self.frame

    def on_mount(self) -> None:
        """Ask the terminal at once."""
        self.frame.banner.show(["Copy"], "Esc goes back")
        self._code.display = False
        if self._at_once:
            self._copy()
        else:
            self._say("f writes it to a file, y asks the clipboard, v shows a code for a phone.")

    def _copy(self) -> None:
        self.app.copy_to_clipboard(self.leaving)
        self._say(
            "The terminal was asked to copy it. Paste to see. If nothing comes: f file, v code for a phone, y ask again."
        )

    def _say(self, words: str) -> None:
        self._hint.update(drawing.line((words, "strong")))

    def key_y(self) -> None:
        """Ask the terminal again."""
        self._copy()

    def key_f(self) -> None:
        """Write it to a file."""
        try:
            path = to_file(self.leaving, self._folder, self._stem)
        except OSError as error:
            self._say(
                f"The file could not be written: {error.strerror or 'unknown fault'}. Use v for a phone, or the mouse."
            )
            return
        self._say(f"Written to {visible(str(path))}")

    def key_v(self) -> None:
        """Show it as a code; again for the next part, and at the end back to the words."""
        if self._page < 0:
            width, height = self.size.width - 2, self.size.height - _QR_EDGE
            self._pages = qr_pages(self.leaving, width, height)
            if not self._pages:
                self._say(
                    "This window is too small for a code. Make it larger and press v again, or press f for a file."
                )
                return
        self._page += 1
        if self._page >= len(self._pages):
            self._page = -1
            self._words.display, self._code.display = True, False
            self._copy()
            return
        self._code.show(self._pages[self._page])
        self._words.display, self._code.display = False, True
        more = f"Code {self._page + 1} of {len(self._pages)}. " if len(self._pages) > 1 else ""
        next_words = "the next" if self._page + 1 < len(self._pages) else "the words"
        self._say(
            f"{more}Point the phone at it. v shows {next_words}. {cells(self.leaving)} characters in all."
        )
