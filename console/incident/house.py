"""What belongs to no incident: officers, spent timecodes, failed tries, locks. The stream `@house`, folded purely.

Rules (RFC 6238 section 5.2; NIST SP 800-63B section 3.2.2):
- A try is written down before the code is looked at.
- An accepted timecode must be greater than every one accepted before from that officer: one code opens one gate, once.
- Five failures in a row wait 30 seconds, each further one doubles it, to an hour at most. Twenty lock the officer.
- A clock that stands more than 60 seconds before the newest accepted timecode shuts the gate.
- A lock is opened by another officer or by a recovery code, never by oneself.

`admission` decides by these rules; here are the facts and what they add up to.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from console.incident.moment import HOUR, SECOND, Now

HOUSE: Final = "@house"
STEP_SECONDS: Final = 30
STEP: Final = STEP_SECONDS * SECOND
TRIES_BEFORE_WAIT: Final = 5
TRIES_BEFORE_LOCK: Final = 20
FIRST_WAIT: Final = 30 * SECOND
LONGEST_WAIT: Final = HOUR
ROLLBACK_ALLOWED: Final = 60 * SECOND
OFFSETS_KEPT: Final = 3
ATTEMPTS_KEPT: Final = 64  # more than may be open at once: the lock comes at 20


class HouseEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all house facts carry; times as in `events.Event`."""

    at: int
    boot: int
    by: str = ""
    host: str = ""
    v: int = 1


class OfficerAdded(HouseEvent, tag="officer-added", kw_only=True, frozen=True):
    """An officer was enrolled. `recovery` holds salted slow hashes of the recovery codes, never a code."""

    officer: str
    roles: tuple[str, ...]
    recovery: tuple[str, ...] = ()


class OfficerProven(HouseEvent, tag="officer-proven", kw_only=True, frozen=True):
    """The officer's own app gave a code that this host accepted."""

    officer: str


class OfficerRemoved(HouseEvent, tag="officer-removed", kw_only=True, frozen=True):
    """The officer's seed is gone; what they did stays."""

    officer: str


class OfficerUnlocked(HouseEvent, tag="officer-unlocked", kw_only=True, frozen=True):
    """Another officer, or a recovery code, opened the lock."""

    officer: str
    how: str = "officer"


class CodeTried(HouseEvent, tag="code-tried", kw_only=True, frozen=True):
    """Somebody is about to have a code looked at. Counts as a failure until it is accepted."""

    officer: str
    purpose: str = ""
    attempt: str = ""


class CodeAccepted(HouseEvent, tag="code-accepted", kw_only=True, frozen=True):
    """The code of this timecode opened something, once. `offset` is -1, 0 or 1 steps from this host's clock."""

    officer: str
    timecode: int
    offset: int = 0
    purpose: str = ""
    attempt: str = ""


class RecoverySpent(HouseEvent, tag="recovery-spent", kw_only=True, frozen=True):
    """A recovery code was used; its hash is void from here on."""

    officer: str
    hash: str
    purpose: str = ""
    attempt: str = ""


AnyHouseEvent = (
    OfficerAdded | OfficerProven | OfficerRemoved | OfficerUnlocked | CodeTried | CodeAccepted | RecoverySpent
)


class Officer(Struct, frozen=True, kw_only=True):
    """One enrolled person, as the stream tells it.

    Attributes:
        recovery: hashes of the recovery codes not yet spent.
        proven: their own app gave a code that was accepted.
        last_timecode: the newest accepted; a code at or before it is used.
        failures: tries in a row that were not accepted, from all processes.
        last_try: when the newest try was written down, UTC ms; `last_try_boot` on the boot clock.
        attempts: ids of the newest tries that nothing was accepted for.
        tested: when a code was last accepted, UTC ms, by host.
        offsets: how many steps the last three accepted codes were from the host's clock, oldest first.
        added: when they were enrolled, UTC ms, and `added_by` whom.
    """

    name: str
    roles: tuple[str, ...]
    recovery: tuple[str, ...] = ()
    proven: bool = False
    removed: bool = False
    last_timecode: int = -1
    failures: int = 0
    last_try: int = 0
    last_try_boot: int = 0
    attempts: tuple[str, ...] = ()
    tested: dict[str, int] = {}
    offsets: tuple[int, ...] = ()
    added: int = 0
    added_by: str = ""


