"""What belongs to no incident: officers, spent timecodes, failed tries, locks. The stream `@house`, folded purely.

Rules (RFC 6238 section 5.2; NIST SP 800-63B section 3.2.2):
- A try is written down before the code is looked at.
- An accepted timecode must be greater than every one accepted before from that officer: one code opens one gate, once.
- Five failures in a row wait 30 seconds, each further one doubles it, to an hour at most. Twenty lock the officer.
- A clock that stands more than 60 seconds before the newest accepted timecode shuts the gate.
- A lock is opened by another officer or by a recovery code, never by oneself.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from console.incident.moment import HOUR, SECOND, Now

HOUSE: Final = "@house"
STEP_SECONDS: Final = 30
TRIES_BEFORE_WAIT: Final = 5
TRIES_BEFORE_LOCK: Final = 20
FIRST_WAIT: Final = 30 * SECOND
LONGEST_WAIT: Final = HOUR
ROLLBACK_ALLOWED: Final = 60 * SECOND


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
    """One enrolled person, as the stream tells it."""

    name: str
    roles: tuple[str, ...]
    recovery: tuple[str, ...] = ()
    proven: bool = False
    removed: bool = False
    last_timecode: int = -1
    failures: int = 0
    last_try: int = 0
    last_try_boot: int = 0
    tested: dict[str, int] = {}
    offsets: tuple[int, ...] = ()


class House(Struct, frozen=True):
    """All officers, and the newest timecode that any of them had accepted."""

    officers: dict[str, Officer] = {}
    newest_timecode: int = -1

    def named(self, name: str) -> Officer | None:
        """The officer of that name who was not removed."""
        officer = self.officers.get(name)
        return None if officer is None or officer.removed else officer


def tries_left(officer: Officer) -> int:
    """Tries before the next wait begins."""
    return max(TRIES_BEFORE_WAIT - officer.failures, 0)


def wait_of(officer: Officer, now: Now) -> int:
    """Milliseconds until the officer may try again; 0 when they may now."""
    over = officer.failures - TRIES_BEFORE_WAIT
    if over < 0:
        return 0
    wait = min(FIRST_WAIT << min(over, 20), LONGEST_WAIT)
    return max(officer.last_try + wait - now.wall, 0)
