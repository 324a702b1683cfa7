"""Who is let through: decisions about officers and codes. Pure; each returns the fact to append, or raises.

The order at a gate is: `decide_try`, made durable; only then is the code looked at; then `decide_accept` on the house as
it stands by then. A process that dies in between leaves a counted failure, so dying buys no free guess. Two processes with
one code both get as far as `decide_accept`; the journal takes one, and the other decides again on a house where the code
is used. Recovery codes have 80 bits and need no wait: they are the way in when a gate is locked or the clock is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.errors import GateDenied, NotFound, Refused
from console.incident.house import (
    ROLLBACK_ALLOWED,
    STEP,
    TRIES_BEFORE_WAIT,
    CodeAccepted,
    CodeTried,
    House,
    Officer,
    OfficerAdded,
    OfficerProven,
    OfficerRemoved,
    OfficerUnlocked,
    RecoverySpent,
    is_locked,
    seconds,
    wait_of,
)
from console.incident.moment import Now
from console.incident.persons import same_person

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NAME: Final = 64
NOTHING_SENT: Final = "NOTHING HAS BEEN SENT."


class Stamp(NamedTuple):
    """When, on which host, and who claims to act."""

    now: Now
    host: str = ""
    by: str = ""


class Attempt(NamedTuple):
    """One try: whose code, what it is to open, and an id that no other try has."""

    officer: str
    purpose: str
    id: str


class Matched(NamedTuple):
    """What the vault said of a code: its timecode, and how many steps that is from the host's clock (-1, 0, 1)."""

    timecode: int
    offset: int


def decide_try(house: House, attempt: Attempt, stamp: Stamp) -> CodeTried:
    """A code may be looked at, once this fact is durable.

    Raises:
        GateDenied: not enrolled, locked, too soon, or the clock stands before a code already accepted.
    """
    officer = _enrolled(house, attempt.officer)
    if is_locked(officer):
        raise GateDenied(
            f"{officer.name} is locked: {officer.failures} codes in a row were not right.",
            NOTHING_SENT,
            "Another officer can unlock them with incident officers unlock, or they use one of their own recovery codes.",
        )
    wait = wait_of(officer, stamp.now)
    if wait:
        raise GateDenied(
            f"Wait {seconds(wait)} seconds: {officer.failures} codes in a row for {officer.name} were not right.",
            NOTHING_SENT,
            f"Try again in {seconds(wait)} s with the code that the app shows then, or use a recovery code.",
        )
    behind = house.newest_timecode * STEP - stamp.now.wall
    if house.newest_timecode >= 0 and behind > ROLLBACK_ALLOWED:
        raise GateDenied(
            f"This machine's clock went backwards: it stands {seconds(behind)} s before a code that was already accepted.",
            f"Used codes could be used again, so the gate stays shut. {NOTHING_SENT}",
            "Set the clock right, then try again; or use a recovery code.",
        )
    return _tried(attempt, stamp)


def decide_recovery_try(house: House, attempt: Attempt, stamp: Stamp) -> CodeTried:
    """A recovery code may be looked at, once this fact is durable: also when locked, waiting, or with a clock set back.

    Raises:
        GateDenied: not enrolled, or no recovery code is left.
    """
    officer = _enrolled(house, attempt.officer)
    if not officer.recovery:
        raise GateDenied(
            f"{officer.name} has no recovery codes left.",
            NOTHING_SENT,
            "Ask another officer, or enrol them again with incident officers remove and add.",
        )
    return _tried(attempt, stamp)


def decide_accept(house: House, attempt: Attempt, matched: Matched, stamp: Stamp) -> CodeAccepted:
    """The code that matched opens what its try was for.

    Raises:
        GateDenied: a code of this or a later timecode was accepted before, or the try was never written down.
    """
    officer = _tried_by(house, attempt)
    if matched.timecode <= officer.last_timecode:
        ahead = (officer.last_timecode + 1) * STEP - stamp.now.wall
        do = (
            f"The next code comes in {seconds(ahead)} s: wait for it, then type it."
            if ahead > 0
            else "Type the code that the app shows at this moment."
        )
        raise GateDenied("This code was used already.", f"One code opens one gate, once. {NOTHING_SENT}", do)
    return CodeAccepted(
        **_of(stamp._replace(by=stamp.by or attempt.officer)),
        officer=attempt.officer,
        timecode=matched.timecode,
        offset=matched.offset,
        purpose=attempt.purpose,
        attempt=attempt.id,
    )


def decide_recovery(house: House, attempt: Attempt, hashed: str, stamp: Stamp) -> RecoverySpent:
    """The recovery code of this hash is spent on what its try was for.

    Raises:
        GateDenied: it was spent before, or the try was never written down.
    """
    officer = _tried_by(house, attempt)
    if hashed not in officer.recovery:
        raise GateDenied(
            "This recovery code was used already.",
            NOTHING_SENT,
            "Cross it off, and use the next one on the sheet.",
        )
    return RecoverySpent(
        **_of(stamp._replace(by=stamp.by or attempt.officer)),
        officer=attempt.officer,
        hash=hashed,
        purpose=attempt.purpose,
        attempt=attempt.id,
    )


