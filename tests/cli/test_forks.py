"""What the tests of the doors rest on: a verb that is forked off does what one in a process of its own does."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys

import pytest
from support_forks import OURS, READ_LATE, ROOT, late
from support_shell import Shell, forks_of_this_process

WATCHED = """
import collections, os, sys

class Watched(collections.UserDict):
    def __getitem__(self, name):
        read.add(name)
        return self.data[name]

    def __contains__(self, name):
        read.add(name)
        return name in self.data

read = set()
os.environ = Watched(os.environ)
import importlib
import support_forks

for name in support_forks.imported():
    importlib.import_module(name)
support_forks.read_shipped_books()
print(*sorted(read))
"""
OWN_PACKAGES = {
    "HOME"
}  # sysconfig looks there for packages of the user's own; what it finds changes none of ours


@pytest.fixture
def real(shell):
    """The same machine, with Python started for every verb."""
    there = Shell.__new__(Shell)
    there.__dict__.update(shell.__dict__, real=True)
    return there


def test_nothing_that_a_call_may_change_is_read_while_importing(shell):
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED],
        capture_output=True,
        env={**shell.env, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        timeout=60,
        check=True,
    )
    read = set(done.stdout.decode().split())
    assert "COLUMNS" in read
    assert {name for name in read if late(name)} <= OWN_PACKAGES


def test_an_environment_that_importing_would_see_takes_a_process_of_its_own(shell):
    forks = forks_of_this_process()
    assert forks.fits({**shell.env, "TZ": "Asia/Tokyo", f"{OURS}OFFICER": "Reid"})
    assert not forks.fits({**shell.env, "COLUMNS": "200"})
    assert not forks.fits({**shell.env, "LANG": "C"})
    assert not forks.fits({**shell.env, "PYTHONIOENCODING": "ascii"})
    assert {"HOME", "TZ"} < set(READ_LATE)


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("--version",),
        ("log", "LIVE"),
        ("verify", "LIVE"),
        ("text", "LIVE", "holding"),
        ("contacts",),
        ("no-such-verb",),
        ("show", "L-20190719-9"),
        ("note", "LIVE", "a\nb", "--as", "Reid"),
        ("approve", "LIVE", "correct/holding", "--as", "Reid"),
        ("check", "no-such-book"),
        ("close", "LIVE", "--as", "Reid"),
    ],
    ids=" ".join,
)
def test_it_says_what_a_process_of_its_own_says(shell, real, live, args):
    args = [live if each == "LIVE" else each for each in args]
    one, other = (each(*args, stdin="123\n", code=None, TZ="Asia/Tokyo") for each in (shell, real))
    assert one == other


def test_it_has_the_folder_and_the_umask_of_who_calls(shell, real):
    before = os.umask(0o002)
    modes = []
    try:
        for each in (shell, real):
            each("new", "pin-ignore-notice", "ours")
            made = shell.home / "playbooks" / "ours.yaml"
            modes.append(stat.S_IMODE(made.stat().st_mode))
            shutil.copy(made, shell.folder / "ours.yaml")
            made.unlink()
            each("check", "ours.yaml")
    finally:
        os.umask(before)
    assert modes == [0o664, 0o664]


def test_what_it_answers_is_read_to_its_end_and_what_it_is_told_as_well(shell, real, live):
    for number in range(12):
        shell("note", live, f"{number}: " + "x" * 3_900, "--as", "Reid")
    assert len(shell("log", live).out) > 1 << 16 - 1
    assert shell("log", live) == real("log", live)
    assert shell("approve", live, "correct/holding", "--as", "Reid", stdin="7" * 200_000, code=5).err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("amend", "LIVE", "at-risk", "yes", "--as", "Reid"), 0),
        (("seen", "LIVE", "account", "https://x.com/a/status/1", "--as", "Reid"), 0),
        (("gone", "LIVE", "i1", "--as", "Reid"), 0),
        (("mark", "LIVE", "i1", "--is", "ours", "--as", "Reid"), 0),
        (("save", "LIVE", "i1", "--where", "my phone", "--as", "Reid"), 0),
        (("looked", "LIVE", "account", "--as", "Reid"), 0),
        (("access", "LIVE"), 0),
        (("way-out", "LIVE", "confirm/look", "--as", "Reid"), 4),
        (("defer", "LIVE", "confirm/call", "--minutes", "5", "--as", "Reid"), 0),
        (("skip", "LIVE", "confirm/look", "--reason", "seen", "--as", "Reid"), 0),
        (("waive", "LIVE", "confirm/look", "--reason", "seen", "--as", "Reid"), 4),
        (("undo", "LIVE", "--as", "Reid"), 4),
        (("text", "LIVE", "holding", "--part", "known", "--set", "They were not ours.", "--as", "Reid"), 0),
        (("list-file", "LIVE", "people.csv", "--as", "Reid"), 0),
        (("resolve", "LIVE", "correct/holding", "--as", "Reid"), 4),
        (("close", "LIVE", "--reason", "over", "--as", "Reid"), 5),
        (("evidence", "LIVE"), 0),
        (("new", "pin-ignore-notice", "ours"), 0),
        (("passphrase", "newsroom"), 0),
        (("contacts", "set", "approver", "A. Lindqvist", "020 7946 0101"), 0),
        (("doctor",), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_verbs_that_no_other_test_starts_python_for(shell, real, live, args, code):
    """What a verb imports when it runs is there already in a fork, so a fork does not show that it is imported at all."""
    shell("seen", live, "account", "https://x.com/a/status/0", "--as", "Reid")
    (shell.folder / "people.csv").write_text("email\nreader@example.org\n")
    ran = real(*(live if each == "LIVE" else each for each in args), code=code)
    assert "did not expect" not in ran.err
