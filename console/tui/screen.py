"""What every screen of the face has in common: its actions, its board, its footer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from console.tui import actions

if TYPE_CHECKING:
    from console.tui.base import ConsoleApp
    from console.tui.theme import Mode

ResultT = TypeVar("ResultT")


class ConsoleScreen(Screen[ResultT]):
    """A screen whose keys come from the registry.

    A subclass names itself in `WHERE`, keeps what it draws from in `board`, and answers an action with a method
    `do_<id>(self)` (or `do_<id>(self, digit)`); an action it has no method for goes to the app's method of that name.
    `ABOUT` says in plain words what the screen is for; it stands above its keys on the help page.
    """

    WHERE: ClassVar[str] = ""
    ABOUT: ClassVar[tuple[str, ...]] = ()
    board: Any = None

    @property
    def console(self) -> ConsoleApp:
        """The app, by its own type."""
        from console.tui.base import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        return app

    @property
    def app_mode(self) -> Mode:
        """The world of this process."""
        return self.console.mode

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Bind the keys of `WHERE` before Textual merges the class's bindings."""
        if "BINDINGS" not in cls.__dict__ and cls.WHERE:
            cls.BINDINGS = list(actions.bindings(cls.WHERE))
        super().__init_subclass__(**kwargs)

    def actions(self) -> Iterator[actions.Action]:
        """The actions of this screen, in this world."""
        practice = self.app_mode == "practice"
        return (action for action in actions.on_screen(self.WHERE) if practice or not action.drill)

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Leave this screen, once and only while it is on top: Textual would pop whatever lies on top, again and again."""
        if not self.is_current or self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key does something at this moment; None draws it as not possible yet."""
        if action != "do":
            return super().check_action(action, parameters)
        known = actions.find(str(parameters[0]), self.WHERE)
        return known is not None

    def refuse(self, why_not: str) -> None:
        """Say why a key does nothing at this moment."""
        self.app.notify(why_not)

    def lend(self, action_id: str) -> Callable[[], object] | None:  # noqa: ARG002 - a screen's own answer
        """A move that is written elsewhere; None for none."""
        return None

    async def action_do(self, action_id: str, *arguments: object) -> None:
        """Run an action of the registry, or say why it cannot be run."""
        known = next((action for action in self.actions() if action.id == action_id), None)
        if known is None:
            return
        if why_not := known.may(self.board):
            self.refuse(why_not)
            return
        name = f"do_{action_id.replace('-', '_')}"
        method = getattr(self, name, None) or self.lend(action_id) or getattr(self.app, name, None)
        if method is not None:
            result = method(*arguments)
            if inspect.isawaitable(result):
                await result


class Dialog(ConsoleScreen[ResultT], ModalScreen[ResultT]):
    """A modal screen; Esc leaves it and changes nothing."""

    WHERE = actions.DIALOG

    def do_leave(self) -> None:
        """Go back without doing anything."""
        self.dismiss(None)
