"""Drills from the shell: another record, another vault, codes by a verb, and no way into the world."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support_shell import ROOT

LOADED = """
import sys
from console.cli import doors
try:
    doors.main(sys.argv[1:], prog_name="incident", standalone_mode=False)
except Exception as error:
    print(type(error).__name__, file=sys.stderr)
live = [name for name in sys.modules if name.startswith(("console.wiring", "console.channels.live", "console.vault.keychain", "console.vault.filering", "keyring", "aiosmtplib", "httpx"))]
print("LOADED", sorted(live), file=sys.stderr)
"""


def test_a_drill_has_an_id_and_a_file_of_its_own(shell, drill):
    assert drill.startswith("D-")
    assert (shell.home / "practice.sqlite3").exists()
    assert not (shell.home / "live.sqlite3").exists()
    assert shell("show", drill).out.startswith("DRILL  ")


def test_the_same_seed_makes_the_same_codes(shell):
    first = shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]
    second = shell("drill", "--json", "--as", "Reid", "--seed", "7").json["id"]
    third = shell("drill", "--json", "--as", "Reid", "--seed", "8").json["id"]

    def codes(drill):
        return {each["code"] for each in shell("code", drill, "Lindqvist", "--json").json}

    assert codes(first) & codes(second) or codes(first) & codes(second), "unless the half minute just turned"
    assert not codes(first) & codes(third)


def test_a_gate_is_opened_with_the_practice_phones(shell, drill):
    def code(officer):
        return shell("code", drill, officer, "--json").json[0]["code"]

    shell("approve", drill, "correct/holding", "--as", "Reid", stdin=code("Reid"))
    done = shell("approve", drill, "correct/holding", "--as", "Lindqvist", "--json", stdin=code("Lindqvist"))
    assert done.json["open"] is True
    assert done.json["manifest"]["mode"] == "practice"
    assert done.json["manifest"]["text"].startswith("EXERCISE")
    assert "simulate" in done.err
    assert "send to the world" not in done.err


def test_a_live_incident_has_no_practice_phone(shell, live):
    assert "owner's phone" in shell("code", live, code=12).err


def test_an_act_is_simulated_and_its_confirmation_says_drill(shell, drill):
    assert "type drill voice" in shell("act", drill, "voice", "--as", "Reid", code=5).err
    ran = shell("act", drill, "voice", "--confirm", "drill voice", "--as", "Reid", code=None)
    assert ran.code in (0, 13)
    assert ran.out.startswith("DRILL")


def test_a_real_list_does_not_get_into_a_drill(shell, drill):
    path = shell.folder / "people.csv"
    path.write_text("email\nsomebody@example.org\n")
    shell("list-file", drill, str(path), "--as", "Reid", code=12)


def test_a_live_id_finds_nothing_in_the_practice_record_and_the_reverse(shell, drill):
    other = "L" + drill[1:]
    shell("show", other, code=6)
    shell("note", other, "words", "--as", "Reid", code=6)
    practice = shell.home / "practice.sqlite3"
    practice.rename(shell.home / "live.sqlite3")
    shell("show", other, code=12)
    shell("open", "pin-ignore-notice", "--no-tui", "--as", "Reid", code=12)


def test_a_drill_in_plain_lines_says_drill_first_and_can_be_left(shell):
    ran = shell("drill", stdin="1\nq\n")
    assert ran.out.startswith("DRILL D-")
    assert "EXERCISE" in ran.out
    assert "resume D-" in ran.out


def test_an_unknown_scenario_is_said(shell):
    shell("drill", "no-such-night", "--no-tui", "--as", "Reid", code=6)


@pytest.mark.parametrize(
    "verb",
    [
        ["drill", "--json", "--as", "Reid"],
        ["show", "{id}"],
        ["answer", "{id}", "look", "1", "--as", "Reid"],
        ["code", "{id}"],
        ["approve", "{id}", "correct/holding", "--look", "--as", "Reid"],
        ["act", "{id}", "voice", "--confirm", "drill voice", "--as", "Reid"],
        ["note", "{id}", "words", "--as", "Reid"],
        ["report", "{id}"],
        ["verify", "{id}"],
        ["handover", "{id}", "Shah", "--as", "Reid"],
        ["resume", "{id}", "--linear", "--as", "Reid"],
        ["list"],
    ],
    ids=lambda verb: verb[0],
)
def test_no_practice_verb_can_reach_the_world_or_the_keyring(shell, drill, verb):
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOADED, *(word.format(id=drill) for word in verb)],
        input=b"q\n",
        capture_output=True,
        env=shell.env,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    last = done.stderr.decode().strip().splitlines()
    assert "LOADED []" in last, done.stderr.decode()
    assert not [line for line in last if line.endswith("Error") or "Refused" in line], done.stderr.decode()
