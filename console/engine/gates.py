"""Asking for codes and presenting them: refused before a code is spent wherever that can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.engine.workbench import Bench
from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident.decide import decide
from console.incident.deciding_acts import standing_plan
from console.incident.manifest import from_bytes
from console.incident.persons import is_among
from console.incident.planning import step_of

if TYPE_CHECKING:
    from console.engine.gatekeeper import Gatekeeper
    from console.incident.events import AnyEvent
    from console.incident.house import Officer
    from console.incident.state import Plan


class Gates(Bench):
    """The gates of one session."""

    async def ask(self, by: str, step: str, *, answer: str = "", harm_now: str = "") -> Plan:
        """Plan a step and return what is to be approved.

        Raises:
            Refused: it may not be planned now.
        """
        await self.ready()
        session = self.session
        await session.do(c.Ask(by=by, step=step, nonce=session.nonce(), answer=answer, harm_now=harm_now))
        plan = session.state.plan_of(step)
        if plan is None:
            raise Refused(f"{step} could not be planned.", code="no-plan")
        return plan

    async def approve(
        self,
        by: str,
        step: str,
        officer: str,
        code: str,
        *,
        digest: str,
        came: str = "typed",
        people: str = "",
    ) -> tuple[AnyEvent, ...]:
        """Present an officer's code for exactly the manifest of `digest`; `people` is the number that who approves a mailing says.

        Raises:
            GateDenied: the code, the person or the text does not fit; nothing was sent.
            VaultError: the seed cannot be reached; the emergency path is on offer.
        """
        await self.may_present(by, step, officer, digest=digest, people=people)
        gatekeeper = self._gatekeeper()
        purpose = f"approve {self.session.state.incident} {step}"
        try:
            accepted = await gatekeeper.present(officer, code, purpose, by)
        except GateDenied as error:
            await self.session.do(
                c.TurnAway(by=by, step=step, digest=digest, officer=officer, reason=error.what)
            )
            raise
        known = (await gatekeeper.house()).named(officer)
        await self._say_when_late(step, known)
        return await self.session.do(
            c.Approve(
                by=by,
                step=step,
                digest=digest,
                officer=officer,
                roles=known.roles if known is not None else (),
                came=came,
                timecode=accepted.timecode,
                people=people,
            )
        )

    async def emergency(
        self, by: str, step: str, officer: str, code: str, *, digest: str, reason: str, people: str = ""
    ) -> tuple[AnyEvent, ...]:
        """Open a gate with a second officer's recovery code and a reason. Loud in the record."""
        await self.may_present(by, step, officer, digest=digest, people=people)
        plan = self.session.state.plans[digest]
        writers = from_bytes(plan.raw.encode()).writers
        if is_among(officer, (by, *writers)):
            raise GateDenied(
                "The emergency path needs a recovery code of a second officer.",
                do="Ask somebody who did not write it.",
            )
        if not reason.strip():
            raise GateDenied("The emergency path needs a reason.", do="Say in a few words why.")
        gatekeeper = self._gatekeeper()
        purpose = f"EMERGENCY {self.session.state.incident} {step}"
        try:
            await gatekeeper.present_recovery(officer, code, purpose, by)
        except GateDenied as error:
            await self.session.do(
                c.TurnAway(by=by, step=step, digest=digest, officer=officer, reason=error.what)
            )
            raise
        known = (await gatekeeper.house()).named(officer)
        await self._say_when_late(step, known)
        roles = known.roles if known is not None else ()
        return await self.session.do(
            c.Approve(
                by=by,
                step=step,
                digest=digest,
                officer=officer,
                roles=roles,
                how="emergency",
                reason=reason.strip(),
                people=people,
            )
        )

    async def _say_when_late(self, step: str, officer: Officer | None) -> None:
        """Whoever has this machine can enrol a second person who does not exist: during an incident that is never quiet."""
        state = self.session.state
        if officer is not None and state.live and officer.added > state.opened_at:
            who = f"{officer.name}, whose code was given for {step},"
            by = officer.added_by or "nobody named"
            await self.session.do(c.Warn(what=f"{who} was enrolled after the incident was opened, by {by}"))

    async def may_present(
        self,
        by: str,
        step: str,
        officer: str,
        *,
        digest: str,
        people: str = "",
    ) -> None:
        """Refuse before a code is spent: the plan must stand, and this person must be able to open it and have said what they must.

        Raises:
            GateDenied: why not; nothing was sent.
        """
        await self.ready()
        session = self.session
        await session.refresh()
        found = step_of(session.state, step)
        standing_plan(session.state, found, digest, session.clock.now())
        house = await self._gatekeeper().house()
        known = house.named(officer)
        if known is not None:
            trial = c.Approve(
                by=by,
                step=step,
                digest=digest,
                officer=officer,
                roles=known.roles,
                people=people,
            )
            decide(session.state, trial, session.clock.now())

    def _gatekeeper(self) -> Gatekeeper:
        if self.session.gatekeeper is None:
            raise GateDenied("No codes can be looked at on this machine.", do="Run incident doctor.")
        return self.session.gatekeeper
