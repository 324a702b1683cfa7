"""Somebody wants a drill's record to be taken for a real one, or a real one for a drill's."""

from __future__ import annotations

import pytest
from support_journal import raw, unlocked

from console.errors import WrongMode
from console.journal import schema
from console.journal.sqlite import SqliteJournal
from console.journal.verify import verify, verify_file

OTHER = {"live": "practice", "practice": "live"}


@pytest.fixture(params=["live", "practice"])
def mode(request):
    return request.param


@pytest.fixture
def name(mode):
    return "L-1" if mode == "live" else "D-1"


@pytest.fixture
async def path(tmp_path, mode, name):
    path = tmp_path / "record.db"
    async with await SqliteJournal.open(path, mode) as journal:
        await journal.append("@house", [b"{}"], 0)
        await journal.append(name, [b"{}", b"{}"], 0)
        await journal.ledger_append(f"{name}/mail", [b"line"], 0)
    return path


async def test_a_file_is_only_opened_as_what_it_is(path, mode):
    with pytest.raises(WrongMode, match=mode):
        await SqliteJournal.open(path, OTHER[mode])
    async with await SqliteJournal.open(path, mode) as journal:
        assert journal.mode == mode


async def test_a_relabelled_file_does_not_verify_from_entry_0_and_says_why(path, mode):
    raw(path, f"PRAGMA application_id = {schema.APPLICATION_IDS[OTHER[mode]]}")
    found = verify_file(path)
    assert (found.mode, found.verdict) == (OTHER[mode], "broken")
    for report in found.reports:
        assert (report.verdict, report.bad) == ("broken", 0)
        assert f"written as {mode}" in report.why
    async with await SqliteJournal.open(path, OTHER[mode]) as journal:
        assert (await verify(journal, "@house")).bad == 0


async def test_an_entry_carried_over_does_not_verify(tmp_path, path, mode):
    target = tmp_path / "target.db"
    async with await SqliteJournal.open(target, OTHER[mode]) as journal:
        await journal.append("@house", [b"{}"], 0)
    ((body, kept),) = raw(path, "SELECT body, hash FROM events WHERE stream = '@house'")
    unlocked(target, "UPDATE events SET body = ?, hash = ?", values=(body, kept))
    (report,) = verify_file(target).reports
    assert (report.verdict, report.bad) == ("broken", 0)


async def test_a_stream_of_the_other_mode_is_not_written(path, mode, name):
    foreign = "D-7" if mode == "live" else "L-7"
    async with await SqliteJournal.open(path, mode) as journal:
        with pytest.raises(WrongMode):
            await journal.append(foreign, [b"{}"], 0)
        assert await journal.streams() == ["@house", name]


def test_a_copy_is_held_against_the_mode_it_was_handed_over_as(path, mode):
    assert verify_file(path, mode=mode).verdict == "stands"
    found = verify_file(path, mode=OTHER[mode])
    assert found.verdict == "broken"
    assert mode in found.findings[0]
