"""Where something goes and in whose name, in the words of the officer who must see it before it goes. Pure.

All of it is read from the manifest; the state only says what a channel is called, and whether false posts were seen there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.able import kind_name
from console.incident.moment import age_words, hhmm
from console.incident.state import CLOSE
from console.incident.wordings import channel_words, fill, values, zone_of
from console.playbook.kinds import KINDS, RESERVED

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import MailingList, State

OWN_HANDS: Final = "whoever you give it to, word for word"
RECORD: Final = "the record alone: nothing leaves this console"
CLOSING: Final = "close the incident"


def step_words(state: State, step: str, now: int) -> str:
    """A step's number and sentence, its names filled in: `2.2 Post the notice from @ExamplePolice too`."""
    found = state.playbook.step(step)
    number = state.playbook.numbers.get(step, "")
    do = fill(found.do, values(state, now, state.lead)) if found is not None else CLOSING
    return f"{number} {do}".strip()


def place_words(state: State, name: str) -> str:
    """A channel so that no two read alike: `@ExamplePolice, the misused one (account)`.

    Of several accounts of one kind only one that shows nothing false, while another does, is called the trusted one.
    """
    called = name if name in RESERVED else channel_words(state, name)
    kind = KINDS.get(kind_name(state, name))
    alike = [
        each.name
        for each in state.playbook.channels
        if each.name != name and kind is not None and kind.speaks and kind.name in each.kinds
    ]
    if not alike:
        return called
    if misused(state, name):
        return f"{called}, the misused one ({name})"
    if any(misused(state, each) for each in alike):
        return f"{called}, the trusted one ({name})"
    return f"{called} ({name})"


def misused(state: State, name: str) -> bool:
    """Whether false messages came from that channel: said at the opening, or on the list."""
    said = state.answers.get("reached", "").split()
    return name in said or any(item.bogus and item.channel == name for item in state.items.values())


def to_words(manifest: Manifest, state: State) -> str:
    """Where it goes: addresses where they are known, how many people, or the channels by name."""
    if manifest.recipients:
        mailing = _list_of(manifest, state)
        source = f", list {mailing.source}" if mailing is not None and mailing.source else ""
        return f"{manifest.reaches:,} people by {channel_words(state, manifest.channel)}{source}"
    addresses = manifest.arguments.get("to", "")
    if addresses:
        return addresses
    if manifest.step == CLOSE:
        return RECORD
    names = dict.fromkeys(target.channel for target in manifest.targets if target.channel)
    return "; ".join(place_words(state, name) for name in names) or OWN_HANDS


def list_words(manifest: Manifest, state: State) -> tuple[tuple[str, str], ...]:
    """What is known of a mailing's list, each with what it is called: where it came from, who is left out, where most are."""
    mailing = _list_of(manifest, state)
    if mailing is None:
        return ()
    when = f" at {hhmm(mailing.at, zone_of(state))}" if mailing.at else ""
    age = f", {age_words(mailing.age)} old when {mailing.by or 'it'} {'chose it' if mailing.by else 'was read'}{when}"
    named = mailing.source or "of an unknown file"
    rows = [("List", f"{named}{age}" + (f"; read as {mailing.read_as}" if mailing.read_as else ""))]
    out = f"{mailing.duplicates:,} twice, {mailing.refused:,} refused"
    if mailing.suppression:
        out += f", {mailing.suppressed:,} by the suppression list {mailing.suppression}"
    rows.append(("Left out", out))
    many = (*mailing.at_domains, *([0] * len(mailing.domains)))
    places = [
        f"{name} {count:,}" if count else name for name, count in zip(mailing.domains, many, strict=False)
    ]
    return (*rows, ("Most at", ", ".join(places))) if places else tuple(rows)


def _list_of(manifest: Manifest, state: State) -> MailingList | None:
    lists = [each for each in state.lists.values() if each.sha256 == manifest.recipients_sha256]
    return lists[0] if lists and manifest.recipients else None


def answers_words(manifest: Manifest) -> str:
    """The false mail that a mail is shown under; empty where none is known."""
    return manifest.arguments.get("in-reply-to", "")


def from_words(manifest: Manifest) -> str:
    """Who a mail is from, as its readers see it; empty where nobody said so."""
    return manifest.arguments.get("from", "")