def decide_add(
    house: House, officer: str, roles: Sequence[str], recovery: Sequence[str], stamp: Stamp
) -> OfficerAdded:
    """An officer is enrolled, unproven; `recovery` are hashes.

    Raises:
        Refused: somebody of that name is enrolled, or the name cannot be used.
    """
    known = next((each for each in house.enrolled() if same_person(each.name, officer)), None)
    if known is not None:
        raise Refused(
            f"{known.name} is enrolled already.",
            do="Use another name, or remove them first with incident officers remove.",
            code="enrolled",
        )
    if officer != officer.strip() or not officer.isprintable() or not 0 < len(officer) <= LONGEST_NAME:
        raise Refused(
            "That name cannot be used.",
            do=f"Use 1 to {LONGEST_NAME} printable characters, with no space at either end.",
            code="name",
        )
    return OfficerAdded(**_of(stamp), officer=officer, roles=tuple(roles), recovery=tuple(recovery))


def decide_prove(house: House, officer: str, stamp: Stamp) -> OfficerProven:
    """The officer's own app works: a code of theirs was accepted since they were enrolled.

    Raises:
        NotFound: nobody of that name is enrolled.
        Refused: none of their codes was accepted yet.
    """
    found = _known(house, officer)
    if not found.tested:
        raise Refused(
            f"No code from {officer} was accepted yet.",
            do=f"Run incident officers test {officer}.",
            code="untested",
        )
    return OfficerProven(**_of(stamp), officer=officer)


def decide_remove(house: House, officer: str, stamp: Stamp) -> OfficerRemoved:
    """The officer opens no gate from here on.

    Raises:
        NotFound: nobody of that name is enrolled.
    """
    _known(house, officer)
    return OfficerRemoved(**_of(stamp), officer=officer)


def decide_unlock(house: House, officer: str, stamp: Stamp) -> OfficerUnlocked:
    """Another officer, `stamp.by`, ends a lock or a wait. That their code was accepted is the caller's part.

    Raises:
        NotFound: nobody of that name is enrolled.
        Refused: it is their own lock, or there is none.
        GateDenied: the other officer is not enrolled, or locked themselves.
    """
    found = _known(house, officer)
    if same_person(stamp.by, officer):
        raise Refused(
            "Nobody unlocks themselves.",
            do="Ask another officer, or use one of your own recovery codes.",
            code="own-lock",
        )
    other = _enrolled(house, stamp.by)
    if is_locked(other):
        raise GateDenied(
            f"{other.name} is locked too.", NOTHING_SENT, "Ask a third officer, or use a recovery code."
        )
    _shut_out(found)
    return OfficerUnlocked(**_of(stamp), officer=officer)


def decide_unlock_by_recovery(house: House, officer: str, stamp: Stamp) -> OfficerUnlocked:
    """The officer's own recovery code, spent in the same breath, ends their lock or wait; raises as `decide_unlock`."""
    _shut_out(_known(house, officer))
    return OfficerUnlocked(**_of(stamp), officer=officer, how="recovery")


def _shut_out(officer: Officer) -> None:
    if officer.failures < TRIES_BEFORE_WAIT:
        raise Refused(f"{officer.name} is not locked.", code="not-locked")


def _known(house: House, name: str) -> Officer:
    officer = house.named(name)
    if officer is None:
        raise NotFound(
            f"No officer is called {name!r}.", do="Run incident officers list to see who is enrolled."
        )
    return officer


def _enrolled(house: House, name: str) -> Officer:
    officer = house.named(name)
    if officer is None:
        raise GateDenied(
            f"{name!r} is not enrolled, so no code of theirs can be accepted.",
            NOTHING_SENT,
            "Check the name with incident officers list, or enrol them with incident officers add.",
        )
    return officer


def _tried_by(house: House, attempt: Attempt) -> Officer:
    officer = _enrolled(house, attempt.officer)
    if attempt.id not in officer.attempts:
        raise GateDenied("This try was not written down, so nothing can be accepted for it.", NOTHING_SENT)
    return officer


def _tried(attempt: Attempt, stamp: Stamp) -> CodeTried:
    return CodeTried(
        **_of(stamp._replace(by=stamp.by or attempt.officer)),
        officer=attempt.officer,
        purpose=attempt.purpose,
        attempt=attempt.id,
    )


def _of(stamp: Stamp) -> dict[str, Any]:
    return {"at": stamp.now.wall, "boot": stamp.now.boot, "by": stamp.by, "host": stamp.host}
