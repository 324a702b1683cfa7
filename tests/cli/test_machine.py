"""channels, contacts, doctor: settings that are checked, kept whole, and never hold a secret."""

from __future__ import annotations

import json
import stat

import pytest

MAIL = ("kind=mail", "host=127.0.0.1", "port=2525", "tls=none", "from=Press <press@example.org>")


def test_a_channel_is_set_listed_and_taken_away(shell):
    shell("channels", "set", "account", "kind=x", "handle=@ExamplePolice")
    shell("channels", "set", "mailer", *MAIL)
    found = {each["name"]: each for each in shell("channels", "list", "--json").json}
    assert found["account"]["acts"] is False
    assert found["account"]["settings"] == {"handle": "@ExamplePolice"}
    assert found["mailer"]["acts"] is True
    assert "by hand" in shell("channels").out
    shell("channels", "set", "account", "kind=", "handle=")
    assert [each["name"] for each in shell("channels", "list", "--json").json] == ["mailer"]


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        (("handle=@x",), 2, "kind"),
        (("kind=fax",), 2, "mynewsdesk"),
        (("kind=x", "host=here"), 2, "handle"),
        (("kind",), 2, "KEY=VALUE"),
        (("kind=mail", "host=here", "from=press@example.org", "tsl=none"), 10, "did you mean tls"),
        (("kind=mail",), 10, "missing"),
        (("kind=mail", "password=hunter2"), 2, "--password"),
        (("kind=x", "handle=a\x1b[2J"), 2, "cannot be seen"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_and_nothing_is_kept(shell, values, code, words):
    ran = shell("channels", "set", "mailer", *values, code=code)
    assert words in ran.err
    assert "\x1b" not in ran.both
    assert "hunter2" not in ran.both
    assert shell("channels", "list", "--json").json == []


def test_a_password_goes_to_the_vault_alone(shell):
    shell(
        "channels",
        "set",
        "mailer",
        *MAIL[:3],
        "tls=starttls",
        MAIL[4],
        "user=press",
        "--password",
        stdin="hunter2-canary\n",
    )
    kept = b"".join(path.read_bytes() for path in shell.folder.rglob("*") if path.is_file())
    assert b"hunter2-canary" not in kept
    ran = shell("channels", "test", "mailer", code=10)
    assert "hunter2" not in ran.both


def test_what_a_channel_is_called_stands_in_the_texts(shell):
    shell("channels", "set", "account", "kind=x", "handle=@ExamplePolice")
    incident = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    assert "@ExamplePolice" in shell("text", incident, "ignore", "--copy").out


def test_only_what_acts_by_itself_is_configured(shell):
    shell("channels", "set", "account", "kind=x", "handle=@ExamplePolice")
    shell("channels", "set", "mailer", *MAIL)
    incident = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    opened = json.loads(shell("log", incident).out.splitlines()[0])
    assert opened["configured"] == {"mailer": "mail"}


def test_testing_a_channel_that_is_worked_by_hand_or_not_set(shell):
    shell("channels", "set", "account", "kind=x", "handle=@ExamplePolice")
    assert "by hand" in shell("channels", "test", "account").out
    shell("channels", "test", "nothing", code=6)


def test_contacts_are_set_changed_and_removed(shell):
    shell(
        "contacts",
        "set",
        "IT on call",
        "Okafor",
        "020 7946 0101",
        "--alternate",
        "control room",
        "--checked",
        "2026-01-31",
    )
    shell("contacts", "set", "IT on call", "Okafor", "020 7946 0102", "--unchecked")
    assert shell("contacts", "--json").json == [
        {"role": "IT on call", "name": "Okafor", "number": "020 7946 0102", "alternate": "", "checked": ""}
    ]
    assert "never checked" in shell("contacts", "list").out
    shell("contacts", "remove", "Okafor")
    shell("contacts", "remove", "Okafor", code=6)
    shell("contacts", "set", "IT", " ", "1", code=2)
    assert "incident contacts set" in shell("contacts").err


def test_settings_are_private_readable_and_whole(shell):
    shell("contacts", "set", "IT on call", "Okafor", "020 7946 0101")
    path = shell.home / "settings.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().count("\n") > 5
    path.write_text('{"contacts": [{"role": 1}]}')
    ran = shell("contacts", code=1)
    assert str(path) in ran.err
    assert "$.contacts[0].role" in ran.err
    path.write_text("{}")
    path.chmod(0o400)
    shell("contacts")


def test_the_doctor_finds_a_fresh_machine_sound(shell):
    found = shell("doctor", "--json").json
    assert found["ok"] is True
    levels = {each["name"]: each["level"] for each in found["checks"]}
    assert levels["vault"] == "ok"
    assert levels["officers"] == "warn"
    assert levels["contacts"] == "warn"
    assert levels["playbook press-channels-misused"] == "ok"
    assert all(each["cure"] for each in found["checks"] if each["level"] != "ok")
    assert "cure:" in shell("doctor").out


def test_the_doctor_names_what_is_wrong_and_leaves_with_a_code(shell, live):
    playbooks = shell.home / "playbooks"
    playbooks.mkdir()
    (playbooks / "broken.yaml").write_text("format: 1\n")
    database = shell.home / "live.sqlite3"
    raw = database.read_bytes()
    database.write_bytes(raw.replace(b'"by":"Reid"', b'"by":"Rei0"', 1))
    found = shell("doctor", "--json", code=1).json
    wrong = {each["name"] for each in found["checks"] if each["level"] == "fail"}
    assert {"live record", "playbook broken"} <= wrong
    assert live


def test_the_doctor_says_when_codes_were_never_tested_and_contacts_are_stale(shell):
    quinn = shell.officer("Quinn", "approver")
    shell("contacts", "set", "IT on call", "Okafor", "1", "--checked", "2019-07-19")
    before = {each["name"]: each for each in shell("doctor", "--no-vault", "--json").json["checks"]}
    assert "never tested" in before["officer Quinn"]["words"]
    assert before["contact Okafor"]["level"] == "warn"
    shell("officers", "test", "Quinn", stdin=quinn.code())
    after = {each["name"]: each for each in shell("doctor", "--no-vault", "--json").json["checks"]}
    assert after["officer Quinn"]["level"] == "ok"


def test_the_doctor_fails_a_vault_that_cannot_be_opened_when_somebody_is_enrolled(shell):
    shell.officer("Quinn")
    (shell.folder / "passphrase").write_text("something else\n")
    found = shell("doctor", "--json", code=1).json
    assert next(each for each in found["checks"] if each["name"] == "vault")["level"] == "fail"
