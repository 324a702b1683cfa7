"""Asking for the vault's passphrase where a live incident is opened: three tries, and an empty line goes on without it."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.errors import VaultError

TRIES: Final = 3
PROMPT: Final = "LIVE  Passphrase of the vault (Enter alone goes on without it)"
LATER_SCREEN: Final = "In the screen ^P vault asks for it again."
LATER_LINES: Final = "To be asked again: q, then incident resume."


class AtTheDoor:
    """Asks whoever sits here, says what was wrong, and lets nothing that is typed there reach the screen that follows.

    Args:
        later: how the vault is opened once the incident stands, in words.
    """

    def __init__(self, later: str) -> None:
        self._later = later
        self._typed = ""
        self._wrong = 0

    def ask(self) -> str:
        """The passphrase as typed; empty when they go on without it."""
        self._typed = _hidden(PROMPT)
        return self._typed

    def again(self, error: VaultError) -> bool:
        """Whether it is asked once more after this error; else the incident opens without the vault."""
        from console.cli.saying import say
        from console.errors import VaultLocked

        wrong = bool(self._typed) and isinstance(error, VaultLocked)
        self._wrong += wrong
        if wrong and self._wrong < TRIES:
            say(f"That passphrase was wrong: it does not open the vault. Try {self._wrong + 1} of {TRIES}.")
            return True
        if wrong:
            say(f"That passphrase was wrong too, the third of {TRIES}.")
        elif self._typed or not isinstance(error, VaultLocked):
            say(error.diagnostics())
        say("The incident opens without the vault. Until it is open, no gate is.")
        say(self._later)
        if self._typed:
            _hidden("Press Enter to go on")
        _forget_typed_ahead()
        return False


def _hidden(prompt: str) -> str:
    import click

    return str(click.prompt(prompt, hide_input=True, default="", show_default=False, err=True))


def _forget_typed_ahead() -> None:
    """What was typed before a screen stands was meant for no key of it."""
    with suppress(ImportError, OSError, ValueError):
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
