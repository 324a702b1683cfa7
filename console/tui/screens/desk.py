"""What every move of the incident screen stands on: the seat, saying things, and going through dialogs.

A move is a function that takes the desk. The module it is written in is imported when it is first made, so that the first
frame waits for none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from console.errors import ConsoleError
from console.tui.screen import ConsoleScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.incident.board import Board
    from console.incident.commands import AnyCommand
    from console.tui.seat import Seat

T = TypeVar("T")

MOVES: Final = {
    **dict.fromkeys(
        ("seen", "save", "gone", "mark", "looked", "defer", "skip", "waive", "amend", "hand-over", "close"),
        "forms",
    ),
    **dict.fromkeys(("gate", "harm-now"), "sending"),
    **dict.fromkeys(("doubt", "mailing", "people"), "doubts"),
    **dict.fromkeys(
        (
            "text",
            "texts",
            "links",
            "log",
            "items",
            "access",
            "channels",
            "linear",
            "phone",
            "debrief",
            "real",
            "note",
            "whole-mail",
        ),
        "reading",
    ),
    **dict.fromkeys(("access-line", "passphrase"), "ways_in"),
    **dict.fromkeys(("evidence", "bring-in"), "keeping"),
    **dict.fromkeys(("bounces", "export"), "mailed"),
    "vault": "vault",
    "help": "reading:help_page",
}
"""In which module beside this one each action of the registry is written: as a function of its name, or of the one given."""


class Desk(ConsoleScreen[None]):
    """An officer's desk at one incident. `board` is what was last drawn."""

    seat: Seat
    board: Board

    def lend(self, action_id: str) -> Any:
        """The move of that name, whose module is imported here."""
        module = MOVES.get(action_id)
        if module is None:
            return None
        name, _, function = module.partition(":")
        move = getattr(import_module(f"console.tui.screens.{name}"), function or action_id.replace("-", "_"))
        return lambda: move(self)

    def refuse(self, why_not: str) -> None:
        """Say it where everything is said."""
        self.say(why_not)

    def say(self, *lines: str) -> None:
        """Say something to the officer; it stands until the next key."""
        raise NotImplementedError

    def follow(self, step: str) -> None:
        """Say what becomes of what was let go of a step, in place of what was said before; until the next key."""
        raise NotImplementedError

    def also(self, *lines: str) -> None:
        """Say something besides what still stands there."""
        raise NotImplementedError

    def refresh_board(self) -> None:
        """Draw what is so at this moment."""
        raise NotImplementedError

    def start_typing(self, what: str, first: str = "") -> None:
        """Open the text line."""
        raise NotImplementedError

    async def next_step(self) -> None:
        """Go to the step that comes next."""
        raise NotImplementedError

    async def attempt(self, work: Awaitable[object]) -> bool:
        """Do it, or say in plain words why not; whether it was done."""
        try:
            await work
        except ConsoleError as error:
            self.say(" ".join(error.diagnostics().split("\n")))
            return False
        return True

    async def do(self, command: AnyCommand) -> object:
        """Carry a command out; raises what the session raises."""
        return await self.seat.session.do(command)

    def flow(self, work: Coroutine[Any, Any, object]) -> None:
        """Go through several dialogs; only one such way at a time."""
        self.run_worker(self.attempt(work), exclusive=True, group="flow")

    async def ask(self, screen: Screen[T]) -> T | None:
        """Show a dialog and wait for what comes of it; None when it was left. Only inside a flow."""
        return await self.app.push_screen_wait(screen)
