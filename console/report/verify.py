"""Does the record of an incident stand, and does what it tells hang together? Plain sentences; *wrong* is not *cannot tell*.

Looked at, in this order:
- the hash chain, entry by entry, and the recipients' ledgers against the heads that the record keeps of them;
- the closure of the playbook and every manifest: their SHA-256 made again from the stored bytes;
- every effect: intended, durably, before anything was said of its end, on a manifest that was planned before, and where
  a step has a gate, with the approvals of exactly that digest before it;
- everybody who was mailed once more: an approval of exactly these people behind each such row of a ledger;
- every approval by code: a code of that officer that the house's own record accepted for exactly this.

What a file cannot show by itself is that entries were cut from its end; give heads written down elsewhere as `known`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from console.errors import ConsoleError, JournalBusy, NotFound, RecordBroken
from console.journal import verify as chains
from console.journal.sqlite import SqliteJournal
from console.report.checks import Finding, Walk, codes, ledgers, of_chain
from console.report.record import read_entries
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.journal.protocol import Journal

Verdict = Literal["stands", "wrong", "cannot tell"]

COPIES: Final = 20
PREFIXES: Final = {"live": "L-", "practice": "D-"}


class Verified(Struct, frozen=True, kw_only=True):
    """What was found out about one incident. `head` is the last entry's hash in hexadecimal: write it down elsewhere."""

    incident: str
    entries: int
    head: str
    findings: tuple[Finding, ...] = ()
    effects: int = 0
    manifests: int = 0

    @property
    def verdict(self) -> Verdict:
        """`wrong` when anything is, else `cannot tell` when anything cannot be told, else `stands`."""
        if any(found.wrong for found in self.findings):
            return "wrong"
        return "cannot tell" if self.findings else "stands"

    def sentences(self) -> tuple[str, ...]:
        """The whole for a person, one sentence or two a line."""
        verdict = {
            "stands": "The record stands.",
            "wrong": "THE RECORD IS WRONG.",
            "cannot tell": "We cannot tell whether the record stands.",
        }[self.verdict]
        entries = counted(self.entries, "entry", "entries")
        acts = f"{counted(self.manifests, 'plan')}, {counted(self.effects, 'act')}"
        first = f"{self.incident}: {verdict} {entries}, {acts} looked at."
        found = [
            f"{'WRONG' if each.wrong else 'CANNOT TELL'}{f', entry {each.seq}' if each.seq >= 0 else ''}: {each.words}"
            for each in self.findings
        ]
        end = f"Head: {self.head}. Entries cut from the end show only against a head written down elsewhere."
        return (first, *found, end)

    def insist(self) -> None:
        """Raise RecordBroken unless it stands."""
        if self.verdict != "stands":
            raise RecordBroken(" ".join(self.sentences()[:2]))


class VerifiedFile(Struct, frozen=True, kw_only=True):
    """What was found out about a whole file: what is wrong with the file itself, and each incident in it."""

    path: str
    mode: str
    findings: tuple[Finding, ...]
    incidents: tuple[Verified, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst there is."""
        verdicts = {each.verdict for each in self.incidents}
        if "wrong" in verdicts or any(found.wrong for found in self.findings):
            return "wrong"
        return "cannot tell" if "cannot tell" in verdicts or self.findings else "stands"

    def sentences(self) -> tuple[str, ...]:
        """The whole for a person."""
        own = [f"{'WRONG' if each.wrong else 'CANNOT TELL'}: {each.words}" for each in self.findings]
        return (
            f"{self.path} ({self.mode}): {self.verdict}.",
            *own,
            *(line for each in self.incidents for line in each.sentences()),
        )


async def verify_incident(journal: Journal, incident: str, known: Iterable[chains.Head] = ()) -> Verified:
    """Look at one incident whole.

    Args:
        journal: where it is kept.
        incident: its id.
        known: heads of it that were written down elsewhere.

    Raises:
        NotFound: there is no such incident in this journal.
    """
    chain = await chains.verify(journal, incident, known=known)
    findings = [] if chain.verdict == "stands" else [of_chain(chain)]
    if not incident.startswith(PREFIXES[journal.mode]):
        findings.append(Finding(-1, f"A {journal.mode} record does not hold {incident}."))
    try:
        entries = await read_entries(journal, incident)
    except ConsoleError as error:
        return Verified(
            incident=incident,
            entries=chain.entries,
            head=chain.head.hex(),
            findings=(*findings, Finding(-1, error.what, isinstance(error, RecordBroken))),
        )
    walk = Walk(journal.mode, incident)
    walk.all(entries)
    findings += walk.findings
    findings += await ledgers(journal, walk)
    findings += await codes(journal, walk)
    return Verified(
        incident=incident,
        entries=chain.entries,
        head=chain.head.hex(),
        findings=tuple(findings),
        effects=len(walk.intended),
        manifests=len(walk.manifests),
    )


async def verify_file(path: Path, known: Iterable[chains.Head] = (), only: str = "") -> VerifiedFile:
    """Look at a file and every incident in it. The file itself is not changed: its words are read from a copy.

    Args:
        path: the file, or a copy of it.
        known: heads written down elsewhere, of the one incident that is looked at.
        only: the one incident to look at; empty for all.

    Raises:
        NotFound: there is no such file, or no such incident in it.
        RecordBroken: it is no record of this console.
        JournalError: it cannot be read at all, so we cannot tell.
    """
    found = chains.verify_file(path)
    findings = [Finding(-1, words) for words in found.findings]
    findings += [
        of_chain(report)
        for report in found.reports
        if report.verdict != "stands" and report.name.startswith("@")
    ]
    chained = [
        report
        for report in found.reports
        if report.kind == "events" and not report.name.startswith("@") and only in ("", report.name)
    ]
    if only and not chained:
        raise NotFound(f"There is no incident {only} in {path}.")
    with tempfile.TemporaryDirectory(prefix="incident-verify-") as folder:
        copy = Path(folder) / "copy.db"
        try:
            _copy_whole(path, copy)
            journal = await SqliteJournal.open(copy, found.mode)
        except (ConsoleError, OSError) as error:
            why = error.what if isinstance(error, ConsoleError) else str(error.strerror)
            findings.append(Finding(-1, f"Only the chain was looked at: {why}", wrong=False))
            looked = [_only_chain(report) for report in chained]
        else:
            try:
                looked = [await verify_incident(journal, report.name, known) for report in chained]
            finally:
                await journal.close()
    return VerifiedFile(path=str(path), mode=found.mode, findings=tuple(findings), incidents=tuple(looked))


def _copy_whole(path: Path, copy: Path) -> None:
    """Copy a file that another console may be writing: again, until nothing was written meanwhile."""
    for _ in range(COPIES):
        before = path.stat()
        shutil.copyfile(path, copy)
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            return
    raise JournalBusy(f"{path} is being written without a pause.")


def _only_chain(report: chains.Report) -> Verified:
    findings = () if report.verdict == "stands" else (of_chain(report),)
    return Verified(incident=report.name, entries=report.entries, head=report.head.hex(), findings=findings)
