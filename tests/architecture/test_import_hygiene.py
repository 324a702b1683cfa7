"""What importing costs and reaches: every module first in an interpreter, and what each door may not load."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

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
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "console").rglob("*.py")
    if path.name not in ("__main__.py", "bootstrap.py")
)


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "INCIDENT_HOME": str(home),
        "HOME": str(home),
        "LANG": "C.UTF-8",
    }


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
        env=environment(home),
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(json.loads(done.stderr.decode().splitlines()[-1]))


def verb(*words: str) -> str:
    return f"from console.cli import doors\ndoors.main({list(words)!r}, prog_name='incident', standalone_mode=False)"


def heavy(loaded: set[str]) -> set[str]:
    return loaded & set(HEAVY)


def path_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports_of(module: str) -> set[str]:
    """Modules of ours that a module imports when it is imported, the packages it lies in among them."""
    found = {module.rsplit(".", place)[0] for place in range(1, module.count(".") + 1)}
    waiting: list[ast.AST] = [ast.parse(path_of(module).read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found & set(MODULES) - {module}


def reach_of(module: str, imports: dict[str, set[str]]) -> set[str]:
    """Everything of ours that importing it loads, by what is written."""
    reached, waiting = set(), [module]
    while waiting:
        for each in imports[waiting.pop()] - reached:
            reached.add(each)
            waiting.append(each)
    return reached


def imported_first(home: Path) -> dict[str, tuple[set[str], str]]:
    """What is loaded after each module was imported first, and its error; see first_imports.py."""
    imports = {module: imports_of(module) for module in MODULES}
    reach = {module: reach_of(module, imports) for module in MODULES}
    beneath = {
        module: max(
            (each for each in reach[module] if module not in reach[each]),
            key=lambda each: (len(reach[each]), each),
            default="",
        )
        for module in MODULES
    }
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", str(Path(__file__).with_name("first_imports.py"))],
        capture_output=True,
        input=json.dumps(beneath).encode(),
        cwd=ROOT,
        env=environment(home),
        timeout=60,
        check=True,
    )
    told = (json.loads(line) for line in done.stdout.splitlines())
    return {module: (set(loaded), failed) for module, loaded, failed in told}


def unwanted(module: str, loaded: set[str]) -> set[str]:
    """What a module may not bring with it."""
    heavy = set()
    if not module.startswith("console.tui"):
        heavy |= {"textual"}
    if not module.startswith(
        ("console.tui", "console.channels.live")
    ):  # httpx takes it for a command of its own
        heavy |= {"rich"}
    if not module.startswith(("console.vault.keychain", "console.vault.filering", "console.wiring")):
        heavy |= {"keyring"}
    if not module.startswith(("console.channels.live", "console.wiring")):
        heavy |= {"aiosmtplib", "httpx"}
    return loaded & heavy


def ours(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name.startswith("console")}


def test_each_module_can_be_imported_first_and_brings_nothing_heavy_with_it(tmp_path):
    first = imported_first(tmp_path)
    assert {module: failed for module, (_, failed) in first.items() if failed} == {}
    assert [module for module in MODULES if module not in first[module][0]] == []
    brought = {module: unwanted(module, loaded) for module, (loaded, _) in first.items()}
    assert {module: names for module, names in brought.items() if names} == {}
    for module in MODULES[:: len(MODULES) // 8]:
        assert ours(first[module][0]) == ours(loaded_by(f"import {module}", tmp_path)), module


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
