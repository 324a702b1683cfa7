"""What home shows, for both faces and for `incident --json`: incidents, playbooks, drills, officers. Reads only.

Every incident says in plain words which mode it is and whether somebody has it open; every playbook says which file,
version and hash would open.
"""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.errors import BadPlaybook, ConsoleError, NotFound, RecordBroken
from console.journal.reading import ReadRecord
from console.presence import who_is_present

if TYPE_CHECKING:
    from console.journal.schema import Mode
    from console.places import Places

# Canonical JSON: a kind stands exactly so, and never inside a text, where quotes are escaped.
CLOSED: Final = b'"kind":"closed"'
PAGE: Final = 1_000
MODE_WORDS: Final = {"live": "LIVE", "practice": "DRILL"}
PREFIX: Final[dict[Mode, str]] = {"live": "L-", "practice": "D-"}


class Incident(NamedTuple):
    """One incident or drill. Times are wall ms; `ended` 0 while it is open; `running` names who has it open here."""

    id: str
    mode: str
    playbook: str
    version: str
    sha256: str
    opened_at: int
    opened_by: str
    scenario: str = ""
    events: int = 0
    last_at: int = 0
    ended: int = 0
    ended_how: str = ""
    running: tuple[str, ...] = ()

    def line(self) -> str:
        """In one line, the mode in plain words first."""
        state = f"{self.ended_how} {stamp(self.ended)}" if self.ended else "open"
        what = self.scenario or f"{self.playbook} {self.version}"
        mode = MODE_WORDS[self.mode].ljust(5)
        opened = f"opened {stamp(self.opened_at)} by {self.opened_by}"
        here = f"  RUNNING HERE ALREADY: {', '.join(self.running)}" if self.running else ""
        return f"{mode}  {self.id}  {state}  {what}  {opened}{here}"


class Book(NamedTuple):
    """A playbook that can be opened, or `wrong`: why it cannot. `own` says it is this machine's own."""

    id: str
    file: str
    own: bool
    title: str = ""
    version: str = ""
    sha256: str = ""
    opens_when: str = ""
    wrong: str = ""

    def line(self) -> str:
        """In one line: what, and which file, version and hash would open."""
        if self.wrong:
            return f"{self.id}  CANNOT BE OPENED: {self.wrong}  {self.file}"
        whose = "own" if self.own else "shipped"
        return f"{self.id}  {self.title}  {whose} {self.version}  {self.sha256[:12]}  {self.file}"


class Drill(NamedTuple):
    """A scenario that can be rehearsed, or `wrong`. `length` is in ms."""

    id: str
    title: str = ""
    playbook: str = ""
    length: int = 0
    wrong: str = ""

    def line(self) -> str:
        """In one line."""
        return f"{self.id}  {self.title or self.wrong}"


class Tested(NamedTuple):
    """A live officer. `tested` is when a code of theirs was last accepted on this host, wall ms; 0 for never."""

    name: str
    roles: tuple[str, ...]
    proven: bool
    locked: bool
    tested: int = 0
    tested_anywhere: int = 0

    def line(self) -> str:
        """In one line."""
        when = f"tested here {stamp(self.tested)}" if self.tested else "NEVER TESTED on this host"
        proven = "" if self.proven else "  unproven"
        locked = "  LOCKED" if self.locked else ""
        return f"{self.name}  {', '.join(self.roles)}  {when}{proven}{locked}"


class Home(NamedTuple):
    """Everything home shows. `troubles` are records that cannot be read, one sentence each."""

    incidents: tuple[Incident, ...] = ()
    playbooks: tuple[Book, ...] = ()
    drills: tuple[Drill, ...] = ()
    officers: tuple[Tested, ...] = ()
    troubles: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "incidents": [each._asdict() for each in self.incidents],
            "playbooks": [each._asdict() for each in self.playbooks],
            "drills": [each._asdict() for each in self.drills],
            "officers": [each._asdict() for each in self.officers],
            "troubles": list(self.troubles),
        }

    @property
    def open_live(self) -> tuple[Incident, ...]:
        """Live incidents that are open, newest first."""
        return tuple(each for each in reversed(self.incidents) if each.mode == "live" and not each.ended)

    @property
    def open_drills(self) -> tuple[Incident, ...]:
        """Drills that are open, newest first."""
        return tuple(each for each in reversed(self.incidents) if each.mode == "practice" and not each.ended)


def stamp(wall: int) -> str:
    """A moment by this machine's own clock: `19 Jul 23:16`."""
    return datetime.fromtimestamp(wall / 1000, UTC).astimezone().strftime("%d %b %H:%M")


