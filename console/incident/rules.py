"""Where each command's rule is looked up: one function a command, registered by the module that holds it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from console.errors import Refused
from console.incident import events as e

if TYPE_CHECKING:
    from console.incident import commands as c
    from console.incident.moment import Now
    from console.incident.state import State

Events = tuple[e.AnyEvent, ...]


@singledispatch
def rule(command: c.AnyCommand, state: State, now: Now) -> Events:
    """The events of a command; each kind of command registers its own. Raises Refused for what no room knows."""
    del state, now
    raise Refused(f"There is no such move as {type(command).__name__}.", code="no-move")
