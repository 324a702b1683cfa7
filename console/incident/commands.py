"""What can be asked of an incident. `by` is the officer, as claimed; empty only for the console's own commands."""

from __future__ import annotations

from msgspec import Struct

from console.incident.access import AccessChange


class Command(Struct, frozen=True, kw_only=True, tag_field="command"):
    """What all commands carry."""

    by: str = ""


class Join(Command, tag="join", kw_only=True, frozen=True):
    """Take part."""

    role: str = "officer"


class Move(Command, tag="move", kw_only=True, frozen=True):
    """Put one's cursor on a step; `way_out` when taking an offered one."""

    step: str
    way_out: bool = False


class Answer(Command, tag="answer", kw_only=True, frozen=True):
    """Report what is seen.

    Attributes:
        value: a slug, a number or words.
        words: what was seen, where asked for.
        over: the officer whose answer stood there as this one was given; what another officer answered stands otherwise.
        confirmed: an answer that ends the incident was said to end it, and given all the same.
    """

    step: str
    value: str
    words: str = ""
    over: str = ""
    confirmed: bool = False


class Configure(Command, tag="configure", kw_only=True, frozen=True):
    """The machine's settings are not what they were at the opening; see `events.Configured`."""

    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    baselines: dict[str, str] = {}


class Amend(Command, tag="amend", kw_only=True, frozen=True):
    """Correct an opening answer; several slugs are separated by spaces, a time is wall ms or `not-sure`."""

    slug: str
    value: str


class Defer(Command, tag="defer", kw_only=True, frozen=True):
    """Put a step off for `minutes`, or until its phase ends when 0."""

    step: str
    minutes: int = 0


class Skip(Command, tag="skip", kw_only=True, frozen=True):
    """Go past a step with a reason."""

    step: str
    reason: str


class Waive(Command, tag="waive", kw_only=True, frozen=True):
    """Go on although needs are unmet, with a reason; all of the step's unmet needs."""

    step: str
    reason: str


class Undo(Command, tag="undo", kw_only=True, frozen=True):
    """Take back what one said last: an answer, a skip, or a putting off."""


class Note(Command, tag="note", kw_only=True, frozen=True):
    """Write something down."""

    text: str
    step: str = ""


class EditText(Command, tag="edit-text", kw_only=True, frozen=True):
    """Give one part of a wording other words."""

    text: str
    part: str
    words: str


class See(Command, tag="see", kw_only=True, frozen=True):
    """Report an item; `verdict` is `bogus`, `ours` or `unknown`. `when` is wall ms of its publication, 0 for now.

    A link that is on the list is not listed again, unless `instead` names the item that it is on the list for: see `events_items.ItemSeen`.
    """

    channel: str
    link: str = ""
    words: str = ""
    verdict: str = "bogus"
    at_risk: bool = False
    source: str = "officer"
    when: int = 0
    read_as: str = ""
    instead: str = ""


class Mark(Command, tag="mark", kw_only=True, frozen=True):
    """Change what an item is held to be."""

    item: str
    verdict: str = ""
    at_risk: bool | None = None


class Judge(Command, tag="judge", kw_only=True, frozen=True):
    """Say of several items at once what they are held to be; all of it or nothing."""

    items: tuple[str, ...]
    verdict: str = ""
    at_risk: bool | None = None


class Save(Command, tag="save", kw_only=True, frozen=True):
    """Say that an item is saved by hand, and where; of a file also the SHA-256. No item: all not yet saved.

    With `captured` the console itself read the item and kept it under that SHA-256.
    """

    item: str = ""
    where: str = ""
    sha256: str = ""
    captured: bool = False
    reach: dict[str, int] = {}


class Keep(Command, tag="keep", kw_only=True, frozen=True):
    """A file was brought in by hand; see `events.EvidenceAdded`. With an item, that item is saved by it.

    With `seen`, a channel, the file itself is the report of a false item there, whose words are `words`.
    """

    sha256: str
    name: str
    size: int
    item: str = ""
    note: str = ""
    seen: str = ""
    words: str = ""
    message_id: str = ""


class Access(Command, tag="access", kw_only=True, frozen=True):
    """One line for the access ledger, as an officer tells it; see `events.AccessChanged`."""

    channel: str
    what: str
    how: str
    detail: str = ""
    proof: str = ""
    verified: bool = False


class Gone(Command, tag="gone", kw_only=True, frozen=True):
    """Report that an item went; of one that is gone already, the console itself has nothing to report."""

    item: str
    how: str = "gone"
    verified: bool = False
    proof: str = ""


class Look(Command, tag="look", kw_only=True, frozen=True):
    """Somebody or something looked and saw nothing more that is false."""

    channels: tuple[str, ...] = ()
    source: str = "officer"


class Freeze(Command, tag="freeze", kw_only=True, frozen=True):
    """A list was read into a ledger; see `events.ListFrozen`."""

    channel: str
    ledger: str
    sha256: str
    count: int
    duplicates: int = 0
    refused: int = 0
    source: str = ""
    age: int = 0
    domains: tuple[str, ...] = ()
    at_domains: tuple[int, ...] = ()
    suppressed: int = 0
    suppression: str = ""
    read_as: str = ""


