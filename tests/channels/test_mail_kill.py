from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from support_smtp import read_log

from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONNECTIONS = 4
PEOPLE = [f"person{n}@example.net" for n in range(2_000)]


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - other processes have no event of ours
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def process(*arguments, **options):
    child = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, arguments), cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, **options
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


@pytest.fixture
def relay(tmp_path):
    @contextlib.asynccontextmanager
    async def start(*options):
        port_file, log = tmp_path / "port", tmp_path / "accepted.log"
        script = ROOT / "tests" / "support_smtp.py"
        async with process(script, "--port-file", port_file, "--log", log, *options):
            await until(port_file.exists)
            yield port_file.read_text(), log

    return start


@pytest.fixture
async def journal_path(tmp_path):
    path = tmp_path / "home" / "live.db"
    async with await SqliteJournal.open(path, "live") as journal:
        await JournalLedger(journal, "mailing").create(PEOPLE)
    return path


@pytest.fixture(params=["apart", "here"])
def how(request):
    """Whether the killed console sends by itself, or by the process that it starts for that."""
    return request.param


async def send(path, port, how, *, kill_when=None):
    """Run the mailing in a process of its own; kill it when told to, else return what it printed at its end."""
    script = HERE / "child_mailing.py"
    async with process(script, path, port, CONNECTIONS, how, stdout=asyncio.subprocess.PIPE) as child:
        if kill_when is not None:
            await until(kill_when)
            child.send_signal(signal.SIGKILL)
        printed, _ = await child.communicate()
    return json.loads(printed) if printed else None


async def test_killed_in_the_middle_again_and_again_nobody_is_sent_to_twice(relay, journal_path, how):
    chance = random.Random(2019)
    kills = 4
    async with relay() as (port, log):
        for _ in range(kills):
            goal = len(read_log(log)) + chance.randrange(50, 400)
            killed = await send(
                journal_path, port, how, kill_when=lambda goal=goal: len(read_log(log)) >= goal
            )
            assert killed is None
        end = await send(journal_path, port, how)
        accepted = Counter(line["to"][0] for line in read_log(log))
        ids = Counter(line["message_id"] for line in read_log(log))

    assert max(accepted.values()) == 1
    assert max(ids.values()) == 1
    assert (end["waiting"], end["refused"]) == (0, 0)
    assert len(end["doubtful"]) <= kills * CONNECTIONS
    # Everybody has it, save some of those in doubt, who are known by name.
    assert set(PEOPLE) - set(accepted) <= set(end["doubtful"])
    assert end["accepted"] + len(end["doubtful"]) == len(PEOPLE)
    assert end["accepted"] <= len(accepted)


async def test_what_the_server_took_and_we_did_not_hear_of_is_in_doubt_by_name(relay, journal_path, how):
    async with relay("--delay", "40") as (port, log):
        await send(journal_path, port, how, kill_when=lambda: len(read_log(log)) >= 40)
        taken = {line["to"][0] for line in read_log(log)}
    async with await SqliteJournal.open(journal_path, "live") as journal:
        ledger = JournalLedger(journal, "mailing")
        doubtful = {recipient.address for recipient in await ledger.doubtful()}
        waiting = {recipient.address async for recipient in ledger.waiting()}
        counts = await ledger.counts()
    assert len(doubtful) <= CONNECTIONS
    assert not taken & waiting
    assert counts["accepted"] + counts["tried"] == len(PEOPLE) - len(waiting) >= len(taken)
