"""What is kept of what was published: by the record, and by the folder where it lies; whether the two agree.

The record names each capture and each file that was brought in by its SHA-256. A capture is a manifest (JSON), which names the
exchanges (WARC) that were kept with it. Other exchanges lie there too: every look of a live incident leaves one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from console.errors import BadInput
from console.incident import events as e
from console.incident.moment import MINUTE
from console.incident.reach import reached_when_saved
from console.kept import Kept, files_in, is_sha256, plain, sha256_of
from console.report.checks import Finding
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from console.incident.state import State
    from console.report.record import Entry

CAPTURED: Final = "captured"
BY_HAND: Final = "by hand"
FILE: Final = "file"
MANIFEST: Final = ".json"
EXCHANGE: Final = ".warc.gz"
LARGEST: Final = 4 * 1024 * 1024  # bytes of a manifest
CONSOLE: Final = "console"


class Exhibit(Struct, frozen=True, kw_only=True):
    """One thing that the record says is kept.

    Attributes:
        how: `captured` by the console, a `file` that was brought in, or kept `by hand` somewhere else.
        at: wall ms UTC when it was written down; `by` whom.
        item: the item it shows, with its `channel` and `words`; empty where it shows none.
        name: what a file was called where it came from; `size` in bytes, `note` what was said of it.
        where: where it is kept by hand.
        files: names in the folder that belong to a capture: its manifest and its exchanges.
    """

    how: str
    at: int
    by: str = ""
    sha256: str = ""
    item: str = ""
    channel: str = ""
    words: str = ""
    name: str = ""
    size: int = 0
    note: str = ""
    where: str = ""
    reach: dict[str, int] = {}
    files: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """For a person: what it is, then each file of it."""
        about = " ".join(part for part in (self.item, self.channel, self.words) if part)
        stamp = f"{utc(self.at)} {self.by or CONSOLE}"
        if self.how == FILE:
            said = f": {self.note}" if self.note else ""
            first = (
                f"{about + '  ' if about else ''}{self.name}, {self.size:,} bytes, brought in {stamp}{said}"
            )
        elif self.how == BY_HAND:
            first = f"{about}  by hand {stamp}: {self.where}"
        else:
            reach = reached_when_saved(self.reach)
            first = f"{about}  captured {stamp}{', ' + reach if reach else ''}"
        return (first, *(f"  {name}" for name in self.files or ([self.sha256] if self.sha256 else [])))


class Capture(Struct, frozen=True):
    """A capture's manifest, as far as it is held against the folder."""

    incident: str
    item: str
    kept: tuple[str, ...]


