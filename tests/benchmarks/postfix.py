"""Postfix's own smtp-sink and smtp-source, from where they are installed or unpacked from Debian's package; no mail system is started."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PLACES = ("/usr/sbin", "/usr/libexec/postfix")
LIBRARIES = ("usr/lib/postfix", "usr/lib/postfix/sbin")


class Missing(RuntimeError):
    """The two programs cannot be had on this machine."""


class Postfix:
    """Where the two programs are, and the environment they run in."""

    def __init__(self, sink: str, source: str, libraries: str = "") -> None:
        self.sink = sink
        self.source = source
        self.env = {"PATH": os.environ["PATH"], **({"LD_LIBRARY_PATH": libraries} if libraries else {})}


def find(folder: Path) -> Postfix:
    """The programs; unpacked into `folder` where they are not installed.

    Raises:
        Missing: neither installed nor to be had from apt.
    """
    path = os.pathsep.join([os.environ["PATH"], *PLACES])
    sink, source = shutil.which("smtp-sink", path=path), shutil.which("smtp-source", path=path)
    if sink and source:
        return Postfix(sink, source)
    root = folder / "postfix"
    if not root.exists():
        _unpack(folder, root)
    libraries = os.pathsep.join(str(root / each) for each in LIBRARIES)
    return Postfix(str(root / "usr/sbin/smtp-sink"), str(root / "usr/sbin/smtp-source"), libraries)


def _unpack(folder: Path, root: Path) -> None:
    try:
        subprocess.run(["apt-get", "-qq", "download", "postfix"], cwd=folder, check=True, capture_output=True)
        package = next(folder.glob("postfix_*.deb"))
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError, StopIteration) as error:
        raise Missing("Debian's package postfix is not installed here and cannot be downloaded.") from error
