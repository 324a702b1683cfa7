"""What every room of the benchmarks is handed: how thoroughly to measure, and where to keep what it makes."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = "from console.cli import main; main()"  # what the installed command runs


@dataclass(frozen=True)
class Bench:
    """How to measure.

    Attributes:
        folder: a throw-away folder on a real disk.
        quick: fewer rounds and smaller incidents, to see that everything runs.
        peers: whether to install and start other people's programs.
        suite: whether to run the whole test suite.
        junit: the junit file of an earlier run of the suite.
    """

    folder: Path
    quick: bool = False
    peers: bool = False
    suite: bool = False
    junit: Path | None = None

    def rounds(self, full: int) -> int:
        """So many rounds, or few when it should be quick."""
        return max(3, full // 5) if self.quick else full

    def home(self, name: str) -> Path:
        """A state folder of its own, as INCIDENT_HOME names it."""
        home = self.folder / name
        home.mkdir(mode=0o700, exist_ok=True)
        return home


def environment(home: Path | None = None, **more: str) -> dict[str, str]:
    """A small clean environment, this checkout first on the path."""
    names = {
        "PATH": os.environ["PATH"],
        "HOME": str(home or ROOT),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    return {**names, **({"INCIDENT_HOME": str(home)} if home else {}), **more}


def console(*words: str) -> list[str]:
    """The command line that is `incident WORDS`, by this interpreter."""
    return [sys.executable, "-c", CONSOLE, *words]


def wall(argv: Sequence[str], env: Mapping[str, str], *, code: int = 0) -> float:
    """Seconds from fork to exit of a program whose output nobody reads; raises when it ends with another code."""
    begun = perf_counter()
    with subprocess.Popen(
        argv,
        env=dict(env),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        _, said = process.communicate()
    took = perf_counter() - begun
    if process.returncode != code:
        raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}: {said.decode()[-500:]}")
    return took


def described(folder: Path) -> str:
    """The machine in one line, by what matters here and nothing that names it."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    free = shutil.disk_usage(folder).free / 2**30
    versions = {
        "textual": _version("textual"),
        "aiosqlite": _version("aiosqlite"),
        "msgspec": _version("msgspec"),
    }
    parts = [
        f"{os.cpu_count()} cores",
        f"{size:.0f} GiB of memory",
        f"{platform.python_implementation()} {platform.python_version()}{_optimised()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{name} {version}" for name, version in versions.items()),
        f"{platform.system()} {platform.machine()}",
        f"{free:.0f} GiB free",
    ]
    return ", ".join(parts)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _optimised() -> str:
    import sysconfig

    return (
        ""
        if "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
        else " built without PGO"
    )
