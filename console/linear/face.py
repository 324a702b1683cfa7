"""What every move of the plain face works with: the session, who acts, the conversation, and the step that was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.manifest import from_bytes
from console.incident.planning import gate_wants, step_of
from console.linear.page import stage_page, step_page
from console.report.timeline import line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.incident.board import Board
    from console.incident.board_box import Box
    from console.incident.events import AnyEvent
    from console.incident.manifest import Manifest
    from console.incident.state import Plan, State
    from console.linear.talk import Talk
    from console.report.brief import Contact


class Face:
    """One officer at one console."""

    def __init__(
        self,
        session: Session,
        conductor: Conductor,
        officer: str,
        talk: Talk,
        *,
        drill: World | None = None,
        contacts: Sequence[Contact] = (),
    ) -> None:
        self.session = session
        self.conductor = conductor
        self.officer = officer
        self.talk = talk
        self.drill = drill
        self.contacts = tuple(contacts)
        self.leaving = False
        self.over = ""  # whose answer the printed step had
        self._shown: tuple[str, ...] = ("",)
        self._probed: set[str] = set()

    @property
    def state(self) -> State:
        """The incident as it stands."""
        return self.session.state

    @property
    def now(self) -> int:
        """Wall ms."""
        return self.session.clock.now().wall

    def board(self) -> Board:
        """What stands at this moment, for this officer."""
        return self.session.board(self.officer)

    def box(self) -> Box | None:
        """The current step."""
        return self.board().box

    def show_step(self, *, again: bool = False) -> None:
        """Print the current step when another one, or another stage of it, was printed last."""
        board = self.board()
        box = board.box
        key: tuple[str, ...] = ("-",)
        if box is not None:
            effects = (f"{effect.id} {effect.status}" for effect in box.effects)
            key = (box.step, box.stage, box.answered_by, box.tells, *effects)
        if key == self._shown and not again:
            return
        known = key[0] == self._shown[0] and not again
        self._shown = key
        self.over = box.answered_by if box is not None else ""
        first, *rest = (stage_page if known else step_page)(board, self.state)
        self.talk.head(first)
        self.talk.say(*rest)

    async def tell_shown(self) -> None:
        """Write down that the moves by hand are on a screen, once they are printed: from there on they may be followed."""
        step, stage = (*self._shown, "")[:2]
        if stage == "hands":
            await self.conductor.shown(self.officer, step)

    async def look_into_doubts(self) -> None:
        """Have each doubt of the current step read back once, before its officer is asked about it."""
        box = self.box()
        if box is None or box.stage != "doubt":
            return
        fresh = {effect.id for effect in box.effects if effect.status == "doubt"} - self._probed
        if fresh:
            self._probed |= fresh
            await self.conductor.probe(self.officer, box.step)

    def same_step(self, box: Box | None) -> bool:
        """Whether the step that was printed is still the one in front; says so when it is not."""
        if box is not None and box.step == self._shown[0]:
            return True
        self.talk.say("Another step is in front of you by now. Nothing was done.")
        return False

    def event_line(self, seq: int, event: AnyEvent) -> str:
        """One event as a line of the log."""
        return line_of(seq, event, self.state).drawn()

    def plan(self, step: str) -> Plan | None:
        """The plan that stands for a step."""
        return self.state.plan_of(step)

    def manifest(self, step: str) -> Manifest | None:
        """The planned act of a step, read from its stored bytes."""
        plan = self.plan(step)
        return from_bytes(plan.raw.encode()) if plan is not None else None

    def wants(self, step: str) -> tuple[str, ...]:
        """What the gate of a step still wants of this officer's plan, in plain words."""
        plan = self.plan(step)
        return () if plan is None else gate_wants(step_of(self.state, step), plan, self.officer)
