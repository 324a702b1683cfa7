"""What an incident is at one seq: folded from events, never stored (a snapshot is a disposable cache of it)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from console.incident.access import AccessLine
from console.playbook.model import Playbook

FOLD_VERSION: Final = "11"
CLOSE: Final = "@close"
CHANGED: Final = "changed"  # how an item is gone whose words are others since


class Fact(Struct, frozen=True):
    """One thing that was said of a step. `kind` is `answer`, `defer` or `skip`; `until` only for a deferral."""

    kind: str
    seq: int
    at: int
    by: str
    value: str = ""
    words: str = ""
    until: int = 0


class Check(Struct, frozen=True):
    """The latest look from outside: `agrees`, `disagrees` or `cannot-see`."""

    verdict: str
    at: int
    raw: str = ""
    value: str = ""


class StepState(Struct, frozen=True, kw_only=True):
    """What has become of one step. The last fact of `history` stands; undoing takes it off."""

    history: tuple[Fact, ...] = ()
    check: Check | None = None
    late_rounds: tuple[int, ...] = ()
    waived: tuple[str, ...] = ()
    plan: str = ""

    @property
    def standing(self) -> Fact | None:
        """The fact that stands, if any."""
        return self.history[-1] if self.history else None

    @property
    def answer(self) -> Fact | None:
        """The standing answer, if the standing fact is one."""
        fact = self.standing
        return fact if fact is not None and fact.kind == "answer" else None

    @property
    def rounds(self) -> int:
        """How many rounds of a repeating step were answered."""
        return sum(1 for fact in self.history if fact.kind == "answer")


class Approval(Struct, frozen=True):
    """One accepted code for one manifest."""

    officer: str
    role: str
    how: str
    at: int


class Plan(Struct, frozen=True, kw_only=True):
    """A planned manifest. `void` says why it may no longer be used."""

    step: str
    digest: str
    raw: str
    by: str
    at: int
    approvals: tuple[Approval, ...] = ()
    void: str = ""
    started: bool = False


class Effect(Struct, frozen=True, kw_only=True):
    """One effect on its way: `intended`, `done`, `failed`, `doubt`, or `interrupted` (a mailing that may go on).

    `by` is who began it. `once_more` is the digest by which people in doubt are about to be let be mailed once more. `parked` says an officer looked and cannot tell yet. `attested` says that only a person saw it:
    `said_by`.
    """

    id: str
    step: str
    digest: str
    status: str
    at: int
    by: str = ""
    item: str = ""
    channel: str = ""
    attempt: int = 1
    holder: str = ""
    guided: bool = False
    shown: bool = False
    attested: bool = False
    said_by: str = ""
    parked: bool = False
    reason: str = ""
    proof: str = ""
    remote: str = ""
    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    total: int = 0
    once_more: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """Something published. `saved` is a SHA-256, `by hand: WHERE`, or empty; `gone` is how it went, or empty.

    `at` is when it came onto the list, or was found to be bogus. `then` is the item that stands in its place since, under the same
    link; where it stood until then, it is gone because it was `changed`.
    """

    id: str
    channel: str
    first_seen: int
    link: str = ""
    words: str = ""
    verdict: str = "bogus"
    at_risk: bool = False
    source: str = "officer"
    by: str = ""
    saved: str = ""
    gone: str = ""
    gone_at: int = 0
    verified: bool = False
    at: int = 0
    reach: dict[str, int] = {}
    read_as: str = ""
    then: str = ""

    @property
    def suspect(self) -> bool:
        """The watch found it, it stands there, and nobody has said yet whose it is."""
        return self.verdict == "unknown" and self.source == "watch" and not self.gone

    @property
    def bogus(self) -> bool:
        """Nobody authorised it."""
        return self.verdict == "bogus"


class Offer(Struct, frozen=True):
    """A way-out that was offered."""

    phase: str
    go: str
    say: str
    at: int


class Cursor(Struct, frozen=True):
    """Where an officer stands, since when, and how many notable things had happened when they last did something."""

    step: str
    since: int
    notable: int = 0


class Watch(Struct, frozen=True):
    """What is known of quiet: the last bogus item, the last look, and the watched time between, in ms.

    A look counts once it has taken in every channel that had something false on it; `looks` is the last one of each channel,
    `by_console` the last that the console itself took.
    """

    last_bogus: int = 0
    last_look: int = 0
    quiet: int = 0
    looks: dict[str, int] = {}
    by_console: dict[str, int] = {}


class MailingList(Struct, frozen=True, kw_only=True):
    """A frozen list of recipients, and who chose it when; see `events.ListFrozen`."""

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
    by: str = ""
    at: int = 0


class KeptFile(Struct, frozen=True, kw_only=True):
    """A file that was brought in by hand and is kept under its SHA-256."""

    sha256: str
    name: str
    size: int
    at: int
    by: str = ""
    item: str = ""
    note: str = ""
    message_id: str = ""


class Last(Struct, frozen=True):
    """The latest notable event, for the line above the footer."""

    seq: int
    at: int
    by: str
    words: str


class End(Struct, frozen=True):
    """How it was closed."""

    at: int
    by: str
    reason: str
    stand_down: bool
    open_critical: tuple[str, ...] = ()


class State(Struct, frozen=True, kw_only=True):
    """One incident, whole. `seq` is the number of events folded, so the next free seq."""

    incident: str
    mode: str
    playbook: Playbook
    playbook_sha256: str
    opened_at: int
    opened_by: str
    zone: str = "UTC"
    scenario: str = ""
    seed: int = 0
    seq: int = 0
    answers: dict[str, str] = {}
    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    steps: dict[str, StepState] = {}
    unfolded: dict[str, int] = {}
    items: dict[str, Item] = {}
    plans: dict[str, Plan] = {}
    effects: dict[str, Effect] = {}
    texts: dict[str, dict[str, str]] = {}
    text_versions: dict[str, int] = {}
    editors: dict[str, tuple[str, ...]] = {}
    amenders: dict[str, tuple[str, ...]] = {}
    offers: dict[str, Offer] = {}
    officers: dict[str, tuple[str, ...]] = {}
    lead: str = ""
    cursors: dict[str, Cursor] = {}
    watch: Watch = Watch()
    lists: dict[str, MailingList] = {}
    notable: int = 0
    last: Last | None = None
    end: End | None = None
    alarms: int = 0
    injects: dict[str, int] = {}
    files: tuple[KeptFile, ...] = ()
    access: tuple[AccessLine, ...] = ()
    once_more: dict[
        str, tuple[int, str]
    ] = {}  # when people in doubt were mailed once more, and how it is told
    baselines: dict[str, str] = {}

    @property
    def live(self) -> bool:
        """Whether this touches the world."""
        return self.mode == "live"

    def until_end(self, now: int) -> int:
        """The moment (wall ms) that things are looked at: `now`, and for good the end of an incident that was ended."""
        return now if self.end is None else min(now, self.end.at)

    def listed(self, channel: str) -> dict[str, Item]:
        """What is on the list of a channel by its link; of several under one link the one that stands there since."""
        return {item.link: item for item in self.items.values() if item.channel == channel and item.link}

    def of(self, step: str) -> StepState:
        """What has become of a step; an empty one when nothing has."""
        return self.steps.get(step) or _UNTOUCHED

    def effects_of(self, step: str) -> tuple[Effect, ...]:
        """The effects of the step's current plan, in order."""
        digest = self.of(step).plan
        return tuple(
            effect for effect in self.effects.values() if effect.step == step and effect.digest == digest
        )

    def plan_of(self, step: str) -> Plan | None:
        """The step's current plan, if it may still be used or was started."""
        plan = self.plans.get(self.of(step).plan)
        return None if plan is None or (plan.void and not plan.started) else plan


_UNTOUCHED: Final = StepState()
