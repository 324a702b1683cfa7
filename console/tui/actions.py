"""Every action an officer can take with a key, once: bindings, footer, palette and help are all read from here.

Keys are letters, digits, arrows, Tab, Enter, Esc, `?`, `/` and ctrl+p, because everything else is eaten by some
terminal on the way (F-keys and alt by multiplexers, ctrl+s and ctrl+q by flow control, ctrl+shift by plain ssh). A
screen's own action is a method `do_<id>`; whether it is possible at this moment is asked of `may`, which looks at the
screen's board. The rule itself lives in the engine: `may` only spares the officer a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from textual.binding import Binding

Board = Any
"""Whatever a screen draws from; each screen's actions know the board of that screen."""


def always(_board: Board) -> str:
    """Nothing stands in the way."""
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        id: slug; the screen answers it with `do_<id>` (dashes become underscores).
        key: a Textual key name, several separated by commas, `1-9` for the digits, or empty: then it lives in the palette only.
        label: one or two words for the footer.
        tooltip: one sentence for help and the palette.
        where: names of the screens that have it; `*` is every screen.
        footer: whether it has a place in the footer when there is room.
        may: why not at this moment, as a sentence; empty when it may.
    """

    id: str
    key: str
    label: str
    tooltip: str
    where: tuple[str, ...]
    footer: bool = True
    may: Callable[[Board], str] = always

    @property
    def keys(self) -> tuple[str, ...]:
        """Each key by Textual's name."""
        if self.key == "1-9":
            return tuple("123456789")
        return tuple(self.key.split(",")) if self.key else ()

    @property
    def shown_key(self) -> str:
        """The key as the footer and help print it."""
        return _SHOWN.get(self.key.partition(",")[0], self.key.partition(",")[0])


_SHOWN: Final = {
    "enter": "Enter",
    "escape": "Esc",
    "question_mark": "?",
    "slash": "/",
    "ctrl+p": "^P",
    "tab": "Tab",
    "space": "Space",
}

INCIDENT: Final = "incident"
LOG: Final = "log"
DIALOG: Final = "dialog"

ACTIONS: Final[tuple[Action, ...]] = (
    Action("choose", "1-9", "choose", "Choose the answer with this number.", (INCIDENT,)),
    Action(
        "answer", "enter", "answer", "Give the chosen answer, or open the row under the cursor.", (INCIDENT,)
    ),
    Action("defer", "d", "defer", "Put this step off; it comes back by itself.", (INCIDENT,)),
    Action("note", "n", "note", "Write a note into the log.", (INCIDENT,)),
    Action("text", "t", "text", "Read, edit or copy the text of this step.", (INCIDENT,)),
    Action("log", "l", "log", "Show everything that happened, newest last.", (INCIDENT,)),
    Action("contacts", "c", "contacts", "Show who to call, with their numbers.", ("*",)),
    Action(
        "undo",
        "u",
        "undo",
        "Take back your own latest answer; the log keeps both.",
        (INCIDENT,),
        footer=False,
    ),
    Action("find", "slash", "find", "Find words in this list.", (LOG,)),
    Action("find-next", "n", "next", "Go to the next place with these words.", (LOG,)),
    Action("help", "question_mark", "help", "Show the keys of this screen and help with this step.", ("*",)),
    Action("palette", "ctrl+p", "all", "Show every action by name.", ("*",)),
    Action("leave", "q,escape", "leave", "Leave this screen; the incident goes on.", ("*",)),
)


def on_screen(where: str, actions: tuple[Action, ...] = ACTIONS) -> Iterator[Action]:
    """The actions of one screen, in the registry's order."""
    return (action for action in actions if where in action.where or "*" in action.where)


def bindings(where: str, actions: tuple[Action, ...] = ACTIONS) -> list[Binding]:
    """The key bindings of one screen; each runs `do` with the action's id, and the digit for a digit key.

    The palette's own key belongs to Textual, which opens it from anywhere.
    """
    return [
        Binding(
            key,
            f"do('{action.id}', {key})" if action.key == "1-9" else f"do('{action.id}')",
            action.label,
            tooltip=action.tooltip,
            show=False,
        )
        for action in on_screen(where, actions)
        if action.id != "palette"
        for key in action.keys
    ]


def footer(where: str, board: Board, actions: tuple[Action, ...] = ACTIONS) -> list[Action]:
    """What the footer offers: only what works at this moment."""
    return [
        action
        for action in on_screen(where, actions)
        if action.footer and action.key and not action.may(board)
    ]


def find(action_id: str, where: str, actions: tuple[Action, ...] = ACTIONS) -> Action | None:
    """The action of this id on this screen."""
    return next((action for action in on_screen(where, actions) if action.id == action_id), None)
