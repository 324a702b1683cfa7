"""The app every screen of the console runs in: text defences, crash handler, key guard, themes, quiet collector.

Nothing is imported here but Textual's app and small modules of our own: the first frame waits for it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.filter import Monochrome, NoColor
from textual.message import Message

from console.clock import Clock, SystemClock
from console.errors import ConsoleError
from console.text import visible
from console.tui import safety
from console.tui.collector import Collector
from console.tui.theme import THEMES, WORDS, Mode, theme_name

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel

SETTLED_S = 0.5  # after so many seconds the first frame is out, and the screen is furnished
_GREYS = (Monochrome, NoColor)
HURRY_MS = 250  # a hand that presses key after key does so within this


def _actions() -> type[Provider]:
    from console.tui.palette import ActionProvider

    return ActionProvider


class KeysIgnored(Message):
    """Keys came that nobody can have meant.

    Attributes:
        count: how many were dropped.
        why: `burst`, or `deaf` when the box had only just changed.
    """

    def __init__(self, count: int, why: str) -> None:
        super().__init__()
        self.count = count
        self.why = why


class ConsoleApp(App[int], inherit_bindings=False):
    """A Textual app that a stranger's text, a crash or a dropped pen cannot turn against the officer.

    Args:
        mode: `live` or `practice`; fixed for the life of the process.
        state: the state folder, where a crash leaves its redacted trace.
        clock: the machine's clock for fingers and file names; never a drill's, whose time may stand still.
    """

    TITLE = "Incident Console"
    CSS_PATH = Path(__file__).with_name("console.tcss")
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions}
    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+c", "how_to_leave", show=False, system=True)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]  # noqa: RUF012 - Textual annotates these two as instance variables
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-medium"), (40, "-tall")]  # noqa: RUF012 - as above
    ENABLE_SELECT_AUTO_SCROLL = False

    def __init__(self, *, mode: Mode, state: Path, clock: Clock | None = None) -> None:
        super().__init__()
        self.mode: Mode = mode
        self.state_folder = state
        self.clock = clock or SystemClock()
        self.guard = safety.KeyGuard()
        self.alarms = 0
        self._alarm_told = False
        self._filter = safety.SafeFilter(self._text_alarm)
        self._held: list[events.Key] = []
        self._held_due = 0
        self._last_key = -HURRY_MS
        self._last_words = ""
        self._collector = Collector()
        self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_name(mode, basic=self.console.color_system in (None, "standard"))

    @property
    def world(self) -> str:
        """The word that stands on every screen's first line: LIVE or DRILL."""
        return WORDS[self.mode]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colour names, so that the stylesheet parses under any theme."""
        return THEMES[0].variables

    # -- text --------------------------------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own filters, ours for NO_COLOR among them, and the last one behind them all."""
        plain = [safety.Colourless() if type(each) in _GREYS else each for each in super().get_line_filters()]
        return [*plain, self._filter]

    def _text_alarm(self, taken: int) -> None:
        self.alarms += taken
        if not self._alarm_told:
            self._alarm_told = True
            self.call_later(self.text_alarm)

    def text_alarm(self) -> None:
        """Tell the officer, once, that a text tried to control the screen."""
        self.notify(
            "A text tried to control this screen. It was cut. Tell IT, and read that text elsewhere.",
            severity="warning",
        )

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002 - Textual's signature; a toast never reads markup here
    ) -> None:
        """Show a toast; the words are never read as markup."""
        super().notify(
            visible(message, lines=True),
            title=visible(title),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to take the text (OSC 52); no terminal ever answers, so never say more than *asked*."""
        super().copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))

    # -- keys --------------------------------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether a text box has the focus, where letters are text."""
        focused = self.focused
        return focused is not None and (focused.check_consume_key("a", "a"))

    @property
    def hurried(self) -> bool:
        """Whether keys are coming one after another, so that what nobody asked for should wait."""
        return self.clock.now().boot - self._last_key < HURRY_MS

    def action_command_palette(self) -> None:
        """Every action by name; once."""
        from console.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def deafen(self, ms: int = safety.DEAF_MS, *, text_too: bool = False) -> None:
        """Be deaf to keys and clicks for a moment, because what they would meet has just changed."""
        self.guard.deafen(self.clock.now().boot, ms, text_too=text_too)

    async def on_event(self, event: events.Event) -> None:
        """Let keys through the guard before Textual looks at them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._guarded(event)
        elif isinstance(event, events.MouseDown | events.MouseUp) and self._deaf_to_clicks():
            event.stop()
        else:
            await super().on_event(event)

    def _deaf_to_clicks(self) -> bool:
        return self.guard.deaf(self.clock.now().boot)

    async def _guarded(self, event: events.Key) -> None:
        self._last_key = self.clock.now().boot
        verdict = self.guard.press(event.key, self._last_key, in_text=self.typing)
        if verdict == "pass":
            self._collector.busy()
            await super().on_event(event)
        elif verdict == "drop":
            self._ignored(1, "deaf" if self._deaf_to_clicks() else "burst")
        else:
            self._held.append(event)
            if len(self._held) == 1:
                self._held_due = self.guard.due
                self.set_timer((self._held_due - self.clock.now().boot) / 1000, self._release)

    async def _release(self) -> None:
        if self.guard.due > self._held_due:  # more came meanwhile: wait for the end of it
            wait, self._held_due = self.guard.due - self._held_due, self.guard.due
            self.set_timer(wait / 1000, self._release)
            return
        held, self._held = self._held, []
        if not self.guard.release():
            self._ignored(len(held), "burst")
            return
        for event in held:
            await super().on_event(event)

    def _ignored(self, count: int, why: str) -> None:
        self.screen.post_message(KeysIgnored(count, why))
        if why == "burst":
            self.notify(
                f"{count} keys came at once and were ignored. Nothing was done with them.", severity="warning"
            )

    def action_how_to_leave(self) -> None:
        """Say how to leave; ctrl+c itself never ends an incident."""
        self.notify("Press q to leave this screen. The incident goes on.")

    def furnished(self) -> None:
        """A screen whose first frame was only its words stands whole."""

    def leave(self) -> None:
        """Leave the console; what is open goes on."""
        self.exit(0)

    def real(self, command: str) -> None:
        """This is real: a drill ends with the live command; nothing else has one."""

    # -- life --------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Take over what would print a traceback, and send the collector away from the first frame."""
        asyncio.get_running_loop().set_exception_handler(self._lost_task)
        self.set_timer(SETTLED_S, self._settle)

    def _settle(self) -> None:
        self._collector.start()
        self.set_interval(1.0, self._collector.idle)

    def on_unmount(self) -> None:
        """Give the collector back."""
        self._collector.stop()

    # -- crashes -----------------------------------------------------------------------------------------------------

    def _lost_task(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A background task died unheard: keep its trace, and say so without ending the incident."""
        error = context.get("exception")
        if isinstance(error, Exception):
            safety.keep_crash(error, self.state_folder, self.clock.now().wall)
            self.notify(
                "Something in the background failed. Your answers are saved. Run incident doctor later.",
                severity="warning",
            )

    def _handle_exception(self, error: Exception) -> None:
        """End in plain words: Textual's own handler would print every local variable, secrets included."""
        cause = getattr(error, "error", None)  # a worker's failure carries what failed
        culprit = cause if isinstance(cause, Exception) else error
        self._return_code = safety.exit_code(culprit)
        if not self._last_words:
            kept = None
            if not isinstance(culprit, ConsoleError):
                kept = safety.keep_crash(culprit, self.state_folder, self.clock.now().wall)
            self._last_words = safety.crash_words(culprit, kept)
            self._exception = culprit
            self._exception_event.set()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Never Textual's traceback, whoever asks for it."""
        self._handle_exception(sys.exception() or RuntimeError("ended without an error"))  # type: ignore[arg-type]

    def panic(self, *_renderables: object) -> None:
        """The keyboard reader died, or Textual gave up: the same plain ending."""
        self._handle_exception(
            ConsoleError(
                "The console stopped because it lost the terminal.",
                "Everything you answered is saved.",
                "To go on, type: incident resume.",
            )
        )

    def _print_error_renderables(self) -> None:
        words = (
            [self._last_words] if self._last_words else [str(message) for message in self._exit_renderables]
        )
        self._last_words = ""
        self._exit_renderables.clear()
        width = max(shutil.get_terminal_size().columns - 2, 40)
        for row in "\n".join(words).splitlines():
            shown = textwrap.fill(visible(row), width, break_long_words=False, break_on_hyphens=False)
            sys.stderr.write(shown + "\n")
