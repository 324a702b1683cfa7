"""The disk fills up or fails under every kind of write the journal makes: it is told, and nothing is written after."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support_journal import raw

from console.errors import JournalError, JournalPoisoned
from console.journal import disk
from console.journal.protocol import Snapshot
from console.journal.sqlite import SqliteJournal
from console.journal.verify import verify_file

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "journal" / "failing_disk.py"
POISONED = "JournalPoisoned"
KEPT = 5


def run(*arguments, before=(), check=True):
    done = subprocess.run(
        [*before, sys.executable, str(PROGRAM), *map(str, arguments)],
        check=check,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    return json.loads(done.stdout)


def test_every_write_against_every_size_limit(tmp_path):
    told = run("limits", tmp_path)
    poisoned = [case for case in told if case["first"] == POISONED]
    assert {case["name"] for case in poisoned} == {
        case["name"] for case in told
    }  # each kind of write met its limit
    assert {case["name"] for case in told if case["first"] == "kept"} == {case["name"] for case in told}
    assert {case["first"] for case in told} == {POISONED, "kept"}
    for case in poisoned:
        assert case["still"] == POISONED, case
        assert case["after"] == [POISONED] * 3, case
        path = Path(case["path"])
        assert raw(path, "PRAGMA integrity_check") == [("ok",)], case
        found = verify_file(path)
        entries = {(report.kind, report.name): report.entries for report in found.reports}
        assert (found.verdict, entries) == ("stands", {("events", "L-1"): KEPT}), case
        assert raw(path, "SELECT count(*) FROM snapshots") == [(0,)], case


WRITES = {
    "append": lambda journal: journal.append("L-1", [b"x" * 9_000], KEPT),
    "ledger": lambda journal: journal.ledger_append("L-1", [b"x" * 9_000], 0),
    "snapshot": lambda journal: journal.keep_snapshot("L-1", Snapshot(4, b"h" * 32, "1", b"x" * 9_000)),
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_full_disk_at_each_kind_of_write(tmp_path, name):
    path = tmp_path / "live.db"
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append("L-1", [b"{}"] * KEPT, 0)
        ((pages,),) = await journal._connection.execute_fetchall("PRAGMA page_count")
        await journal._connection.execute_fetchall(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalPoisoned, match="full"):
            await WRITES[name](journal)
        await journal._connection.execute_fetchall("PRAGMA max_page_count = 100000")
        for write in WRITES.values():
            with pytest.raises(JournalPoisoned):
                await write(journal)
        assert len(await journal.read("L-1")) == KEPT
    found = verify_file(path)
    assert (found.verdict, [report.entries for report in found.reports]) == ("stands", [KEPT])
    async with await SqliteJournal.open(path, "live") as journal:
        for write in WRITES.values():
            await write(journal)


def strace_works():
    strace = shutil.which("strace")
    if strace is None:
        return False
    probe = [strace, "-f", "-o", "/dev/null", "-e", "inject=fdatasync:error=EIO:when=9999", "/bin/true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.needs_package("strace")
@pytest.mark.skipif(not strace_works(), reason="strace is not here, or may not trace")
@pytest.mark.parametrize(
    ("call", "error", "nth"),
    [
        *(("pwrite64", "EIO", nth) for nth in (1, 3, 8, 23, 24, 25, 26, 27, 28, 29, 30, 41)),
        *(("pwrite64", "ENOSPC", nth) for nth in (2, 24, 27, 29)),
        # Five flushes a commit; SQLite does not look at the answer of the second, the folder's.
        *(("fdatasync", "EIO", nth) for nth in (1, 3, 4, 5, 6, 8, 9, 10, 13)),
    ],
)
def test_an_error_at_one_system_call_loses_nothing_that_was_answered(tmp_path, call, error, nth):
    path = tmp_path / "live.db"
    inject = f"inject={call}:error={error}:when={nth}"
    told = run(
        "life",
        path,
        before=[shutil.which("strace"), "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject],
    )
    if told["opening"] is not None:
        assert told["opening"] in {POISONED, "RecordBroken"}
        return
    kept = told["outcomes"].count("kept")
    assert told["outcomes"] == ["kept"] * kept + [POISONED] * (8 - kept)
    assert kept < 8, "the error was never met"
    # An error after the commit leaves the last one in doubt, and whole; nothing comes after it.
    assert raw(path, "PRAGMA integrity_check") == [("ok",)]
    found = verify_file(path)
    entries = sum(report.entries for report in found.reports)
    assert found.verdict == "stands"
    assert entries in {told["acked"], told["acked"] + 2}


@pytest.mark.parametrize("magic", disk.SHARED)
def test_a_disk_shared_over_a_network_is_refused_by_its_number(tmp_path, magic):
    with pytest.raises(JournalError, match="is on ") as caught:
        disk.refuse_shared(magic, tmp_path)
    assert "INCIDENT_HOME" in caught.value.diagnostics()


@pytest.mark.parametrize(
    ("name", "magic"),
    [
        ("ext4", 0xEF53),
        ("xfs", 0x58465342),
        ("btrfs", 0x9123683E),
        ("tmpfs", 0x01021994),
        ("overlayfs", 0x794C7630),
    ],
)
def test_a_disk_of_this_machine_is_taken(tmp_path, name, magic):
    disk.refuse_shared(magic, tmp_path)


@pytest.mark.parametrize(("folder", "magic"), [("/proc", 0x9FA0), ("/sys", 0x62656572)])
def test_the_number_is_the_kernels_own(folder, magic):
    if not Path(folder).is_dir():
        pytest.skip(f"no {folder} here")
    assert disk.file_system(Path(folder)) == magic


def test_a_folder_that_is_not_there_has_no_file_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        disk.file_system(tmp_path / "none")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="cannot be used"):
        await SqliteJournal.open(tmp_path / "file" / "live.db", "live")
