"""Whether a mail to a list was looked at first: the test mail of the same words, when it went and to whom. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.incident.manifest import from_bytes
from console.incident.moment import hhmm
from console.incident.wordings import zone_of

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import Effect, State

NONE: Final = "NO TEST MAIL OF THESE WORDS WAS SENT."
MOST_NAMED: Final = 3


class TriedOut(Struct, frozen=True, kw_only=True):
    """What is known of it.

    Attributes:
        words: a line for the gate.
        exactly: whether a mail of exactly these words was accepted.
        at: when, wall ms; 0 for never. `to` says whom it went to.
        differs: in what the last test mail was another, by its part's name.
    """

    words: str
    exactly: bool = False
    at: int = 0
    to: str = ""
    differs: tuple[str, ...] = ()


def tried_out(manifest: Manifest, state: State) -> TriedOut | None:
    """What a gate says of the test mail of these words; None where there is nothing to test.

    The newest test mail of exactly these words counts, whatever was tested since; else the newest of other words is named.
    """
    if manifest.verb != "send" or not manifest.recipients:
        return None
    tests = [
        (planned, effect)
        for effect in reversed(list(state.effects.values()))
        if (plan := state.plans.get(effect.digest)) is not None
        and (planned := from_bytes(plan.raw.encode())).verb == "send-test"
        and planned.channel == manifest.channel
    ]
    same = [(planned, effect) for planned, effect in tests if not _differences(manifest, planned)]
    accepted = [each for each in same if each[1].status == "done"]
    for planned, effect in (*accepted[:1], *same[:1], *tests[:1]):
        return _told(manifest, planned, effect, state)
    return TriedOut(words=NONE)


def _told(manifest: Manifest, planned: Manifest, effect: Effect, state: State) -> TriedOut:
    differs = _differences(manifest, planned)
    to = planned.arguments.get("to", "")
    whom = f" to {to}" if to else ""
    at = hhmm(effect.at, zone_of(state))
    done = effect.status == "done"
    if differs:
        named = ", ".join(differs[:MOST_NAMED]) + (" and more" if len(differs) > MOST_NAMED else "")
        sent = "sent" if done else "tried"
        words = f"{NONE} The last was {sent} {at}{whom}; it differs in: {named}."
    elif not done:
        what = "failed" if effect.status == "failed" else "is not known to have been taken"
        words = f"{NONE} The one tried {at}{whom} {what}."
    elif effect.attested:
        words = f"A test mail of exactly these words was sent {at} by hand, as {effect.said_by} says."
    else:
        words = f"A test mail of exactly these words was accepted {at}{whom}."
    return TriedOut(words=words, exactly=done and not differs, at=effect.at, to=to, differs=differs)


def _differences(one: Manifest, other: Manifest) -> tuple[str, ...]:
    """The names of what is not the same in both."""
    found = ["subject"] if one.subject != other.subject else []
    mine, theirs = dict(one.parts), dict(other.parts)
    found += [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)]
    if one.text != other.text and not found:
        found.append("text")
    found += [
        words
        for name, words in (("from", "who it is from"), ("in-reply-to", "the mail it answers"))
        if one.arguments.get(name) != other.arguments.get(name)
    ]
    return tuple(found)