def home(places: Places) -> Home:
    """Look at everything; a record that cannot be read is a trouble and hides nothing else."""
    incidents: list[Incident] = []
    troubles = []
    for mode in PREFIX:
        try:
            incidents += incidents_of(places, mode)
        except ConsoleError as error:
            troubles.append(f"{MODE_WORDS[mode]}: {error.what}")
    try:
        officers = officers_here(places)
    except ConsoleError:
        officers = ()
    return Home(
        incidents=tuple(sorted(incidents, key=lambda each: (each.opened_at, each.id))),
        playbooks=books(places),
        drills=drills(places),
        officers=officers,
        troubles=tuple(troubles),
    )


def incidents_here(places: Places) -> tuple[Incident, ...]:
    """All incidents and drills, oldest first; raises as a record does that cannot be read."""
    found = [each for mode in PREFIX for each in incidents_of(places, mode)]
    return tuple(sorted(found, key=lambda each: (each.opened_at, each.id)))


def incidents_of(places: Places, mode: Mode) -> list[Incident]:
    """The incidents of one record, from their first and last entries: nothing is folded."""
    path = places.database(mode)
    if not path.exists():
        return []
    with ReadRecord(path, mode) as record:
        names = [name for name in record.streams() if name.startswith(PREFIX[mode])]
        return [_incident(record, places, mode, name) for name in names]


def _incident(record: ReadRecord, places: Places, mode: Mode, name: str) -> Incident:
    try:
        return _told(record, places, mode, name)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise RecordBroken(f"The first or the last entry of {name} cannot be read.") from error


def _told(record: ReadRecord, places: Places, mode: Mode, name: str) -> Incident:
    opened = json.loads(record.read(name, 0, 1)[0].body)
    head = record.head(name)
    closed = record.newest_with(name, CLOSED)
    end = json.loads(closed.body) if closed is not None else {}
    end = end if end.get("kind") == "closed" else {}  # an opening answer may read so too
    return Incident(
        id=name,
        mode=mode,
        playbook=opened["playbook"],
        version=opened["version"],
        sha256=opened["files"][0]["sha256"],
        opened_at=opened["at"],
        opened_by=opened.get("by", ""),
        scenario=opened.get("scenario", ""),
        events=head.seq + 1 if head is not None else 0,
        last_at=json.loads(head.body)["at"] if head is not None else opened["at"],
        ended=end.get("at", 0),
        ended_how=("stood down" if end.get("stand_down") else "closed") if end else "",
        running=tuple(each.officer for each in who_is_present(places, name)),
    )


def books(places: Places) -> tuple[Book, ...]:
    """Every playbook here, each with what would open: whole ones first, then those that others use as a part."""
    used: set[str] = set()
    found = [_book(places, name, used) for name in places.shelf().ids()]
    return tuple(sorted(found, key=lambda each: each.id in used))


def _book(places: Places, name: str, used: set[str]) -> Book:
    from console.playbook.load import load

    found = places.shelf().find(name)
    file = str(found.path)
    try:
        loaded = load(found.name, found.read)
    except (BadPlaybook, NotFound) as error:
        return Book(id=name, file=file, own=found.own, wrong=error.what)
    book = loaded.playbook
    used |= {each.path.removesuffix(".yaml") for each in loaded.sources[1:]}
    return Book(
        id=name,
        file=file,
        own=found.own,
        title=book.title,
        version=book.version,
        sha256=loaded.sources[0].sha256,
        opens_when=book.opens_when,
    )


def drills(places: Places) -> tuple[Drill, ...]:
    """Every scenario here."""
    from console.playbook.scenario import load_scenario

    shelf = places.shelf()
    found = []
    for name in shelf.scenarios():
        try:
            scenario = load_scenario(name, shelf.read).scenario
        except (BadPlaybook, NotFound) as error:
            found.append(Drill(id=name, wrong=error.what))
            continue
        found.append(Drill(id=name, title=scenario.title, playbook=scenario.playbook, length=scenario.length))
    return tuple(found)


def officers_here(places: Places) -> tuple[Tested, ...]:
    """The live officers who were not removed, by name."""
    from console.incident.codec import decode_house
    from console.incident.house import HOUSE, House, fold_house, is_locked

    path = places.database("live")
    if not path.exists():
        return ()
    house = House()
    with ReadRecord(path, "live") as record:
        at = 0
        while rows := record.read(HOUSE, at, PAGE):
            for row in rows:
                house = fold_house(house, decode_house(row.body))
            at = rows[-1].seq + 1
    host = socket.gethostname()
    return tuple(
        Tested(
            name=officer.name,
            roles=officer.roles,
            proven=officer.proven,
            locked=is_locked(officer),
            tested=officer.tested.get(host, 0),
            tested_anywhere=max(officer.tested.values(), default=0),
        )
        for _, officer in sorted(house.officers.items())
        if not officer.removed
    )
