"""Incidents of any length, made as a long night would leave them: real events in a real file, hash-chained.

They are written through the journal itself. Only the bytes are made faster than the console makes them; the first ones
are held against the console's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from console.clock import SystemClock
from console.engine.opening import Opening, open_incident
from console.incident import events as e
from console.incident.codec import decode, encode
from console.incident.fold import fold_all
from console.incident.moment import Now
from console.incident.state import FOLD_VERSION, State
from console.journal.protocol import Snapshot
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.playbook.load import load

PLAYBOOK = "press-channels-misused"
OFFICER = "Reid"
EVERY = 2_000  # milliseconds between two events; the last one has just happened
BATCH = 4_000
ITEMS = 200  # false posts of one night; what comes after is looking, checking and notes
ROUNDS = 40  # answers to the step that repeats


@dataclass(frozen=True)
class Made:
    """An incident that was made: its id, its file, how many entries, and where its snapshot stands (-1 for none)."""

    incident: str
    path: Path
    count: int
    snapshot: int

    @property
    def home(self) -> Path:
        """The INCIDENT_HOME it lies in."""
        return self.path.parent


async def make(home: Path, count: int, *, mode: str = "live", tail: int | None = None) -> Made:
    """Open an incident under `home` and let so many events happen.

    Args:
        home: the INCIDENT_HOME it lies in.
        count: entries in all.
        mode: `live` or `practice`.
        tail: keep a snapshot so many entries before the end, as a session would; None keeps none.
    """
    places = Places.here({"INCIDENT_HOME": str(home)})
    found = places.shelf().find(PLAYBOOK)
    path = places.database(mode)
    begun = SystemClock().now().wall - EVERY * count
    now = Now(begun, 1_000)
    async with await SqliteJournal.open(path, mode) as journal:
        opening = Opening(by=OFFICER, loaded=load(found.name, found.read), mode=mode, zone="Europe/London")
        incident = await open_incident(journal, opening, now)
        rows = await journal.read(incident)
        state = fold_all(decode(row.body) for row in rows)
        kept = -1
        for batch in _batches(count - 1, state, stop=count - 1 - (tail or 0)):
            rows = await journal.append(incident, [_bytes(event) for event in batch], rows[-1].seq + 1)
            if tail is not None and kept < 0:
                state = fold_all(batch, state)
                if state.seq >= count - tail:
                    body = msgspec.msgpack.encode(state)
                    snapshot = Snapshot(rows[-1].seq, rows[-1].hash, FOLD_VERSION, body)
                    await journal.keep_snapshot(incident, snapshot)
                    kept = rows[-1].seq
    return Made(incident, path, count, kept)


_ONCE: dict[Path, Made] = {}


async def once(home: Path, count: int, *, tail: int | None = None) -> Made:
    """As `make`, and the same again when it was made under that home before."""
    if home not in _ONCE:
        _ONCE[home] = await make(home, count, tail=tail)
    return _ONCE[home]


def _batches(count: int, state: State, stop: int) -> Iterator[list[e.AnyEvent]]:
    """All events in batches, one of which ends at `stop`."""
    batch: list[e.AnyEvent] = []
    for place, event in enumerate(happenings(count, state), 1):
        batch.append(event)
        if len(batch) == BATCH or place in (stop, count):
            yield batch
            batch = []


def happenings(count: int, state: State) -> Iterator[e.AnyEvent]:
    """So many events, looks, checks, notes, moves; items and answers while the night is young."""
    dice = random.Random(2019)
    steps = [step.name for step in state.playbook.steps()]
    repeating = next(step.name for step in state.playbook.steps() if step.repeat)
    channels = ("account", "website")
    items = rounds = 0
    for place in range(count):
        at, boot = state.opened_at + EVERY * place, 1_000 + EVERY * place
        what = dice.random()
        if what < 0.02 and items < ITEMS:
            items += 1
            yield e.ItemSeen(
                at=at,
                boot=boot,
                by=OFFICER,
                item=f"i{items}",
                channel=dice.choice(channels),
                words=f"False post {items}",
            )
        elif what < 0.03 and rounds < ROUNDS:
            rounds += 1
            yield e.Answered(
                at=at,
                boot=boot,
                by=OFFICER,
                step=repeating,
                value="On the website and the first account",
                round=rounds,
            )
        elif what < 0.55:
            yield e.Looked(at=at, boot=boot, channels=channels, source="watch")
        elif what < 0.75:
            yield e.Checked(
                at=at,
                boot=boot,
                step=dice.choice(steps),
                verdict="agrees",
                raw=f'{{"posts":0,"seen":{place}}}',
            )
        elif what < 0.95:
            text = f"Call {place} from the control room: they have it, and ring again in ten minutes"
            yield e.Noted(at=at, boot=boot, by=OFFICER, text=text)
        else:
            yield e.Moved(at=at, boot=boot, by=OFFICER, step=dice.choice(steps))


def _bytes(event: e.AnyEvent) -> bytes:
    """The canonical bytes of one of these events: plain ASCII and small integers, where sorted JSON is RFC 8785 JSON."""
    return msgspec.json.encode(msgspec.to_builtins(event), order="sorted")


def check(state: State) -> None:
    """Raise when the fast bytes are not the console's own."""
    for event in happenings(2_000, state):
        if _bytes(event) != encode(event):
            raise RuntimeError(f"not canonical: {event}")
