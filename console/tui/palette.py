"""Every action by name: the registry as Textual's command palette sees it."""

from __future__ import annotations

from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from console.tui.actions import Action
from console.tui.screen import ConsoleScreen


class Palette(CommandPalette):
    """Textual's own without its picture and its drawn lines, inside the gutters, which say DRILL."""

    CSS = """
    Palette > Vertical { margin: 2 2 1 2; }
    Palette SearchIcon { display: none; }
    Palette #--input { border: none; padding: 0 1; }
    Palette CommandList { border: none; scrollbar-size-vertical: 1; }
    Palette LoadingIndicator { border: none; }
    """


class ActionProvider(Provider):
    """Offers the actions of the screen underneath; those that cannot run at this moment say why instead of running."""

    def _actions(self) -> list[tuple[Action, str]]:
        screen = self.screen
        if not isinstance(screen, ConsoleScreen):
            return []
        return [(action, action.may(screen.board)) for action in screen.actions() if action.id != "palette"]

    @staticmethod
    def _help(action: Action, why_not: str) -> str:
        key = f"{action.shown_key}   " if action.key else ""
        return f"{key}{why_not or action.tooltip}"

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for action, why_not in self._actions():
            yield DiscoveryHit(
                Content(action.label.capitalize()),
                partial(self._run, action),
                text=action.label,
                help=self._help(action, why_not),
            )

    async def search(self, query: str) -> Hits:
        """The actions whose label fits what was typed, or whose sentence holds it."""
        matcher = self.matcher(query)
        for action, why_not in self._actions():
            said = 0.5 if query.strip().casefold() in action.tooltip.casefold() else 0.0
            score = max(matcher.match(action.label), said)
            if score > 0:
                yield Hit(
                    score,
                    Content(action.label.capitalize()),
                    partial(self._run, action),
                    text=action.label,
                    help=self._help(action, why_not),
                )

    async def _run(self, action: Action) -> None:
        screen = self.screen
        if isinstance(screen, ConsoleScreen):
            await screen.action_do(action.id)
