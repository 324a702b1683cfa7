"""Where the boxed step stands: what it waits for, what is going on, whom or what it is about, what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from console.incident.board import Board
from console.incident.board_box import Box
from console.incident.once_more import waits_with
from console.text import counted
from console.tui.views.lay import Row, hang

OPENS: Final = "opens when"
LABEL: Final = 7


def standing_rows(box: Box, board: Board, going: str, width: int) -> Iterator[Row]:
    """What stands in the way, or what is going on."""
    match box.stage:
        case "shut" | "needs":
            yield from _waits(box, board, width)
        case "gate":
            wants = " and ".join(box.wants) or (
                "your code and a second person's code" if box.second else "a code"
            )
            yield (("Needs  ", "muted"), (wants, "info"), ("  NOTHING HAS BEEN SENT", "muted"))
        case "running":
            yield (("It is being carried out. ", "info"), (_going(box, going), "plain"))
        case "doubt":
            yield (("We do not know if it went out. Nothing is sent again by itself.", "danger"),)
        case "interrupted":
            let = waits_with(box.effects)
            stopped = "The mailing stopped in the middle. Nobody is mailed twice."
            yield ((f"The mailing has not gone on yet: {let}." if let else stopped, "danger"),)
        case "checking":
            told = "Do it as above; no answer is asked." if box.how else "Nothing is asked of you."
            yield ((f"The console looks by itself. {told}", "info"),)
    yield from _about(box, width)
    if box.tells:
        yield from hang("Known  ", box.tells, width, "done" if box.stage == "settled" else "late")


def _waits(box: Box, board: Board, width: int) -> Iterator[Row]:
    """Why it is shut, or what must be done first."""
    if box.stage == "shut":
        if not box.waits:
            yield from hang("Closed ", "not needed so far", width, "late", "late")
        for why in box.waits:
            yield from hang(*waiting(why), width, "late", "late")
        return
    names = {row.number: row.do for phase in board.phases for row in phase.rows}
    waits = "; ".join(f"{why} {names[why]}" if why in names else why for why in box.waits)
    yield from hang("Waits for ", waits, width, "plain", "late")


def waiting(why: str) -> tuple[str, str]:
    """A label and the words for one thing that a step waits for: another step, or what opens it."""
    return ("Not open yet: it " if why.startswith(OPENS) else "Waits for ", why)


def _about(box: Box, width: int) -> Iterator[Row]:
    """The items or the people that the act is about."""
    if box.stage not in ("send", "gate", "hands", "answer", "interrupted", "running"):
        return
    if box.takes == "items" and box.items:
        names = ", ".join(
            f"{item.id} {' '.join(item.words.split()) or item.link or item.channel}" for item in box.items
        )
        saved = "all saved" if not box.unsaved else f"{box.unsaved} NOT SAVED"
        yield from hang("About  ", f"{counted(len(box.items), 'false item')}, {saved}: {names}", width)
    elif box.takes == "items" and box.stage == "answer":
        yield from hang(
            "About  ", "nothing on the list is left for this step; ^P seen reports one", width, "muted"
        )
    if box.takes == "recipients":
        people = (
            f"{counted(box.people, 'person', 'people')}" if box.people else "no list of people is chosen yet"
        )
        yield (("To     ", "muted"), (people, "strong" if box.people else "late"))
    elif box.people and not box.takes:
        yield (
            ("Listed ", "muted"),
            (f"{counted(box.people, 'person', 'people')}, on the list that is chosen here", "strong"),
        )


def _going(box: Box, going: str) -> str:
    if box.takes == "recipients":
        return going
    done = sum(1 for effect in box.effects if effect.status == "done")
    return f"{done} of {len(box.effects)} done" if len(box.effects) > 1 else ""


def address_rows(box: Box, width: int, most: int) -> list[Row]:
    """The addresses that hands go to, each whole, of as many items as `most` rows hold; the rest are named only."""
    places = [each for each in box.addresses if each.link or each.edit]
    if not places or most < 1 or box.stage not in ("hands", "answer", "checking"):
        return []
    rows: list[Row] = []
    whole = [
        (
            hang((each.item or "ours").ljust(LABEL), each.edit or each.link, width, "info"),
            hang("  see".ljust(LABEL), each.link, width, "info") if each.edit and each.link else [],
        )
        for each in places[:most]
    ]
    for first, second in whole:
        if 1 + len(rows) + len(first) + len(second) > most:
            rows += [] if rows or len(first) >= most else first
            break
        rows += first + second
    every = len(places) <= most and len(rows) == sum(len(first) + len(second) for first, second in whole)
    words = "^P links copies them" if every else "^P links shows them all whole"
    return [(("Links  ", "muted"), (words, "muted")), *rows]
