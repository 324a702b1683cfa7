"""check and new: all findings at once with their places, and a copy to start from."""

from __future__ import annotations

import pytest
from support_shell import ROOT

BAD = """format: 1
id: bad
version: 1.0.0
title: Bad
roles: {lead: Lead}
phases:
- id: one
  title: One
  stepz: []
  steps:
  - {id: a, do: Do it, dew: 5m}
  - {id: b, do: Do that, due: soon}
"""


def test_the_shipped_playbooks_have_no_errors(shell):
    assert shell("check", str(ROOT / "playbooks"), "--json").json["errors"] == 0


def test_all_errors_of_a_file_come_at_once_with_their_places(shell):
    path = shell.folder / "bad.yaml"
    path.write_text(BAD)
    ran = shell("check", str(path), code=3)
    lines = BAD.splitlines()
    for number, word in ((9, "stepz"), (11, "dew"), (12, "soon")):
        assert f"{path}:{number}:{lines[number - 1].index(word) + 1}" in ran.out
    assert "^" in ran.out
    assert 'did you mean "due"' in ran.out
    found = shell("check", str(path), "--json", code=3).json
    assert found["errors"] == 3
    assert {finding["line"] for finding in found["findings"]} >= {9, 11, 12}


def test_a_folder_is_checked_whole(shell):
    folder = shell.folder / "mine"
    folder.mkdir()
    (folder / "bad.yaml").write_text(BAD)
    (folder / "worse.yaml").write_text("a: [b\n")
    found = shell("check", str(folder), "--json", code=3).json
    assert {path.rpartition("/")[2] for path in found["files"]} == {"bad.yaml", "worse.yaml"}
    assert {finding["path"].rpartition("/")[2] for finding in found["findings"]} == {"bad.yaml", "worse.yaml"}


@pytest.mark.parametrize(("path", "code"), [("nothing.yaml", 6), ("no-such-id", 6), ("", 6)])
def test_what_is_not_there_is_said(shell, path, code):
    shell("check", path, code=code)


def test_an_empty_folder_and_no_path_are_said(shell):
    folder = shell.folder / "empty"
    folder.mkdir()
    shell("check", str(folder), code=6)
    shell("check", code=2)


def test_a_hostile_file_is_shown_and_not_obeyed(shell):
    path = shell.folder / "hostile.yaml"
    path.write_bytes(b"format: 1\ntitle: \x1b[2J\xe2\x80\xae\n")
    ran = shell("check", str(path), code=3)
    assert "\x1b" not in ran.both
    assert "\u202e" not in ran.both
    assert "PB006" in ran.out


def test_a_finding_is_explained(shell):
    assert "unknown key" in shell("check", "--explain", "pb012").out.lower()
    shell("check", "--explain", "PB999", code=6)


def test_a_copy_is_made_that_can_be_checked_opened_and_wins(shell):
    made = shell("new", "press-channels-misused", "ours", "--json").json
    assert made["file"] == str(shell.home / "playbooks" / "ours.yaml")
    assert any(path.endswith("texts/holding.yaml") for path in made["made"])
    assert shell("check", "ours").code == 0
    opened = shell("open", "ours", "--json", "--as", "Reid").json
    assert (opened["playbook"], opened["file"]) == ("ours", made["file"])
    books = {book["id"]: book for book in shell("--json").json["playbooks"]}
    assert books["ours"]["own"] is True
    assert books["rotate-mynewsdesk"]["own"] is True, "what it uses came along, and wins here"


def test_nothing_is_overwritten(shell):
    shell("new", "pin-ignore-notice", "pin-ignore-notice")
    path = shell.home / "playbooks" / "pin-ignore-notice.yaml"
    path.write_text(path.read_text() + "# mine\n")
    shell("new", "pin-ignore-notice", "pin-ignore-notice", code=4)
    kept = shell("new", "press-channels-misused", "ours", "--json").json["kept"]
    assert str(path) in kept
    assert path.read_text().endswith("# mine\n")


@pytest.mark.parametrize(
    ("playbook", "name", "code"),
    [("nothing", "ours", 6), ("pin-ignore-notice", "Our Own", 2), ("pin-ignore-notice", "../up", 2)],
)
def test_what_cannot_be_copied_is_said(shell, playbook, name, code):
    shell("new", playbook, name, code=code)
    assert not list(shell.folder.rglob("*up*.yaml"))


def test_editing_a_file_never_moves_a_running_incident(shell):
    shell("new", "pin-ignore-notice", "ours")
    incident = shell("open", "ours", "--json", "--as", "Reid").json["id"]
    before = shell("show", incident, "--json").json["phases"]
    (shell.home / "playbooks" / "ours.yaml").write_text("not a playbook at all")
    shell("answer", incident, "voice", "no-account", "--as", "Reid")
    after = shell("show", incident, "--json").json["phases"]
    assert [row["do"] for phase in before for row in phase["rows"]] == [
        row["do"] for phase in after for row in phase["rows"]
    ]


def test_the_two_commands_for_an_author_in_the_readme_follow_each_other(shell):
    commands = [
        line.split("#")[0].split()[1:]
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(("incident new ", "incident check "))
    ]
    assert [words[0] for words in commands] == ["new", "check"]
    for words in commands:
        shell(*words)
