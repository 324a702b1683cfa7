"""What all parts of the incident screen share: the seat, saying things, and going through dialogs."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from console.errors import ConsoleError
from console.tui.screen import ConsoleScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.incident.board import Board
    from console.incident.commands import AnyCommand
    from console.tui.seat import Seat

T = TypeVar("T")


class Desk(ConsoleScreen[None]):
    """An officer's desk at one incident. `board` is what was last drawn."""

    seat: Seat
    board: Board

    def say(self, *lines: str) -> None:
        """Say something to the officer; it stands until the next key."""
        raise NotImplementedError

    def refresh_board(self) -> None:
        """Draw what is so at this moment."""
        raise NotImplementedError

    async def attempt(self, work: Awaitable[object]) -> bool:
        """Do it, or say in plain words why not; whether it was done."""
        try:
            await work
        except ConsoleError as error:
            self.say(*error.diagnostics().split("\n"))
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
