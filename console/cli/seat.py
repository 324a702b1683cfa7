"""One verb, one process: open the record, take note of what died, let time be noticed, make the move, tell, let go."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from console.errors import ConsoleError, JournalError, NotFound
from console.places import Places, mode_of

if TYPE_CHECKING:
    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.incident.commands import AnyCommand
    from console.incident.events import AnyEvent
    from console.incident.state import State
    from console.journal.protocol import Journal

T = TypeVar("T")

SOON_READ: Final = 20_000  # entries: some seconds


class Seat(NamedTuple):
    """An officer at an incident, for the length of one verb."""

    session: Session
    conductor: Conductor
    officer: str
    world: World | None = None

    @property
    def state(self) -> State:
        """The incident as this process knows it."""
        return self.session.state

    def step(self, typed: str) -> str:
        """The full name of the step that was typed."""
        from console.incident.board import step_by_number

        return step_by_number(self.state, typed)


def run(work: Coroutine[Any, Any, T], *, screen: bool = False) -> T:
    """Run a verb's work to its end; an error nobody awaited is kept as a crash, never printed.

    Args:
        work: what the verb does.
        screen: it shows a screen, which says itself when garbage is collected: not before its first frame.
    """
    if not screen:
        gc.enable()

    async def whole() -> T:
        asyncio.get_running_loop().set_exception_handler(_kept)
        return await work

    return asyncio.run(whole())


def _kept(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        from console.cli.leaving import keep_crash

        keep_crash(error)


@asynccontextmanager
async def seated(
    incident: str, officer: str, *, vault_now: bool = False, prove: bool = False
) -> AsyncIterator[Seat]:
    """An officer's seat at an incident. The id alone decides whether it is live or practice.

    Args:
        incident: its id.
        officer: who acts, as claimed.
        vault_now: a code will be asked for, so the vault is opened first.
        prove: something may go out, so the whole record is read first however long it is. A short one always is: nobody
            writes on in a record that was changed.

    Raises:
        NotFound: there is no such incident on this machine.
        RecordBroken: what was kept is not what the entries tell; nothing is written.
    """
    mode = mode_of(incident)
    if not Places.here().database(mode).exists():
        raise NotFound(f"There is no incident {incident} on this machine.")
    rooms = _live(incident, vault_now=vault_now) if mode == "live" else _practice(incident)
    async with rooms as (session, conductor, world):
        before = session.state.seq
        await _proven(session, whole=prove)
        try:
            await session.claim_orphans()
            await beat(session, conductor, world)
            yield Seat(session, conductor, officer, world)
            # The move is made and told: what the clock adds may wait for the next verb, an error would deny the move.
            with suppress(JournalError):
                await beat(session, conductor, world)
        finally:
            if session.state.seq != before and not session.poisoned:
                with suppress(ConsoleError):
                    await keep(session.journal, session.state)


async def _proven(session: Session, *, whole: bool) -> None:
    from console.cli.saying import say

    if session.prefix_verified:
        return
    if session.state.seq > SOON_READ:
        count = f"{session.state.seq:,} entries"
        if not whole:
            say(
                f"The beginning of this record ({count}) is not verified yet. incident verify reads all of it."
            )
            return
        say(f"First the whole record is read: {count}.")
    await session.verify_prefix()


Rooms = tuple["Session", "Conductor", "World | None"]


@asynccontextmanager
async def _live(incident: str, *, vault_now: bool) -> AsyncIterator[Rooms]:
    from console.cli.saying import say
    from console.wiring import live_session

    async with live_session(Places.here(), incident, vault_now=vault_now) as (session, conductor):
        if conductor.trouble:
            say(conductor.trouble)
        yield session, conductor, None


@asynccontextmanager
async def _practice(incident: str) -> AsyncIterator[Rooms]:
    from console.clock import SystemClock
    from console.drill.practice import resume_practice
    from console.journal.sqlite import SqliteJournal

    path = Places.here().database("practice")
    async with await SqliteJournal.open(path, "practice") as journal:
        session, conductor, world = await resume_practice(journal, incident, clock=SystemClock())
        try:
            yield session, conductor, world
        finally:
            await conductor.stop()


async def beat(session: Session, conductor: Conductor, world: World | None) -> None:
    """Let time be noticed; in a drill, let the script happen and the watch look as well."""
    if session.poisoned:
        return
    if world is None:
        await session.tick()
        return
    await world.beat()
    await conductor.beat()


def move(
    incident: str, officer: str, make: Callable[[Seat], AnyCommand], *, as_json: bool, prove: bool = False
) -> None:
    """Make one move and tell what happened and what is next; `prove` as for `seated`."""
    from console.cli.telling import told

    async def work() -> None:
        async with seated(incident, officer, prove=prove) as seat:
            events = await seat.session.do(make(seat))
            await seat.conductor.settle()
            await _look(seat, events)
            told(seat, events, as_json=as_json)

    run(work())


async def _look(seat: Seat, events: Sequence[AnyEvent]) -> None:
    """Look from outside at what was just answered, where no act of the step did: nothing else looks between two live verbs."""
    from console.incident.events import Answered

    if seat.world is not None or seat.state.end is not None:
        return
    for event in events:
        step = seat.state.playbook.step(event.step) if isinstance(event, Answered) else None
        if step is not None and step.check is not None and step.act is None:
            await seat.conductor.check(step.name)


async def keep(journal: Journal, state: State) -> None:
    """Keep the folded state beside the record, so that the next verb need not fold it again. It may be lost without harm."""
    import msgspec

    from console.incident.state import FOLD_VERSION
    from console.journal.protocol import Snapshot

    rows = await journal.read(state.incident, state.seq - 1, 1)
    if rows:
        body = msgspec.msgpack.encode(state)
        await journal.keep_snapshot(state.incident, Snapshot(state.seq - 1, rows[0].hash, FOLD_VERSION, body))
