"""Work done in a process of its own, so that neither its memory nor its time is taken from the screen.

Two things are done this way while an officer works: reading the record's beginning (`console.prover`), and trying whether the
vault opens (`console.vault.trial`).
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Any, Final

import msgspec

from console import errors

TOLD: Final = 70  # the exit code that says: the reason stands on stdout; nothing else of ours ends with it


class Told(msgspec.Struct):
    """An error of ours on its way from one process to another."""

    kind: str
    what: str
    means: str
    do: str


class NotStarted(errors.ConsoleError):
    """The other process could not be started, or ended without saying how."""


async def apart(module: str, *arguments: str, given: bytes = b"") -> None:
    """Run a module of ours in a process of its own and wait until it ends well.

    Args:
        module: what `python -m` runs; its `main` goes through `tell`.
        arguments: never secrets: other processes can read them.
        given: on its stdin.

    Raises:
        ConsoleError: what it raised itself.
        NotStarted: it could not be started, or ended without a word of ours.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", module, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise NotStarted(f"Another process could not be started: {error.strerror}.") from error
    try:
        said, _ = await process.communicate(given)
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        raise
    if process.returncode == TOLD:
        raise _heard(said)
    if process.returncode != 0:
        raise NotStarted(f"Another process ended with {process.returncode}.")


def _heard(said: bytes) -> errors.ConsoleError:
    try:
        told = msgspec.json.decode(said, type=Told)
    except msgspec.DecodeError:
        return NotStarted("Another process said nothing that can be read.")
    kind: Any = getattr(errors, told.kind, errors.ConsoleError)
    error: errors.ConsoleError = kind(told.what, means=told.means, do=told.do)
    return error


def tell(error: errors.ConsoleError) -> int:
    """In the other process: say what went wrong; the exit code that announces it."""
    told = Told(type(error).__name__, error.what, error.means, error.do)
    sys.stdout.buffer.write(msgspec.json.encode(told))
    return TOLD
