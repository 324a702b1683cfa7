"""What verification looks at besides the chain: manifests, intents, approvals, lists, codes. Each fault is a finding."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.channels import ledger as lines
from console.errors import NotFound, RecordBroken
from console.incident import events as e
from console.incident.codec import decode_house
from console.incident.house import HOUSE, CodeAccepted, RecoverySpent
from console.incident.manifest import digest_of, from_bytes
from console.incident.planning import gate_wants, step_of
from console.journal import verify as chains
from console.report import once_more
from console.report.record import states
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.journal.protocol import Journal
    from console.report.record import Entry

PAGE: Final = 100  # rows; one of a list has 500 people
OUTCOMES: Final = (
    e.EffectDone,
    e.EffectFailed,
    e.EffectInDoubt,
    e.EffectProbed,
    e.DoubtResolved,
    e.GuideShown,
)


class Finding(Struct, frozen=True):
    """One thing that is wrong, or that we cannot tell; `seq` is the entry, -1 for the record as a whole."""

    seq: int
    words: str
    wrong: bool = True


def of_chain(report: chains.Report) -> Finding:
    """A chain that does not stand, as a finding: wrong when broken, else we cannot tell."""
    wrong = report.verdict == "broken"
    return Finding(report.bad if report.bad is not None else -1, f"{report.name}: {report.why}", wrong)


class Walk:
    """What is gathered on the way through the entries of one incident."""

    def __init__(self, mode: str, incident: str) -> None:
        self.mode = mode
        self.incident = incident
        self.findings: list[Finding] = []
        self.manifests: dict[str, Manifest] = {}
        self.intended: dict[str, str] = {}
        self.heads: dict[str, list[chains.Head]] = {}
        self.lists: dict[str, e.ListFrozen] = {}
        self.approvals: list[tuple[int, e.Approved]] = []
        self.once_more: dict[str, e.OnceMore] = {}
        self.let: set[str] = set()

    def all(self, entries: Sequence[Entry]) -> None:
        """Walk them; stops at the first that cannot follow the ones before it."""
        try:
            for entry, before, _after in states(entries):
                self._one(entry, before)
        except (
            RecordBroken,
            NotFound,
        ) as error:  # NotFound: it tells of a step that its playbook does not have
            self._wrong(-1, error.what)

    def _wrong(self, seq: int, words: str) -> None:
        self.findings.append(Finding(seq, words))

    def _one(self, entry: Entry, before: State | None) -> None:
        seq, event = entry
        if isinstance(event, e.Opened):
            self._opened(seq, event)
        elif before is None:
            self._wrong(seq, "The record does not begin with an opening.")
        elif isinstance(event, e.Planned):
            self._planned(seq, event)
        elif isinstance(event, e.Approved):
            self._approved(seq, event, before)
        elif isinstance(event, e.EffectIntended):
            self._intended(seq, event, before)
        elif isinstance(event, OUTCOMES) and event.effect not in self.intended:
            self._wrong(seq, f"{event.effect} has an outcome, and was never written down as intended.")
        elif isinstance(event, e.LedgerHead):
            self._head(seq, event)
        elif isinstance(event, e.ListFrozen):
            self.lists[event.ledger] = event
        elif isinstance(event, e.OnceMore | e.OnceMoreSettled):
            self._once_more(seq, event, before)

    def _opened(self, seq: int, event: e.Opened) -> None:
        if event.incident != self.incident:
            self._wrong(seq, f"It was opened as {event.incident}, not as {self.incident}.")
        if event.mode != self.mode:
            self._wrong(seq, f"It was opened as {event.mode}, and stands in a {self.mode} record.")
        for each in event.files:
            if hashlib.sha256(each.text.encode()).hexdigest() != each.sha256:
                self._wrong(seq, f"The text of {each.path} is not the one it was opened with.")

    def _planned(self, seq: int, event: e.Planned) -> None:
        raw = event.manifest.encode()
        if digest_of(raw) != event.digest:
            self._wrong(seq, f"What was planned for {event.step} is not what its digest says.")
        try:
            manifest = from_bytes(raw)
        except RecordBroken as error:
            self._wrong(seq, error.what)
            return
        if (manifest.incident, manifest.mode, manifest.step) != (self.incident, self.mode, event.step):
            self._wrong(
                seq, f"What was planned for {event.step} was made for {manifest.incident} {manifest.step}."
            )
        self.manifests[event.digest] = manifest

    def _approved(self, seq: int, event: e.Approved, before: State) -> None:
        plan = before.plans.get(event.digest)
        if plan is None or plan.step != event.step:
            self._wrong(seq, f"{event.officer} approved something for {event.step} that was not planned.")
        elif plan.void:
            self._wrong(seq, f"{event.officer} approved a plan for {event.step} that was void: {plan.void}.")
        self.approvals.append((seq, event))

    def _intended(self, seq: int, event: e.EffectIntended, before: State) -> None:
        manifest = self.manifests.get(event.digest)
        plan = before.plans.get(event.digest)
        if manifest is None or plan is None:
            self._wrong(seq, f"{event.effect} was started on a plan that is not in the record.")
        else:
            if event.effect not in {target.effect for target in manifest.targets}:
                self._wrong(seq, f"{event.effect} is not in the plan it was started on.")
            if plan.void and not plan.started:
                self._wrong(seq, f"{event.effect} was started on a plan that was void: {plan.void}.")
            wants = gate_wants(step_of(before, event.step), plan, event.by)
            if wants:
                self._wrong(seq, f"{event.effect} was started without {' and '.join(wants)}.")
        known = before.effects.get(event.effect)
        if known is not None and known.status in ("intended", "done", "doubt"):
            self._wrong(seq, f"{event.effect} was started again although it was {known.status}.")
        self.intended[event.effect] = event.digest

    def _once_more(self, seq: int, event: e.OnceMore | e.OnceMoreSettled, before: State) -> None:
        if isinstance(event, e.OnceMore):
            for words in once_more.of_event(event, before, self.manifests):
                self._wrong(seq, words)
            self.once_more[event.digest] = event
        elif event.digest not in self.once_more:
            self._wrong(seq, f"{event.effect} let people be mailed once more, and nobody had it done.")
        elif event.let:
            self.let.add(event.digest)

    def _head(self, seq: int, event: e.LedgerHead) -> None:
        manifest = self.manifests.get(self.intended.get(event.effect, ""))
        if manifest is None or not manifest.recipients:
            self._wrong(seq, f"A list's head was written for {event.effect}, which mails nobody.")
            return
        try:
            head = chains.Head(event.n, bytes.fromhex(event.hash))
        except ValueError:
            self._wrong(seq, f"The list's head for {event.effect} cannot be read.")
            return
        self.heads.setdefault(manifest.recipients, []).append(head)


async def ledgers(journal: Journal, walk: Walk) -> list[Finding]:
    """Each ledger's chain, its heads, and the list it froze."""
    found: list[Finding] = []
    of_again = [each.ledger for each in walk.once_more.values()]
    for name in dict.fromkeys([*walk.lists, *walk.heads, *of_again]):
        report = await chains.verify(journal, name, ledger=True, known=walk.heads.get(name, ()))
        if report.verdict != "stands":
            found.append(of_chain(report))
            continue
        found += [
            Finding(-1, words) for words in await once_more.of_ledger(journal, name, walk.once_more, walk.let)
        ]
        frozen = walk.lists.get(name)
        if frozen is not None:
            found += await _frozen(journal, name, frozen)
    return found


