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
_ITEMS: Final = (INCIDENT, ITEMS)


def _can_undo(board: Board) -> str:
    return "" if getattr(board, "can_undo", True) else "There is no answer of yours to take back."


def _way_offered(board: Board) -> str:
    return "" if getattr(board, "ways", ()) else "No way out is on offer."


def _open(board: Board) -> str:
    return str(getattr(board, "ended", ""))


def _in_box(board: Board) -> str:
    return _open(board) or ("" if getattr(board, "box", board) is not None else "No step is left to do.")


def _waits(board: Board) -> str:
    box = getattr(board, "box", None)
    return _open(board) or (str(box.no_waiving) if box is not None else "No step is left to do.")


def _gated(board: Board) -> str:
    box = getattr(board, "box", None)
    return _open(board) or ("" if box is not None and box.gated else "This step needs no code.")


def _live(board: Board) -> str:
    return "" if getattr(board, "live", True) else "A drill has a vault of its own; it is always open."


def _in_doubt(board: Board) -> str:
    return "" if getattr(board, "doubts", ()) else "Nothing is in doubt."


def _stopped(board: Board) -> str:
    return "" if getattr(board, "status", "interrupted") == "interrupted" else "It is not stopped."


def _sending(board: Board) -> str:
    return "" if getattr(board, "sending", True) else "It is not being sent."


def _holdable(board: Board) -> str:
    return "" if getattr(board, "holdable", True) else "It is not being sent from this console, or is held."


def _held(board: Board) -> str:
    return "" if getattr(board, "held", True) else "It is not held."


def _doubted(board: Board) -> str:
    return "" if getattr(board, "doubted", True) else "Nobody is in doubt, or it is still being sent."


def _named(board: Board) -> str:
    return "" if getattr(board, "named", True) else "Nobody was refused, and nobody is in doubt."


