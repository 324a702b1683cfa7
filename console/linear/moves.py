"""Every move of the plain face by letter and word; the help is made from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from console.linear import (
    answering,
    asides,
    gates,
    items,
    keeping,
    mailed,
    mailing,
    once_more,
    texts,
    ways_in,
)
from console.linear.face import Face

Handler = Callable[[Face, str], Awaitable[None]]


class Move(NamedTuple):
    """One move: its letter (may be empty), its word, what it does, and its handler."""

    letter: str
    word: str
    says: str
    handler: Handler
    drill: bool = False


MOVES: Final = (
    Move("d", "defer", "put this step off; d 15 for fifteen minutes", answering.defer),
    Move("n", "note", "write a note", asides.note),
    Move("t", "texts", "read a text and change its parts", texts.texts),
    Move("", "mail", "read the whole mail of this step as it would travel; mail ADDRESS", texts.as_sent),
    Move("l", "log", "the log; l words looks for words", asides.show_log),
    Move("u", "undo", "take back your latest answer", answering.undo),
    Move("s", "status", "where everything stands, and the time", asides.show_status),
    Move("i", "items", "the false items, and what happened to them", items.items),
    Move("c", "contacts", "whom to call", asides.show_contacts),
    Move("w", "way out", "take a way out that is on offer", answering.way_out),
    Move("g", "gate", "ask for the codes of this step; it sends nothing", gates.ask_for_codes),
    Move("a", "act", "send, or do by hand, what this step is for", gates.send),
    Move("x", "copy", "copy the words to a file; x PATH", texts.copy),
    Move("o", "steps", "all steps; o 3.2 goes to one, 3.2 alone too", asides.show_steps),
    Move("", "next", "go to the next step; this one stays as it is", answering.go_next),
    Move("r", "read", "read this step again", asides.again),
    Move("", "seen", "report a false item: seen CHANNEL LINK", items.seen),
    Move("", "gone", "report that one went: gone i3", items.gone),
    Move("", "mark", "say what one is: mark i3 false, ours or risk", items.mark),
    Move("", "look", "you looked, nothing more is false", items.look),
    Move("", "evidence", "what is kept, and where it lies", keeping.evidence),
    Move("", "bring in", "bring in a picture or a saved mail: bring in PATH", keeping.bring_in),
    Move("", "skip", "go past this step with a reason", answering.skip),
    Move("", "go on", "go on without what this step waits for, with a reason", answering.go_on),
    Move("", "emergency", "the emergency path of a gate", gates.emergency),
    Move("", "access", "every way into our accounts, and what became of it", ways_in.access),
    Move("", "passphrase", "make one for an account; kept in the vault, shown once", ways_in.passphrase),
    Move("", "mailing", "how far the mailing is, and why people were refused", mailing.far),
    Move("", "hold", "hold the mailing: nobody else is sent to", mailing.hold),
    Move("", "resume", "go on with a mailing that is held", mailing.resume),
    Move("", "stop", "stop the mailing between two messages", mailing.stop_mailing),
    Move("", "bounces", "read a mailbox of bounces back: bounces PATH", mailed.bounces),
    Move("", "export", "write who was told, when, with what answer: export FILE", mailed.export),
    Move(
        "",
        "once more",
        "mail those in doubt once more, with codes; some may get it twice",
        once_more.once_more,
    ),
    Move("", "names", "who was refused by a mailing, and of whom we do not know", gates.names),
    Move("", "amend", "correct an opening answer", asides.amend),
    Move("", "list", "choose the file with the recipients", asides.choose),
    Move("", "brief", "the one-page brief", asides.show_brief),
    Move("", "handover", "give the lead to somebody", asides.hand_over),
    Move("", "debrief", "times so far against their targets", asides.show_debrief),
    Move("", "close", "close the incident", gates.close),
    Move("p", "phone", "the practice phones", asides.phones, drill=True),
    Move("", "real", "this is real: end the drill, print the live command", asides.real, drill=True),
    Move("q", "leave", "leave; the incident goes on", asides.leave),
)
LEFT_AT_THE_END: Final = (
    "note",
    "log",
    "evidence",
    "bring in",
    "status",
    "contacts",
    "access",
    "steps",
    "brief",
    "debrief",
    "leave",
)


def find(line: str) -> tuple[Move | None, str]:
    """The move that a typed line names, and the rest of the line."""
    folded = line.casefold()
    for move in MOVES:
        for name in (move.word, move.letter, *(("send",) if move.word == "act" else ())):
            if name and (folded == name or folded.startswith(f"{name} ")):
                return move, line[len(name) :].strip()
    return None, line


def help_lines(*, practice: bool, ended: bool = False) -> list[str]:
    """Every move, one a line; of an incident that was ended, those that are left."""
    lines = [
        "It is closed: nothing is answered, taken back or sent any more."
        if ended
        else "A number answers. On critical steps Enter confirms it. Enter alone never sends; where nothing is asked it goes on."
    ]
    lines += [
        f"{', '.join(filter(None, (move.letter, move.word)))}: {move.says.partition(';')[0] if ended else move.says}"
        for move in MOVES
        if (practice or not move.drill) and (not ended or move.word in LEFT_AT_THE_END)
    ]
    return [*lines, "?, m: this list"]
