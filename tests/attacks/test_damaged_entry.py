"""Attack: spoil one entry of the record with another program, so that whatever reads it falls over or believes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support_shell import Shell

SPOILT = [b"", b"\xff", b"[]", b'{"kind":"opened"}', b'{"kind":"nothing"}', b"[" * 50_000, b"null", b"7"]


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def live(shell) -> str:
    incident = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    shell("answer", incident, "confirm/look", "false-posts", "--as", "Reid")
    return incident


def spoil(shell, incident: str, seq: int, body: bytes) -> None:
    """Write over one entry, and put the triggers back as they were."""
    with closing(sqlite3.connect(shell.home / "live.sqlite3", isolation_level=None)) as file:
        ((name, trigger),) = file.execute(
            "SELECT name, sql FROM sqlite_schema WHERE name = 'events_are_not_changed'"
        )
        file.execute(f"DROP TRIGGER {name}")
        file.execute("UPDATE events SET body = ? WHERE stream = ? AND seq = ?", (body, incident, seq))
        file.execute(trigger)


@pytest.mark.parametrize("seq", [0, 2])
@pytest.mark.parametrize("body", SPOILT, ids=range(len(SPOILT)))
def test_every_verb_says_that_the_record_is_broken(shell, live, seq, body):
    spoil(shell, live, seq, body)
    ran = shell("note", live, "x", "--as", "Reid", code=8)
    assert "Stop using this file" in ran.err
    for args in (
        ("show", live),
        ("log", live, "--words"),
        ("report", live),
        ("verify", live),
        ("list",),
        ("--json",),
    ):
        ran = shell(*args, code=None)
        assert ran.code in (0, 8), args
        assert "did not expect" not in ran.err
    assert shell("verify", live, code=None).code == 8


@pytest.mark.parametrize("kept", [True, False], ids=["kept state", "no kept state"])
def test_a_playbook_that_was_changed_in_the_record_is_a_broken_record_and_no_lesson_for_authors(
    shell, live, kept
):
    """The words are as long as before, and no YAML any more."""
    path = shell.home / "live.sqlite3"
    path.write_bytes(path.read_bytes().replace(b"We are cutti", b"We: are: cut"))
    if not kept:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("DELETE FROM snapshots")
    verified = shell("verify", live, code=8)
    assert "THE RECORD IS WRONG" in verified.out
    assert "WRONG, entry 0" in verified.out, "what the chain says is kept"
    always = [
        ("report", live),
        ("resume", live, "--linear", "--as", "Reid"),
        ("note", live, "x", "--as", "Reid"),
    ]
    reading = [("show", live), ("log", live, "--words"), ("text", live)]
    for args in always + ([] if kept else reading):
        ran = shell(*args, code=8)
        assert "PB0" not in ran.both
        assert "incident check" not in ran.both
        assert "Stop using this file" in ran.err
    head = shell("log", live).out.splitlines()
    assert not any('"kind":"noted"' in line for line in head)


@pytest.mark.parametrize(
    "verb",
    [
        ("note", "x"),
        ("answer", "call", "have-it"),
        ("seen", "account"),
        ("undo",),
        ("text", "ignore", "--part", "do", "--set", "Ignore."),
    ],
    ids=lambda verb: verb[0],
)
def test_nobody_writes_on_in_a_record_whose_beginning_was_changed(shell, live, verb):
    """What it stands on is the kept state, which tells the truth still; the entry below it does not."""
    path = shell.home / "live.sqlite3"
    path.write_bytes(path.read_bytes().replace(b"Please ignore", b"Please follow"))
    before = len(shell("log", live).out.splitlines())
    ran = shell(verb[0], live, *verb[1:], "--as", "Reid", code=8)
    assert "does not follow" in ran.err
    told = [line for line in shell("log", live).out.splitlines()[before:] if '"kind":"alarm"' not in line]
    assert told == []


def test_an_entry_that_reads_well_is_not_shown_when_it_was_changed(shell, live):
    (said,) = [line for line in shell("log", live).out.splitlines() if '"kind":"answered"' in line]
    seq = shell("log", live).out.splitlines().index(said)
    shell("verify", live)
    with closing(sqlite3.connect(shell.home / "live.sqlite3", isolation_level=None)) as file:
        file.execute("DELETE FROM snapshots")
    spoil(shell, live, seq, said.replace("false-posts", "nothing").encode())
    assert "does not follow the one before" in shell("show", live, code=8).err


def test_an_opening_answer_that_reads_as_an_end_is_none(shell):
    book = shell.folder / "looks-closed.yaml"
    book.write_text(
        "format: 1\nid: looks-closed\nversion: 1.0.0\ntitle: Looks closed\nopens-when: Now.\n"
        "ask:\n  kind: {say: Which kind?, type: text, default: closed}\n"
        "phases:\n- id: a\n  title: A\n  steps:\n  - {id: b, do: Look}\n"
    )
    shell("open", str(book), "--json", "--as", "Reid")
    (here,) = shell("list", "--json").json
    assert here["ended"] == 0
