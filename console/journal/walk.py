"""One record, walked from its first entry to its end, and what is told of it. Pure: it is handed the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from console.errors import JournalPoisoned, RecordBroken
from console.journal import chain, schema
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.journal.chain import Fault, Kind
    from console.journal.protocol import Row
    from console.journal.schema import Mode

Verdict = Literal["stands", "broken", "cannot tell"]


class Head(NamedTuple):
    """An entry that was written down somewhere else: its seq (a ledger's line number, from 0) and its hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class Report:
    """What was found out about one record.

    Attributes:
        name: the stream or the ledger.
        kind: `events` or `ledger`.
        verdict: `stands`, `broken` or `cannot tell`.
        entries: how many entries stand, from the first on.
        head: the hash of the last of them; the genesis when there is none.
        bad: the seq of the first entry that is wrong or cannot be read; None when all stand.
        why: what is wrong there, one sentence; empty when all stand.
        vouched: how many entries the heads known from elsewhere vouch for.
    """

    name: str
    kind: Kind
    verdict: Verdict
    entries: int
    head: bytes
    bad: int | None = None
    why: str = ""
    vouched: int = 0

    def sentences(self) -> tuple[str, ...]:
        """The report for a person."""
        stand = f"{self.name}: {counted(self.entries, 'entry stands', 'entries stand')}"
        if self.verdict == "stands":
            end = (
                "The end is vouched for by a head written down elsewhere."
                if self.vouched and self.vouched == self.entries
                else "Whether later ones were cut off cannot be told from this file: compare the head."
            )
            return f"{stand}, all there are; head {self.head.hex()}.", end
        word = "is wrong" if self.verdict == "broken" else "cannot be read, so we cannot tell"
        return f"{stand}; head {self.head.hex()}.", f"Entry {self.bad} {word}. {self.why}"

    def insist(self) -> None:
        """Raise RecordBroken when it is broken, JournalPoisoned when we cannot tell."""
        if self.verdict == "broken":
            raise RecordBroken(f"{self.name}, entry {self.bad}: {self.why}")
        if self.verdict == "cannot tell":
            raise JournalPoisoned(f"{self.name}, entry {self.bad}: {self.why}", do=RecordBroken.what_now)


class Walk:
    """One record, page after page, and what has been seen of it so far."""

    def __init__(self, name: str, mode: Mode, kind: Kind, known: Iterable[Head], *, begun: bool) -> None:
        self.name, self.kind, self.seq = name, kind, 0
        self._mode = mode
        self._hash = chain.genesis(name, schema.APPLICATION_IDS[mode], kind)
        self.known = sorted(set(known))
        self._begun = begun
        self._vouched = 0
        self._why = ""

    def expect(self, head: Head) -> None:
        """A head that must be on the way."""
        self.known = sorted({*self.known, head})

    def take(self, rows: Sequence[Row]) -> bool:
        """Walk one page that begins where the last one ended. False when there is no going on."""
        before, previous = self.seq, self._hash
        walked = chain.verify(rows, previous, before)
        self.seq, self._hash = walked.seq, walked.hash
        if walked.fault:
            self._why = self._explain(walked.fault, rows[0] if before == 0 else None)
        for seq, expected in self.known:
            if before <= seq < walked.seq:
                if rows[seq - before][2] != expected:
                    self.seq, self._hash = seq, rows[seq - before - 1][2] if seq > before else previous
                    self._why = "Another entry was written down elsewhere: the record was replaced from here or before."
                    return False
                self._vouched = seq + 1
        return not walked.fault

    def stopped(self, why: str) -> Report:
        """The report when the next page could not be read."""
        if self._why:
            return self.report()
        return Report(self.name, self.kind, "cannot tell", self.seq, self._hash, self.seq, why, self._vouched)

    def report(self) -> Report:
        """The report at the end of the record, or at its first fault."""
        beyond = [head for head in self.known if head.seq >= self.seq]
        if not self._why and beyond:
            self._why = f"Entry {beyond[-1].seq} was there once: entries have been cut off the end."
        if not self._why and self.seq == 0 and self._begun:
            self._why = "The record was begun, and none of its entries is there."
        if self._why:
            return Report(
                self.name, self.kind, "broken", self.seq, self._hash, self.seq, self._why, self._vouched
            )
        return Report(self.name, self.kind, "stands", self.seq, self._hash, None, "", self._vouched)

    def _explain(self, fault: Fault, first: Row | None) -> str:
        if fault == "missing":
            return "It is missing, and later ones are there: it was taken out."
        if fault == "misplaced":
            return "An entry stands where none belongs: it was put in."
        if first is not None and self.seq == 0:
            for mode, number in schema.APPLICATION_IDS.items():
                genesis = chain.genesis(self.name, number, self.kind)
                if mode != self._mode and chain.link(genesis, first[1]) == first[2]:
                    return f"It was written as {mode}, and this file says {self._mode}."
            return "It does not begin this record: it was changed, or comes from another one."
        return "It does not follow the one before: its words were changed, or it comes from another record."
