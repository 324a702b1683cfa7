"""What is asked before an incident stands: who acts, what to do first with no tool at all, the opening questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from console.tui.screens.forms import AS_TYPED, opening_fields
from console.tui.text import Part
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.clock import Clock
    from console.playbook.model import Playbook
    from console.tui.seat import Beforehand

Submit = Callable[[Mapping[str, str]], Awaitable[object]]
MOST_NAMES: Final = 6
IN_A_DRILL: Final = "Enter: the drill times it itself."


def _who(names: Sequence[str]) -> Field:
    offered = [(name, name) for name in dict.fromkeys(name for name in names if name)][:MOST_NAMES]
    label = "Who are you? A number, or your name." if offered else "Who are you? Type your name."
    return Field("officer", label, "", offered, needed=True, free=True)


def who_form(title: str, names: Sequence[str], submit: Submit) -> Form:
    """Only the name, for coming back."""
    rows: list[tuple[Part, ...]] = [
        ("It stands on everything you do; a code proves it where one is asked for.",)
    ]
    return Form(title, rows, [_who(names)], submit, "go on")


def begin_form(
    playbook: Playbook, known: Beforehand, submit: Submit, *, clock: Clock, practice: bool = False
) -> Form:
    """A drill's brief, memory items, then the name if it is not known, then the opening questions with their safe defaults."""
    rows: list[tuple[Part, ...]] = [((known.brief, "drill"),)] if known.brief else []
    if playbook.memory:
        rows.append((("DO THESE AT ONCE, with no tool:", "late"),))
        rows += [((f"  {place}  {item}", "strong"),) for place, item in enumerate(playbook.memory, 1)]
    fields = [] if known.officer else [_who(known.names)]
    fields += opening_fields(playbook.ask, {}, clock, known.zone, IN_A_DRILL if practice else AS_TYPED)
    return Form(playbook.title, rows, fields, submit, "open it")
