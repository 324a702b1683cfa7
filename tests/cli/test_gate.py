"""approve and act at a gate: what is shown first, what a code is good for, who may give it, what edits do."""

from __future__ import annotations

import json
import sqlite3

import pytest

HOLDING = "correct/holding"


@pytest.fixture
def reid(phones):
    return phones["Reid"]


@pytest.fixture
def lindqvist(phones):
    return phones["Lindqvist"]


def test_two_people_open_a_gate_over_exactly_the_words_that_were_shown(shell, reid, lindqvist, live):
    own = shell("approve", live, HOLDING, "--as", "Reid", stdin=reid.code() + "\n")
    assert own.out.index("Text") < own.out.index("Approved by Reid"), "the words come before the code"
    assert "It still needs second person's code" in own.out
    shell("act", live, HOLDING, "--as", "Reid", code=5)
    looked = shell("approve", live, HOLDING, "--look", "--as", "Lindqvist", "--json").json
    assert looked["manifest"]["text"] in own.out.replace("\n  ", "\n")
    assert len(looked["check_words"].split()) == 6
    done = shell(
        "approve",
        live,
        HOLDING,
        "--as",
        "Lindqvist",
        "--digest",
        looked["digest"],
        "--json",
        stdin=lindqvist.code(),
    )
    assert done.json["open"] is True
    assert done.json["digest"] == looked["digest"]
    assert "Digest" in done.err, "with --json the words are read on stderr"
    shown = shell("act", live, HOLDING, "--digest", looked["digest"], "--as", "Reid")
    assert looked["manifest"]["text"] in shown.out


def test_a_wrong_code_sends_nothing_and_is_counted(shell, reid, live):
    ran = shell("approve", live, HOLDING, "--as", "Reid", stdin=reid.wrong(), code=5)
    assert "NOTHING HAS BEEN SENT" in ran.err
    assert "Tries left: 4" in ran.err
    assert '"kind":"approval-refused"' in shell("log", live).out


@pytest.mark.parametrize(
    "typed", ["", "\n", "12345\n", "1234567\n", "abcdef\n", "１２３４５６\n", "\x1b[A\n"]
)
def test_what_is_no_code_opens_nothing(shell, reid, live, typed):
    ran = shell("approve", live, HOLDING, "--as", "Reid", stdin=typed, code=5)
    assert "\x1b" not in ran.both


def test_one_code_opens_one_gate_once(shell, reid, live):
    code = reid.code()
    shell("approve", live, HOLDING, "--as", "Reid", stdin=code)
    assert (
        "NOTHING HAS BEEN SENT"
        in shell("approve", live, "correct/scope", "--as", "Reid", stdin=code, code=5).err
    )


def test_another_digest_is_refused_before_a_code_is_read(shell, reid, live):
    shell("approve", live, HOLDING, "--look", "--as", "Reid")
    code = reid.code()
    ran = shell("approve", live, HOLDING, "--digest", "0" * 64, "--as", "Reid", stdin=code, code=5)
    assert "not what you looked at" in ran.err
    assert "Approved" in shell("approve", live, HOLDING, "--as", "Reid", stdin=code).out, (
        "the code was not spent"
    )


def test_an_edit_voids_the_codes(shell, reid, lindqvist, live):
    first = shell("approve", live, HOLDING, "--as", "Reid", "--json", stdin=reid.code()).json
    shell("text", live, "holding", "--part", "known", "--set", "Other words.", "--as", "Shah")
    ran = shell(
        "approve",
        live,
        HOLDING,
        "--as",
        "Lindqvist",
        "--digest",
        first["digest"],
        stdin=lindqvist.code(),
        code=None,
    )
    assert ran.code in (4, 5)
    assert "NOTHING HAS BEEN SENT" in ran.err or "Nobody has asked" in ran.err
    second = shell("approve", live, HOLDING, "--as", "Reid", "--json", stdin=reid.code()).json
    assert second["digest"] != first["digest"]
    assert "Other words." in second["manifest"]["text"]
    assert set(second["manifest"]["writers"]) == {"Shah", "Reid"}


def test_who_asked_cannot_be_the_second_person(shell, lindqvist, live):
    ran = shell("approve", live, HOLDING, "--as", "Lindqvist", stdin=lindqvist.code(), code=4)
    assert "Nobody has asked" in ran.err
    shell("handover", live, "Lindqvist", "--as", "Reid")
    own = shell("approve", live, HOLDING, "--as", "Lindqvist", "--json", stdin=lindqvist.code()).json
    assert own["open"] is False


def test_somebody_without_the_role_cannot_be_the_second_person(shell, phones, live):
    reid, shah = phones["Reid"], phones["Shah"]
    shell("approve", live, HOLDING, "--as", "Reid", stdin=reid.code())
    ran = shell("approve", live, HOLDING, "--as", "Reid", "--officer", "Shah", stdin=shah.code(), code=5)
    assert "cannot be the second person" in ran.err
    own = shell("approve", live, HOLDING, "--as", "Shah", "--json", stdin=shah.code()).json
    assert "second person's code" in own["wants"]


