"""Attack: make a drill's record pass for a live one, mark and names and all, and act on the gates that were opened in it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from support_shell import Shell

from console.journal import schema


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


def relabelled(shell: Shell, drill: str) -> str:
    """The practice file in the place of the live one, its mark, its triggers' words and its incidents' names changed."""
    live = shell.home / "live.sqlite3"
    shutil.copyfile(shell.home / "practice.sqlite3", live)
    renamed = "L" + drill[1:]
    with closing(sqlite3.connect(live, isolation_level=None)) as file:
        triggers = dict(file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall())
        for name in triggers:
            file.execute(f"DROP TRIGGER {name}")
        file.execute(f"PRAGMA application_id = {schema.APPLICATION_IDS['live']:d}")
        for table in ("events", "streams", "snapshots"):
            file.execute(f"UPDATE {table} SET stream = ? WHERE stream = ?", (renamed, drill))
        file.execute(
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)", (drill, renamed)
        )
        file.execute("UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'practice', 'live') AS BLOB)")
        for sql in triggers.values():
            file.execute(sql)
    return renamed


@pytest.mark.parametrize("with_snapshot", [True, False])
def test_no_verb_takes_it_for_a_live_one(shell, with_snapshot):
    drill = shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]
    shell("note", drill, "in the drill", "--as", "Reid")
    live = relabelled(shell, drill)
    if not with_snapshot:
        with closing(sqlite3.connect(shell.home / "live.sqlite3", isolation_level=None)) as file:
            file.execute("DELETE FROM snapshots")
    step = "pin-ignore-notice/voice"
    for args in (
        ("act", live, step, "--confirm", "voice"),
        ("approve", live, "correct/holding"),
        ("close", live),
    ):
        ran = shell(*args, "--as", "Reid", stdin="000000\n", code=8)
        assert "Stop using this file" in ran.err
    assert shell("verify", live, code=None).code == 8


def test_the_file_alone_under_the_live_name_is_of_the_wrong_kind(shell):
    shell("drill", "--json", "--as", "Reid", "--seed", "7")
    shutil.copyfile(shell.home / "practice.sqlite3", shell.home / "live.sqlite3")
    for args in (
        ("open", "press-channels-misused", "--no-tui"),
        ("officers", "test", "Reid"),
        ("officers", "list"),
    ):
        ran = shell(*args, *(("--as", "Reid") if args[0] == "open" else ()), stdin="123456\n", code=12)
        assert "a live one was asked for" in ran.err


@pytest.mark.parametrize("verb", ["list-file", "code", "act"])
def test_a_letter_decides_and_nothing_else(shell, verb):
    drill = shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]
    renamed = "L" + drill[1:]
    args = {
        "list-file": (renamed, "/dev/null", "--as", "Reid"),
        "code": (renamed,),
        "act": (renamed, "x", "--as", "Reid"),
    }
    assert shell(verb, *args[verb], code=None).code in (6, 12)
