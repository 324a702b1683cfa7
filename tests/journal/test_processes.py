"""Processes killed and processes racing: what was promised is there, whole, and the chain stands."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support_journal import raw

from console.journal.sqlite import FAULTS, SqliteJournal
from console.journal.verify import verify, verify_file

CHILD = Path(__file__).with_name("child.py")
ROOT = CHILD.parents[2]


def lives(folder, *arguments):
    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments", [("points",), ("random", "50", "7")], ids=["at every point", "at 50 moments"]
)
def test_nothing_promised_is_lost(tmp_path, arguments):
    told = lives(tmp_path, *arguments)
    assert all(life["signal"] == 9 for life in told)
    if arguments[0] == "points":
        assert [life["point"] for life in told] == [point for point in FAULTS for _ in range(3)]
    promised = [life["promised"] for life in told if life["promised"]]
    assert promised == sorted(promised)  # no life began before what an earlier one had been promised
    assert len(promised) > len(told) / 4
    path = tmp_path / "live.db"
    assert raw(path, "PRAGMA integrity_check") == [("ok",)]
    ((events,),) = raw(path, "SELECT count(*) FROM events WHERE stream = 'L-1'")
    ((lines,),) = raw(path, "SELECT count(*) FROM ledger WHERE ledger = 'L-1/mail'")
    assert events >= promised[-1][0]
    assert lines >= promised[-1][1]
    assert events % 3 == 0  # three entries an append: all or none
    assert lines % 5 == 0
    raw(path, "DELETE FROM snapshots")  # theirs hold a made-up hash
    found = verify_file(path)
    assert (found.findings, [report.verdict for report in found.reports]) == ((), ["stands", "stands"])
    asyncio.run(_writes_on(path, events))


def test_processes_that_race_write_one_chain_and_lose_nothing(tmp_path):
    told = lives(tmp_path, "race", "4", "40")
    path = tmp_path / "live.db"
    (report,) = verify_file(path).reports
    assert (report.verdict, report.entries) == ("stands", 160)
    bodies = [body.decode() for (body,) in raw(path, "SELECT body FROM events ORDER BY seq")]
    for child in told:
        mine = [body for body in bodies if body.startswith(f"{child['pid']}:")]
        assert mine == [f"{child['pid']}:{number}" for number in range(40)]
    assert sum(child["lost"] for child in told) > 0  # they did meet


async def _writes_on(path, seq):
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append("L-1", [b"the next console"], seq)
        assert (await verify(journal, "L-1")).entries == seq + 1