def test_a_code_may_be_read_over_the_phone_and_the_record_says_so(shell, reid, lindqvist, live):
    shell("approve", live, HOLDING, "--as", "Reid", stdin=reid.code())
    done = shell(
        "approve",
        live,
        HOLDING,
        "--as",
        "Reid",
        "--officer",
        "Lindqvist",
        "--phone",
        "--json",
        stdin=lindqvist.code(),
    ).json
    assert done["open"] is True
    approved = [
        json.loads(line) for line in shell("log", live).out.splitlines() if '"kind":"approved"' in line
    ]
    assert [(each["officer"], each.get("came", "typed")) for each in approved] == [
        ("Reid", "typed"),
        ("Lindqvist", "phone"),
    ]


def test_the_emergency_path_wants_a_second_officer_a_reason_and_a_code_of_paper(shell, reid, lindqvist, live):
    base = ("approve", live, HOLDING, "--as", "Reid", "--emergency")
    paper = lindqvist.recovery[0]
    assert "second officer" in shell(*base, "--reason", "phone lost", stdin=reid.recovery[0], code=5).err
    assert "needs a reason" in shell(*base, "--officer", "Lindqvist", stdin=paper, code=5).err
    done = shell(*base, "--officer", "Lindqvist", "--reason", "phone lost", "--json", stdin=paper).json
    assert done["open"] is True
    assert "EMERGENCY" in shell("approve", live, HOLDING, "--as", "Reid", "--look").out.upper()
    again = shell(
        "approve",
        live,
        "correct/scope",
        "--as",
        "Reid",
        "--recovery",
        "--officer",
        "Lindqvist",
        "--reason",
        "again",
        stdin=paper,
        code=5,
    )
    assert "NOTHING HAS BEEN SENT" in again.err, "each is good once"


def test_a_confirmation_is_held_against_the_step(shell, reid, live):
    """Typed at the gate it is checked before a code is spent; typed at the act it is checked before anything goes."""
    ran = shell(
        "approve", live, "clear/all-clear", "--confirm", "wrong", "--as", "Reid", stdin=reid.code(), code=4
    )
    assert ran.err
    assert (
        "Approved" in shell("approve", live, HOLDING, "--confirm", "", "--as", "Reid", stdin=reid.code()).out
    )


def test_closing_early_wants_an_approver_over_exactly_that_reason(shell, lindqvist, live):
    asked = shell(
        "approve", live, "@close", "--reason", "taken over by the NCSC", "--as", "Reid", "--look", "--json"
    ).json
    assert asked["manifest"]["answer"] == "taken over by the NCSC"
    done = shell(
        "approve",
        live,
        "@close",
        "--reason",
        "taken over by the NCSC",
        "--as",
        "Reid",
        "--officer",
        "Lindqvist",
        "--phone",
        stdin=lindqvist.code(),
    )
    assert f"incident close {live}" in done.out
    closed = shell("close", live, "--reason", "taken over by the NCSC", "--as", "Reid", "--json").json
    assert closed["events"][-1]["approved_by"] == "Lindqvist"


def test_a_gate_without_a_vault_stays_shut_and_says_the_cure(shell, reid, live):
    (shell.folder / "passphrase").unlink()
    ran = shell("approve", live, HOLDING, "--as", "Reid", stdin="123456\n", code=9)
    assert "INCIDENT_PASSPHRASE_FILE" in ran.err
    assert '"kind":"approved"' not in shell("log", live).out


def test_a_wrong_passphrase_is_found_out_before_a_code_is_read(shell, reid, live):
    (shell.folder / "passphrase").write_text("not this one\n")
    ran = shell("approve", live, HOLDING, "--as", "Reid", stdin=reid.code(), code=9)
    assert "passphrase" in ran.err
    assert '"kind":"code-tried"' not in shell("log", "@house").out


def test_what_was_kept_beside_the_record_is_held_against_it_before_anything_may_go(shell, live):
    """Whoever can write the file can write a kept state with approvals that nobody gave."""
    shell("note", live, "something", "--as", "Reid")
    with sqlite3.connect(shell.home / "live.sqlite3") as database:
        ((body,),) = database.execute("SELECT body FROM snapshots WHERE stream = ?", (live,))
        assert body.count(b"Reid") > 1
        database.execute("UPDATE snapshots SET body = ?", (body.replace(b"Reid", b"Mole"),))
    database.close()
    assert shell("show", live, "--json").json["lead"] == "Mole"
    ran = shell("act", live, "voice", "--confirm", "voice", "--as", "Mole", code=8)
    assert "not what its first" in ran.err
    assert '"kind":"effect-intended"' not in shell("log", live).out
