"""A mailing that is on its way, seen and held: how far it is, and what a person may do to it meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.engine.following import Following
from console.errors import Refused
from console.incident import commands as c
from console.incident.how_far import HowFar
from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.channels.control import Control, Holdable


class Holding(Following):
    """Looks at the mailings of one session, and holds those that this process carries out."""

    async def how_far(self, step: str) -> HowFar | None:
        """How far the step's mailing is; None when none has begun."""
        ledger = self._ledger_of(step)
        if ledger is None:
            return None
        counts = await ledger.counts()
        control = self._control_of(step)
        return HowFar(
            counts=counts,
            reasons=ledger.reasons(),
            rate=ledger.rate(),
            sending=any(each.status == "intended" for each in self.session.state.effects_of(step)),
            here=control is not None,
            held=control is not None and control.paused,
            note=control.note if control is not None else "",
        )

    async def hold(self, by: str, step: str) -> None:
        """Send to nobody else until `let_go`; the messages on their way are finished.

        Raises:
            Refused: it is not on its way from here.
        """
        control = self._here(step)
        if not control.paused:
            control.pause()
            await self.session.do(c.Note(by=by, step=step, text="The mailing is held."))

    async def let_go(self, by: str, step: str) -> None:
        """Go on with a mailing that is held; raises as `hold`."""
        control = self._here(step)
        if control.paused:
            control.resume()
            await self.session.do(c.Note(by=by, step=step, text="The mailing goes on."))

    def _here(self, step: str) -> Control:
        control = self._control_of(step)
        if control is None:
            raise Refused(
                "No mailing of this step is on its way from this console.",
                do="Where another console sends it, hold it there.",
                code="not-here",
            )
        return control

    def _control_of(self, step: str) -> Control | None:
        plan = self.session.state.plan_of(step)
        if plan is None or not plan.started:
            return None
        manifest = from_bytes(plan.raw.encode())
        channel = self.session.channels.get(manifest.channel)
        if not manifest.recipients or not hasattr(channel, "control"):
            return None
        return cast("Holdable", channel).control(manifest.recipients)
