"""Each command that a verb prints is run as it stands, by a shell's own rules, and does what it was printed for."""

from __future__ import annotations

import shlex

import pytest

BOOK = """\
format: 1
id: tiny
version: 1.0.0
title: Tiny
opens-when: Now.
roles: {approver: Superintendent}
phases:
- id: one
  title: One
  way-out:
  - {when: elapsed >= 0s, go: one/far, say: Time is up}
  steps:
  - {id: look, do: Look, answer: {choose: {calm: All is calm, odd: Something is odd}}}
  - id: far
    do: Far
    when: one/look == odd
    answer: {value: Who was told?}
  - id: agree
    do: Agree on it
    gate: second
    answer: {choose: {x: One way, y: Another}}
"""


@pytest.fixture
def tiny(shell) -> str:
    path = shell.folder / "tiny.yaml"
    path.write_text(BOOK)
    return shell("open", str(path), "--json", "--as", "Ann Lee").json["id"]


def printed(text: str, verb: str) -> list[list[str]]:
    """The commands of that verb in what was printed, without the program's name."""
    found = [
        line[line.index(f"incident {verb} ") :] for line in text.splitlines() if f"incident {verb} " in line
    ]
    return [shlex.split(each)[1:] for each in found]


def test_a_way_out_is_shown_with_the_command_that_takes_it(shell, tiny):
    shell("note", tiny, "time is noticed", "--as", "Ann Lee")
    shut = shell("answer", tiny, "far", "Bob", "--as", "Ann Lee", code=4)
    assert "way out" in shut.err
    (command,) = printed(shell("show", tiny, "--as", "Ann Lee").out, "way-out")
    assert command == ["way-out", tiny, "one/far", "--as", "Ann Lee"]
    assert "(one/far)" in shell(*command).out
    assert "Bob" in shell("answer", tiny, "far", "Bob", "--as", "Ann Lee").out
    assert shell("show", tiny, "--json").json["ways"] == []


def test_the_only_way_out_needs_no_name_and_none_is_invented(shell, tiny, live):
    shell("note", tiny, "time is noticed", "--as", "Ann Lee")
    moved = shell("way-out", tiny, "--json", "--as", "Ann Lee").json
    assert (moved["events"][-1]["step"], moved["events"][-1]["way_out"]) == ("one/far", True)
    assert "No way out" in shell("way-out", live, "--as", "Reid", code=4).err
    assert "not on offer" in shell("way-out", live, "contain/suspend", "--as", "Reid", code=4).err
    assert shell("way-out", live, "nowhere", "--as", "Reid", code=6)


def test_after_an_act_by_hand_each_answer_is_a_command(shell, live):
    ran = shell("act", live, "voice", "--confirm", "voice", "--as", "Reid")
    commands = printed(ran.out, "answer")
    assert len(commands) > 1
    assert "seen not checked" in shell(*commands[0]).out


def test_harm_now_is_given_once_and_what_was_approved_goes(shell, phones, live):
    """A false post that puts somebody at risk is taken down before it is saved; the reason stands in the record once."""
    shell("amend", live, "reached", "account", "--as", "Reid")
    shell("seen", live, "account", "https://x.com/a/1", "--at-risk", "--as", "Reid")
    shell("answer", live, "contain/cut-link", "gone", "--as", "Reid")
    shell("waive", live, "remove/account", "--reason", "no time", "--as", "Reid")
    own = shell(
        "approve",
        live,
        "remove/account",
        "--harm-now",
        "a child is at risk",
        "--as",
        "Reid",
        stdin=phones["Reid"].code(),
    )
    (command,) = printed(own.out, "act")
    assert command[-4:] == ["--confirm", "1", "--as", "Reid"]
    assert "BY HAND" in shell(*command).out
    assert shell("log", live).out.count("HARM NOW") == 1


def test_closing_over_open_steps_carries_the_reason_that_was_approved(shell, phones, live):
    reason = "tired, and it's late"
    early = shell("approve", live, "@close", "--reason", reason, "--as", "Lindqvist", code=4)
    assert "Nobody has asked" in early.err
    shell("approve", live, "@close", "--look", "--reason", reason, "--as", "Reid")
    ran = shell(
        "approve", live, "@close", "--reason", reason, "--as", "Lindqvist", stdin=phones["Lindqvist"].code()
    )
    (command,) = printed(ran.out, "close")
    assert command == ["close", live, "--reason", reason, "--as", "Reid"]
    assert "closed the incident" in shell(*command).out


def test_a_mailing_s_act_holds_the_count(shell, phones, live):
    path = shell.folder / "list.csv"
    path.write_text("".join(f"a{number}@example.org\n" for number in range(3)))
    for step in ("list", "count"):
        shell("skip", live, f"notify-subscribers/{step}", "--reason", "done", "--as", "Reid", code=None)
    shell("list-file", live, str(path), "--as", "Reid")
    shell("waive", live, "notify-subscribers/send", "--reason", "no time", "--as", "Reid")
    shell("approve", live, "notify-subscribers/send", "--as", "Reid", stdin=phones["Reid"].code())
    ran = shell(
        *("approve", live, "notify-subscribers/send", "--confirm", "3", "--as", "Lindqvist"),
        stdin=phones["Lindqvist"].code(),
    )
    (command,) = printed(ran.out, "act")
    assert shell(*command, code=None).code in (0, 13)


def test_an_approved_answer_is_given_by_the_command_that_is_printed(shell, phones, tiny):
    own = ("approve", tiny, "agree", "--answer", "x")
    shell(*own, "--as", "Reid", stdin=phones["Reid"].code())
    ran = shell(*own, "--as", "Lindqvist", stdin=phones["Lindqvist"].code())
    (command,) = printed(ran.out, "answer")
    assert command == ["answer", tiny, "one/agree", "x", "--as", "Reid"]
    assert "One way" in shell(*command).out


def test_a_second_live_incident_of_the_same_playbook_is_told_of_the_first(shell, live):
    ran = shell("open", "press-channels-misused", "--no-tui", "--as", "Shah")
    assert ran.out.strip() != live
    (command,) = printed(ran.err, "resume")
    assert command == ["resume", live]
    assert live in shell(*command, "--linear", "--as", "Shah", stdin="q\n").out
    other = shell("open", "pin-ignore-notice", "--no-tui", "--as", "Shah")
    assert "resume" not in other.err


def test_a_drill_that_turned_real_says_how_the_real_one_opens(shell, drill):
    ran = shell("close", drill, "--reason", "this is real", "--as", "Reid")
    (command,) = printed(ran.err, "open")
    opened = shell(*command, "--no-tui")
    assert opened.out.startswith("L-")


def test_of_several_ways_out_one_must_be_named_and_all_are_printed(shell):
    path = shell.folder / "two.yaml"
    path.write_text(
        BOOK.replace("id: tiny", "id: two").replace(
            "  steps:", "  - {when: elapsed >= 0s, go: one/agree, say: Or so}\n  steps:"
        )
    )
    two = shell("open", str(path), "--json", "--as", "Reid").json["id"]
    shell("note", two, "time is noticed", "--as", "Reid")
    ran = shell("way-out", two, "--as", "Reid", code=4)
    commands = printed(ran.err, "way-out")
    assert [each[2] for each in commands] == ["one/far", "one/agree"]
    shell(*commands[1])
