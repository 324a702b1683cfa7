"""What will go out, re-read from the manifest and from nowhere else, as rows for dialogs and for the phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from console.incident.able import by_hand
from console.incident.house import House, is_locked
from console.incident.manifest import Manifest
from console.incident.once_more import is_once_more, mailing_of, once_more_words
from console.incident.sizes import long_sentences, size_words
from console.incident.state import State
from console.incident.tried_out import tried_out
from console.incident.whereto import answers_words, from_words, list_words, step_words, to_words
from console.text import counted, suspicious
from console.tui.text import Part

Rows = list[tuple[Part, ...]]
LABEL: Final = 10


FIRST_NAMES: Final = 20


def by_name(people: Sequence[str]) -> Rows:
    """Those in doubt by name, as many as a page holds."""
    rows: Rows = [(("In doubt, by name:", "head"),), *((f"  {address}",) for address in people[:FIRST_NAMES])]
    more = len(people) - FIRST_NAMES
    return (
        [*rows, (f"  and {more:,} more: n on the mailing's page shows them all, to keep them",)]
        if more > 0
        else rows
    )


def _row(label: str, text: str) -> tuple[Part, ...]:
    return ((label.ljust(LABEL), "muted"), text)


def leaves(state: State) -> str:
    """Whether anything leaves from here, for the end of the first line, where nothing is cut."""
    return "this goes out for real" if state.live else "nothing leaves this drill"


def verb_of(manifest: Manifest, state: State, *, guided: bool) -> str:
    """What the letter that sends does, where it is not the world's own words for it."""
    if guided:
        return f"{'Go on' if state.live else 'Simulate'}: the moves by hand come next"
    if state.live and manifest.arguments.get("to"):
        return "Send it to these addresses"
    if state.live and not manifest.text:
        return "Take them down, for real" if _items_in(manifest) else "Do it, for real"
    return ""


def _items_in(manifest: Manifest) -> bool:
    return any(target.item for target in manifest.targets)


def kinds_in(manifest: Manifest) -> tuple[str, ...]:
    """The kinds of everything it goes to."""
    return tuple(dict.fromkeys(target.kind for target in manifest.targets))


def rows_of(
    manifest: Manifest,
    state: State,
    now: int,
    *,
    guided: bool = False,
    ahead: bool = False,
    whole: bool = True,
    left: int = 0,
) -> Rows:
    """To whom, from whom, how many; then subject, items and text.

    Args:
        manifest: what was planned.
        state: for the channels' names and the items' words.
        now: wall ms, for the names in the step's sentence.
        guided: whether a person's hands do it.
        ahead: whether it is about to go: then it is said what of it is for hands.
        whole: the whole text, else its beginning.
        left: whom a mailing that stopped has not tried.
    """
    rows = _whereto(manifest, state, now, left)
    if guided:
        rows.append(_row("By hand", "nothing goes out by itself: the moves come next"))
    elif ahead and (hands := _for_hands(manifest, state)):
        rows.append(_row("By hand", f"{', '.join(hands)}: the moves come next"))
    return rows + _words(manifest, state, whole=whole)


def _for_hands(manifest: Manifest, state: State) -> tuple[str, ...]:
    """The channels of a part that hands do, beside what the console does."""
    hands = {each.channel for each in manifest.targets if each.channel and by_hand(state, each)}
    return tuple(sorted(hands))


def _whereto(manifest: Manifest, state: State, now: int, left: int = 0) -> Rows:
    """What must be seen without reading on: where it goes, in whose name, and how many it reaches."""
    step = mailing_of(manifest.step)
    rows: Rows = [_row("Step", step_words(state, step, now)), _row("To", to_words(manifest, state))]
    if is_once_more(manifest):
        rows.insert(0, ((once_more_words(manifest), "danger"),))
    sender = from_words(manifest)
    if sender:
        rows.append(_row("From", sender))
    if answers_words(manifest):
        rows.append(_row("Answers", f"the false mail {answers_words(manifest)}"))
    tested = tried_out(manifest, state)
    if tested is not None:
        rows.append(
            (("Tested".ljust(LABEL), "muted"), (tested.words, "strong" if tested.exactly else "late"))
        )
    rows += [_row(name, words) for name, words in list_words(manifest, state)]
    if manifest.reaches:
        what = "people" if manifest.recipients else "items"
        many = counted(left or manifest.reaches, what[:-1] if what == "items" else "person", what)
        rows.append(
            ((("How many").ljust(LABEL), "muted"), (many, "strong"))
            + ((f" are left of {manifest.reaches:,}",) if left else ())
        )
    return rows


