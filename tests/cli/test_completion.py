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


def test_what_stands_in_an_incident_is_completed_at_its_place(shell, live):
    shell("seen", live, "account", "https://x.com/a/1", "--as", "Reid")
    assert offered(shell, "answer", live, "look", "") == ["false-posts", "ours", "nothing", "blind"]
    assert offered(shell, "answer", live, "1.2", "b") == ["busy"]
    assert offered(shell, "answer", live, "nowhere", "") == []
    assert "account" in offered(shell, "seen", live, "a")
    assert "account" not in offered(shell, "looked", live, "account", "")
    assert offered(shell, "gone", live, "") == ["i1"]
    assert offered(shell, "mark", live, "i") == ["i1"]
    assert offered(shell, "amend", live, "") == ["reached", "first-seen", "at-risk"]
    assert offered(shell, "amend", live, "at-risk", "y") == ["yes"]
    assert "ignore" in offered(shell, "text", live, "i")
    assert offered(shell, "text", live, "ignore", "--part", "k") == ["known"]
    assert "confirm/look" in offered(shell, "note", live, "--step", "confirm/l")
    assert offered(shell, "show", live, "--step", "confirm/l") == ["confirm/look"]
    assert offered(shell, "way-out", live, "") == []


def test_help_says_how_completion_is_switched_on(shell):
    assert 'eval "$(_INCIDENT_COMPLETE=bash_source incident)"' in shell("--help").out


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
