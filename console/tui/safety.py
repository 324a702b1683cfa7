"""What stands between the face and three dangers: hostile text, its own crashes, and keys nobody meant to press.

Everything here is plain Python that an app calls; `base.ConsoleApp` is where it is wired in.
"""

from __future__ import annotations

import errno
import hashlib
import os
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from rich.cells import cell_len, set_cell_size
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from console.errors import ConsoleError
from console.text import drawable, unshowable, visible

# -- hostile text ----------------------------------------------------------------------------------------------------


class SafeFilter(LineFilter):
    """The last line: takes out of every segment what `console.text` would never have let through, and says so.

    It removes and never substitutes, because what it removes measures no cells: a glyph in its place would push the
    rest of the row off the screen, the LIVE banner's words with it. Links and click actions inside text go too; our
    widgets use neither. Text that was made with `tui.text` passes untouched, so an alarm is always a defect of ours.
    """

    def __init__(self, alarm: Callable[[int], None]) -> None:
        """`alarm` is told how many characters, links or actions were taken out of a row; it is called while drawing."""
        super().__init__()
        self._alarm = alarm

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The row without anything a terminal would obey, in exactly as many cells."""
        taken = 0
        safe: list[Segment] = []
        for segment in segments:
            text, style, control = segment
            clean = drawable(text)
            if clean is not text:
                taken += len(unshowable(text))
                width = cell_len(text)
                clean = clean if cell_len(clean) == width else set_cell_size(clean, width)
            if style is not None and _carries(style):
                taken += 1
                style = style.update_link(None).clear_meta_and_links()
            safe.append(
                segment
                if clean is text and style is segment.style and control is None
                else Segment(clean, style)
            )
        if taken:
            self._alarm(taken)
        return safe


class Colourless(LineFilter):
    """NO_COLOR: the terminal's own two colours, and reverse where only another background told something apart.

    Textual's own greys come out black on black on a terminal of sixteen colours.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The row without any colour of ours."""
        ground = background.rich_color
        return [
            Segment(text, style if style is None else _colourless(style, ground), control)
            for text, style, control in segments
        ]


_DEFAULTS: Final = Style.from_color(RichColor.default(), RichColor.default())


@lru_cache(maxsize=1024)
def _colourless(style: Style, ground: RichColor) -> Style:
    marked = style.bgcolor is not None and style.bgcolor.name not in ("default", ground.name)
    return style + _DEFAULTS + Style(reverse=bool(style.reverse) or marked)


_SCROLLBAR: Final = ("grab", "scroll_up", "scroll_down")  # the only actions Textual itself puts into a row


def _carries(style: Style) -> bool:
    """Whether a style makes its text a link or a button; Textual's own meta (text offsets) does neither."""
    if style.link is not None:
        return True
    pickled = style._meta  # noqa: SLF001 - the public property unpickles every time, and every drawn cell has some
    if pickled is None or b"@" not in pickled:
        return False
    return any(key.startswith("@") and value not in _SCROLLBAR for key, value in style.meta.items())


# -- crashes ---------------------------------------------------------------------------------------------------------


def _frames(error: BaseException) -> Iterator[str]:
    """The chain of errors as places only: no locals, no source lines, no messages."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield _headline(link)
        for frame, line in traceback.walk_tb(link.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}"
        if isinstance(link, BaseExceptionGroup):
            for inner in link.exceptions:
                yield from _frames(inner)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _headline(error: BaseException) -> str:
    """What kind of error, without its message: a message may quote a code, a seed or somebody's words."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{kind} [{errno.errorcode.get(error.errno, error.errno)}]"
    digest = hashlib.sha256(str(error).encode("utf-8", "replace")).hexdigest()[:8]
    return f"{kind} (its message is withheld; fingerprint {digest})"


def redacted_trace(error: BaseException) -> str:
    """A traceback that may be handed to a stranger: kinds and places."""
    return "\n".join(_frames(error)) + "\n"


