"""What the shell offers at Tab. Whatever fails here offers nothing: a half-typed line must not be spoilt by an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from console.errors import ConsoleError
from console.places import Places

if TYPE_CHECKING:
    from console.journal.schema import Mode

Items = list[CompletionItem]


def incidents(incomplete: str) -> Items:
    """Ids of both records, newest first."""
    return _offer(lambda: reversed(_ids()), incomplete.upper())


def steps(incident: str, incomplete: str) -> Items:
    """Full step names of that incident."""

    def names() -> Iterable[str]:
        from console.cli.looking import state_at

        return [step.name for step in state_at(incident).playbook.steps()]

    return _offer(names, incomplete) if incident else []


def playbooks(incomplete: str) -> Items:
    """Ids of the playbooks here, and files when a path was begun."""
    if "/" in incomplete or incomplete.startswith((".", "~")):
        return [CompletionItem(incomplete, type="file")]
    return _offer(lambda: Places.here().shelf().ids(), incomplete)


def scenarios(incomplete: str) -> Items:
    """Names of the drill scenarios here."""
    return _offer(lambda: Places.here().shelf().scenarios(), incomplete)


def officers(incomplete: str) -> Items:
    """Names of the live officers."""

    def names() -> Iterable[str]:
        from console.journal.reading import ReadRecord

        with ReadRecord(Places.here().database("live"), "live") as record:
            rows = record.read("@house", 0, 10_000)
        return dict.fromkeys(
            event["officer"] for row in rows if (event := json.loads(row.body))["kind"] == "officer-added"
        )

    return _offer(names, incomplete)


def _ids() -> list[str]:
    from console.journal.reading import ReadRecord

    found: list[str] = []
    modes: tuple[Mode, ...] = ("practice", "live")
    for mode in modes:
        path = Places.here().database(mode)
        if path.exists():
            with ReadRecord(path, mode) as record:
                found += [name for name in record.streams() if not name.startswith("@")]
    return found


def _offer(names: Callable[[], Iterable[str]], incomplete: str) -> Items:
    try:
        return [CompletionItem(name) for name in names() if name.startswith(incomplete)]
    except (ConsoleError, OSError, ValueError, KeyError):
        return []