class Collected(Struct, frozen=True, kw_only=True):
    """What was found out about all of it.

    Attributes:
        files: how many were read.
        besides: exchanges that belong to no capture: the looks of the watch.
        unknown: files that lie there and that the record does not know.
        elsewhere: how many are kept by hand, where nobody can look from here.
        simulated: a drill's captures, which are in no file.
        unsaved: false items of which nothing is kept.
    """

    incident: str
    findings: tuple[Finding, ...] = ()
    exhibits: int = 0
    files: int = 0
    besides: int = 0
    unknown: tuple[str, ...] = ()
    elsewhere: int = 0
    simulated: int = 0
    unsaved: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`wrong` when anything is, else `cannot tell` when anything cannot be told, else `stands`."""
        if any(found.wrong for found in self.findings):
            return "wrong"
        return "cannot tell" if self.findings else "stands"

    def sentences(self) -> tuple[str, ...]:
        """The whole for a person."""
        verdict = {
            "stands": "Everything that is kept here is what it was.",
            "wrong": "EVIDENCE IS MISSING OR WAS CHANGED.",
            "cannot tell": "We cannot tell whether everything is what it was.",
        }[self.verdict]
        read = f"{counted(self.exhibits, 'entry', 'entries')} of the record, {counted(self.files, 'file')} read again"
        lines = [f"{self.incident}: {verdict} {read}."]
        lines += [f"{'WRONG' if each.wrong else 'CANNOT TELL'}: {each.words}" for each in self.findings]
        if self.simulated:
            lines.append(f"{counted(self.simulated, 'capture')} of this drill: simulated, in no file.")
        if self.elsewhere:
            lines.append(f"{self.elsewhere:,} kept by hand elsewhere: nobody can look at that from here.")
        if self.unsaved:
            lines.append(f"NOT SAVED: {', '.join(self.unsaved)}.")
        if self.besides:
            lines.append(f"{counted(self.besides, 'exchange')} of looks lie there besides.")
        lines += [f"{name} lies there too; the record does not know it." for name in self.unknown]
        return tuple(lines)


def exhibits(entries: Iterable[Entry], state: State) -> tuple[Exhibit, ...]:
    """Everything that the record says is kept, in its order.

    Args:
        entries: events in order.
        state: the incident as it stands at their end.
    """
    found: list[Exhibit] = []
    files: set[tuple[str, str]] = set()
    for _, event in entries:
        if isinstance(event, e.EvidenceAdded):
            files.add((event.sha256, event.item))
            found.append(_file(event, state))
        elif isinstance(event, e.ItemSaved) and (event.sha256, event.item) not in files:
            found.append(_saved(event, state))
    return tuple(found)


def with_files(found: Iterable[Exhibit], folder: Path) -> tuple[Exhibit, ...]:
    """The same with the names of the files that belong to each, as far as they lie in the folder."""
    there = _by_hash(_listed(folder)[0])
    return tuple(
        msgspec.structs.replace(each, files=tuple(kept.path.name for kept in _belonging(each, folder, there)))
        for each in found
    )


def unsaved(state: State) -> tuple[str, ...]:
    """False items of which nothing is kept."""
    return tuple(item.id for item in state.items.values() if item.bogus and not item.saved)


def check(state: State, found: Sequence[Exhibit], folder: Path) -> Collected:
    """Read every kept file again, and hold the folder against the record."""
    listed, findings = _listed(folder)
    if findings:
        return Collected(incident=state.incident, findings=tuple(findings), exhibits=len(found))
    findings += [_finding for each in listed for _finding in _damage(each)]
    there = _by_hash(listed)
    known: set[str] = set()
    for each in found:
        if each.how == BY_HAND or (each.how == CAPTURED and not state.live):
            continue
        known.add(each.sha256)
        findings += _missing(each, state, folder, there, known)
    named = {kept.sha256: kept for kept in listed if kept.sha256}
    strangers = [kept for kept in named.values() if kept.sha256 not in known]
    looks = [kept for kept in strangers if kept.path.name.endswith((EXCHANGE, MANIFEST))]
    return Collected(
        incident=state.incident,
        findings=tuple(findings),
        exhibits=len(found),
        files=len(listed),
        besides=len(looks),
        unknown=tuple(kept.path.name for kept in strangers if kept not in looks),
        elsewhere=sum(1 for each in found if each.how == BY_HAND),
        simulated=0 if state.live else sum(1 for each in found if each.how == CAPTURED),
        unsaved=unsaved(state),
    )


def utc(wall: int) -> str:
    """A moment (wall ms) as `2019-07-19 22:18:02 UTC`; evidence is read by people in other zones."""
    try:
        moment = datetime.fromtimestamp(wall / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return f"{wall // MINUTE} minutes after 1970"
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


# -- from the record -------------------------------------------------------------------------------------------------


def _file(event: e.EvidenceAdded, state: State) -> Exhibit:
    item = state.items.get(event.item)
    return Exhibit(
        how=FILE,
        at=event.at,
        by=event.by,
        sha256=event.sha256,
        item=event.item,
        channel=item.channel if item is not None else "",
        words=item.words if item is not None else "",
        name=event.name,
        size=event.size,
        note=event.note,
    )


def _saved(event: e.ItemSaved, state: State) -> Exhibit:
    item = state.items.get(event.item)
    return Exhibit(
        how=BY_HAND if event.by_hand else CAPTURED,
        at=event.at,
        by=event.by,
        sha256=event.sha256,
        item=event.item,
        channel=item.channel if item is not None else "",
        words=item.words if item is not None else "",
        where=event.where,
        reach=event.reach,
    )


# -- from the folder -------------------------------------------------------------------------------------------------


def _listed(folder: Path) -> tuple[tuple[Kept, ...], list[Finding]]:
    try:
        return files_in(folder), []
    except OSError as error:
        return (), [Finding(-1, f"{folder} cannot be looked into: {error.strerror}.", wrong=False)]


def _by_hash(listed: Iterable[Kept]) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = {}
    for each in listed:
        found.setdefault(each.sha256, []).append(each)
    return found


def _damage(kept: Kept) -> list[Finding]:
    """What is wrong with one file by itself."""
    name = kept.path.name
    if not kept.sha256:
        return [Finding(-1, f"{name} is not named by a SHA-256, so nothing can be said of it.", wrong=False)]
    try:
        digest = sha256_of(kept.path)
    except BadInput:
        return [Finding(-1, f"{name} is no plain file.")]
    except OSError as error:
        return [Finding(-1, f"{name} cannot be read: {error.strerror}.", wrong=False)]
    return [] if digest == kept.sha256 else [Finding(-1, f"{name} was changed: it is {digest} now.")]


def _missing(
    each: Exhibit, state: State, folder: Path, there: dict[str, list[Kept]], known: set[str]
) -> list[Finding]:
    """What the record names and the folder does not have; `known` learns what belongs to it."""
    what = (
        f"{each.name} ({each.sha256})" if each.how == FILE else f"The capture of {each.item} ({each.sha256})"
    )
    if each.sha256 not in there:
        return [Finding(-1, f"{what} is missing.")]
    if each.how == FILE:
        return []
    capture = _capture(folder, each.sha256)
    if capture is None:
        return [Finding(-1, f"{what} cannot be read as a manifest.")]
    item = state.items.get(each.item)
    if capture.incident != state.incident or (item is not None and capture.item != item.link):
        return [Finding(-1, f"{what} is of something else.")]
    known |= set(capture.kept)
    return [
        Finding(-1, f"An exchange of the capture of {each.item} is missing: {name}{EXCHANGE}.")
        for name in capture.kept
        if name not in there
    ]


def _belonging(each: Exhibit, folder: Path, there: dict[str, list[Kept]]) -> list[Kept]:
    if each.how == BY_HAND:
        return []
    found = list(there.get(each.sha256, ()))
    capture = _capture(folder, each.sha256) if each.how == CAPTURED and found else None
    for name in capture.kept if capture is not None else ():
        found += there.get(name, ())
    return found


def _capture(folder: Path, sha256: str) -> Capture | None:
    """A capture's manifest; None where it is none."""
    try:
        with plain(folder / f"{sha256}{MANIFEST}") as (file, _):
            made = msgspec.json.decode(file.read(LARGEST), type=Capture)
    except (BadInput, OSError, ValueError, RecursionError):
        return None
    return made if all(is_sha256(name) for name in made.kept) else None
