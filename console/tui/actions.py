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
        drill: only in practice.
    """

    id: str
    key: str
    label: str
    tooltip: str
    where: tuple[str, ...]
    footer: bool = True
    may: Callable[[Board], str] = always
    drill: bool = False

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
    "exclamation_mark": "!",
}

INCIDENT: Final = "incident"
HOME: Final = "home"
LOG: Final = "log"
ITEMS: Final = "items"
TEXTS: Final = "texts"
MAILING: Final = "mailing"
DIALOG: Final = "dialog"
MAIN: Final = (INCIDENT, HOME)
BEHIND: Final = (LOG, ITEMS, TEXTS, MAILING, DIALOG)


def _can_undo(board: Board) -> str:
    return "" if board is None or board.can_undo else "There is no answer of yours to take back."


def _way_offered(board: Board) -> str:
    return "" if board is not None and board.ways else "No way out is on offer."


def _open(board: Board) -> str:
    return "" if board is None or not board.ended else board.ended


def _in_box(board: Board) -> str:
    return _open(board) or ("" if board is None or board.box is not None else "No step is left to do.")


def _waits(board: Board) -> str:
    if board is None or (board.box is not None and board.box.waits):
        return _open(board)
    return "This step waits for nothing."


def _gated(board: Board) -> str:
    if board is None or (board.box is not None and board.box.gated):
        return _open(board)
    return "This step needs no code."


def _in_doubt(board: Board) -> str:
    return "" if board is None or board.doubts else "Nothing is in doubt."


ACTIONS: Final[tuple[Action, ...]] = (
    Action("choose", "1-9", "choose", "Choose the answer with this number.", (INCIDENT,)),
    Action(
        "answer", "enter", "answer", "Give the chosen answer, or open the row under the cursor.", (INCIDENT,)
    ),
    Action("way-out", "w", "way out", "Go to the step of the way out on offer.", (INCIDENT,), may=_way_offered),
    Action("text", "t", "text", "Read, edit or copy the text of this step.", (INCIDENT,)),
    Action("note", "n", "note", "Write a note into the log.", (INCIDENT,), may=_open),
    Action("log", "l", "log", "Show everything that happened, newest last.", (INCIDENT,)),
    Action("contacts", "c", "contacts", "Show who to call, with their numbers.", ("*",)),
    Action(
        "undo",
        "u",
        "undo",
        "Take back your own latest answer; the log keeps both.",
        (INCIDENT,),
        footer=False,
        may=_can_undo,
    ),
    # -- without a key: by name in the palette
    Action("seen", "", "seen: report a false item", "Report something that was published on a channel.", (INCIDENT, ITEMS), may=_open),
    Action("items", "", "items", "Show what was published, and what became of it.", (INCIDENT,)),
    Action("looked", "", "looked", "Report that you looked and saw nothing more that is false.", (INCIDENT, ITEMS), may=_open),
    Action("save", "", "save by hand", "Say where an item is saved; or all that are not saved yet.", (INCIDENT, ITEMS), may=_open),
    Action("gone", "", "gone", "Report that an item went.", (INCIDENT, ITEMS), may=_open),
    Action("mark", "", "mark an item", "Change what an item is held to be, or whether it puts someone at risk.", (INCIDENT, ITEMS), may=_open),
    Action("defer", "", "defer", "Put this step off; it comes back by itself.", (INCIDENT,), may=_in_box),
    Action("skip", "", "skip with a reason", "Go past this step; it stays in the record.", (INCIDENT,), may=_in_box),
    Action("waive", "", "go on without", "Go on without what this step waits for, with a reason.", (INCIDENT,), may=_waits),
    Action("harm-now", "", "harm now", "Remove before it is saved, because harm is being done; with a reason.", (INCIDENT,), may=_in_box),
    Action("amend", "", "amend an opening answer", "Correct what was said when the incident was opened.", (INCIDENT,), may=_open),
    Action("gate", "", "codes", "Ask for the codes of this step, or give one.", (INCIDENT,), may=_gated),
    Action("doubt", "", "settle a doubt", "Say whether it went out, where we do not know.", (INCIDENT,), may=_in_doubt),
    Action("people", "", "list of people", "Choose the file with the addresses of a mailing.", (INCIDENT,), may=_open),
    Action("mailing", "", "mailing", "Show how far the mailing is.", (INCIDENT,)),
    Action("texts", "", "all texts", "Choose one of all the texts of this playbook.", (INCIDENT,)),
    Action("evidence", "", "evidence", "Show what is saved and what is not.", (INCIDENT,)),
    Action("hand-over", "", "hand over", "Give the lead to another officer.", (INCIDENT,), may=_open),
    Action("close", "", "close the incident", "End it; with critical steps open it needs a reason and an approver.", (INCIDENT,), may=_open),
    Action("linear", "", "plain face", "How to go on with numbered questions instead of this screen.", (INCIDENT,)),
    Action("phone", "", "practice phone", "Show the practice codes.", (INCIDENT, DIALOG), footer=False, drill=True),
    Action("real", "exclamation_mark", "this is real", "THIS IS REAL: end the drill and get the live command.", ("*",), footer=False, drill=True),
    # -- behind the incident
    Action("find", "slash", "find", "Find words in this list.", (LOG,)),
    Action("find-next", "n", "next", "Go to the next place with these words.", (LOG,)),
    Action("edit", "enter", "edit", "Edit this part.", (TEXTS,)),
    Action("copy", "y", "copy, file, QR", "Take the finished words out: clipboard, file, or a code for a phone.", (TEXTS,)),
    Action("open", "enter", "open", "Open what the cursor is on.", (HOME,)),
    Action("send-on", "enter", "go on", "Go on with those who were not tried.", (MAILING,)),
    Action("stop", "x", "stop", "Stop between two messages; it can go on later.", (MAILING,)),
    # -- everywhere
    Action("help", "question_mark", "help", "Show the keys of this screen and help with this step.", ("*",)),
    Action("palette", "ctrl+p", "all", "Show every action by name.", ("*",)),
    Action("leave", "q", "leave", "Leave; the incident goes on.", MAIN),
    Action("back", "escape", "back", "Take back what is chosen or typed; nothing is answered.", MAIN, footer=False),
    Action("leave", "q,escape", "back", "Go back.", BEHIND),
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
