"""The `incident` command in processes of its own, for tests of the doors.

Most calls are forked off one process that has everything imported (`support_forks`): that is a tenth of what starting Python
costs. `Shell(folder, real=True)`, `start`, and REAL_DOORS=1 for a whole run start Python as a person's shell does.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pyotp
from support_forks import Forks

from console.clock import SystemClock
from console.engine.gatekeeper import Gatekeeper
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.vault.filering import EncryptedFileKeyring
from console.vault.keychain import KeychainVault
from console.vault.recovery import Cost

ROOT = Path(__file__).parent.parent
SPARSE = {"LANG": "C.UTF-8", "TERM": "dumb", "PYTHONPATH": str(ROOT)}
PATIENCE = 60
STEP = 30
CHEAP = Cost(log_n=4)
REAL = bool(os.environ.get("REAL_DOORS"))


@cache
def forks_of_this_process() -> Forks:
    """Started at the first call, for an environment as every shell of these tests has it."""
    forks = Forks({"PATH": os.environ["PATH"], **SPARSE})
    atexit.register(forks.close)
    return forks


@dataclass
class Ran:
    """What a verb did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def both(self) -> str:
        return self.out + self.err


class Shell:
    """Runs verbs in a home of its own; `shell("list", "--json").json`."""

    def __init__(self, folder: Path, *, real: bool = False) -> None:
        self.folder = folder
        self.real = real or REAL
        self.home = folder / "home"
        self.home.mkdir(0o700)
        self.phrase = folder / "passphrase"
        self.phrase.write_text("correct horse battery staple\n")
        self.phrase.chmod(0o600)
        self.env = {
            "PATH": os.environ["PATH"],
            **SPARSE,
            "HOME": str(folder),
            "INCIDENT_HOME": str(self.home),
            "INCIDENT_PASSPHRASE_FILE": str(self.phrase),
        }

    def __call__(self, *args: str, stdin: str = "", code: int | None = 0, **env: str) -> Ran:
        """Run a verb; unless `code` is None, its exit code must be that."""
        done = self._run(args, stdin.encode("utf-8", "surrogateescape"), {**self.env, **env})
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        if code is not None:
            assert ran.code == code, f"{args} left with {ran.code}, not {code}:\n{ran.out}\n{ran.err}"
        return ran

    def _run(
        self, args: tuple[str, ...], stdin: bytes, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        if not self.real and (forks := forks_of_this_process()).fits(env):
            return forks.run(args, stdin, env, self.folder, PATIENCE)
        return subprocess.run(
            [sys.executable, "-P", "-m", "console", *args],
            input=stdin,
            capture_output=True,
            env=env,
            cwd=self.folder,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *args: str, **env: str) -> subprocess.Popen:
        """Start a verb with its streams piped; the caller ends it."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "console", *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.env, **env},
            cwd=self.folder,
        )

    def officer(self, name: str, role: str = "officer") -> Phone:
        """Enrol an officer and give their phone."""
        self.cheap_vault()
        return Phone(name, self("officers", "add", name, "--role", role, "--json").json)

    def cheap_vault(self) -> EncryptedFileKeyring:
        """The vault's file, made if there is none. It keeps what opening it costs: next to nothing, not half a second."""
        ring = EncryptedFileKeyring(
            Places(self.home, self.home).vault_file, lambda: self.phrase.read_text().strip(), CHEAP
        )
        ring.unlock()
        return ring

    def enrol(self, officers: Mapping[str, str]) -> dict[str, dict]:
        """Enrol many, with their roles, as `officers add` does; what each is shown. Their recovery codes cost little to try."""

        async def work() -> dict[str, dict]:
            vault = KeychainVault(self.cheap_vault(), cost=CHEAP)
            async with await SqliteJournal.open(
                Places(self.home, self.home).database("live"), "live"
            ) as journal:
                keeper = Gatekeeper(journal, vault, SystemClock(), socket.gethostname())
                made = {name: await keeper.enrol(name, (role,), name) for name, role in officers.items()}
            return {name: {"uri": each.uri, "recovery": list(each.recovery)} for name, each in made.items()}

        return asyncio.run(work())


class Phone:
    """An authenticator app: gives codes that were not given before. Three fit at any moment: T-1, T, T+1."""

    def __init__(self, name: str, enrolment: dict) -> None:
        self.name = name
        self.recovery = list(enrolment["recovery"])
        secret = parse_qs(urlparse(enrolment["uri"]).query)["secret"][0]
        self._totp = pyotp.TOTP(secret)
        self._last = -1

    def code(self) -> str:
        """The oldest code that still fits for some seconds and was not given yet."""
        now = SystemClock().now().wall // 1000
        step = now // STEP
        first = step if now % STEP > STEP - 12 else step - 1
        timecode = max(first, self._last + 1)
        assert timecode <= step + 1, f"{self.name} has given all codes that fit at this moment"
        self._last = timecode
        return self._totp.generate_otp(timecode)

    def wrong(self) -> str:
        """Six digits that fit nothing at this moment."""
        step = SystemClock().now().wall // 1000 // STEP
        near = {self._totp.generate_otp(step + offset) for offset in range(-3, 4)}
        return next(code for code in (f"{n:06d}" for n in range(20)) if code not in near)
