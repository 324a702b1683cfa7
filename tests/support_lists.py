"""A list read in the test's own process: its report, and its addresses in order."""

from __future__ import annotations

import io

from console.channels.listfile import Said
from console.channels.recipients import Choice, ListReport
from console.engine.listing import read_into


def freeze(*paths, without=(), **said) -> tuple[ListReport, list[str]]:
    """Read these files as one list; `said` is how they are to be read."""
    out = io.BytesIO()
    report = read_into(Choice(tuple(map(str, paths)), tuple(map(str, without)), Said(**said)), out)
    return report, out.getvalue().decode().split("\n")[:-1]