async def _frozen(journal: Journal, name: str, frozen: e.ListFrozen) -> list[Finding]:
    """Whether the ledger holds exactly the people whom the record froze."""
    whole = hashlib.sha256()
    count = start = 0
    while rows := await journal.ledger_read(name, start, PAGE):
        for row in rows:
            try:
                line = lines.decode(row.body)
            except RecordBroken as error:
                return [Finding(-1, f"{name}, line {row.seq}: {error.what}")]
            if line.listed:
                whole.update(("\n".join(line.listed) + "\n").encode())
                count += len(line.listed)
        start = rows[-1].seq + 1
    if (count, whole.hexdigest()) != (frozen.count, frozen.sha256):
        return [
            Finding(
                -1,
                f"{name} holds {counted(count, 'person', 'people')}, not the {frozen.count} of the list that was frozen.",
            )
        ]
    return []


async def codes(journal: Journal, walk: Walk) -> list[Finding]:
    """Whether a code that the house accepted for exactly this stands behind every approval."""
    if not walk.approvals:
        return []
    try:
        house = await chains.verify(journal, HOUSE)
        if house.verdict != "stands":
            return [of_chain(house)]
        accepted = await _accepted(journal)
    except NotFound:
        return [
            Finding(
                -1, "The house's own record is not here, so codes cannot be held against it.", wrong=False
            )
        ]
    found = []
    for seq, event in walk.approvals:
        word = "EMERGENCY" if event.how == "emergency" else "approve"
        key = (event.officer, f"{word} {walk.incident} {event.step}", event.timecode)
        if key in accepted:
            accepted.remove(key)
        else:
            found.append(
                Finding(
                    seq, f"{event.officer} approved {event.step}, and no code of theirs was accepted for it."
                )
            )
    return found


async def _accepted(journal: Journal) -> list[tuple[str, str, int]]:
    """Every acceptance of the house: officer, purpose, timecode (0 for a recovery code)."""
    found = []
    start = 0
    while rows := await journal.read(HOUSE, start, PAGE):
        for row in rows:
            event = decode_house(row.body)
            if isinstance(event, CodeAccepted):
                found.append((event.officer, event.purpose, event.timecode))
            elif isinstance(event, RecoverySpent):
                found.append((event.officer, event.purpose, 0))
        start = rows[-1].seq + 1
    return found
