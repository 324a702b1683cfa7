"""How a verb ends: with an exit code, plain words, and never a traceback.

Expected errors speak for themselves. Anything else leaves its whereabouts (types, files, lines, functions; no values, no
messages, no locals) in a 0600 file, and one plain paragraph.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from console.cli.saying import flush, open_streams, pipe_lost, say

if TYPE_CHECKING:
    from pathlib import Path

STOPPED: Final = 130
PIPE_LOST: Final = 141
CRASHED: Final = 1
PRINTED: Final = "backslashreplace"


def leave(command: click.Command, args: list[str] | None, prog: str) -> NoReturn:
    """Run the command and exit."""
    # A verb's imports make no garbage worth a collection; verbs that stay turn it on again (`seat.run`).
    gc.disable()
    open_streams()
    # What is typed may be no text at all; what is printed may not fit the terminal's alphabet.
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, PRINTED), (sys.stderr, PRINTED)):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=errors)
    _quiet_hooks()
    code = run(command, args, prog)
    flush()
    sys.exit(PIPE_LOST if pipe_lost() and code == 0 else code)


def run(command: click.Command, args: list[str] | None, prog: str) -> int:
    """Run the command; its exit code, with what went wrong said on stderr."""
    from console.errors import ConsoleError

    try:
        result = command.main(args, prog_name=prog, standalone_mode=False)
    except ConsoleError as error:
        say(error.diagnostics())
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        _say_usage(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Stopped. What was confirmed is in the record; incident list shows where things stand.")
        return STOPPED
    except BrokenPipeError:
        return PIPE_LOST
    except RecursionError as error:
        return crashed(error)
    except Exception as error:  # noqa: BLE001 - the outermost boundary: nothing may reach a person as a traceback
        return crashed(error)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def crashed(error: BaseException) -> int:
    """Say that something unexpected happened, with its whereabouts in a file; the exit code."""
    kept = keep_crash(error)
    where = f"Where it happened is in {kept}; no names, texts or codes are in that file." if kept else ""
    say(
        f"Something went wrong that this console did not expect ({type(error).__name__})."
        " What was confirmed before is in the record. If something was being sent, run incident show: it says what we know."
        f" {where}"
    )
    return CRASHED


def keep_crash(error: BaseException) -> Path | None:
    """Write the whereabouts of an error into the crash folder; None when even that fails."""
    from console.clock import SystemClock
    from console.errors import ConsoleError
    from console.places import Places, make_private

    try:
        folder = Places.here().crashes
        make_private(folder)
        path = folder / f"{SystemClock().now().wall}-{os.getpid()}.txt"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(whereabouts(error))
    except (OSError, RuntimeError, ConsoleError):
        return None
    return path


def whereabouts(error: BaseException) -> str:
    """Types, files, lines and functions of an error and of what caused it. No message, no value, no source line."""
    import platform
    import traceback

    import console

    lines = [f"console {console.__version__}, Python {platform.python_version()}, {platform.system()}"]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        frames = traceback.StackSummary.extract(traceback.walk_tb(current.__traceback__), lookup_lines=False)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        current = current.__cause__ or current.__context__
    return "\n".join(lines) + "\n"


def _say_usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage())
    say(error.format_message())
    if context is not None and context.command.get_help_option(context) is not None:
        say(f"Help: {context.command_path} --help")


def _quiet_hooks() -> None:
    """Whatever Python itself would print with values in it is kept as whereabouts instead."""

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, BrokenPipeError):
            keep_crash(args.exc_value)

    sys.unraisablehook = unraisable
