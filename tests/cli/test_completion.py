"""Shell completion offers verbs, ids, steps, playbooks and scenarios, and stays silent when something is wrong."""

from __future__ import annotations

import pytest


def offered(shell, *words: str) -> list[str]:
    typed = " ".join(["incident", *words])
    ran = shell(_INCIDENT_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(len(words)), code=None)
    assert ran.err == ""
    return [line.partition(",")[2] for line in ran.out.splitlines() if line]


def test_verbs_are_completed(shell):
    assert "resume" in offered(shell, "res")
    assert "resolve" in offered(shell, "res")


def test_ids_are_completed_newest_first(shell, live, drill):
    assert set(offered(shell, "show", "")) == {live, drill}
    assert offered(shell, "show", "l-") == [live]


def test_steps_of_that_incident_are_completed(shell, live):
    assert offered(shell, "answer", live, "contain/c") == ["contain/cut-link"]
    assert offered(shell, "answer", "L-20190719-9", "contain/c") == []


def test_playbooks_and_scenarios_are_completed(shell):
    assert offered(shell, "open", "press") == ["press-channels-misused"]
    assert offered(shell, "drill", "met") == ["met-night-stream"]


def test_officers_are_completed(shell):
    assert offered(shell, "officers", "test", "Q") == []
    shell.officer("Quinn")
    assert offered(shell, "officers", "test", "Q") == ["Quinn"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_shell_gets_its_script(shell, name):
    ran = shell(_INCIDENT_COMPLETE=f"{name}_source", code=None)
    assert "incident" in ran.out


def test_a_broken_record_offers_nothing_and_says_nothing(shell):
    (shell.home / "live.sqlite3").write_bytes(b"no database at all" * 100)
    assert offered(shell, "show", "L") == []
