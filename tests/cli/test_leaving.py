"""How verbs end: quietly on a closed pipe and on Ctrl-C, and never with a traceback or a value in it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

import click
import pytest

from console.cli.leaving import PIPE_LOST, STOPPED, run, whereabouts
from console.cli.options import WORDS
from console.errors import GateDenied

CANARY = "JBSWY3DPEHPK3PXP-canary"


@click.command()
def broken():
    secret = CANARY
    raise KeyError(secret)


@click.command()
def stopped():
    raise KeyboardInterrupt


@click.command()
def denied():
    raise GateDenied("That code was not right: \x1b[2J\u202e")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_an_unexpected_error_leaves_its_whereabouts_and_no_value(home, capsys):
    assert run(broken, [], "incident") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert CANARY not in said.err
    (kept,) = (home / "crashes").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(kept) in said.err
    text = kept.read_text()
    assert "KeyError" in text
    assert "test_leaving.py" in text
    assert CANARY not in text


def refuse_a_value():
    raise ValueError(CANARY)


def test_a_chain_of_errors_is_told_without_values():
    try:
        refuse_a_value()
    except ValueError as error:
        outer = RuntimeError(CANARY)
        outer.__cause__ = error
    text = whereabouts(outer)
    assert "ValueError" in text
    assert "RuntimeError" in text
    assert "refuse_a_value" in text
    assert CANARY not in text


def test_a_crash_that_cannot_be_kept_is_said_all_the_same(tmp_path, monkeypatch, capsys):
    in_the_way = tmp_path / "home"
    in_the_way.write_text("a file where the folder should be")
    monkeypatch.setenv("INCIDENT_HOME", str(in_the_way))
    assert run(broken, [], "incident") == 1
    assert "did not expect" in capsys.readouterr().err


def test_ctrl_c_is_quiet(home, capsys):
    assert run(stopped, [], "incident") == STOPPED
    assert "in the record" in capsys.readouterr().err


def test_an_expected_error_speaks_for_itself_and_is_made_visible(home, capsys):
    assert run(denied, [], "incident") == 5
    said = capsys.readouterr().err
    assert r"\u{1b}" in said
    assert "\x1b" not in said
    assert "NOTHING HAS BEEN SENT" in said
    assert not (home / "crashes").exists()


def test_words_that_cannot_be_seen_are_refused():
    assert WORDS.convert("ordinary “words”", None, None) == "ordinary “words”"
    for hidden in ("a\x00b", "a\u200bb", "a\nb", "\udcff"):
        with pytest.raises(click.BadParameter):
            WORDS.convert(hidden, None, None)


def test_a_closed_pipe_is_quiet_and_loses_nothing(shell, live):
    for _ in range(3):
        shell("note", live, "x" * 4000, "--as", "Reid")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "console", "log", live],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=shell.env,
        cwd=shell.folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == PIPE_LOST
    assert done.stderr == b""
    moved = subprocess.run(
        [sys.executable, "-P", "-m", "console", "note", live, "kept although nobody reads", "--as", "Reid"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=shell.env,
        cwd=shell.folder,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert moved.returncode == PIPE_LOST
    assert moved.stderr == b""
    assert "kept although nobody reads" in shell("log", live).out


def test_ctrl_c_in_the_plain_face_leaves_the_incident_open(shell, live):
    process = shell.start("resume", live, "--linear", "--as", "Reid")
    line = b""
    while b"1.1" not in line:
        line = process.stdout.readline()
        assert line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == STOPPED
    assert b"Traceback" not in err
    assert shell("show", live, "--json").json["ended"] == ""
    assert shell("list", "--json").json[0]["running"] == []


def test_an_ascii_terminal_gets_every_word_spelt_out(shell, live):
    shell("note", live, "Zoë says “hello” ☂", "--as", "Reid")
    ran = shell("log", live, "--words", PYTHONIOENCODING="ascii", LANG="C")
    assert r"Zo\xeb" in ran.out


def test_an_argument_that_is_no_utf8_is_refused(shell, live):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "console", "note", live, b"a\xff", "--as", "Reid"],
        capture_output=True,
        env=shell.env,
        cwd=shell.folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_the_state_folder_may_be_anywhere_but_on_a_file(shell):
    ran = shell("open", "pin-ignore-notice", "--no-tui", "--as", "Reid", code=7, INCIDENT_HOME="/dev/null/x")
    assert "INCIDENT_HOME" in ran.err
