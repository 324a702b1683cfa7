"""A real desktop keyring: unlocked, it keeps the contract; locked, the console says so and does not hang."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.needs_package("gnome-keyring"),
    pytest.mark.skipif(
        not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
        reason="needs the packages gnome-keyring and dbus",
    ),
]

HERE = Path(__file__).parent
UNLOCK = 'printf "a passphrase" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"'
# Started without the passphrase of the login collection that an earlier session made.
START_LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null; exec "$@"'
ASK = """
import asyncio, time
from console.errors import VaultLocked
from console.vault.keychain import KeychainVault, desktop_backend
async def ask():
    await KeychainVault(await desktop_backend()).prove()
began = time.monotonic()
try:
    asyncio.run(ask())
except VaultLocked as error:
    print("locked within", round(time.monotonic() - began), error.what)
else:
    print("open")
"""


@pytest.fixture
def session(tmp_path):
    """Runs a command in a D-Bus session of its own, whose keyrings and sockets live in a temporary folder."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ = kept | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(HERE.parent.parent),
    }

    def run(first, *command):
        return subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", first, "sh", *command],
            cwd=HERE.parent.parent,
            env=environ,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    return run


def test_the_contract_holds_on_gnome_keyring(session):
    suite = str(HERE / "gnome_keyring_suite.py")
    done = session(UNLOCK, sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", suite)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = done.stdout.strip().splitlines()[-1]
    assert re.fullmatch(r"(\d+) passed in .*", summary), done.stdout
    assert int(summary.split()[0]) >= 25


def test_a_locked_keyring_ends_in_locked_and_not_in_a_hang(session):
    assert session(UNLOCK, sys.executable, "-c", ASK).stdout == "open\n"
    done = session(START_LOCKED, sys.executable, "-c", ASK)
    assert re.match(r"locked within [0-6] ", done.stdout), done.stdout + done.stderr
