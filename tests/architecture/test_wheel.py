"""The wheel: playbooks inside, and it works with nothing of the checkout in reach."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("console", "playbooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        capture_output=True,
        text=True,
        cwd=source,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder with what the wheel puts into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def incident(installed: Path, home: Path, *args: str, stdin: str = "") -> subprocess.CompletedProcess:
    code = "import sys; from console.cli import main; import console; assert console.__file__.startswith(sys.path[0]), console.__file__; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(installed)!r}); {code}", *args],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "INCIDENT_HOME": str(home), "HOME": str(home), "LANG": "C.UTF-8"},
        timeout=60,
        check=False,
    )


def test_every_playbook_text_scenario_and_schema_is_inside(wheel):
    with zipfile.ZipFile(wheel) as packed:
        inside = {
            name.removeprefix("console/_playbooks/") for name in packed.namelist() if "_playbooks/" in name
        }
    shipped = {
        str(path.relative_to(ROOT / "playbooks"))
        for path in (ROOT / "playbooks").rglob("*")
        if path.is_file()
    }
    assert shipped <= inside
    assert {"press-channels-misused.yaml", "drills/met-night-stream.yaml", "schema/playbook-1.json"} <= inside


def test_styles_and_types_are_inside(wheel):
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    assert {"console/tui/console.tcss", "console/py.typed"} <= inside
    assert not [name for name in inside if name.startswith(("tests/", "console/tests"))]


def test_the_installed_console_opens_its_own_playbooks(installed, tmp_path):
    books = json.loads(incident(installed, tmp_path, "--json").stdout)["playbooks"]
    assert all(book["file"].startswith(str(installed)) and not book["wrong"] for book in books)
    opened = incident(installed, tmp_path, "open", "press-channels-misused", "--no-tui", "--as", "Reid")
    assert opened.returncode == 0, opened.stderr
    shown = incident(installed, tmp_path, "show", opened.stdout.strip())
    assert shown.stdout.startswith("LIVE")


def test_the_installed_console_runs_the_drill(installed, tmp_path):
    ran = incident(installed, tmp_path, "drill", stdin="1\nq\n")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("DRILL")