def _words(manifest: Manifest, state: State, *, whole: bool) -> Rows:
    """What it says or is about."""
    rows: Rows = []
    if manifest.answer:
        rows.append(_row("Because" if is_once_more(manifest) else "Says", manifest.answer))
    if manifest.subject:
        rows.append(_row("Subject", manifest.subject))
    rows += _items(manifest, state)
    if manifest.text:
        text = manifest.text if whole else " ".join(manifest.text.split()[:24]) + " ..."
        lines = text.split("\n")
        rows.append(_row("Text", lines[0]))
        rows += [(" " * LABEL, line) for line in lines[1:] if line]
        rows.append((" " * LABEL, (size_words(manifest.text, kinds_in(manifest)), "muted")))
        rows += [((" " * LABEL), (note, "late")) for note in suspicious(manifest.text)]
        rows += [
            ((" " * LABEL), (f"Long sentence: {each[:50]}...", "late"))
            for each in long_sentences(manifest.text)
        ]
    return rows


def _items(manifest: Manifest, state: State) -> Iterator[tuple[Part, ...]]:
    """The items it is about, each with its words."""
    first = True
    for target in manifest.targets:
        item = state.items.get(target.item)
        if item is None:
            continue
        saved = "" if item.saved else "  NOT SAVED"
        yield _row(
            "Items" if first else "",
            f"{item.id} {item.channel}  {' '.join(item.words.split()) or item.link}{saved}",
        )
        first = False


def gate_rows(
    manifest: Manifest, state: State, now: int, wants: Sequence[str], asked_of: str, left: int = 0
) -> Rows:
    """The gate's rows: where it goes, what is still wanted, who wrote it and who may approve; below them the words."""
    rows = _whereto(manifest, state, now, left)
    rows.append((("Needs".ljust(LABEL), "muted"), (" and ".join(wants), "info")))
    rows.append(_row("Wrote it", ", ".join(manifest.writers)))
    if asked_of:
        rows.append(_row("Approves", f"{asked_of}, who wrote none of it"))
    final = "You cannot call it back. " if manifest.what != "statement" and manifest.text else ""
    rows.append((" " * LABEL, (f"{final}NOTHING HAS BEEN SENT.", "strong")))
    return rows + _words(manifest, state, whole=True)


def read_aloud(manifest: Manifest, state: State, *, practice: bool) -> Rows:
    """The page that is read to an approver on the phone: first what to do with it, for its end may be a page away."""
    rows: Rows = []
    if practice:
        rows += [(("EXERCISE. Read it to the drill lead.", "drill"),)]
    back = "the number back, and for " if manifest.reaches else ""
    rows += [
        (("Read this to them, slowly, to the end.", "head"),),
        ((f"Then ask them for {back}their six digits.", "head"),),
        ("",),
        (f"To: {to_words(manifest, state)}.",),
    ]
    if is_once_more(manifest):
        rows.append(((once_more_words(manifest), "strong"),))
    if from_words(manifest):
        rows.append((f"From: {from_words(manifest)}",))
    if manifest.reaches:
        rows.append(((f"How many: {manifest.reaches:,}.", "strong"),))
    if manifest.subject:
        rows.append((f"Subject: {manifest.subject}",))
    if manifest.answer:
        rows.append((f"{'Because' if is_once_more(manifest) else 'It says'}: {manifest.answer}",))
    if manifest.text:
        rows += [("",), *((line,) for line in manifest.text.split("\n")), ("",)]
    if manifest.reaches:
        rows.append((("Ask them to read the number back to you.", "strong"),))
    rows.append((("Then ask for their six digits. Enter goes to the code.", "strong"),))
    return rows


def check_words(six: str) -> Rows:
    """The page with the check code words."""
    return [
        (("Check code words", "head"),),
        ("",),
        ((f"    {six}", "strong"),),
        ("",),
        (
            "For an approver who has this incident on a screen of their own: incident approve shows six words.",
        ),
        ("They must be these, in this order. If one differs, it is not the same text: stop, and ask again.",),
    ]


def people_who_may(house: House, manifest: Manifest, role: str) -> list[tuple[str, str]]:
    """Enrolled officers: name, and why not, empty when they may."""
    found = []
    for officer in house.officers.values():
        if officer.removed:
            continue
        why = ""
        if officer.name in manifest.writers:
            why = "wrote it or asked for it"
        elif role and role not in officer.roles:
            why = f"is not {role}"
        elif is_locked(officer):
            why = "is locked after wrong codes"
        found.append((officer.name, why))
    return found
