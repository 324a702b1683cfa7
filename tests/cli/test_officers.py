"""officers: shown once, unproven until tested, one code once, a lock that another opens."""

from __future__ import annotations

import json
import re

import pytest
from support_shell import Phone

from console.cli.enrolling import ISSUER, picture

pytestmark = pytest.mark.usefixtures("cheap_vault")


def test_add_prints_the_enrolment_once_and_the_officer_stays_unproven(shell):
    made = shell("officers", "add", "Quinn", "--role", "approver", "--json")
    assert set(made.json) >= {"name", "role", "uri", "recovery"}
    assert (made.json["name"], made.json["role"]) == ("Quinn", "approver")
    assert made.json["uri"].startswith("otpauth://totp/")
    assert len(set(made.json["recovery"])) == 8
    (listed,) = shell("officers", "list", "--json").json
    assert (listed["name"], listed["proven"], listed["tested"]) == ("Quinn", False, 0)
    assert "NEVER TESTED" in shell("officers", "list").out
    secret = re.search(r"secret=([A-Z2-7]+)", made.json["uri"])[1]
    kept = b"".join(path.read_bytes() for path in shell.home.rglob("*") if path.is_file())
    assert secret.encode() not in kept, "the seed lies in the vault alone, encrypted"
    assert made.json["recovery"][0].encode() not in kept


def test_without_json_a_picture_and_the_key_are_shown(shell):
    ran = shell("officers", "add", "Quinn", "--role", "approver")
    assert "█" in ran.out
    assert re.search(r"^Key: ([A-Z2-7]{4} ){7}[A-Z2-7]{4}$", ran.out, re.MULTILINE)
    assert len(re.findall(r"^  [A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}$", ran.out, re.MULTILINE)) == 8
    assert "officers test Quinn" in ran.err


def test_a_role_that_is_nearly_one_is_refused_and_one_nobody_knows_is_said(shell):
    for typed, meant in (("aprover", "approver"), ("officr", "officer")):
        ran = shell("officers", "add", "Quinn", "--role", typed, code=6)
        assert f"Did you mean {meant}?" in ran.err
    assert shell("officers", "list", "--json").json == []
    ran = shell("officers", "add", "Quinn", "--role", "king", "--json")
    assert "No playbook here knows the role king" in ran.err
    assert shell("officers", "add", "Shaw", "--role", "it", "--json").err == "", (
        "the shipped playbooks have it"
    )


def test_the_picture_leaves_out_only_what_its_label_says_too(shell):
    uri = shell("officers", "add", "Quinn", "--role", "approver", "--json").json["uri"]
    kept, issuer, left = uri.partition(ISSUER)
    assert (issuer, left) == (ISSUER, "Incident%20Console")
    assert kept.startswith("otpauth://totp/Incident%20Console:Quinn?secret=")
    for name in ("Quinn", "Superintendent Lindqvist"):
        assert len(picture(uri.replace("Quinn", name.replace(" ", "%20")))) <= 23


def test_a_test_spends_the_code_and_proves_the_officer(shell):
    quinn = shell.officer("Quinn")
    code = quinn.code()
    assert shell("officers", "test", "Quinn", "--json", stdin=code).json["accepted"] is True
    (listed,) = shell("officers", "list", "--json").json
    assert listed["proven"] is True
    assert listed["tested"] > 0
    assert "NEVER" not in shell("officers", "list").out
    shell("officers", "test", "Quinn", stdin=code, code=5)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("add", "Quinn"), 2),
        (("add", "", "--role", "approver"), 2),
        (("add", "Qu\x1binn", "--role", "approver"), 2),
        (("add", "Quinn", "--role", "no role!"), 2),
        (("test", "Nobody"), 6),
        (("remove", "Nobody", "--as", "Reid"), 6),
        (("remove", "Nobody"), 2),
        (("unlock", "Nobody", "--as", "Reid"), 6),
        (("unlock", "Quinn"), 2),
    ],
)
def test_refusals(inside, args, code):
    ran = inside("officers", *args, code=code)
    assert ran.err
    assert "\x1b" not in ran.both


def test_a_name_is_enrolled_once(shell):
    shell.officer("Quinn")
    assert "enrolled already" in shell("officers", "add", "Quinn", "--role", "approver", code=4).err


def test_a_removed_officer_opens_nothing_and_may_be_added_afresh(shell):
    quinn = shell.officer("Quinn")
    shell("officers", "remove", "Quinn", "--as", "Reid")
    assert shell("officers", "list", "--json").json == []
    shell("officers", "test", "Quinn", stdin=quinn.code(), code=6)
    again = shell("officers", "add", "Quinn", "--role", "approver", "--json").json
    assert again["uri"] not in quinn.recovery
    shell("officers", "test", "Quinn", stdin=Phone("Quinn", again).code())


def test_five_wrong_codes_wait_and_another_officer_ends_the_wait(shell):
    quinn, reid = shell.officer("Quinn"), shell.officer("Reid")
    for _ in range(5):
        shell("officers", "test", "Quinn", stdin=quinn.wrong(), code=5)
    code = quinn.code()
    refused = shell("officers", "test", "Quinn", stdin=code, code=5)
    assert re.search(r"\d+ s", refused.err)
    assert shell("officers", "unlock", "Quinn", "--as", "Quinn", stdin=code, code=None).code in (4, 5)
    shell("officers", "unlock", "Quinn", "--as", "Reid", stdin=reid.code())
    shell("officers", "test", "Quinn", stdin=code)


def test_a_recovery_code_ends_a_wait_once(shell):
    quinn = shell.officer("Quinn")
    for _ in range(5):
        shell("officers", "test", "Quinn", stdin=quinn.wrong(), code=5)
    shell("officers", "unlock", "Quinn", "--recovery", stdin=quinn.recovery[0])
    shell("officers", "test", "Quinn", stdin=quinn.code())
    events = [json.loads(line)["kind"] for line in shell("log", "@house").out.splitlines()]
    assert events.count("recovery-spent") == 1