def keep_crash(error: BaseException, folder: Path, wall: int) -> Path | None:
    """Write the redacted traceback to a file of its own, readable by its owner only.

    Args:
        error: what ended the console.
        folder: the state folder; made if it is not there.
        wall: the time, in milliseconds UTC, for the file's name.

    Returns:
        The file, or None when it could not be written: a crash on a full disk must still end in plain words.
    """
    path = folder / f"crash-{wall}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(redacted_trace(error))
    except OSError:
        return None
    return path


def crash_words(error: BaseException, kept: Path | None) -> str:
    """What the officer reads when the console ends unasked: what happened, what it means, what to do; one paragraph."""
    if isinstance(error, ConsoleError):
        return visible(error.diagnostics(), lines=True)
    details = (
        f"Details for the people who look after it, without your texts or codes: {kept}." if kept else ""
    )
    words = (
        f"The console stopped because of a fault of its own ({type(error).__name__}).",
        "Everything you answered is saved, and nothing more goes out by itself.",
        "If something was going out at that moment, the console will say so and ask you.",
        "To go on, type: incident resume.",
        details,
    )
    return visible(" ".join(word for word in words if word))


def exit_code(error: BaseException) -> int:
    """The exit code of an app that this error ended."""
    return error.exit_code if isinstance(error, ConsoleError) else 1


# -- keys ------------------------------------------------------------------------------------------------------------

BURST_KEYS: Final = 6
BURST_MS: Final = 150
TOGETHER_MS: Final = 20  # no finger presses two keys this close; a paste, a dropped pen or a cat does
DEAF_MS: Final = 500
# Moving about harms nothing, and a held arrow key repeats as fast as a burst.
MOVES: Final = frozenset(
    {"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "j", "k"}
)
HARMLESS: Final = (MOVES | {"escape"}) - {"j", "k"}  # also where letters are text

Verdict = Literal["pass", "hold", "drop"]


class KeyGuard:
    """Decides about each key: pass it on, hold it until the burst it may belong to is over, or drop it.

    The first key of any burst passes, as nobody can know what follows. A key that comes within 20 ms of another is
    held until 150 ms after the first; if by then more than six have come, all the held ones are dropped, otherwise they
    are handed on in order. Text boxes are exempt: pasted words belong there. After `deafen`, keys are dropped for half a
    second: the box under the finger has just changed.
    """

    def __init__(self) -> None:
        self._recent: deque[int] = deque()
        self._held = 0
        self._began = 0
        self._deaf_until = 0
        self._deaf_to_text_until = 0

    def deafen(self, at: int, ms: int = DEAF_MS, *, text_too: bool = False) -> None:
        """Drop keys until `at + ms`; with `text_too`, those typed into a text box as well (a code box has just opened)."""
        self._deaf_until = max(self._deaf_until, at + ms)
        if text_too:
            self._deaf_to_text_until = max(self._deaf_to_text_until, at + ms)

    def deaf(self, at: int, *, in_text: bool = False) -> bool:
        """Whether a key or a click at this moment meets a box that has only just changed."""
        return at < (self._deaf_to_text_until if in_text else self._deaf_until)

    def press(self, key: str, at: int, *, in_text: bool) -> Verdict:
        """What to do with this key.

        Args:
            key: Textual's name for it.
            at: milliseconds on a clock that only grows.
            in_text: whether a text box has the focus.
        """
        if self.deaf(at, in_text=in_text):
            return "pass" if key in HARMLESS else "drop"
        if in_text or key in MOVES:
            return "pass"
        together = bool(self._recent) and at - self._recent[-1] <= TOGETHER_MS
        self._recent.append(at)
        while at - self._recent[0] > BURST_MS:
            self._recent.popleft()
        if self._held or together:
            if not self._held:
                self._began = self._recent[-2]
            self._held += 1
            return "hold"
        if len(self._recent) > BURST_KEYS:
            return "drop"
        return "pass"

    @property
    def due(self) -> int:
        """When the held keys are to be released; meaningless while none are held."""
        return max(self._began + BURST_MS, self._recent[-1] + TOGETHER_MS if self._recent else 0)

    def release(self) -> bool:
        """End of a hold: whether the held keys may be handed on; False means they were a burst and are dropped."""
        held, self._held = self._held, 0
        return held < BURST_KEYS