ACTIONS: Final[tuple[Action, ...]] = (
    Action("choose", "1-9", "choose", "Choose the answer with this number.", (INCIDENT,), may=_open),
    Action(
        "answer",
        "enter",
        "answer",
        "Give the chosen answer, or open the row under the cursor.",
        (INCIDENT,),
        footer=False,  # the box's lower edge says what Enter does at this moment
    ),
    Action(
        "way-out", "w", "way out", "Go to the step of the way out on offer.", (INCIDENT,), may=_way_offered
    ),
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
    # -- by name in the palette: about what was published
    Action("seen", "", "seen", "Report a false item that was published on a channel.", _ITEMS, may=_open),
    Action("items", "", "items", "Show what was published, and what became of it.", (INCIDENT,)),
    Action(
        "looked",
        "",
        "looked",
        "Report that you looked and saw nothing more that is false.",
        _ITEMS,
        may=_open,
    ),
    Action(
        "save", "", "save by hand", "Say where an item is saved, or all not saved yet.", _ITEMS, may=_open
    ),
    Action("gone", "", "gone", "Report that an item went.", _ITEMS, may=_open),
    Action(
        "mark", "", "mark", "Change what an item is held to be, or whether it is a risk.", _ITEMS, may=_open
    ),
    Action("evidence", "", "evidence", "Show what is saved and where it lies, and what is not.", (INCIDENT,)),
    Action(
        "bring-in",
        "",
        "bring in",
        "Bring a file in as evidence: a picture, or a saved mail.",
        (INCIDENT,),
    ),
    Action(
        "access",
        "",
        "access",
        "Show what became of every way into our accounts.",
        (INCIDENT,),
    ),
    Action("channels", "", "channels", "Show each channel, what it waits for and what it cost.", (INCIDENT,)),
    Action("access-line", "", "access line", "Add a line to the access ledger.", (INCIDENT,), may=_open),
    Action(
        "passphrase",
        "",
        "passphrase",
        "Make a passphrase: the vault keeps it, then it is shown once.",
        (INCIDENT,),
        may=_open,
    ),
    # -- about this step
    Action("defer", "", "defer", "Put this step off; it comes back by itself.", (INCIDENT,), may=_in_box),
    Action(
        "skip",
        "",
        "skip",
        "Go past this step with a reason; it stays in the record.",
        (INCIDENT,),
        may=_in_box,
    ),
    Action(
        "waive",
        "",
        "go on",
        "Go on without what this step waits for, with a reason.",
        (INCIDENT,),
        may=_waits,
    ),
    Action(
        "harm-now",
        "",
        "harm now",
        "Remove what is not saved yet, because it does harm now.",
        (INCIDENT,),
        may=_in_box,
    ),
    Action("links", "", "links", "Show every address of this step whole, to copy or to scan.", (INCIDENT,)),
    Action("gate", "", "codes", "Ask for the codes of this step, or give one.", (INCIDENT,), may=_gated),
    Action(
        "doubt", "", "doubt", "Say whether it went out, where we do not know.", (INCIDENT,), may=_in_doubt
    ),
    # -- about the incident
    Action(
        "amend", "", "amend", "Correct what was said when the incident was opened.", (INCIDENT,), may=_open
    ),
    Action(
        "people", "", "people", "Choose the file with the addresses of a mailing.", (INCIDENT,), may=_open
    ),
    Action("bounces", "", "bounces", "Read a mailbox of bounces back: whose mail came back.", (INCIDENT,)),
    Action("export", "", "export", "Write who was told, when, and with what answer.", (INCIDENT,)),
    Action("mailing", "", "mailing", "Show how far the mailing is.", (INCIDENT,)),
    Action(
        "whole-mail",
        "",
        "whole mail",
        "Read the whole mail of this step as it would travel.",
        (INCIDENT,),
    ),
    Action("texts", "", "all texts", "Choose one of all the texts of this playbook.", (INCIDENT,)),
    Action(
        "hand-over",
        "",
        "hand over",
        "Give the lead to another officer, with a brief.",
        (INCIDENT,),
        may=_open,
    ),
    Action(
        "close",
        "",
        "close",
        "End it; open critical steps need a reason and an approver.",
        (INCIDENT,),
        may=_open,
    ),
    Action(
        "vault",
        "",
        "vault",
        "Type the passphrase of the vault, which codes are checked with.",
        (INCIDENT,),
        may=_live,
    ),
    Action("linear", "", "plain face", "How to go on with numbered questions instead.", (INCIDENT,)),
    # -- a drill's own
    Action("phone", "", "phone", "Show the practice phones and their codes.", (INCIDENT,), drill=True),
    Action(
        "debrief", "", "debrief", "Show your times against the targets of the drill.", (INCIDENT,), drill=True
    ),
    Action(
        "real", "r", "REAL", "THIS IS REAL: end the drill and get the live command.", (INCIDENT,), drill=True
    ),
    # -- behind the incident
    Action("find", "slash", "find", "Find words in this list.", (LOG,)),
    Action("find-next", "n", "next", "Go to the next place with these words.", (LOG,)),
    Action("edit", "enter", "edit", "Edit this part.", (TEXTS,)),
    Action("copy", "y", "copy", "Take the words out: clipboard, file, or code for a phone.", (TEXTS,)),
    Action(
        "as-sent", "w", "whole mail", "Read the whole mail as it would travel, headers and all.", (TEXTS,)
    ),
    Action("false", "f", "false", "The item under the cursor is false.", (ITEMS,), may=_open),
    Action("ours", "o", "ours", "The item under the cursor is ours.", (ITEMS,), may=_open),
    Action(
        "risk", "r", "at risk", "The item under the cursor puts someone at risk, or not.", (ITEMS,), may=_open
    ),
    Action("all-false", "a", "all new", "All that are new and not judged are false.", (ITEMS,), may=_open),
    Action("details", "enter", "details", "Show all of the row under the cursor.", (ITEMS, LOG)),
    Action("open", "enter", "open", "Open what the cursor is on.", (HOME,)),
    Action("go-on", "g", "go on", "Go on with those who were not tried.", (MAILING,), may=_stopped),
    Action(
        "once-more",
        "m",
        "once more",
        "Mail those in doubt once more, with codes: some may get it twice.",
        (MAILING,),
        may=_doubted,
    ),
    Action("stop", "x", "stop", "Stop between two messages; it can go on later.", (MAILING,), may=_sending),
    Action(
        "hold", "h", "hold", "Hold it: nobody else is sent to until it goes on.", (MAILING,), may=_holdable
    ),
    Action("let-go", "r", "resume", "Go on with a mailing that is held.", (MAILING,), may=_held),
    Action("names", "n", "names", "Show the refused and the doubtful by name.", (MAILING,), may=_named),
    # -- everywhere
    Action("help", "question_mark", "help", "Show the keys of this screen, and help with it.", ("*",)),
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
