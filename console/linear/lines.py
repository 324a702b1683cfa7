"""Typed lines, from wherever they come. Nothing is read before somebody asks for a line."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Final, Protocol

from console.text import unshowable

LONGEST: Final = 16 * 1024
CHUNK: Final = 4_096


class Lines(Protocol):
    """Something that gives one typed line at a time."""

    async def line(self) -> str | None:
        """The next line without its end; None when there will be no more."""
        ...


class Descriptor:
    """Lines of a file descriptor: a terminal, a pipe or a file.

    A thread reads, because a terminal, a pipe and a file have no other way of waiting in common; it holds no lock of the
    interpreter's while it waits, so leaving never hangs on it.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._wanted = threading.Semaphore(0)
        self._found: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    async def line(self) -> str | None:
        """As the protocol says. Bytes that are no UTF-8 read as replacement characters."""
        if self._ended:
            return None
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._pump, name="typed lines", daemon=True).start()
        self._wanted.release()
        raw = await self._found.get()
        self._ended = raw is None
        return None if raw is None else raw.decode("utf-8", "replace").rstrip("\r\n")

    def _pump(self) -> None:
        buffer = b""
        while True:
            self._wanted.acquire()
            while b"\n" not in buffer and len(buffer) < LONGEST:
                chunk = self._read()
                if not chunk:
                    if buffer:
                        self._give(buffer)
                        self._wanted.acquire()
                    self._give(None)
                    return
                buffer += chunk
            line, _, buffer = buffer.partition(b"\n")
            if not self._give(line):
                return

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, CHUNK)
        except OSError:  # the terminal is gone: a dead ssh line ends like a closed one
            return b""

    def _give(self, line: bytes | None) -> bool:
        if self._loop is None:
            return False
        try:
            self._loop.call_soon_threadsafe(self._found.put_nowait, line)
        except RuntimeError:  # the loop was closed: nobody waits for it any more
            return False
        return True


def cleaned(line: str) -> tuple[str, int]:
    """A typed line without what cannot be seen (arrow keys, pasted controls), and how many such characters it held."""
    hidden = {offset for offset, _ in unshowable(line)}
    if not hidden:
        return line.replace("\t", " ").strip(), 0
    kept = "".join(char for offset, char in enumerate(line) if offset not in hidden)
    return kept.replace("\t", " ").strip(), len(hidden)
