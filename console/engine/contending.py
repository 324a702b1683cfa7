"""What a command is about. A race that was lost to another console costs a move only when it changed just that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident import commands as c
from console.incident.planning import ONCE_MORE

if TYPE_CHECKING:
    from console.incident.state import State


def subject(state: State, command: c.AnyCommand) -> object:
    """The part of the state that the officer had before their eyes; two that are equal are the same to them.

    What checks and the clock add to a step is not in it: they change nothing about an answer. None for commands that
    are right whatever happened meanwhile.
    """
    if isinstance(command, c.Answer | c.Defer | c.Skip | c.Waive | c.Ask | c.Act | c.Resolve):
        own = state.of(command.step)
        return own.history, own.waived, own.plan, state.effects_of(command.step)
    if isinstance(command, c.AskOnceMore | c.OnceMore):
        return state.of(ONCE_MORE + command.step).plan, state.effects_of(command.step)
    if isinstance(command, c.Approve):
        return state.of(command.step).plan, state.effects_of(command.step)
    if isinstance(command, c.Undo):
        facts = [own.standing for own in state.steps.values()]
        return [fact for fact in facts if fact is not None and fact.by == command.by]
    return _named(state, command)


def _named(state: State, command: c.AnyCommand) -> object:
    match command:
        case c.EditText(text=text, part=part):
            return state.texts.get(text, {}).get(part)
        case c.Amend(slug=slug):
            return state.answers.get(slug)
        case c.Mark(item=item) | c.Gone(item=item) | c.Save(item=item):
            return state.items.get(item)
        case c.Judge(items=items):
            return [state.items.get(item) for item in items]
        case c.HandOver():
            return state.lead
        case c.Freeze(channel=channel):
            return state.lists.get(channel)
        case _:
            return None
