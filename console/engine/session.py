"""One incident in one process: command, decide, append, publish. The only writer of incident facts.

A key that was answered is on disk before the screen says so: `do` returns, and `publish` runs, only after the append.
When another console wrote first, the session reads on and decides again, unless that console changed the same step: then
the move is lost and says so.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from console.engine.contending import subject
from console.engine.faults import Faults, no_faults
from console.engine.holder import is_here, may_live, this_process
from console.engine.proving import beginning, linked, prove
from console.errors import (
    ConsoleError,
    Contended,
    JournalBusy,
    JournalError,
    JournalPoisoned,
    NotFound,
    RecordBroken,
    Refused,
)
from console.incident import commands as c
from console.incident.board import Board, board
from console.incident.codec import decode, encode
from console.incident.decide import decide
from console.incident.deciding_effects import SETTLED
from console.incident.fold import fold, fold_all
from console.incident.manifest import from_bytes
from console.incident.state import FOLD_VERSION, State
from console.journal.protocol import Snapshot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from console.channels.protocol import Channel
    from console.clock import Clock
    from console.engine.gatekeeper import Gatekeeper
    from console.incident.events import AnyEvent
    from console.journal.protocol import Journal, Row

    Subscriber = Callable[[State, Sequence[AnyEvent]], None]
    Prove = Callable[[Journal, State, bytes], Awaitable[None]]

PAGE: Final = 1_000
RECENT: Final = 200
SNAPSHOT_EVERY: Final = 500
ROUNDS: Final = 100
NO_FOLD: Final = ""
# What codes open rests on entries that were read, never on a kept state alone.
PROVEN_FIRST: Final = (c.Ask, c.Approve, c.Act, c.AskOnceMore, c.OnceMore, c.Close)


class Session:
    """A live view of one incident and the one way to change it. Use `Session.resume`.

    Attributes:
        prove: how the entries that a kept state stands for are read: here, between the officer's keys, unless a face has a
            process of its own do it.
    """

    def __init__(
        self,
        journal: Journal,
        state: State,
        *,
        clock: Clock,
        channels: Mapping[str, Channel],
        gatekeeper: Gatekeeper | None = None,
        holder: str = "",
        faults: Faults = no_faults,
    ) -> None:
        self.journal = journal
        self.state = state
        self.clock = clock
        self.channels = channels
        self.gatekeeper = gatekeeper
        self.holder = holder or this_process()
        self.recent: deque[tuple[int, AnyEvent]] = deque(maxlen=RECENT)
        self.unproven: Kept | None = None
        self.poisoned = ""
        self.prove: Prove = prove
        self._faults = faults
        self._subscribers: list[Subscriber] = []
        self._head = b""
        self._kept = state.seq
        self._turn = asyncio.Lock()
        self._proving = asyncio.Lock()

    @classmethod
    async def resume(
        cls,
        journal: Journal,
        incident: str,
        *,
        clock: Clock,
        channels: Mapping[str, Channel],
        gatekeeper: Gatekeeper | None = None,
        holder: str = "",
        faults: Faults = no_faults,
    ) -> Session:
        """The session of an incident that was opened, standing where it stood.

        Effects whose process is gone are put in doubt, mailings among them are interrupted.

        Raises:
            NotFound: there is no such incident in this journal.
            RecordBroken: its record cannot be read.
        """
        state, head, unproven = await load_state(journal, incident)
        session = cls(
            journal,
            state,
            clock=clock,
            channels=channels,
            gatekeeper=gatekeeper,
            holder=holder,
            faults=faults,
        )
        session._head = head
        session.unproven = unproven
        for row in await journal.read(incident, max(state.seq - RECENT, 0), RECENT):
            session.recent.append((row.seq, decode(row.body)))
        return session

    @property
    def prefix_verified(self) -> bool:
        """Whether every entry this session stands on was read and is chained to the one before."""
        return self.unproven is None

    async def verify_prefix(self) -> None:
        """Read what lies before the snapshot this session was opened from; afterwards `prefix_verified` holds.

        Run it in the background: it lets go of the event loop after every page.

        Raises:
            RecordBroken: the record is not what this session stands on. It says so itself, as an alarm, and nothing more is
                written or sent from here.
            JournalError: it cannot be read, so we cannot tell.
        """
        async with self._proving:
            if self.unproven is None:
                return
            try:
                await self.prove(self.journal, *self.unproven)
            except RecordBroken as error:
                with suppress(ConsoleError):  # whether or not that can be said in it, nothing more is
                    await self.do(c.Warn(what=f"the record does not verify: {error.what}"))
                self.poisoned = error.what
                await self._put_snapshot_away(self.unproven)
                raise
            self.unproven = None

    async def _put_snapshot_away(self, kept: Kept) -> None:
        """Nobody stands on that state again: the next to open it reads the entries. Its seq and hash stay as a witness."""
        with suppress(JournalError):
            await self.journal.keep_snapshot(
                kept.state.incident, Snapshot(kept.state.seq - 1, kept.head, NO_FOLD, b"")
            )

    def board(self, officer: str) -> Board:
        """What a face shows to one officer at this moment."""
        return board(self.state, self.clock.now().wall, officer)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Be told of every new state with the events that made it; returns the way to stop."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    async def do(self, command: c.AnyCommand) -> tuple[AnyEvent, ...]:
        """Carry a command out: decide, make durable, fold, publish. Returns the events it made.

        Raises:
            Refused: the rules say not now.
            Contended: another console made a move on the same thing first.
            JournalPoisoned: the disk failed; this console writes nothing any more.
            RecordBroken: it wants codes, and what this session stands on is not what the record tells.
        """
        if isinstance(command, PROVEN_FIRST):
            await self.verify_prefix()
        async with self._turn:
            return await self._do(command)

    def refuse_early(self, command: c.AnyCommand) -> None:
        """Raise what `do` would raise of this command at this moment, before anything else is done for it."""
        decide(self.state, command, self.clock.now())

    async def _do(self, command: c.AnyCommand) -> tuple[AnyEvent, ...]:
        if self.poisoned:
            raise JournalPoisoned(self.poisoned)
        busy = 0
        for _ in range(ROUNDS):
            events = decide(self.state, command, self.clock.now())
            if not events:
                return ()
            try:
                await self._append(events)
            except Contended:
                await self._lost(command)
                continue
            except JournalBusy:
                busy += 1
                if busy == 3:
                    raise
                continue
            return events
        raise JournalBusy(f"Other consoles wrote first {ROUNDS} times in a row.")

    async def _lost(self, command: c.AnyCommand) -> None:
        """Read on after a lost race; raise when the winner changed what this command is about."""
        before = subject(self.state, command)
        await self._read_on()
        if before != subject(self.state, command):
            last = self.state.last
            who = last.by if last is not None and last.by else "Another console"
            raise Contended(
                f"{who} was quicker: {last.words if last is not None else 'they moved'}.",
                "Your move was not made.",
            )

    async def _append(self, events: Sequence[AnyEvent]) -> None:
        at = self.state.seq
        after = self.state
        for event in events:
            after = fold(after, event)
        self._faults("before-append")
        try:
            rows = await self.journal.append(self.state.incident, [encode(event) for event in events], at)
        except JournalPoisoned as error:
            self.poisoned = error.what
            raise
        self._faults("after-append")
        self._take(after, rows, events)
        await self._keep_snapshot()

    def _take(self, after: State, rows: Sequence[Row], events: Sequence[AnyEvent]) -> None:
        self._head = rows[-1].hash
        self.state = after
        self.recent.extend(zip((row.seq for row in rows), events, strict=True))
        for subscriber in list(self._subscribers):
            subscriber(after, events)
        self._faults("after-publish")

    async def refresh(self) -> bool:
        """Read on what other consoles wrote; true when there was something."""
        async with self._turn:
            return await self._read_on()

    async def _read_on(self) -> bool:
        found = False
        while rows := await self.journal.read(self.state.incident, self.state.seq, PAGE):
            linked(self.state.incident, rows, self._head, self.state.seq)
            events = [decode(row.body) for row in rows]
            self._take(fold_all(events, self.state), rows, events)
            found = True
            if len(rows) < PAGE:
                break
        return found

    async def tick(self) -> bool:
        """Let time be noticed; true when it made something so."""
        if self.poisoned or self.state.end is not None:
            return False
        return bool(await self.do(c.Tick()))

    async def claim_orphans(self, step: str = "") -> int:
        """Put effects whose process is gone in doubt; returns how many. Guided ones that were shown wait for a report.

        Args:
            step: one of which an officer says that nothing carries it out any more, on whatever host that was.
        """
        count = 0
        for effect in list(self.state.effects.values()):
            if effect.status != "intended" or effect.holder == self.holder:
                continue
            given_up = effect.step == step and not is_here(effect.holder)
            if (may_live(effect.holder) and not given_up) or (effect.guided and effect.shown):
                continue
            try:
                await self.do(self._orphan_report(effect.id))
            except Refused as error:
                if error.code != SETTLED:
                    raise
                continue  # another console was here first
            count += 1
        return count

    def _orphan_report(self, effect: str) -> c.Report:
        """The report on an effect whose process ended without a word."""
        known = self.state.effects[effect]
        plan = self.state.plans.get(known.digest)
        mailing = plan is not None and bool(from_bytes(plan.raw.encode()).recipients) and not known.guided
        reason = "the console stopped before the end was seen"
        return c.Report(effect=effect, outcome="interrupted" if mailing else "doubt", reason=reason)

    def nonce(self) -> str:
        """Fresh randomness for a manifest."""
        return secrets.token_hex(16)

    async def _keep_snapshot(self) -> None:
        if self.state.seq - self._kept < SNAPSHOT_EVERY:
            return
        self._faults("before-snapshot")
        self._kept = self.state.seq
        body = msgspec.msgpack.encode(self.state)
        await self.journal.keep_snapshot(
            self.state.incident, Snapshot(self.state.seq - 1, self._head, FOLD_VERSION, body)
        )


class Kept(NamedTuple):
    """A state as a snapshot gave it, and the hash of the last entry in it."""

    state: State
    head: bytes


async def load_state(journal: Journal, incident: str) -> tuple[State, bytes, Kept | None]:
    """The folded state, the head's hash, and what of it was taken from a snapshot, unread (None: nothing).

    Raises:
        NotFound: there is no such incident in this journal.
        RecordBroken: an entry cannot be read, or does not follow the one before.
    """
    kept = await _from_snapshot(journal, incident)
    state, head = kept or (None, beginning(journal.mode, incident))
    at = state.seq if state is not None else 0
    while rows := await journal.read(incident, at, PAGE):
        head = linked(incident, rows, head, at)
        state = fold_all((decode(row.body) for row in rows), state)
        at = rows[-1].seq + 1
        if len(rows) < PAGE:
            break
    if state is None:
        raise NotFound(f"There is no incident {incident} here.")
    return state, head, kept


async def _from_snapshot(journal: Journal, incident: str) -> Kept | None:
    snapshot = await journal.snapshot(incident)
    if snapshot is None or snapshot.fold != FOLD_VERSION:
        return None
    rows = await journal.read(incident, snapshot.seq, 1)
    if not rows or rows[0].hash != snapshot.hash:
        return None
    try:
        state = msgspec.msgpack.decode(snapshot.body, type=State)
    except msgspec.DecodeError:
        return None
    fits = (state.incident, state.seq) == (incident, snapshot.seq + 1)
    return Kept(state, snapshot.hash) if fits else None
