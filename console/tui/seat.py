"""What a screen of an incident stands on: the session, who sits at it, and what this machine knows besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.incident.board import Board
    from console.incident.state import State
    from console.report.brief import Contact


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What is known before an incident opens.

    Attributes:
        officer: who opens, as claimed; asked for when empty.
        names: officers' names on this host.
        zone: the IANA zone in which people read times.
        brief: what the players of a drill are told first.
    """

    officer: str = ""
    names: Sequence[str] = ()
    zone: str = "UTC"
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens, and the opening answers by slug, as they are kept."""

    officer: str
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """How the screens were left, for the door that opened them.

    Attributes:
        what: `left`; `real`, the drill was broken off and `target` is the command to print; `open`, `resume` or `drill`,
            chosen at home, with the playbook, incident or scenario in `target`: each runs in a process of its own.
        target: see above.
        officer: who sat there, as claimed.
    """

    what: str = "left"
    target: str = ""
    officer: str = ""


@dataclass(slots=True)
class Seat:
    """One officer at one incident.

    Attributes:
        officer: who acts, as claimed; empty until they have said so.
        folder: where files that leave the console are written.
        contacts: whom to call.
        drill: the world of a drill; none for a live incident.
        known: officers' names on this host.
    """

    session: Session
    conductor: Conductor
    folder: Path
    officer: str = ""
    contacts: Sequence[Contact] = ()
    drill: World | None = None
    known: Sequence[str] = field(default_factory=tuple)

    @property
    def state(self) -> State:
        """The incident as this process knows it."""
        return self.session.state

    def board(self) -> Board:
        """What is shown to this officer at this moment."""
        return self.session.board(self.officer)
