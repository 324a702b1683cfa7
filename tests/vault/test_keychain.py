"""The live vault on real backends: the contract, the allow-list, and backends that lie, hang or break."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading

import keyring.backend
import pytest
from contracts.vault_contract import NIGHT, VaultContract
from keyring.backends import SecretService, Windows, chainer, fail, kwallet, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from console.errors import VaultError, VaultLocked, VaultRefused
from console.vault.filering import EncryptedFileKeyring
from console.vault.keychain import (
    KeychainVault,
    desktop_backend,
    open_file,
    open_keychain,
    trusted,
)
from console.vault.passphrase import wants_file, wants_person
from console.vault.recovery import Cost

CHEAP = Cost(log_n=4)


@pytest.fixture
def ring(tmp_path):
    return EncryptedFileKeyring(tmp_path / "vault", lambda: "a passphrase", CHEAP)


class TestOnTheEncryptedFile(VaultContract):
    @pytest.fixture
    def vault(self, ring):
        return KeychainVault(ring, cost=CHEAP)


class Strange(keyring.backend.KeyringBackend):
    """Answers every question with what the test gives it."""

    priority = 9

    def __init__(self, answer):
        self.answer = answer

    def get_password(self, service, username):
        return self.answer()

    def set_password(self, service, username, password):
        return None

    def delete_password(self, service, username):
        return None


@pytest.fixture
def listed(monkeypatch):
    """Puts the strange backend's class on the list, to see what a trusted backend that misbehaves comes to."""
    monkeypatch.setattr(Windows, "WinVaultKeyring", Strange)


def test_the_wanted_classes_are_on_the_list(ring):
    assert trusted(ring) is ring
    for cls in (SecretService.Keyring, kwallet.DBusKeyring, kwallet.DBusKeyringKWallet4):
        backend = cls()
        assert trusted(backend) is backend


@pytest.mark.parametrize(
    "backend", [null.Keyring(), fail.Keyring(), Strange(lambda: None)], ids=["null", "fail", "strange"]
)
def test_anything_else_is_refused_by_its_name(backend):
    with pytest.raises(VaultRefused, match=type(backend).__module__.replace(".", r"\.")):
        KeychainVault(backend)


def test_a_subclass_and_a_look_alike_are_refused():
    class Sub(SecretService.Keyring):
        pass

    look_alike = type("Keyring", (Strange,), {"__module__": "keyring.backends.SecretService"})
    for backend in (Sub(), look_alike(lambda: None)):
        with pytest.raises(VaultRefused):
            trusted(backend)


@pytest.mark.parametrize(
    ("chain", "refused"),
    [
        (["file"], None),
        (["file", "null"], None),
        (["null", "file"], "null"),
        ([], "ChainerBackend"),
    ],
)
def test_a_chain_is_looked_through_and_only_its_first_is_used(ring, monkeypatch, chain, refused):
    members = {"file": ring, "null": null.Keyring()}
    chained = [members[name] for name in chain]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", chained)
    backend = chainer.ChainerBackend()
    if refused:
        with pytest.raises(VaultRefused, match=refused):
            trusted(backend)
    else:
        assert trusted(backend) is ring


@pytest.mark.parametrize(
    "named",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "antigravity.Keyring",
        "nonsense",
    ],
)
def test_the_environment_cannot_choose_the_backend(named):
    script = (
        "import asyncio, sys\n"
        "from console.errors import VaultRefused\n"
        "from console.vault.keychain import desktop_backend\n"
        "try:\n"
        "    asyncio.run(desktop_backend())\n"
        "except VaultRefused as error:\n"
        "    print(error.diagnostics())\n"
        "print('loaded' if 'antigravity' in sys.modules else 'not loaded')\n"
    )
    environ = {**os.environ, "PYTHON_KEYRING_BACKEND": named}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environ, check=True
    )
    assert f"PYTHON_KEYRING_BACKEND names {named}" in done.stdout
    assert done.stdout.endswith("not loaded\n")


def test_a_settings_file_cannot_choose_it_either(tmp_path):
    folder = tmp_path / "python_keyring"
    folder.mkdir()
    (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    script = (
        "import asyncio; from console.vault.keychain import desktop_backend; asyncio.run(desktop_backend())"
    )
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environ, check=False
    )
    assert (
        "VaultRefused: The keyring backend keyring.backends.null.Keyring is not one we trust" in done.stderr
    )


async def test_a_machine_without_a_keyring_is_told_so(monkeypatch):
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())
    with pytest.raises(VaultRefused, match=r"keyring\.backends\.fail\.Keyring"):
        await desktop_backend({})


async def test_a_store_that_keeps_nothing_fails_the_canary(listed):
    with pytest.raises(VaultRefused, match="did not give back"):
        await KeychainVault(Strange(lambda: None)).prove()


