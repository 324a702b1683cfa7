"""From a fresh checkout to a drill or to the tests, with nothing but Python: `python3 console/bootstrap.py drill`.

Makes `.venv` beside this checkout, installs into it, and goes on there. Only the standard library is used, and nothing in
here needs a recent Python to be read: an old one is told so in plain words.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
COMMANDS = ("drill", "test")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"


def stop(*lines: str) -> NoReturn:
    """Say what is wrong and what to do, and leave."""
    sys.stderr.write("\n".join(lines) + "\n")
    sys.exit(1)


def look_around() -> None:
    """Stop, with the cure, when this Python cannot make the environment."""
    if sys.version_info[:2] < OLDEST:
        stop(
            f"Incident Console needs Python 3.11 or newer. This is Python {sys.version_info[0]}.{sys.version_info[1]}.",
            "Install a newer one (Debian and Ubuntu: sudo apt install python3.11 python3.11-venv), and run it with that.",
        )
    try:
        import ensurepip  # noqa: F401 - only whether it is there
        import venv  # noqa: F401 - as above
    except ImportError:
        stop(
            "This Python has no venv module, so it cannot make an environment of its own.",
            "Debian and Ubuntu keep it in a package: sudo apt install python3-venv",
            "Then run the same command again.",
        )


def wanted(extra: str) -> str:
    """What an installation with that extra is made from, as a fingerprint."""
    made_of = (
        (ROOT / "pyproject.toml").read_bytes() + LOCK.read_bytes() + str(ROOT).encode() + sys.version.encode()
    )
    return f"{extra or 'plain'} {hashlib.sha256(made_of).hexdigest()}"


def installed() -> str:
    """What is installed already; empty when nothing whole is."""
    try:
        return STAMP.read_text(encoding="ascii") if PYTHON.exists() else ""
    except OSError:
        return ""


def prepare(extra: str) -> None:
    """Make the environment and install the console into it, unless that was done for the same pyproject."""
    fingerprint = wanted(extra)
    if installed() in (fingerprint, wanted("dev")):
        return
    sys.stderr.write(f"Setting up {VENV}, once. This takes a minute and needs the network.\n")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:  # noqa: S603 - our own interpreter
        stop(
            f"The environment {VENV} could not be made; Python's own words stand above.",
            "On Debian and Ubuntu its parts come in a package: sudo apt install python3-venv",
        )
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--editable",
        target,
    ]
    if subprocess.call([*pip, "--constraint", str(LOCK)]) == 0:  # noqa: S603 - the interpreter just made
        STAMP.write_text(fingerprint, encoding="ascii")
        return
    sys.stderr.write("Those exact versions cannot be had here; trying with the newest that fit.\n")
    if subprocess.call(pip) != 0:  # noqa: S603 - the interpreter just made
        stop(
            "pip could not install what the console needs; its own words stand above.",
            "Without a network, name a mirror in PIP_INDEX_URL or a folder of wheels in PIP_FIND_LINKS.",
        )
    STAMP.write_text(fingerprint, encoding="ascii")


def main(arguments: list[str]) -> None:
    """Set up, then become the drill or the tests."""
    if not arguments or arguments[0] not in COMMANDS:
        stop(
            "Usage: python3 console/bootstrap.py drill | test",
            "drill rehearses the model case; test runs all tests.",
        )
    look_around()
    command, rest = arguments[0], arguments[1:]
    prepare("dev" if command == "test" else "")
    if command == "test":
        os.chdir(ROOT)
        sys.exit(run_tests(rest))
    words = [str(PYTHON), "-P", "-m", "console", "drill", *rest]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(words[0], words)  # noqa: S606 - the interpreter just made, no shell


def run_tests(rest: list[str]) -> int:
    """All tests, on two cores; what failed there once more, alone. Returns pytest's own exit code.

    Real terminals, real processes and a real clock on a busy machine can come too late for a test's own limit. A test that
    fails alone as well has failed.
    """
    pytest = [str(PYTHON), "-m", "pytest", "-q"]
    first = subprocess.call([*pytest, "-n", "2", *rest])  # noqa: S603 - the interpreter just made
    if first != 1:
        return first
    sys.stderr.write(
        "\nWhat failed is run once more, alone: a busy machine can be too slow for a terminal.\n"
    )
    return subprocess.call([*pytest, "-n", "0", "--last-failed", *rest])  # noqa: S603 - as above


if __name__ == "__main__":
    # This file's folder would be searched first, and `text`, `errors` or `clock` be found there by mistake.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    main(sys.argv[1:])
