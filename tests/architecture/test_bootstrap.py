"""The first command on a bare machine: what it says when something is missing, and what it does when it can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BOOTSTRAP = ROOT / "console" / "bootstrap.py"


def run(*args: str, code: str = "", **env: str) -> subprocess.CompletedProcess:
    program = [str(BOOTSTRAP)] if not code else ["-c", code]
    return subprocess.run(
        [sys.executable, *program, *args],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **env},
        timeout=60,
        check=False,
    )


def patched(before: str) -> str:
    """A program that runs the bootstrap after `before`, as if it had been started by its path."""
    return (
        f"import sys, runpy\n{before}\nsys.argv = [{str(BOOTSTRAP)!r}, 'drill']\n"
        f"runpy.run_path({str(BOOTSTRAP)!r}, run_name='__main__')"
    )


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_says_the_cure(module):
    ran = run(code=patched(f"sys.modules[{module!r}] = None"))
    assert ran.returncode == 1
    assert "sudo apt install python3-venv" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_old_python_is_told_so():
    ran = run(code=patched("sys.version_info = (3, 9, 2, 'final', 0)"))
    assert ran.returncode == 1
    assert "3.11 or newer" in ran.stderr
    assert "Python 3.9" in ran.stderr


@pytest.mark.parametrize("args", [(), ("nothing",)])
def test_usage(args):
    ran = run(*args)
    assert ran.returncode == 1
    assert "drill | test" in ran.stderr


def test_a_venv_that_cannot_be_made_says_the_cure(tmp_path):
    import shutil

    (tmp_path / "console").mkdir()
    shutil.copy(BOOTSTRAP, tmp_path / "console")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / ".venv").write_text("a file in the way")
    done = subprocess.run(
        [sys.executable, tmp_path / "console" / "bootstrap.py", "drill"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "could not be made" in done.stderr


def test_it_can_be_read_by_an_old_python():
    """No syntax later than 3.8: else an old Python would print a SyntaxError instead of the cure."""
    import ast

    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 8))
