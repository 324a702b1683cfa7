"""What importing costs and reaches: every module alone in a fresh interpreter, and what each door may not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HEAVY = (
    "asyncio",
    "aiosqlite",
    "sqlite3",
    "msgspec",
    "yaml",
    "textual",
    "rich",
    "keyring",
    "pyotp",
    "cryptography",
    "aiosmtplib",
    "segno",
    "platformdirs",
    "rfc8785",
)
# A few modules a process: a fresh interpreter each would cost a minute and show no more than this order does.
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "console").rglob("*.py")
    if path.name not in ("__main__.py", "bootstrap.py")
)


def loaded_by(code: str, home: Path, stdin: bytes = b"") -> set[str]:
    """Names of all modules that are there after the code has run in a fresh interpreter."""
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-W",
            "error",
            "-c",
            code + "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)",
        ],
        capture_output=True,
        input=stdin,
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "INCIDENT_HOME": str(home),
            "HOME": str(home),
            "LANG": "C.UTF-8",
        },
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(json.loads(done.stderr.decode().splitlines()[-1]))


def verb(*words: str) -> str:
    return f"from console.cli import doors\ndoors.main({list(words)!r}, prog_name='incident', standalone_mode=False)"


def heavy(loaded: set[str]) -> set[str]:
    return loaded & set(HEAVY)


@pytest.mark.parametrize("module", MODULES)
def test_each_module_can_be_imported_first(module, tmp_path):
    loaded = loaded_by(f"import {module}", tmp_path)
    if not module.startswith("console.tui"):
        assert "textual" not in loaded
    if not module.startswith(
        ("console.tui", "console.channels.live")
    ):  # httpx takes it for a command of its own
        assert "rich" not in loaded
    if not module.startswith(("console.vault.keychain", "console.vault.filering", "console.wiring")):
        assert "keyring" not in loaded
    if not module.startswith(("console.channels.live", "console.wiring")):
        assert not loaded & {"aiosmtplib", "httpx"}


def test_help_loads_nothing_heavier_than_click(tmp_path):
    assert not heavy(loaded_by(verb("--help"), tmp_path))


def test_the_help_of_each_verb_loads_nothing_heavier_than_click(tmp_path):
    code = "from console.cli import VERBS, doors\nfor name in VERBS:\n    doors.main([name, '--help'], prog_name='incident', standalone_mode=False)"
    assert heavy(loaded_by(code, tmp_path)) <= {"asyncio"}, (
        "acting and seats import asyncio, which is the standard library's"
    )


def test_list_and_show_need_no_event_loop_and_no_yaml(tmp_path):
    loaded_by(verb("open", "pin-ignore-notice", "--no-tui", "--as", "Reid"), tmp_path)
    listed = loaded_by(verb("list"), tmp_path)
    assert heavy(listed) == {"sqlite3"}
    incident = next(iter(json.loads(_run_list(tmp_path))))["id"]
    shown = loaded_by(verb("show", incident), tmp_path)
    assert heavy(shown) == {"sqlite3", "msgspec", "rfc8785"}


def _run_list(home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "console", "list", "--json"],
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "INCIDENT_HOME": str(home), "LANG": "C.UTF-8"},
        timeout=60,
        check=True,
    )
    return done.stdout.decode()


def test_the_plain_face_never_loads_the_screen(tmp_path):
    loaded = loaded_by(verb("drill", "--linear"), tmp_path, stdin=b"q\n")
    assert "console.linear.run" in loaded
    assert not loaded & {"textual", "rich"}


def test_the_bootstrap_needs_the_standard_library_alone(tmp_path):
    loaded = loaded_by(
        "import runpy, sys; sys.argv = ['x']\ntry:\n    runpy.run_path('console/bootstrap.py', run_name='__main__')\nexcept SystemExit:\n    pass",
        tmp_path,
    )
    assert not {
        name
        for name in loaded
        if name.partition(".")[0] in {"click", "console", *HEAVY} - {"asyncio", "sqlite3"}
    }
