"""The gatekeeper: has codes looked at, and keeps the house's record while doing so.

try (durable) → the vault looks → accept (durable). The stream decides races: of all consoles on the same journal that hold
the same code, one appends its acceptance first, and the others decide again on a house where that code is used.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from console.engine.proving import beginning, linked
from console.errors import Contended, GateDenied, JournalBusy, NotFound
from console.incident.admission import (
    NOTHING_SENT,
    Attempt,
    Matched,
    Stamp,
    decide_accept,
    decide_add,
    decide_prove,
    decide_recovery,
    decide_recovery_try,
    decide_remove,
    decide_try,
    decide_unlock,
    decide_unlock_by_recovery,
)
from console.incident.codec import decode_house, encode
from console.incident.house import (
    HOUSE,
    AnyHouseEvent,
    House,
    Officer,
    advice,
    fold_house,
    is_locked,
    seconds,
    seconds_left,
    timecode_at,
    tries_left,
    wait_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.clock import Clock
    from console.incident.moment import Now
    from console.journal.protocol import Journal, Row
    from console.vault.protocol import Enrolment, Vault

    Decide = Callable[[House, Now], tuple[AnyHouseEvent, ...]]

PAGE: Final = 1000
ROUNDS: Final = 500  # each lost round is another console's won one, so this many means something is wrong
BUSY_ROUNDS: Final = 3  # the journal waits by itself before it says busy
LONGEST_TYPED: Final = 32


class Accepted(NamedTuple):
    """A code or recovery code that opened what it was presented for, written down.

    Attributes:
        timecode: the code's RFC 6238 timecode; 0 for a recovery code.
        how: `code` or `recovery`.
        offset: steps of 30 s from this host's clock: -1, 0 or 1.
        advice: one sentence about a clock that drifts, or empty.
    """

    timecode: int
    how: Literal["code", "recovery"]
    offset: int
    advice: str = ""


class Gatekeeper:
    """One process's hold on the `@house` stream.

    Args:
        journal: of the same mode as the vault.
        vault: says which timecode a code fits.
        clock: this host's.
        host: its name, for the record of where codes were tested.
    """

    def __init__(self, journal: Journal, vault: Vault, clock: Clock, host: str) -> None:
        self._journal = journal
        self._vault = vault
        self._clock = clock
        self._host = host
        self._house = House()
        self._next = 0
        self._head = beginning(journal.mode, HOUSE)

    async def ready(self) -> None:
        """Have the vault opened while nobody waits for it; raises VaultError: until it is open, no gate is."""
        await self._vault.ready()

    async def make_passphrase(self, channel: str, *, again: bool) -> str:
        """A fresh passphrase for an account, kept before this returns; raises Refused or VaultError."""
        from console.vault.passphrases import make

        return await make(self._vault, channel, again=again)

    async def unlock_vault(self, phrase: str) -> None:
        """Open the vault with a passphrase that an officer typed; raises VaultLocked when it is not the one."""
        await self._vault.unlock(phrase)

    async def house(self) -> House:
        """The house as the journal holds it at this moment; only what was added since last time is read."""
        while True:
            rows = await self._journal.read(HOUSE, self._next, PAGE)
            self._take(rows)
            if len(rows) < PAGE:
                return self._house

    async def move(self, decide: Decide) -> House:
        """Append what `decide` makes of the newest house, deciding again when another console was first.

        Returns the house that holds the new facts, once they are durable. What `decide` raises passes through.
        """
        busy = 0
        for _ in range(ROUNDS):
            house = await self.house()
            at = self._next
            events = decide(house, self._clock.now())
            if not events:
                return house
            try:
                rows = await self._journal.append(HOUSE, [encode(event) for event in events], at)
            except Contended:
                continue
            except JournalBusy:
                busy += 1
                if busy == BUSY_ROUNDS:
                    raise
                continue
            self._take(rows)
            return self._house
        raise JournalBusy(f"Other consoles wrote first {ROUNDS} times in a row.")

    async def record(self, event: AnyHouseEvent) -> House:
        """Append a fact that needs no decision."""
        return await self.move(lambda _house, _now: (event,))

    async def present(self, officer: str, code: str, purpose: str, by: str = "") -> Accepted:
        """Have an officer's code looked at, once, for one purpose.

        Args:
            officer: whose code it is.
            code: as typed; spaces between the digits are fine.
            purpose: what it is to open, for the record, such as `approve L-7 tell/correct-mail`.
            by: who typed it, when it was read out over the phone.

        Raises:
            GateDenied: it opens nothing, and why; nothing was sent.
            VaultError: the seed cannot be reached. The try stays counted.
        """
        return await self._present(officer, code, purpose, by, lambda _house, _now: ())

    async def present_recovery(self, officer: str, code: str, purpose: str, by: str = "") -> Accepted:
        """Spend one of an officer's recovery codes on one purpose; raises as `present`."""
        return await self._present_recovery(officer, code, purpose, by, lambda _house, _now: ())

    async def enrol(self, officer: str, roles: Sequence[str], by: str = "") -> Enrolment:
        """Make an officer, unproven until a code of theirs is accepted. What is returned is shown once.

        Raises:
            Refused: the name is taken or cannot be used.
            VaultError: the store cannot be proven, or holds a left-over seed of that name.
        """

        def add(house: House, now: Now, hashes: tuple[str, ...] = ()) -> tuple[AnyHouseEvent, ...]:
            return (decide_add(house, officer, roles, hashes, self._stamp(now, by)),)

        add(await self.house(), self._clock.now())  # refuse before a seed is made
        await self._vault.prove()
        made = await self._vault.enrol(officer)
        await self.move(lambda house, now: add(house, now, made.hashes))
        return made

    async def remove(self, officer: str, by: str = "") -> None:
        """Shut every gate to an officer, then delete their seed.

        Raises:
            NotFound: nobody of that name was ever enrolled; a left-over seed is deleted all the same.
        """

        def decide(house: House, now: Now) -> tuple[AnyHouseEvent, ...]:
            if house.named(officer) is None:
                return ()
            return (decide_remove(house, officer, self._stamp(now, by)),)

        house = await self.move(decide)
        await self._vault.forget(officer)
        if officer not in house.officers:
            raise NotFound(
                f"No officer is called {officer!r}.",
                "If a seed lay under that name, it is deleted.",
                "Run incident officers list to see who is enrolled.",
            )

    async def unlock(self, officer: str, by: str, code: str) -> None:
        """Another officer, `by`, ends a lock or a wait with a code of their own; raises as `present`, Refused, NotFound."""

        def decide(house: House, now: Now) -> tuple[AnyHouseEvent, ...]:
            return (decide_unlock(house, officer, self._stamp(now, by)),)

        decide(await self.house(), self._clock.now())  # refuse before a code is spent
        await self._present(by, code, f"unlock {officer}", by, decide)

    async def unlock_by_recovery(self, officer: str, code: str) -> None:
        """A locked officer's own recovery code ends the lock; raises as `unlock`."""

        def decide(house: House, now: Now) -> tuple[AnyHouseEvent, ...]:
            return (decide_unlock_by_recovery(house, officer, self._stamp(now, officer)),)

        decide(await self.house(), self._clock.now())
        await self._present_recovery(officer, code, f"unlock {officer}", officer, decide)

    async def _present(self, officer: str, code: str, purpose: str, by: str, then: Decide) -> Accepted:
        digits = "" if len(code) > LONGEST_TYPED else "".join(code.split())
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise GateDenied(
                "That is no code: a code is six digits, 0 to 9.",
                NOTHING_SENT,
                "Type the six digits that the app shows.",
            )
        attempt = Attempt(officer, purpose, secrets.token_hex(8))
        await self.move(lambda house, now: (decide_try(house, attempt, self._stamp(now, by)),))
        looked = self._clock.now()
        timecode = await self._vault.match(officer, digits, looked.wall)
        if timecode is None:
            raise self._wrong((await self.house()).officers[officer], "code", self._clock.now())
        matched = Matched(timecode, timecode - timecode_at(looked.wall))

        def accept(house: House, now: Now) -> tuple[AnyHouseEvent, ...]:
            stamp = self._stamp(now, by)
            accepted = decide_accept(house, attempt, matched, stamp)
            house = fold_house(house, accepted)
            proven = () if house.officers[officer].proven else (decide_prove(house, officer, stamp),)
            return (accepted, *proven, *then(house, now))

        house = await self.move(accept)
        return Accepted(timecode, "code", matched.offset, advice(house.officers[officer]))

    async def _present_recovery(
        self, officer: str, code: str, purpose: str, by: str, then: Decide
    ) -> Accepted:
        attempt = Attempt(officer, purpose, secrets.token_hex(8))
        house = await self.move(
            lambda house, now: (decide_recovery_try(house, attempt, self._stamp(now, by)),)
        )
        found = await self._vault.recovery(code, house.officers[officer].recovery)
        if found is None:
            raise self._wrong((await self.house()).officers[officer], "recovery code", self._clock.now())

        def spend(house: House, now: Now) -> tuple[AnyHouseEvent, ...]:
            return (decide_recovery(house, attempt, found, self._stamp(now, by)), *then(house, now))

        await self.move(spend)
        return Accepted(0, "recovery", 0)

    def _wrong(self, officer: Officer, what: str, now: Now) -> GateDenied:
        if is_locked(officer):
            do = f"{officer.name} is locked: another officer can unlock them, or use a recovery code."
        elif wait := wait_of(officer, now):
            do = f"Too many wrong ones: wait {seconds(wait)} s, or use a recovery code."
        elif what == "code":
            do = f"Wait {seconds_left(now)} s for the next code, then type it again. Tries left: {tries_left(officer)}."
        else:
            do = "Check it against the sheet: four groups of four letters and digits."
        return GateDenied(f"That {what} was not right.", NOTHING_SENT, do)

    def _stamp(self, now: Now, by: str) -> Stamp:
        return Stamp(now, self._host, by)

    def _take(self, rows: Sequence[Row]) -> None:
        # Two tasks may have read the same rows; each is folded once.
        for row in rows:
            if row.seq == self._next:
                self._head = linked(HOUSE, (row,), self._head, self._next)
                self._house = fold_house(self._house, decode_house(row.body))
                self._next += 1