class House(Struct, frozen=True):
    """All officers, and the newest timecode that any of them had accepted."""

    officers: dict[str, Officer] = {}
    newest_timecode: int = -1

    def named(self, name: str) -> Officer | None:
        """The officer of that name who was not removed."""
        officer = self.officers.get(name)
        return None if officer is None or officer.removed else officer

    def enrolled(self) -> tuple[Officer, ...]:
        """Everybody who was not removed."""
        return tuple(officer for officer in self.officers.values() if not officer.removed)


def fold_house(house: House, event: AnyHouseEvent) -> House:
    """The house after one more fact. Facts about a person it never heard of change nothing."""
    if isinstance(event, OfficerAdded):
        added = Officer(
            name=event.officer,
            roles=event.roles,
            recovery=event.recovery,
            added=event.at,
            added_by=event.by,
        )
        return _with(house, added)
    officer = house.officers.get(event.officer)
    if officer is None:
        return house
    house = _with(house, _fold_officer(officer, event))
    if isinstance(event, CodeAccepted):
        return replace(house, newest_timecode=max(house.newest_timecode, event.timecode))
    return house


def _fold_officer(officer: Officer, event: AnyHouseEvent) -> Officer:
    match event:
        case CodeTried():
            return replace(
                officer,
                failures=officer.failures + 1,
                last_try=event.at,
                last_try_boot=event.boot,
                attempts=(*officer.attempts, event.attempt)[-ATTEMPTS_KEPT:],
            )
        case CodeAccepted():
            return replace(
                _settled(officer, event.attempt),
                last_timecode=max(officer.last_timecode, event.timecode),
                tested={**officer.tested, event.host: event.at},
                offsets=(*officer.offsets, event.offset)[-OFFSETS_KEPT:],
            )
        case RecoverySpent():
            left = tuple(kept for kept in officer.recovery if kept != event.hash)
            return replace(_settled(officer, event.attempt), recovery=left)
        case OfficerProven():
            return replace(officer, proven=True)
        case OfficerUnlocked():
            return replace(officer, failures=0)
        case OfficerRemoved():
            return replace(officer, removed=True)
        case _:
            return officer


def _settled(officer: Officer, attempt: str) -> Officer:
    return replace(officer, failures=0, attempts=tuple(kept for kept in officer.attempts if kept != attempt))


def _with(house: House, officer: Officer) -> House:
    return replace(house, officers={**house.officers, officer.name: officer})


def is_locked(officer: Officer) -> bool:
    """Whether only another officer or a recovery code can open the gates to this one again."""
    return officer.failures >= TRIES_BEFORE_LOCK


def tries_left(officer: Officer) -> int:
    """Tries before the next wait begins."""
    return max(TRIES_BEFORE_WAIT - officer.failures, 0)


def wait_of(officer: Officer, now: Now) -> int:
    """Milliseconds until the officer may try again; 0 when they may now.

    Either clock may end the wait. The boot clock does so rightly even after a restart, since it then began later than the
    try; the wall clock may have been wrong when the try was made. Whoever can set it can read the seed, and the lock
    counts tries, not time.
    """
    over = officer.failures - TRIES_BEFORE_WAIT
    if over < 0:
        return 0
    wait = min(FIRST_WAIT << min(over, 20), LONGEST_WAIT)
    return max(min(officer.last_try - now.wall, officer.last_try_boot - now.boot) + wait, 0)


def timecode_at(wall: int) -> int:
    """The RFC 6238 timecode of a moment (UTC ms)."""
    return wall // STEP


def seconds_left(now: Now) -> int:
    """Seconds, 1 to 30, until the app shows its next code, by this host's clock."""
    return seconds(STEP - now.wall % STEP)


def advice(officer: Officer) -> str:
    """What to look into when three accepted codes in a row missed the clock on the same side; empty when all is well.

    The window is never shifted to suit: a shifted window is a second chance for an old code.
    """
    if len(officer.offsets) < OFFSETS_KEPT or 0 in officer.offsets or len(set(officer.offsets)) > 1:
        return ""
    if officer.offsets[0] > 0:
        return f"{officer.name}'s last three codes came early: this machine's clock may be slow, or their phone's fast. Set both by the network."
    return f"{officer.name}'s last three codes came late: this machine's clock may be fast, or the codes were read out slowly. Check the clock."


def seconds(ms: int) -> int:
    """Whole seconds that are surely enough for `ms` milliseconds."""
    return -(-ms // SECOND)
