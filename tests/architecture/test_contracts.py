"""The import contracts hold, and they are the ones that were meant: each is seen to break when it should."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def linter():
    """`lint-imports` of this environment."""
    return Path(sys.executable).parent / "lint-imports"


def test_every_contract_is_kept(linter, tmp_path):
    done = subprocess.run(
        [linter, "--cache-dir", tmp_path], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_every_room_stands_in_the_layers():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    rooms = {
        f"console.{path.stem}"
        for path in (ROOT / "console").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.name.startswith("__")
    }
    assert rooms - {"console.bootstrap"} == named


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("console/drill/sneaky.py", "from console.wiring import live_session\n"),
        ("console/engine/sneaky.py", "from console.vault.keychain import KeychainVault\n"),
        ("console/drill/sneaky.py", "from console.channels.live.mail import MailChannel\n"),
        ("console/incident/sneaky.py", "import asyncio\n"),
        ("console/linear/sneaky.py", "import textual\n"),
        ("console/cli/sneaky.py", "import sqlite3\n"),
        ("console/engine/sneaky.py", "from console.tui import app\n"),
    ],
)
def test_a_forbidden_import_is_found(linter, tmp_path, module, line):
    import shutil

    shutil.copytree(ROOT / "console", tmp_path / "console", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(line)
    done = subprocess.run(
        [linter, "--no-cache"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)},
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
