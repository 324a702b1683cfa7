"""What will go out, re-read from the manifest and from nowhere else, as rows for dialogs and for the phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from console.incident.facts import kind_name
from console.incident.house import House, is_locked
from console.incident.manifest import Manifest
from console.incident.sizes import long_sentences, size_words
from console.incident.state import State
from console.incident.wordings import channel_words
from console.playbook.kinds import KINDS
from console.text import suspicious
from console.tui.text import Part

Rows = list[tuple[Part, ...]]
LABEL: Final = 10


def _row(label: str, text: str) -> tuple[Part, ...]:
    return ((label.ljust(LABEL), "muted"), text)


def kinds_in(manifest: Manifest) -> tuple[str, ...]:
    """The kinds of everything it goes to."""
    return tuple(dict.fromkeys(target.kind for target in manifest.targets))


def rows_of(manifest: Manifest, state: State, *, guided: bool = False, whole: bool = True) -> Rows:
    """To whom, how many, subject, text, items, who wrote it.

    Args:
        manifest: what was planned.
        state: for the channels' names and the items' words.
        guided: whether a person's hands do it.
        whole: the whole text, else its beginning.
    """
    rows: Rows = [_row("Step", _step_words(manifest, state)), _row("To", to_words(manifest, state))]
    if manifest.reaches:
        what = "people" if manifest.recipients else "items"
        rows.append(((("How many").ljust(LABEL), "muted"), (f"{manifest.reaches:,} {what}", "strong")))
    if manifest.answer:
        rows.append(_row("Says", manifest.answer))
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
    if guided:
        rows.append(_row("By hand", "nothing goes out by itself: the moves come next"))
    return rows


def _step_words(manifest: Manifest, state: State) -> str:
    step = state.playbook.step(manifest.step)
    number = state.playbook.numbers.get(manifest.step, "")
    return f"{number} {step.do if step is not None else 'close the incident'}".strip()


def to_words(manifest: Manifest, state: State) -> str:
    """Where it goes, as people call it."""
    if manifest.recipients:
        mailing = next((each for each in state.lists.values() if each.ledger == manifest.recipients), None)
        source = f", list {mailing.source}" if mailing is not None and mailing.source else ""
        return f"{manifest.reaches:,} people by {channel_words(state, manifest.channel)}{source}"
    names = dict.fromkeys(target.channel for target in manifest.targets)
    called = []
    for name in names:
        kind = KINDS.get(kind_name(state, name)) if name else None
        called.append(f"{name}, {channel_words(state, name)}" if kind is not None else name)
    return "; ".join(each for each in called if each) or "whoever you give it to, word for word"


def _items(manifest: Manifest, state: State) -> Iterator[tuple[Part, ...]]:
    """The items it is about, each with its words."""
    first = True
    for target in manifest.targets:
        item = state.items.get(target.item)
        if item is None:
            continue
        saved = "" if item.saved else "  NOT SAVED"
        yield _row("Items" if first else "", f"{item.id} {item.channel}  {item.words or item.link}{saved}")
        first = False


def gate_rows(manifest: Manifest, state: State, wants: Sequence[str], asked_of: str) -> Rows:
    """The gate's rows: what goes out, who wrote it, who may approve, what is still wanted."""
    rows = rows_of(manifest, state)
    rows.append(_row("Wrote it", ", ".join(manifest.writers)))
    if asked_of:
        rows.append(_row("Approves", f"{asked_of}, who wrote none of it"))
    rows.append((("Needs".ljust(LABEL), "muted"), (" and ".join(wants), "info")))
    final = "You cannot call it back. " if manifest.what == "act" and manifest.text else ""
    rows.append((" " * LABEL, (f"{final}NOTHING HAS BEEN SENT.", "strong")))
    return rows


def read_aloud(manifest: Manifest, state: State, *, practice: bool) -> Rows:
    """The page that is read to an approver on the phone."""
    rows: Rows = []
    if practice:
        rows += [(("EXERCISE EXERCISE EXERCISE. Read it to the drill lead.", "drill"),), ("",)]
    rows += [(("Read this to them, slowly:", "head"),), ("",)]
    rows.append((f"To: {to_words(manifest, state)}.",))
    if manifest.reaches:
        rows.append(((f"How many: {manifest.reaches:,}.", "strong"),))
    if manifest.subject:
        rows.append((f"Subject: {manifest.subject}",))
    if manifest.answer:
        rows.append((f"It says: {manifest.answer}",))
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
