"""What is asked before an incident stands: who acts, what to do first with no tool at all, the opening questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from console.tui.screens.forms import opening_fields
from console.tui.text import Part
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.playbook.model import Playbook

Submit = Callable[[Mapping[str, str]], Awaitable[object]]
MOST_NAMES = 6


def _who(names: Sequence[str]) -> Field:
    offered = [(name, name) for name in dict.fromkeys(name for name in names if name)][:MOST_NAMES]
    return Field("officer", "Who are you? A number, or your name.", "", offered, needed=True, free=True)


def who_form(title: str, names: Sequence[str], submit: Submit) -> Form:
    """Only the name, for coming back."""
    rows: list[tuple[Part, ...]] = [
        ("It stands on everything you do; a code proves it where one is asked for.",)
    ]
    return Form(title, rows, [_who(names)], submit, "go on")


def begin_form(playbook: Playbook, officer: str, names: Sequence[str], submit: Submit) -> Form:
    """Memory items first, then the name if it is not known, then the opening questions with their safe defaults."""
    rows: list[tuple[Part, ...]] = []
    if playbook.memory:
        rows.append((("DO THESE AT ONCE, with no tool:", "late"),))
        rows += [((f"  {place}  {item}", "strong"),) for place, item in enumerate(playbook.memory, 1)]
    fields = [] if officer else [_who(names)]
    fields += opening_fields(playbook.ask, {})
    return Form(playbook.title, rows, fields, submit, "open it")
