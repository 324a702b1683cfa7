"""Work done in a process of its own, so that neither its memory nor its time is taken from the screen.

Three things are done this way while an officer works: reading the record's beginning (`console.prover`), trying whether the
vault opens (`console.vault.trial`), and reading a list of recipients (`console.engine.listing`).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
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
    findings: tuple[str, ...] = ()


class NotStarted(errors.ConsoleError):
    """The other process could not be started, or ended without saying how."""


async def apart(module: str, *arguments: str, given: bytes = b"", keeps: Sequence[int] = ()) -> bytes:
    """Run a module of ours in a process of its own, wait until it ends well, and return what it wrote on its stdout.

    Args:
        module: what `python -m` runs; its `main` goes through `tell`.
        arguments: never secrets: other processes can read them.
        given: on its stdin.
        keeps: open files that it may use, by the same numbers.

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
            pass_fds=tuple(keeps),
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
    return said


def _heard(said: bytes) -> errors.ConsoleError:
    try:
        told = msgspec.json.decode(said, type=Told)
    except msgspec.DecodeError:
        return NotStarted("Another process said nothing that can be read.")
    kind: Any = getattr(errors, told.kind, errors.ConsoleError)
    if kind is errors.BadList:
        return errors.BadList(told.what, told.findings, told.means, told.do)
    error: errors.ConsoleError = kind(told.what, means=told.means, do=told.do)
    return error


def tell(error: errors.ConsoleError) -> int:
    """In the other process: say what went wrong; the exit code that announces it."""
    told = Told(type(error).__name__, error.what, error.means, error.do, getattr(error, "findings", ()))
    sys.stdout.buffer.write(msgspec.json.encode(told))
    return TOLD
