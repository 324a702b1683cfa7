"""What an officer's own words for the public may hold: no name in braces that nothing stands for. Pure.

An author's text is held to the same by the reader. What is wrong in an edit would go out with its braces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.wordings import values
from console.playbook.findings import nearest
from console.playbook.templates import placeholders

if TYPE_CHECKING:
    from console.incident.state import State


def misnamed(state: State, words: str, now: int, officer: str) -> tuple[str, str]:
    """What stands in braces and would go out as it is, and what would help; both empty when nothing does."""
    if "{{" not in words and "}}" not in words:
        return "", ""
    known = values(state, now, officer)
    for one in placeholders(words):
        if not one.name:
            typed = words[one.start : one.end]
            return (
                f"{typed} would go out as it stands.",
                "Write a name as {{ next-update }}, in small letters.",
            )
        if one.name not in known:
            meant = nearest(one.name, known)
            cure = f"Did you mean {{{{ {meant} }}}}?" if meant else f"Names are: {', '.join(sorted(known))}."
            return f'There is no "{one.name}" to fill in.', cure
    return "", ""
