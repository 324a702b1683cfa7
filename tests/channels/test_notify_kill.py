"""A console that is killed in the middle of a mailing through GOV.UK Notify, again and again: nobody twice, nobody lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
import sys
from pathlib import Path

import pytest
from standins.notify import NotifyService
from support_notify import notify_over, states, words

from console.clock import SystemClock
from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONNECTIONS = 8
PEOPLE = [f"person{n}@example.net" for n in range(600)]


@pytest.fixture
async def service():
    async with NotifyService(SystemClock()) as running:
        running.state.per_minute = 1_000_000
        yield running


@pytest.fixture
async def journal_path(tmp_path):
    path = tmp_path / "home" / "live.db"
    async with await SqliteJournal.open(path, "live") as journal:
        await JournalLedger(journal, "mailing").create(PEOPLE)
    return path


async def send(path, service, *, kill_at=None):
    """Run the mailing in a process of its own; kill it at the request of that number, else return what it printed."""
    due = asyncio.Event()
    seen = 0

    def count(request):
        nonlocal seen
        seen += request.method == "POST"
        if kill_at is not None and seen >= kill_at:
            due.set()
        return ""

    service.misbehave = count
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, (HERE / "child_notify.py", path, service.url, CONNECTIONS)),
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        stdout=asyncio.subprocess.PIPE,
    )
    if kill_at is not None:
        async with asyncio.timeout(60):
            await due.wait()
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
    printed, _ = await child.communicate()
    return json.loads(printed) if printed else None


async def test_killed_in_the_middle_again_and_again_nobody_is_sent_to_twice(service, journal_path):
    chance = random.Random(2019)
    kills = 4
    for _ in range(kills):
        assert await send(journal_path, service, kill_at=chance.randrange(20, 120)) is None
    end = await send(journal_path, service)
    assert end["why"] == ""
    assert max(service.to.values()) == max(service.taken.values()) == 1
    assert (end["waiting"], end["refused"]) == (0, 0)
    assert end["tried"] <= kills * CONNECTIONS
    service.misbehave = lambda _: ""
    transport = notify_over(service, SystemClock())
    async with await SqliteJournal.open(journal_path, "live") as journal:
        ledger = JournalLedger(journal, "mailing")
        await transport.look(words(), ledger)
        counts, found = await ledger.counts(), states(ledger)
    await transport.close()
    # Whoever has it is known to have it; who is in doubt still was never sent to.
    has_it = {mail.address for mail in service.mails}
    for n, address in enumerate(PEOPLE):
        assert (found[n] == "accepted") == (address in has_it), address
    assert counts["accepted"] + counts["tried"] == len(PEOPLE)
