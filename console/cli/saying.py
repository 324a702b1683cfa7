"""Everything a verb prints. Stdout is data, stderr is talk; outside text passes `visible` before a terminal sees it.

A reader that goes away (a closed pipe, a full disk, a dead line) must not stop what is on its way: printing goes quiet,
the verb goes on, and its exit code says so at the end.
"""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO


class _Lost:
    """Whether somebody stopped reading."""

    pipe = False


def open_streams() -> None:
    """Give a process that was started without stdin, stdout or stderr an empty one, before a file takes its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            _Lost.pipe |= name == "stdout"
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - a descriptor, as long as the process lives


def out(text: str = "", *, lines: bool = True) -> None:
    """A line of data for a person; outside text in it becomes visible."""
    from console.text import visible

    _write(sys.stdout, visible(text, lines=lines) + "\n")


def say(text: str) -> None:
    """A line of talk on stderr."""
    from console.text import visible

    _write(sys.stderr, visible(text, lines=True) + "\n")


def data(value: Any) -> None:
    """One JSON document on stdout, ASCII only, so that nothing in it can steer a terminal."""
    import json

    _write(sys.stdout, json.dumps(value, ensure_ascii=True, indent=2) + "\n")


def raw(line: bytes) -> None:
    """Bytes as they are stored and a newline; a terminal gets them made visible, with the same length of record."""
    if sys.stdout.isatty():
        out(line.decode("utf-8", "backslashreplace"), lines=False)
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(line + b"\n")
    except OSError:
        lose_pipe(sys.stdout)


def flush() -> None:
    """Hand over what was printed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            lose_pipe(stream)


def pipe_lost() -> bool:
    """Whether somebody stopped reading before the end."""
    return _Lost.pipe


def lose_pipe(stream: TextIO) -> None:
    """Let further printing go nowhere."""
    _Lost.pipe = True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        lose_pipe(stream)
