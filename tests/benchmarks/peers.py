"""Other people's Textual programs, installed for the length of a run into an environment of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.machine import Bench, environment
from tests.benchmarks.terminal import Terminal, TooLate

WHY_NOT = "Not installed: --peers installs them from the package index into a throw-away environment."
PROGRAMS = {
    # name: what to install, what to run, words that stand on its first useful screen
    # as released it dies of the native parser that came after it
    "posting": (("posting", "tree-sitter<0.26"), ("posting",), "Collection"),
    "harlequin": (("harlequin",), ("harlequin", ":memory:"), "Query Editor"),
}


@dataclass(frozen=True)
class Peer:
    """One program: how it is started, and what it shows when it is ready."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    marker: str


def installed(bench: Bench) -> list[Peer]:
    """Those that could be installed and do paint; none unless they were asked for."""
    if not bench.peers:
        return []
    home = bench.home("peers")
    found = []
    for name, (packages, command, marker) in PROGRAMS.items():
        venv = home / name
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        try:
            subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, capture_output=True)
            subprocess.run(pip, check=True, capture_output=True, timeout=600)
            peer = Peer(name, [str(venv / "bin" / command[0]), *command[1:]], environment(home), marker)
            with Terminal(peer.argv, peer.env) as terminal:
                terminal.shows(marker)
        except (subprocess.SubprocessError, TooLate, OSError) as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
            continue
        found.append(peer)
    return found
