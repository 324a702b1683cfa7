"""Facts about what goes out: planned, approved, intended, and what came of it."""

from __future__ import annotations

from console.incident.event import Event


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


class OnceMore(Event, tag="once-more", kw_only=True, frozen=True):
    """An officer, with codes over exactly these people, has those in doubt of a mailing mailed once more. Durable before the ledger.

    Attributes:
        step: whose mailing; `effect` is it.
        digest: of the manifest that was approved.
        ledger: where they stand; `sha256` and `count` are of their addresses.
        approved_by: whose codes besides that of `by`.
    """

    step: str
    effect: str
    digest: str
    ledger: str
    sha256: str
    count: int
    reason: str
    approved_by: tuple[str, ...] = ()
    emergency: bool = False


class OnceMoreSettled(Event, tag="once-more-settled", kw_only=True, frozen=True):
    """What the ledger made of it: how many wait to be mailed once more; 0, and why, when who is in doubt had changed."""

    effect: str
    digest: str
    let: int = 0
    why: str = ""
