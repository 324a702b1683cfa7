"""README against the program: what it prints of --help, what it names, what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli import main
from console.playbook.load import load

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXCERPTS = re.findall(r"```\n\$ incident (.*?--help)\n(.*?)```", README, flags=re.DOTALL)
SHOWN = sorted(set(re.findall(r"^incident ([a-z-]+)", README, flags=re.MULTILINE)))
PICTURES = re.findall(r"!\[.+?\]\((docs/[^)]+)\)", README)


def incident(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "INCIDENT_HOME": str(home),
            "COLUMNS": "80",
            "TERM": "dumb",
        },
        check=False,
    )


def test_there_is_a_help_excerpt():
    assert EXCERPTS


@pytest.mark.parametrize(("words", "printed"), EXCERPTS, ids=[words for words, _ in EXCERPTS])
def test_each_help_excerpt_is_what_the_program_prints(words, printed, tmp_path):
    assert incident(*words.split(), home=tmp_path).stdout.strip() == printed.strip()


@pytest.mark.parametrize("verb", SHOWN)
def test_each_verb_that_is_shown_exists(verb, tmp_path):
    assert incident(verb, "--help", home=tmp_path).returncode == 0


def test_each_playbook_that_is_named_is_shipped():
    named = set(
        re.findall(r"press-channels-misused|rotate-mynewsdesk|pin-ignore-notice|notify-subscribers", README)
    )
    assert named
    for name in named:
        loaded = load(f"{name}.yaml", lambda path: (ROOT / "playbooks" / path).read_bytes())
        assert loaded.playbook.id == name


def test_each_step_that_is_named_is_in_the_model_playbook():
    loaded = load("press-channels-misused.yaml", lambda path: (ROOT / "playbooks" / path).read_bytes())
    steps = {step.name for step in loaded.playbook.steps()}
    named = set(re.findall(r" ([a-z-]+/[a-z-]+) (?:--|gone)", README))
    assert named
    assert named <= steps


@pytest.mark.parametrize("picture", PICTURES)
def test_each_picture_is_there_and_shows_the_live_word(picture):
    text = (ROOT / picture).read_text(encoding="utf-8")
    assert "LIVE" in text or "DRILL" in text


def test_the_two_commands_start_a_file_that_is_there():
    commands = re.findall(r"^python3 (console/\S+) (drill|test)$", README, flags=re.MULTILINE)
    assert [what for _, what in commands] == ["drill", "test"]
    assert all((ROOT / path).is_file() for path, _ in commands)


def test_the_door_is_the_one_that_is_installed():
    assert callable(main)
