"""A real terminal for tests: a program in a pty, its raw bytes kept, and pyte drawing what a person would see."""

from __future__ import annotations

import base64
import codecs
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

ROOT = Path(__file__).resolve().parent.parent
KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "backspace": "\x7f",
    "space": " ",
    "ctrl+p": "\x10",
    "ctrl+c": "\x03",
}
DEAF = 0.6  # seconds after which a box that has just changed hears keys again
# What Textual itself writes: cursor, colours, modes, keyboard protocol, mode queries, pointer shapes.
_CSI = re.compile(
    r"\x1b\[(?:[0-9;]*[HmJKABCD]"
    r"|\?(?:25|47|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048|7)[hl]"
    r"|\?(?:2026|2048)\$p|>[0-9]+u|<u|\?u)"
)
_POINTER = re.compile(r"\x1b\]22;[a-z-]*\x07")
_CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=?][0-9;]*(?:\$p|u)|\x1b\]22;[a-z-]*\x07")


class Timeout(AssertionError):
    """The screen never came to what was waited for."""


class Terminal:
    """One program in one window.

    Args:
        argv: the program; `python` as first word means this interpreter.
        columns: the window's width.
        rows: its height.
        env: what is added to a small clean environment.
    """

    def __init__(
        self, argv: Sequence[str], *, columns: int = 80, rows: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._drawn: list[str] | None = None
        self.raw = bytearray()
        self._rest = ""
        argv = [sys.executable, *argv[1:]] if argv[0] == "python" else list(argv)
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        clean = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**clean, **(env or {})},
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)
        os.close(self._master)

    # -- what it shows -----------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The screen, a string a row, without trailing spaces."""
        if self._drawn is None:
            self._drawn = [self._row(row).rstrip() for row in range(self.screen.lines)]
        return list(self._drawn)

    @property
    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.lines)

    def _row(self, row: int) -> str:
        """One row; pyte's own `display` fails on half a wide character that something else was drawn over."""
        line = self.screen.buffer[row]
        cells = [line[column].data for column in range(self.screen.columns)]
        if "".join(cells).isascii() and all(cells):
            return "".join(cells)
        wide = [bool(cell) and unicodedata.east_asian_width(cell[0]) in "WF" for cell in cells]
        return "".join(cell or ("" if place and wide[place - 1] else " ") for place, cell in enumerate(cells))

    def pump(self, timeout: float) -> bool:
        """Take in what the program writes within so many seconds; False when nothing came."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program closed its end
            return False
        self.raw += data
        self._drawn = None
        self._feed(self._decoder.decode(data))
        return bool(data)

    def _feed(self, text: str) -> None:
        text = _UNKNOWN_TO_PYTE.sub("", self._rest + text)
        cut = text.rfind("\x1b", max(len(text) - 32, 0))
        self._rest = ""
        if cut >= 0 and not re.match(r"\x1b(?:\[[0-9;?<>=]*\$?[A-Za-z]|\][^\x07]*\x07|[^\[\]])", text[cut:]):
            text, self._rest = text[:cut], text[cut:]
        # pyte drops the rest of a row at a mark of combining class 0, such as a keycap or a Thai vowel; terminals do not.
        if not text.isascii():
            text = "".join(
                char for char in text if unicodedata.category(char)[0] != "M" or unicodedata.combining(char)
            )
        self._stream.feed(text)

    def wait(self, until: Callable[[Terminal], object] | str, timeout: float = 20.0) -> Terminal:
        """Return as soon as the screen satisfies the predicate, or holds the words."""
        holds = (lambda terminal: until in terminal.text) if isinstance(until, str) else until
        end = time.monotonic() + timeout
        while not holds(self):
            left = end - time.monotonic()
            if left <= 0 or (
                not self.pump(min(left, 0.5)) and self.process.poll() is not None and not self.pump(0)
            ):
                if holds(self):
                    break
                raise Timeout(f"waited for {until!r}; the screen is\n{self.text}")
        return self

    def within(self, seconds: float, holds: Callable[[Terminal], object] | str) -> bool:
        """Whether the screen comes to satisfy the predicate, or to hold the words, within so many seconds."""
        met = (lambda terminal: holds in terminal.text) if isinstance(holds, str) else holds
        end = time.monotonic() + seconds
        while not met(self) and (left := end - time.monotonic()) > 0:
            if not self.pump(left) and self.process.poll() is not None:
                break
        return bool(met(self))

    def until(self, key: str, holds: Callable[[Terminal], object] | str, timeout: float = 20.0) -> int:
        """Press a key that may be pressed twice without harm until the screen shows what it is for; how often it was.

        A box that has just changed is deaf for half a second, as a person finds out too. Keys pressed faster than that
        pile up before a program that is slow, and are taken for a burst.
        """
        end = time.monotonic() + timeout
        pressed = 0
        while not self.within(DEAF if pressed else 0, holds):
            if time.monotonic() > end:
                raise Timeout(f"{key} never led to {holds!r}\n{self.text}")
            if self.process.poll() is not None:
                last = self.raw[-6000:].decode(errors="replace")
                raise Timeout(
                    f"the program ended with {self.process.returncode} before {key} led to {holds!r}\n{last}"
                )
            self.press(key)
            pressed += 1
        return pressed

    def settle(self, quiet: float = 0.1, timeout: float = 10.0) -> Terminal:
        """Return when the program has written nothing for so many seconds."""
        end = time.monotonic() + timeout
        while self.pump(quiet) and time.monotonic() < end:
            pass
        return self

    def end(self, timeout: float = 15.0) -> int:
        """Wait until the program has ended, taking in its last words; its exit code."""
        end = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < end:
            self.pump(0.2)
        while self.pump(0):
            pass
        return self.process.wait(timeout=1)

    # -- what is typed -----------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> Terminal:
        """Press keys by name, one after another, waiting each time until the program has answered."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            self.settle(
                0.15 if key == "escape" else 0.06
            )  # a lone Esc is told from a sequence by 100 ms of quiet
        return self

    def type(self, text: str) -> Terminal:
        """Write text in one piece, as a paste without brackets would."""
        os.write(self._master, text.encode())
        return self

    # -- what it wrote -----------------------------------------------------------------------------------------------

    def clipboard(self) -> list[str]:
        """Every text the program asked the terminal to copy."""
        found = _CLIPBOARD.findall(self.raw.decode("utf-8", "replace"))
        return [base64.b64decode(text).decode() for text in found]

    def outside_the_allow_list(self) -> list[str]:
        """Everything written that is neither a sequence of Textual's own nor a character that may be drawn."""
        text = self.raw.decode("utf-8", "surrogateescape")
        rest = _CLIPBOARD.sub("", _POINTER.sub("", _CSI.sub("", text)))
        return sorted({ascii(char) for char in rest if not _drawn(char)})


def _drawn(char: str) -> bool:
    if char in "\n\r":  # row ends; the pty's own line discipline adds the return
        return True
    category = unicodedata.category(char)
    selector = (
        "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )
    return (
        category[0] in "LMNPSZ"
        and category not in ("Zl", "Zp")
        and not selector
        and char not in "\u3164\u2800\u115f\u1160\uffa0"
    )