class Ask(Command, tag="ask", kw_only=True, frozen=True):
    """Plan the step's act (or gated answer) and so ask for its codes. `nonce` is fresh randomness."""

    step: str
    nonce: str
    answer: str = ""
    harm_now: str = ""


class Approve(Command, tag="approve", kw_only=True, frozen=True):
    """A code was accepted for exactly this digest. Only the gatekeeper makes these.

    `people` is how many a mailing is for, as whoever approves it said it.
    """

    step: str
    digest: str
    officer: str
    roles: tuple[str, ...] = ()
    how: str = "code"
    came: str = "typed"
    timecode: int = 0
    reason: str = ""
    people: str = ""


class TurnAway(Command, tag="turn-away", kw_only=True, frozen=True):
    """A try at a gate failed."""

    step: str
    digest: str
    officer: str
    reason: str


class Act(Command, tag="act", kw_only=True, frozen=True):
    """Do it: after needs, text, confirm and gate. `confirm` is what was typed; `holder` the process that will do it."""

    step: str
    nonce: str
    holder: str
    confirm: str = ""
    digest: str = ""
    harm_now: str = ""


class Shown(Command, tag="shown", kw_only=True, frozen=True):
    """The guided words of these effects are on a screen."""

    effects: tuple[str, ...]


class Report(Command, tag="report", kw_only=True, frozen=True):
    """The engine's word on an effect: `done`, `failed`, `doubt` or `interrupted`."""

    effect: str
    outcome: str
    reason: str = ""
    proof: str = ""
    remote: str = ""
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    reach: dict[str, int] = {}
    access: tuple[AccessChange, ...] = ()


class Progress(Command, tag="progress", kw_only=True, frozen=True):
    """A mailing's ledger stands at line `n`."""

    effect: str
    n: int
    hash: str
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    total: int = 0


class AskOnceMore(Command, tag="ask-once-more", kw_only=True, frozen=True):
    """Plan that people in doubt of a step's mailing are mailed once more, and so ask for the codes.

    Attributes:
        people: `all` in doubt, or the numbers of some, as `once_more.ranges` writes them.
        sha256, count: of their addresses, as the ledger has them at this moment.
        reason: why, in the officer's words.
    """

    step: str
    nonce: str
    people: str
    sha256: str
    count: int
    reason: str = ""


class OnceMore(Command, tag="once-more", kw_only=True, frozen=True):
    """Let exactly those be mailed once more who were approved; `sha256` and `count` are of who is in doubt at this moment."""

    step: str
    digest: str
    sha256: str
    count: int
    confirm: str = ""


class SettleOnceMore(Command, tag="settle-once-more", kw_only=True, frozen=True):
    """What came of it: how many the ledger lets be mailed once more; none, and `why`, when somebody was not in doubt any more."""

    effect: str
    digest: str
    let: int = 0
    why: str = ""


class Probed(Command, tag="probed", kw_only=True, frozen=True):
    """A doubt was looked into."""

    effect: str
    raw: str
    suggests: str = "unknown"


class Resolve(Command, tag="resolve", kw_only=True, frozen=True):
    """An officer's word on the doubts of a step: `happened`, `not` or `unknown`. `effect` picks one of several."""

    step: str
    verdict: str
    effect: str = ""
    reason: str = ""


class Saw(Command, tag="saw", kw_only=True, frozen=True):
    """A check's answer."""

    step: str
    verdict: str
    raw: str = ""
    value: str = ""


class HandOver(Command, tag="hand-over", kw_only=True, frozen=True):
    """Give the lead to another officer."""

    to: str
    note: str = ""


class Close(Command, tag="close", kw_only=True, frozen=True):
    """End the incident. With critical steps not done, skipped ones too, it needs a reason and an approved plan of `@close`."""

    reason: str = ""


class Tick(Command, tag="tick", kw_only=True, frozen=True):
    """Let time be noticed: what turned late, what opened, which way-outs are on offer."""


class Inject(Command, tag="inject", kw_only=True, frozen=True):
    """Practice only: a scripted happening. `turn` is how often it happened before; when another console was first: nothing."""

    inject: str
    turn: int = 0
    via: str = ""
    sender: str = ""
    say: str = ""


class Warn(Command, tag="warn", kw_only=True, frozen=True):
    """Put an alarm into the record."""

    what: str


AnyCommand = (
    Join
    | Move
    | Answer
    | Amend
    | Configure
    | Defer
    | Skip
    | Waive
    | Undo
    | Note
    | EditText
    | See
    | Mark
    | Judge
    | Save
    | Keep
    | Access
    | Gone
    | Look
    | Freeze
    | Ask
    | Approve
    | TurnAway
    | Act
    | Shown
    | Report
    | Progress
    | AskOnceMore
    | OnceMore
    | SettleOnceMore
    | Probed
    | Resolve
    | Saw
    | HandOver
    | Close
    | Tick
    | Inject
    | Warn
)
