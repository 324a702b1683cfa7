"""One durable event, through the journal and through a session, beside a bare row on the same disk with the same pragmas."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from itertools import count
from pathlib import Path
from time import perf_counter

import aiosqlite

from console.channels.manual import manual_channels
from console.clock import SystemClock
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.playbook.load import load
from tests.benchmarks.machine import Bench
from tests.benchmarks.made import OFFICER, PLAYBOOK
from tests.benchmarks.rounds import Samples, percentile
from tests.benchmarks.rows import Row, number

GROUP = "one durable event"
BUDGET = 1.3  # times a bare row
EACH = 60  # of every kind in one round, one after another
TEXT = "Control room rang back: they have it, and ring again in ten minutes"
BODY = b"x" * 230  # about what a short event is
PRAGMAS = ("PRAGMA synchronous = EXTRA", "PRAGMA journal_mode = PERSIST")
TABLE = "CREATE TABLE entries (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"
INSERT = "INSERT INTO entries VALUES (?, ?)"

Write = Callable[[], Awaitable[object]]


def measure(bench: Bench) -> list[Row]:
    """Medians over rounds of medians within a round; the tail is over all events."""
    samples, every = asyncio.run(_rounds(bench))
    baseline = f"bare row, aiosqlite, {_us(samples.median('bare'))}"
    rows = [
        ("journal", "Journal.append of one entry", BUDGET),
        ("session", "Session.do(Note): decide, append, fold, publish", BUDGET),
        ("thread", "bare row, sqlite3 in this thread", None),
    ]
    told = [
        Row(
            GROUP,
            what,
            f"{_us(samples.median(name))}, p99 {_us(percentile(every.by_name[name], 0.99))}",
            baseline,
            samples.paired(name, "bare"),
            budget=budget,
        )
        for name, what, budget in rows
    ]
    in_thread = f"bare row, sqlite3 in this thread, {_us(samples.median('thread'))}"
    ratio = samples.paired("session", "thread")
    told.append(Row(GROUP, "Session.do(Note)", _us(samples.median("session")), in_thread, ratio))
    return told


def _us(seconds: float) -> str:
    return number(seconds * 1e6, "us")


async def _rounds(bench: Bench) -> tuple[Samples, Samples]:
    samples, every = Samples(), Samples()
    async with AsyncExitStack() as stack:
        writes = await _contenders(bench.home("durable"), stack)
        for turn in range(bench.rounds(15) + 1):
            within = Samples()
            for _ in range(EACH):
                for name, write in writes.items():
                    begun = perf_counter()
                    await write()
                    within.add(name, perf_counter() - begun)
            if turn == 0:
                continue  # files grow to their first pages, caches fill
            for name, values in within.by_name.items():
                samples.add(name, within.median(name))
                every.by_name.setdefault(name, []).extend(values)
    return samples, every


async def _contenders(folder: Path, stack: AsyncExitStack) -> dict[str, Write]:
    thread = stack.enter_context(closing(sqlite3.connect(folder / "thread.db", isolation_level=None)))
    bare = await stack.enter_async_context(aiosqlite.connect(folder / "bare.db", isolation_level=None))
    for statement in (*PRAGMAS, TABLE):
        thread.execute(statement).fetchall()
        await bare.execute_fetchall(statement)
    journal = await stack.enter_async_context(
        await SqliteJournal.open(folder / "journal" / "live.sqlite3", "live")
    )
    session = await a_session(journal)
    at, places = count(), count()

    async def in_thread() -> None:
        thread.execute(INSERT, (next(at), BODY))

    return {
        "thread": in_thread,
        "bare": lambda: bare.execute_fetchall(INSERT, (next(at), BODY)),
        "journal": lambda: journal.append("L-20190719-99", [BODY], next(places)),
        "session": lambda: session.do(c.Note(by=OFFICER, text=TEXT)),
    }


async def a_session(journal: SqliteJournal) -> Session:
    """A session of a fresh incident of the model case."""
    found = Places.here().shelf().find(PLAYBOOK)
    loaded = load(found.name, found.read)
    clock = SystemClock()
    opening = Opening(by=OFFICER, loaded=loaded, mode="live", zone="Europe/London")
    incident = await open_incident(journal, opening, clock.now())
    channels = manual_channels(loaded.playbook.channels)
    return await Session.resume(journal, incident, clock=clock, channels=channels)
