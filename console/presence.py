"""Which incident somebody has open on this machine at this moment. Advice only: the record decides every race.

One small file for each open console, under `running/`, that names its process. A file whose process is gone is nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from console.engine.holder import may_live, this_process
from console.errors import ConsoleError
from console.places import Places, make_private


class Present(NamedTuple):
    """Somebody who has an incident open: who, from which process, since when (wall ms)."""

    officer: str
    holder: str
    since: int

    @property
    def pid(self) -> str:
        """The number of their process."""
        return self.holder.rsplit("/", 2)[-2] if self.holder.count("/") >= 2 else ""


@contextmanager
def present(places: Places, incident: str, officer: str, now: int) -> Iterator[None]:
    """Say that this process has the incident open, until it lets go. Failing to say so stops nothing."""
    path = _folder(places, incident) / f"{os.getpid()}.json"
    with suppress(OSError, ConsoleError):
        make_private(path.parent)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:  # noqa: PTH123 - its mode is set as it is made
            json.dump({"officer": officer, "holder": this_process(), "since": now}, file)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def who_is_present(places: Places, incident: str) -> tuple[Present, ...]:
    """Who else has it open, oldest first; files of processes that are gone are put away."""
    found = []
    mine = this_process()
    for path in sorted(_folder(places, incident).glob("*.json")):
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            one = Present(str(raw["officer"]), str(raw["holder"]), int(raw["since"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if one.holder == mine:
            continue
        if may_live(one.holder):
            found.append(one)
        else:
            with suppress(OSError):
                path.unlink()
    return tuple(sorted(found, key=lambda each: each.since))


def _folder(places: Places, incident: str) -> Path:
    return places.running / incident
