"""The facts of an incident: frozen structs in one tagged union, one journal row each.

Every event carries `at` (UTC ms), `boot` (boot-clock ms), `by` (the officer, as claimed; empty for the console) and `v`
(the version of its own shape). Bytes are RFC 8785 JSON: no floats, integers below 2**53.
"""

from __future__ import annotations

from msgspec import Struct

from console.incident.event import Event
from console.incident.events_effects import (
    ApprovalRefused,
    Approved,
    DoubtResolved,
    EffectDone,
    EffectFailed,
    EffectInDoubt,
    EffectIntended,
    EffectProbed,
    GuideShown,
    LedgerHead,
    OnceMore,
    OnceMoreSettled,
    Planned,
)
from console.incident.events_items import (
    AccessChanged,
    EvidenceAdded,
    ItemGone,
    ItemMarked,
    ItemSaved,
    ItemSeen,
    ListFrozen,
    Looked,
)


class SourceFile(Struct, frozen=True):
    """One file of the closure: its path, its text, and the SHA-256 of its bytes."""

    path: str
    text: str
    sha256: str


class Opened(Event, tag="opened", kw_only=True, frozen=True):
    """Entry 0. The closure of the playbook, the mode and the versions it ran on.

    Attributes:
        answers: opening answers by slug; several words joined with a space; `not-sure` is kept as such.
        configured: channels the console can act on by itself, `name: kind`.
        by_hand: verbs of those channels that are left to a person's hands all the same, such as `mailer.send-internal`.
        fields: channel fields that texts may use, such as `account.handle`.
        zone: the IANA zone in which people read times.
        scenario: for a drill, the scenario's id, and `seed` of its randomness.
    """

    incident: str
    mode: str
    playbook: str
    version: str
    files: tuple[SourceFile, ...]
    answers: dict[str, str] = {}
    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    versions: dict[str, str] = {}
    zone: str = "UTC"
    scenario: str = ""
    seed: int = 0
    nonce: str = ""


class Configured(Event, tag="configured", kw_only=True, frozen=True):
    """The machine's settings changed under a running incident: what the console can act on from here on.

    Attributes:
        baselines: SHA-256 of what was saved of a channel in peace time, `name: hex`: the watch and the sweep compare with it.
    """

    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    baselines: dict[str, str] = {}


class Amended(Event, tag="amended", kw_only=True, frozen=True):
    """An opening answer was corrected; both are kept."""

    slug: str
    value: str


class Joined(Event, tag="joined", kw_only=True, frozen=True):
    """An officer took a role on this incident."""

    officer: str
    role: str


class Moved(Event, tag="moved", kw_only=True, frozen=True):
    """An officer put the cursor on a step, by hand or by taking a way-out."""

    step: str
    way_out: bool = False


class Unfolded(Event, tag="unfolded", kw_only=True, frozen=True):
    """A step's or phase's condition turned true; it stays so."""

    name: str


class WentLate(Event, tag="went-late", kw_only=True, frozen=True):
    """A step's due time, or a round's, passed with nothing done. It completes nothing."""

    step: str
    round: int = 0


class WayOutOffered(Event, tag="way-out-offered", kw_only=True, frozen=True):
    """A way-out's condition turned true and its target is not achieved."""

    phase: str
    go: str
    say: str = ""


class Answered(Event, tag="answered", kw_only=True, frozen=True):
    """What an officer reported. `value` is a slug, words or a number; `words` what they saw, in their own words."""

    step: str
    value: str
    words: str = ""
    round: int = 0
    digest: str = ""


class Deferred(Event, tag="deferred", kw_only=True, frozen=True):
    """Put off until a moment (ms), or until the phase ends when `until` is 0."""

    step: str
    until: int = 0


class Overridden(Event, tag="overridden", kw_only=True, frozen=True):
    """Skipped with a reason."""

    step: str
    reason: str


class NeedWaived(Event, tag="need-waived", kw_only=True, frozen=True):
    """Going on although a need is not met, or an item is not saved (`harm now`), with a reason."""

    step: str
    need: str
    reason: str


class Undone(Event, tag="undone", kw_only=True, frozen=True):
    """An officer took back what they said last of a step; `seq` is the event taken back. Both stay in the record.

    `what` it was: `skip` or `defer`; empty for an answer.
    """

    seq: int
    step: str
    what: str = ""


class Noted(Event, tag="noted", kw_only=True, frozen=True):
    """A free note."""

    text: str
    step: str = ""


class TextEdited(Event, tag="text-edited", kw_only=True, frozen=True):
    """One part of a wording got other words, for this incident alone."""

    text: str
    part: str
    words: str


class Checked(Event, tag="checked", kw_only=True, frozen=True):
    """A check looked from outside: `agrees`, `disagrees` or `cannot-see`, with the raw answer."""

    step: str
    verdict: str
    raw: str = ""
    value: str = ""


class HandedOver(Event, tag="handed-over", kw_only=True, frozen=True):
    """The lead passed to another officer."""

    to: str
    note: str = ""


class Closed(Event, tag="closed", kw_only=True, frozen=True):
    """The end. `stand_down` when nothing was wrong. With critical steps open: a reason and who approved."""

    reason: str = ""
    stand_down: bool = False
    approved_by: str = ""
    open_critical: tuple[str, ...] = ()


class InjectFired(Event, tag="inject-fired", kw_only=True, frozen=True):
    """Practice only: one scripted happening."""

    inject: str
    via: str = ""
    sender: str = ""
    say: str = ""


class Alarm(Event, tag="alarm", kw_only=True, frozen=True):
    """Something tried what it must not: control characters that reached the screen, a clock set back."""

    what: str


AnyEvent = (
    Opened
    | Configured
    | Amended
    | Joined
    | Moved
    | Unfolded
    | WentLate
    | WayOutOffered
    | Answered
    | Deferred
    | Overridden
    | NeedWaived
    | Undone
    | Noted
    | TextEdited
    | ItemSeen
    | ItemMarked
    | ItemSaved
    | ItemGone
    | Looked
    | Planned
    | Approved
    | ApprovalRefused
    | EffectIntended
    | GuideShown
    | EffectDone
    | EffectFailed
    | EffectInDoubt
    | EffectProbed
    | DoubtResolved
    | LedgerHead
    | OnceMore
    | OnceMoreSettled
    | ListFrozen
    | EvidenceAdded
    | AccessChanged
    | Checked
    | HandedOver
    | Closed
    | InjectFired
    | Alarm
)

__all__ = [
    "AccessChanged",
    "Alarm",
    "Amended",
    "Answered",
    "AnyEvent",
    "ApprovalRefused",
    "Approved",
    "Checked",
    "Closed",
    "Configured",
    "Deferred",
    "DoubtResolved",
    "EffectDone",
    "EffectFailed",
    "EffectInDoubt",
    "EffectIntended",
    "EffectProbed",
    "Event",
    "EvidenceAdded",
    "GuideShown",
    "HandedOver",
    "InjectFired",
    "ItemGone",
    "ItemMarked",
    "ItemSaved",
    "ItemSeen",
    "Joined",
    "LedgerHead",
    "ListFrozen",
    "Looked",
    "Moved",
    "NeedWaived",
    "Noted",
    "OnceMore",
    "OnceMoreSettled",
    "Opened",
    "Overridden",
    "Planned",
    "SourceFile",
    "TextEdited",
    "Undone",
    "Unfolded",
    "WayOutOffered",
    "WentLate",
]
