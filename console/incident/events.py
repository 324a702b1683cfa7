"""The facts of an incident: frozen structs in one tagged union, one journal row each.

Every event carries `at` (UTC ms), `boot` (boot-clock ms), `by` (the officer, as claimed; empty for the console) and `v`
(the version of its own shape). Bytes are RFC 8785 JSON: no floats, integers below 2**53.
"""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all facts carry."""

    at: int
    boot: int
    by: str = ""
    v: int = 1


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
    """The machine's settings changed under a running incident: what the console can act on from here on."""

    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}


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


class ItemSeen(Event, tag="item-seen", kw_only=True, frozen=True):
    """Something published on a channel. `verdict` is `bogus`, `ours` or `unknown`; `source` `officer` or `watch`."""

    item: str
    channel: str
    link: str = ""
    words: str = ""
    verdict: str = "bogus"
    at_risk: bool = False
    source: str = "officer"
    first_seen: int = 0


class ItemMarked(Event, tag="item-marked", kw_only=True, frozen=True):
    """A person changed what an item is held to be."""

    item: str
    verdict: str = ""
    at_risk: bool | None = None


class ItemSaved(Event, tag="item-saved", kw_only=True, frozen=True):
    """An item's capture is kept: `sha256` of the bytes, or `by_hand` with where."""

    item: str
    sha256: str = ""
    by_hand: bool = False
    where: str = ""


class ItemGone(Event, tag="item-gone", kw_only=True, frozen=True):
    """An item is no longer there: `how` is `removed`, `hidden` or `gone`; verified when a check saw it."""

    item: str
    how: str = "gone"
    verified: bool = False


class Looked(Event, tag="looked", kw_only=True, frozen=True):
    """Somebody or something looked at channels and saw nothing bogus that is not on the list."""

    channels: tuple[str, ...] = ()
    source: str = "officer"


class Planned(Event, tag="planned", kw_only=True, frozen=True):
    """A manifest: the canonical bytes of what will happen, as text, and their SHA-256."""

    step: str
    digest: str
    manifest: str


class Approved(Event, tag="approved", kw_only=True, frozen=True):
    """One code accepted for one manifest. `how` is `code`, `recovery` or `emergency`; `came` is `typed` or `phone`."""

    step: str
    digest: str
    officer: str
    role: str = ""
    how: str = "code"
    came: str = "typed"
    timecode: int = 0
    reason: str = ""


class ApprovalRefused(Event, tag="approval-refused", kw_only=True, frozen=True):
    """A try at a gate that did not open it. Never holds the code."""

    step: str
    digest: str
    officer: str
    reason: str


class EffectIntended(Event, tag="effect-intended", kw_only=True, frozen=True):
    """Durable before anything starts. `holder` is the process that will do it; `guided` when a person's hands will."""

    effect: str
    step: str
    digest: str
    item: str = ""
    channel: str = ""
    attempt: int = 1
    holder: str = ""
    guided: bool = False
    confirmed: str = ""


class GuideShown(Event, tag="guide-shown", kw_only=True, frozen=True):
    """The guided words of an intended act are on a screen; from here the officer's report decides."""

    effect: str


class EffectDone(Event, tag="effect-done", kw_only=True, frozen=True):
    """It happened. `verified` when the channel proved it, else attested by `by`. `remote` is the channel's own id."""

    effect: str
    proof: str = ""
    verified: bool = False
    remote: str = ""
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0


class EffectFailed(Event, tag="effect-failed", kw_only=True, frozen=True):
    """It definitely did not happen."""

    effect: str
    reason: str
    proof: str = ""


class EffectInDoubt(Event, tag="effect-in-doubt", kw_only=True, frozen=True):
    """We do not know if it happened. Never repeated by itself.

    `resumable` when everything inside it is accounted for one by one, so that the rest may go on: a mailing.
    """

    effect: str
    reason: str
    proof: str = ""
    resumable: bool = False


class EffectProbed(Event, tag="effect-probed", kw_only=True, frozen=True):
    """The channel was read back: what it answered, raw, and what that suggests (`happened`, `not`, `unknown`)."""

    effect: str
    raw: str
    suggests: str = "unknown"


class DoubtResolved(Event, tag="doubt-resolved", kw_only=True, frozen=True):
    """An officer settled a doubt: `happened`, `not` or `unknown` (which parks it)."""

    effect: str
    verdict: str
    reason: str = ""


class LedgerHead(Event, tag="ledger-head", kw_only=True, frozen=True):
    """The recipients' ledger of an effect stands at line `n` with this hash."""

    effect: str
    n: int
    hash: str
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    total: int = 0


class ListFrozen(Event, tag="list-frozen", kw_only=True, frozen=True):
    """A list of recipients was read, cleaned and frozen in a ledger; `sha256` is of its normalised lines.

    Attributes:
        count: people on it; `duplicates` and `refused` lines were left out.
        source: the file's name, as shown; `age` in ms when it was read.
    """

    channel: str
    ledger: str
    sha256: str
    count: int
    duplicates: int = 0
    refused: int = 0
    source: str = ""
    age: int = 0
    domains: tuple[str, ...] = ()


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
    | ListFrozen
    | Checked
    | HandedOver
    | Closed
    | InjectFired
    | Alarm
)
