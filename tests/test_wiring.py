"""The one place where the keyring is plugged in: not before it is needed, and once."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from support_incident import T0, shipped

from console import settings as machine
from console.channels import baseline as b
from console.channels import peacetime
from console.clock import TurnedClock
from console.engine.opening import Opening, open_incident
from console.errors import VaultLocked
from console.incident.moment import Now
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.wiring import live_session, live_vault, somebody_is_asked


@pytest.fixture
def places(tmp_path) -> Places:
    return Places.here({"INCIDENT_HOME": str(tmp_path)})


def test_a_live_verb_loads_no_keyring_before_a_vault_is_needed():
    slow = "{'keyring', 'cryptography', 'pyotp', 'secretstorage', 'aiosmtplib', 'textual'}"
    ran = subprocess.run(
        [sys.executable, "-c", f"import console.wiring, sys; print(sorted({slow} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"


async def test_a_vault_that_is_wanted_twice_at_once_is_asked_for_once(places, monkeypatch):
    phrase = places.state / "phrase"
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    await live_vault(places).ready()
    monkeypatch.delenv("INCIDENT_PASSPHRASE_FILE")
    asked = []
    vault = live_vault(places, lambda: asked.append("x") or "a passphrase")
    assert somebody_is_asked(places)
    opened = await asyncio.gather(vault.open(), vault.open(), vault.open())
    assert asked == ["x"]
    assert opened[0] is opened[1] is opened[2]


async def test_a_vault_that_could_not_be_opened_is_tried_again(places, monkeypatch):
    phrase = places.state / "phrase"
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    vault = live_vault(places)
    assert not somebody_is_asked(places)
    with pytest.raises(VaultLocked, match="does not exist"):
        await vault.ready()
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    await vault.ready()
    assert vault.store == "encrypted file"


async def test_a_vault_that_opens_without_anybody_typing_stays_closed_until_a_code_comes(places, monkeypatch):
    phrase = places.state / "phrase"
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    vault = live_vault(places)
    await vault.ready()
    assert places.vault_file.exists()
    phrase.write_text("another passphrase\n")
    with pytest.raises(VaultLocked):
        await vault.ready()
    with pytest.raises(VaultLocked):
        await vault.match("Reid", "123456", 0)


async def test_where_no_process_can_be_had_the_vault_is_opened_here(places, monkeypatch):
    phrase = places.state / "phrase"
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    monkeypatch.setattr("sys.executable", str(phrase))
    await live_vault(places).ready()
    assert places.vault_file.exists()


# --- what was saved in peace time


@pytest.fixture
async def night(places, monkeypatch):
    """A live incident on a machine where the account is connected; nothing answers at its address."""
    phrase = places.state / "phrase"
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    account = {
        "kind": "x",
        "connect": "yes",
        "handle": "@ExamplePolice",
        "client-id": "c",
        "base": "http://127.0.0.1:9",
    }
    machine.change(places.settings_file, lambda known: machine.with_channel(known, "account", account))
    opening = Opening(by="Reid", loaded=shipped("press-channels-misused"), mode="live")
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        incident = await open_incident(journal, opening, Now(T0, 1_000))
    return incident, account


async def test_an_incident_is_told_of_the_baselines_and_what_looks_has_them(places, night):
    incident, account = night
    known = b.baseline("account", "x", T0, account, [])
    kept = peacetime.keep(places.baselines, peacetime.Taken(known), None)
    async with live_session(places, incident, clock=TurnedClock(T0, 1_000)) as (session, conductor):
        assert session.state.baselines == {"account": kept.sha256}
        assert conductor.baselines == {"account": known}
        assert conductor.trouble == ""
        before = session.state.seq
    async with live_session(places, incident, clock=TurnedClock(T0, 1_000)) as (session, _):
        assert session.state.seq == before  # the same is told once


@pytest.mark.parametrize("handle", ["@ExamplePolice", "@Other"])
async def test_a_baseline_that_cannot_be_used_is_as_none_and_is_said(places, night, handle):
    incident, account = night
    known = b.baseline("account", "x", T0, {**account, "handle": handle}, [])
    peacetime.keep(places.baselines, peacetime.Taken(known), None)
    if handle == "@ExamplePolice":
        path = peacetime.path_of(places.baselines, "account")
        path.write_bytes(path.read_bytes()[:-1])
    async with live_session(places, incident, clock=TurnedClock(T0, 1_000)) as (session, conductor):
        assert (session.state.baselines, conductor.baselines) == ({}, {})
        assert "The baseline of account is" in conductor.trouble