async def test_a_store_that_deletes_nothing_fails_the_canary(ring, monkeypatch):
    monkeypatch.setattr(EncryptedFileKeyring, "delete_password", lambda *_: None)
    with pytest.raises(VaultRefused, match="did not delete"):
        await KeychainVault(ring).prove()


async def test_a_seed_that_was_not_kept_is_not_shown(listed):
    with pytest.raises(VaultRefused, match="did not keep"):
        await KeychainVault(Strange(lambda: None), cost=CHEAP).enrol("reid")
    with pytest.raises(VaultRefused, match="did not keep"):
        await KeychainVault(Strange(lambda: None), cost=CHEAP).keep_secret("mailer", "password", "x")


async def test_a_store_that_waits_for_somebody_ends_in_locked(listed):
    release = threading.Event()
    vault = KeychainVault(Strange(release.wait), patience=0.05)
    try:
        with pytest.raises(VaultLocked, match=r"no answer within 0\.05 s"):
            await vault.match("reid", "123456", NIGHT)
    finally:
        release.set()


def test_the_console_can_end_while_a_store_still_waits():
    script = (
        "import asyncio, threading\n"
        "from console.errors import VaultLocked\n"
        "from console.vault.keychain import _within\n"
        "try:\n"
        "    asyncio.run(_within(0.05, 'a store', threading.Event().wait))\n"
        "except VaultLocked:\n"
        "    print('locked')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True
    )
    assert (done.stdout, done.stderr) == ("locked\n", "")


async def test_the_screen_goes_on_while_a_store_thinks(listed):
    release = threading.Event()
    asked = asyncio.create_task(
        KeychainVault(Strange(lambda: release.wait() and "x")).secret("mailer", "password")
    )
    for _ in range(10):
        await asyncio.sleep(0)
    assert not asked.done()
    release.set()
    assert await asked == "x"


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (KeyringLocked("JBSWY3DP"), VaultLocked),
        (InitError("JBSWY3DP"), VaultLocked),
        (NoKeyringError("JBSWY3DP"), VaultRefused),
        (OSError("JBSWY3DP"), VaultError),
        (OSError(30, "JBSWY3DP"), VaultError),
        (RuntimeError("JBSWY3DP"), VaultError),
    ],
)
async def test_what_a_store_raises_is_told_without_its_words(listed, raised, kind):
    def answer():
        raise raised

    with pytest.raises(kind) as caught:
        await KeychainVault(Strange(answer)).match("reid", "123456", NIGHT)
    assert type(caught.value) is kind
    assert "JBSWY3DP" not in caught.value.diagnostics()


async def test_recovery_needs_no_keyring(listed):
    def answer():
        raise KeyringLocked

    vault = KeychainVault(Strange(answer))
    assert await vault.recovery("AAAA-AAAA-AAAA-AAAA", ()) is None


async def test_entries_are_named_as_documented(ring):
    vault = KeychainVault(ring, cost=CHEAP)
    made = await vault.enrol("reid")
    await vault.keep_secret("mailer", "password", "x")
    assert ring.get_password("incident-console", "seed/reid") == made.secret
    assert ring.get_password("incident-console", "secret/mailer/password") == "x"


async def test_the_file_is_taken_when_it_is_there_or_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())
    file = tmp_path / "vault"
    assert not wants_file(file, {})
    with pytest.raises(VaultRefused):
        await open_keychain(file, lambda: "x", {})
    vault = await open_keychain(file, lambda: "x", {"INCIDENT_PASSPHRASE_FILE": "/somewhere"})
    assert vault.store == "encrypted file"
    assert wants_file(file, {})
    with pytest.raises(VaultLocked):
        await open_keychain(file, lambda: "y", {})


def test_nobody_types_a_passphrase_that_a_file_holds(tmp_path):
    file = tmp_path / "vault"
    assert not wants_person(file, {})
    file.touch()
    assert wants_person(file, {})
    assert not wants_person(file, {"INCIDENT_PASSPHRASE_FILE": "/somewhere"})


def test_opening_the_file_asks_for_the_passphrase_there_and_then(tmp_path):
    asked = []
    open_file(tmp_path / "vault", lambda: asked.append(1) or "x")
    assert asked == [1]


def test_the_keyring_is_not_loaded_before_it_is_needed():
    script = "import sys, console.vault.keychain; print([name for name in sys.modules if name.startswith(('keyring', 'cryptography', 'pyotp'))])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_damaged_seed_is_an_error_that_does_not_show_it(ring):
    vault = KeychainVault(ring)
    ring.set_password("incident-console", "seed/reid", "not base32!")
    with pytest.raises(VaultError, match="is no seed") as caught:
        await vault.match("reid", "123456", NIGHT)
    assert "base32" not in caught.value.diagnostics()
