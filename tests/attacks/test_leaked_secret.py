"""Attack: read a seed, a code, a recovery code, a passphrase or a relay's password in whatever the console leaves behind."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support_shell import Phone, Shell

PASSWORD = "zw4nzig-Maulw\u00fcrfe"
PHRASE = "correct horse battery staple"


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


def left_behind(shell: Shell) -> dict[str, bytes]:
    """Every file of the home but the vault itself and the passphrase file, which is the officer's own."""
    files = [each for each in shell.home.rglob("*") if each.is_file() and each.name != "vault.bin"]
    return {str(each): each.read_bytes() for each in files}


def no_trace(where: dict[str, bytes], secrets: dict[str, str]) -> None:
    for name, secret in secrets.items():
        forms = {
            secret,
            secret.replace("-", ""),
            secret.replace(" ", ""),
            secret.lower(),
            json.dumps(secret)[1:-1],
        }
        for path, raw in where.items():
            assert not any(form.encode() in raw for form in forms if form), f"{name} is in {path}"


def test_nothing_secret_stays_outside_the_vault(shell):
    reid = shell("officers", "add", "Reid", "--role", "lead", "--json").json
    lindqvist = shell("officers", "add", "Lindqvist", "--role", "approver", "--json").json
    phones = {each["name"]: Phone(each["name"], each) for each in (reid, lindqvist)}
    shell(
        "channels",
        "set",
        "mailer",
        "kind=mail",
        "host=127.0.0.1",
        "port=9",
        "tls=none",
        "user=press",
        "from=press@example.org",
        "internal-to=staff@example.org",
        "--password",
        stdin=PASSWORD + "\n",
    )
    live = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    said = []
    codes = {}
    step = "correct/holding"
    codes["a wrong code"] = phones["Reid"].wrong()
    said.append(shell("approve", live, step, "--as", "Reid", stdin=codes["a wrong code"] + "\n", code=5))
    codes["a right code"] = phones["Reid"].code()
    said.append(shell("approve", live, step, "--as", "Reid", "--json", stdin=codes["a right code"] + "\n"))
    codes["a recovery code"] = lindqvist["recovery"][0]
    said.append(
        shell(
            "approve",
            live,
            step,
            "--as",
            "Reid",
            "--officer",
            "Lindqvist",
            "--emergency",
            "--reason",
            "phone lost",
            stdin=codes["a recovery code"] + "\n",
        )
    )
    said.append(
        shell(
            "approve",
            live,
            step,
            "--as",
            "Reid",
            "--emergency",
            "--officer",
            "Lindqvist",
            "--reason",
            "x",
            stdin=lindqvist["recovery"][1][:-1] + "A\n",
            code=None,
        )
    )
    said.append(shell("act", live, "correct/staff", "--confirm", "mailer", "--as", "Reid", code=None))
    said += [
        shell("channels", "test", "mailer", code=None),
        shell("doctor", code=None),
        shell("show", live, "--json"),
    ]
    said += [
        shell("log", live),
        shell("log", "@house"),
        shell("report", live, "--json"),
        shell("channels", "list"),
    ]
    spoken = {f"output {place}": ran.both.encode() for place, ran in enumerate(said)}
    secrets = {
        "Reid's seed": Phone("Reid", reid)._totp.secret,
        "Lindqvist's seed": Phone("Lindqvist", lindqvist)._totp.secret,
        "the password": PASSWORD,
        "the passphrase": PHRASE,
        "a recovery code": codes["a recovery code"],
        "another recovery code": lindqvist["recovery"][2],
    }
    no_trace(left_behind(shell) | spoken, secrets)
    entries = b"\n".join((said[8].out.encode(), said[9].out.encode()))
    for name in ("a wrong code", "a right code"):
        assert f'"{codes[name]}"'.encode() not in entries
        assert f" {codes[name]}".encode() not in entries


@pytest.mark.parametrize("fault", ["vault.bin", "live.sqlite3"])
def test_a_crash_keeps_no_value(shell, fault):
    made = shell("officers", "add", "Reid", "--role", "lead", "--json").json
    target = shell.home / fault
    target.unlink()
    target.mkdir()
    shell("officers", "test", "Reid", stdin="123456\n", code=None)
    shell("open", "press-channels-misused", "--json", "--as", "Reid", code=None)
    secrets = {"the seed": Phone("Reid", made)._totp.secret, "the passphrase": PHRASE, "the code": "123456"}
    crashes = shell.home / "crashes"
    where = {str(each): each.read_bytes() for each in crashes.iterdir()} if crashes.exists() else {}
    no_trace(where, secrets)


def test_no_secret_is_in_the_environment_or_the_arguments_of_a_process(shell):
    shell("officers", "add", "Reid", "--role", "lead")
    live = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    process = shell.start("approve", live, "correct/holding", "--as", "Reid")
    try:
        assert process.stdout.readline()
        proc = Path(f"/proc/{process.pid}")
        raw = proc.joinpath("environ").read_bytes() + proc.joinpath("cmdline").read_bytes()
        assert os.fsencode(shell.home) in raw
        assert PHRASE.encode() not in raw
        children = proc.joinpath(f"task/{process.pid}/children").read_text().split()
        assert children == []
    finally:
        process.communicate(b"000000\n", timeout=60)
