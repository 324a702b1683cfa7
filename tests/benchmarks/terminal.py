"""A program in a pty, timed: nothing is drawn here, so that watching costs next to nothing.

The terminal's one answer is that it knows synchronised updates (mode 2026), as today's terminals do; so every frame comes
between two marks, and a frame that draws what was waited for has an end that can be timed.
"""

from __future__ import annotations

import fcntl
import os
import random
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, Self

from tests.benchmarks.machine import ROOT

KNOWS = (b"\x1b[?2026$p", b"\x1b[?2026;2$y")
FRAME_END = b"\x1b[?2026l"
KEYS = {
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "enter": b"\r",
    "end": b"\x1b[F",
    "home": b"\x1b[H",
    "pagedown": b"\x1b[6~",
    "escape": b"\x1b",
}
_SEQUENCE = re.compile(rb"\x1b\[[0-9;?<>=]*[$ ]?[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[^\[\]]")
PATIENCE = 60.0  # seconds until a program is given up
GAPS = (0.015, 0.06)  # seconds between two keys of a brisk hand


class Pressed(NamedTuple):
    """One key: seconds until it was painted, and those of them the program stood in line behind other programs."""

    seconds: float
    waited: float


class TooLate(RuntimeError):
    """The program never showed what was waited for."""


def plain(data: bytes) -> str:
    """What was written, without the sequences between the words."""
    return _SEQUENCE.sub(b"", data).decode("utf-8", "replace")


class Terminal:
    """One program in one window, from the moment it is forked; leave it with `with`.

    Attributes:
        begun: `perf_counter` right before the fork.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        cwd: Path = ROOT,
    ) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._data = bytearray()
        self._dice = random.Random(1)
        clean = {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.begun = perf_counter()
        self._process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=clean, cwd=cwd, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(timeout=10)
        os.close(self._master)

    @property
    def memory(self) -> float:
        """Resident memory of the process, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    @property
    def waited(self) -> float:
        """Seconds for which its threads were ready and had no processor, because others had it; 0 where nobody counts."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        try:
            counts = [(task / "schedstat").read_text(encoding="ascii").split() for task in tasks.iterdir()]
        except OSError:
            return 0.0
        return sum(int(count[1]) for count in counts) / 1e9

    def shows(self, words: str, patience: float = PATIENCE) -> float:
        """Seconds since the fork until the words were written; raises TooLate."""
        end = time.monotonic() + patience
        while words not in plain(bytes(self._data)):
            if not self._more(end - time.monotonic()):
                raise TooLate(
                    f"never showed {words!r}, but: {' '.join(plain(bytes(self._data)).split())[-1500:]}"
                )
        return perf_counter() - self.begun

    def settle(self, quiet: float = 0.5) -> None:
        """Wait until the program is at rest: so many seconds without a byte, but for a clock that ticks."""
        end = time.monotonic() + 3 * quiet
        while time.monotonic() < end and self._more(quiet):
            pass

    def press(self, key: str, drawn: Callable[[str], bool], patience: float = 5.0) -> Pressed:
        """Press a key and wait for the end of the first frame for whose words `drawn` holds; raises TooLate."""
        time.sleep(self._dice.uniform(*GAPS))
        while self._more(0):
            pass
        self._data.clear()
        waited = self.waited
        begun = perf_counter()
        os.write(self._master, KEYS.get(key, key.encode()))
        looked = 0
        while self._more(begun + patience - perf_counter()):
            at = perf_counter()
            end = self._data.rfind(FRAME_END)
            if end >= looked and drawn(plain(bytes(self._data[:end]))):
                return Pressed(at - begun, self.waited - waited)
            looked = max(end, 0)
        raise TooLate(f"{key} drew nothing that was waited for: {plain(bytes(self._data))[-500:]!r}")

    def _more(self, timeout: float) -> bool:
        """Take in what the program writes within so many seconds; False when nothing came."""
        ready, _, _ = select.select([self._master], [], [], max(timeout, 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 262_144)
        except OSError:  # the program closed its end
            return False
        self._data += data
        if KNOWS[0] in data:
            os.write(self._master, KNOWS[1])
        return bool(data)
