"""The `incident` command as people and scripts meet it: real processes, a home of their own, an encrypted vault."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest
from support_shell import Phone, Ran, Shell

from console.cli import doors, leaving

OFFICERS = ("Reid", "Okafor", "Shah", "Novak")
APPROVERS = ("Lindqvist", "Brandt", "Moreau")


@pytest.fixture
def shell(tmp_path) -> Shell:
    """A machine of its own: INCIDENT_HOME, a passphrase file, nobody enrolled."""
    return Shell(tmp_path)


@pytest.fixture
def cheap_vault(shell):
    """Its vault's file is there and costs little to open, for tests that open it again and again."""
    shell.cheap_vault()


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory) -> tuple[Path, dict[str, dict]]:
    """A home where everybody is enrolled, made once, with hashes that cost little: tests copy what it leaves."""
    shell = Shell(tmp_path_factory.mktemp("enrolled"))
    roles = {**dict.fromkeys(OFFICERS, "officer"), **dict.fromkeys(APPROVERS, "approver")}
    return shell.home, shell.enrol(roles)


@pytest.fixture
def phones(shell, enrolled) -> dict[str, Phone]:
    """Everybody is enrolled on this machine; their phones by name. Ask for it before an incident is opened."""
    home, made = enrolled
    shutil.copytree(home, shell.home, dirs_exist_ok=True)
    return {name: Phone(name, enrolment) for name, enrolment in made.items()}


@pytest.fixture
def live(shell):
    """The id of a live incident that Reid opened from the model playbook."""
    return shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]


@pytest.fixture
def drill(shell):
    """The id of a drill that Reid began."""
    return shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]


@pytest.fixture
def inside(shell, monkeypatch, capsys):
    """Runs verbs in this process, for long tables of refusals where starting a process for each shows nothing more."""
    for name in ("INCIDENT_HOME", "INCIDENT_PASSPHRASE_FILE"):
        monkeypatch.setenv(name, shell.env[name])
    monkeypatch.delenv("INCIDENT_OFFICER", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("123456\n"))

    def run(*args: str, code: int) -> Ran:
        capsys.readouterr()
        left = leaving.run(doors, list(args), "incident")
        said = capsys.readouterr()
        assert left == code, f"{args} left with {left}, not {code}:\n{said.out}\n{said.err}"
        return Ran(left, said.out, said.err)

    return run
