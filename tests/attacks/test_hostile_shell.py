"""Attack: start a verb with closed streams, bytes that are no text, endless names, a home of nobody, broken settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support_shell import PATIENCE, Shell

LONG = "a" * 100_000
NOWHERE = "~nobody-of-this-name/x"


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def live(shell) -> str:
    return shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]


def crashes(shell) -> list[str]:
    folder = shell.home / "crashes"
    return [each.read_text() for each in folder.iterdir()] if folder.exists() else []


def without(shell, *args: str, streams: tuple[int, ...]) -> subprocess.CompletedProcess:
    """Run a verb that was started without these streams."""

    def close() -> None:
        for number in streams:
            os.close(number)

    return subprocess.run(
        [sys.executable, "-P", "-m", "console", *args],
        env=shell.env,
        cwd=shell.folder,
        capture_output=True,
        preexec_fn=close,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("streams", [(0,), (1,), (2,), (1, 2), (0, 1, 2)], ids=str)
def test_a_move_is_kept_although_nobody_listens(shell, live, streams):
    done = without(shell, "note", live, "the line is dead", "--as", "Reid", streams=streams)
    assert done.returncode == (141 if 1 in streams else 0)
    assert "the line is dead" in shell("log", live).out
    assert shell("verify", live, code=None).code == 0
    assert not crashes(shell)


def test_no_stdin_is_no_code(shell, live):
    done = without(shell, "approve", live, "correct/holding", "--as", "Reid", streams=(0,))
    assert done.returncode == 5
    assert not crashes(shell)


@pytest.mark.parametrize("verb", ["note", "show", "log", "list"])
def test_a_full_disk_behind_stdout_changes_nothing(shell, live, verb):
    args = {"note": ("note", live, "kept", "--as", "Reid"), "list": ("list",)}.get(verb, (verb, live))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "console", *args],
            env=shell.env,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 141
    assert not crashes(shell)
    assert verb != "note" or "kept" in shell("log", live).out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("show", "L-\udcff"), 2),
        (("show", f"L-{LONG}"), 2),
        (("show", "L-\uff11"), 2),
        (("note", "LIVE", "x", "--as", "Re\udcffid"), 2),
        (("answer", "LIVE", LONG, "x", "--as", "Reid"), 2),
        (("answer", "LIVE", "\udcff", "x", "--as", "Reid"), 2),
        (("open", LONG, "--json", "--as", "Reid"), 6),
        (("open", f"{LONG}.yaml", "--json", "--as", "Reid"), 6),
        (("open", f"{NOWHERE}.yaml", "--json", "--as", "Reid"), 6),
        (("drill", LONG, "--json", "--as", "Reid"), 6),
        (("drill", f"{NOWHERE}.yaml", "--json", "--as", "Reid"), 6),
        (("check", LONG), 6),
        (("check", NOWHERE), 6),
        (("new", f"{NOWHERE}.yaml", "mine"), 6),
        (("list-file", "LIVE", LONG, "--as", "Reid"), 11),
        (("amend", "LIVE", "first-seen", "99999999999999", "--as", "Reid"), 4),
    ],
)
def test_what_is_no_name_is_told_with_its_exit_code(shell, live, args, code):
    ran = shell(*(live if each == "LIVE" else each for each in args), code=code)
    assert "Traceback" not in ran.both
    assert not crashes(shell)


@pytest.mark.parametrize(
    "typed", [b"\xff\xfe\n", b"\x00\n", "\uff11\uff12\uff13\uff14\uff15\uff16\n".encode()]
)
def test_bytes_that_are_no_code_open_nothing(shell, live, typed):
    ran = shell(
        "approve",
        live,
        "correct/holding",
        "--as",
        "Reid",
        stdin=typed.decode("utf-8", "surrogateescape"),
        code=5,
    )
    assert "six digits" in ran.err
    assert not crashes(shell)


@pytest.mark.parametrize("home", [NOWHERE, "/etc/passwd"])
@pytest.mark.parametrize("verb", ["list", "show"])
def test_a_home_that_is_none_is_told(shell, home, verb):
    ran = shell(*([verb] if verb == "list" else [verb, "L-20190719-1"]), code=1, INCIDENT_HOME=home)
    assert "INCIDENT_HOME" in ran.err
    assert "Traceback" not in ran.both
    assert not (shell.folder / NOWHERE).exists()


@pytest.mark.parametrize("zone", ["Europe", "../../etc/passwd", "No/Such", ":", "/etc/localtime", "\u202e"])
def test_a_zone_that_is_none_opens_an_incident_that_can_be_shown(shell, zone):
    name = shell("open", "press-channels-misused", "--json", "--as", "Reid", TZ=zone).json["id"]
    assert name in shell("show", name, TZ=zone).out
    assert not crashes(shell)


@pytest.mark.parametrize("raw", ['{"contacts": 3', "[" * 100_000, "\ufeff{}", '{"zone": 5}', ""])
def test_broken_settings_stop_no_answer(shell, live, raw):
    (shell.home / "settings.json").write_text(raw)
    ran = shell("answer", live, "confirm/look", "false-posts", "--as", "Reid")
    assert "settings.json" in ran.err
    assert shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"] != live
    assert shell("handover", live, "Okafor", "--as", "Reid")
    assert not crashes(shell)


def test_a_secret_that_was_written_into_the_settings_is_not_printed(shell):
    (shell.home / "settings.json").write_text(
        '{"channels": {"mailer": {"kind": "mail", "host": "h", "password": "hunter2"}}}'
    )
    for args in (("channels", "list"), ("channels", "list", "--json"), ("doctor", "--no-vault")):
        assert "hunter2" not in shell(*args, code=None).both
