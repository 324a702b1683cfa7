"""Codes: who gives which, what they must have seen, what is wanted still. A code never sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from console.errors import ConsoleError, Refused
from console.incident import commands as c
from console.incident.counting import people_to_count
from console.incident.house import is_locked, seconds_left, tries_left
from console.incident.manifest import from_bytes, six_words
from console.incident.once_more import mailing_of
from console.incident.planning import gate_wants, left_to_reach, step_of
from console.incident.state import CLOSE, Plan
from console.incident.whereto import step_words
from console.tui.screens.desk import Desk
from console.tui.text import Part
from console.tui.views import outgoing

if TYPE_CHECKING:
    from console.incident.house import House, Officer
    from console.incident.manifest import Manifest
    from console.tui.seat import Seat
    from console.tui.widgets.codebox import Checked

PARKED: Final = 5
NOBODY: Final[outgoing.Rows] = []


class CodeDesk:
    """What a code box asks the engine: is this code right, how long does one last, was it given elsewhere meanwhile."""

    def __init__(self, seat: Seat, plan: Plan, officer: str, came: str, people: str = "") -> None:
        self._seat = seat
        self._plan = plan
        self._officer = officer
        self._came = came
        self._people = people
        self._known: Officer | None = None

    async def look(self) -> None:
        """How many tries are left."""
        keeper = self._seat.session.gatekeeper
        self._known = (await keeper.house()).named(self._officer) if keeper is not None else None

    async def check(self, code: str) -> Checked:
        """Present the code."""
        from console.tui.widgets.codebox import Checked

        plan = self._plan
        try:
            await self._seat.conductor.approve(
                self._seat.officer,
                plan.step,
                self._officer,
                code,
                digest=plan.digest,
                came=self._came,
                people=self._people,
            )
        except ConsoleError as error:
            await self.look()
            return Checked(good=False, words=" ".join(error.diagnostics().split("\n")))
        return Checked(good=True, words="")

    def status(self) -> list[Part]:
        """The line that changes with time; in a drill with the practice phone."""
        known, drill = self._known, self._seat.drill
        tries = (
            "locked"
            if known is not None and is_locked(known)
            else f"tries left {tries_left(known) if known else 0}"
        )
        parts: list[Part] = [
            f"This code lasts {seconds_left(self._seat.session.clock.now())} s more; {tries}."
        ]
        if drill is not None:
            code = drill.phone_code(self._officer) or "nobody picks up"
            parts.append((f"  DRILL phone of {self._officer}: {code}", "drill"))
        return parts

    def opened(self) -> bool:
        """Whether the code is not wanted any more: given from another screen, or the plan was changed."""
        plan = self._seat.state.plans.get(self._plan.digest)
        if plan is None or plan.void:
            return True
        return any(each.officer == self._officer for each in plan.approvals)


async def open_gate(desk: Desk, name: str, *, harm_now: str = "", answer: str = "") -> bool:
    """Plan a step and collect the codes it wants; whether its gate is open. Nothing is sent."""
    seat = desk.seat
    plan = await seat.conductor.ask(seat.officer, name, answer=answer, harm_now=harm_now)
    return await collect(desk, name, plan.digest)


async def collect(desk: Desk, name: str, digest: str, people: outgoing.Rows = NOBODY) -> bool:
    """Collect the codes that a plan wants; whether its gate is open. `people` is whom it is for by name, where that is to be read."""
    approver, came, number = "", "typed", ""
    while True:
        plan = desk.seat.state.plans.get(digest)
        if plan is None or plan.void or desk.seat.state.of(name).plan != digest:
            desk.say("What was planned was changed meanwhile. NOTHING HAS BEEN SENT. Ask again.")
            return False
        wants = _wanted(desk, plan)
        if not wants:
            return True
        if wants[0].startswith(f"{desk.seat.officer}'s"):
            done = await _code(desk, plan, desk.seat.officer, "typed", "", people)
        else:
            if not approver:
                chosen = await _approver(desk, plan, people)
                if chosen is None:
                    return False
                approver, came = chosen
                said = await _people(desk, plan, approver, people)
                if said is None:
                    return False
                number = said
            done = await _code(desk, plan, approver, came, number, people)
        if done == "someone-else":
            approver = ""
        elif done != "again":
            return False


def _wanted(desk: Desk, plan: Plan) -> tuple[str, ...]:
    """What its gate still wants."""
    return gate_wants(step_of(desk.seat.state, plan.step), plan, desk.seat.officer)


async def _approver(desk: Desk, plan: Plan, named: outgoing.Rows) -> tuple[str, str] | None:
    """Who gives the second code, and how it comes; None when the officer went back."""
    from console.tui.widgets.choose import Choose

    manifest = from_bytes(plan.raw.encode())
    step = step_of(desk.seat.state, plan.step)
    role = step.gate.by if step.gate is not None else ""
    people = outgoing.people_who_may(await _house(desk), manifest, role)
    able = [name for name, why in people if not why]
    rows = [*_rows(desk, plan, manifest, _role_words(desk, role)), *named]
    rows += [((f"{name} cannot: {why}.", "muted"),) for name, why in people if why]
    if not able:
        raise Refused(
            "Nobody enrolled on this machine can be the second person.",
            means="NOTHING HAS BEEN SENT.",
            do="Enrol one: incident officers add. Or the emergency path, with a second officer's recovery code.",
        )
    options = [f"{name}, on the phone" for name in able[:4]] + [f"{name}, types it here" for name in able[:4]]
    taken = await desk.ask(
        Choose(
            _gate_title(desk, plan),
            rows,
            "Who gives the second person's code?",
            options,
            outgoing.leaves(desk.seat.state),
        )
    )
    if taken is None:
        return None
    name = able[taken % len(able[:4])]
    if taken >= len(able[:4]):
        return name, "typed"
    await _read_aloud(desk, plan, named)
    return name, "phone"


def _role_words(desk: Desk, role: str) -> str:
    return desk.seat.state.playbook.roles.get(role, role)


def _gate_title(desk: Desk, plan: Plan) -> str:
    return f"GATE {step_words(desk.seat.state, mailing_of(plan.step), desk.seat.session.clock.now().wall)}"


def _rows(desk: Desk, plan: Plan, manifest: Manifest, role: str) -> outgoing.Rows:
    seat = desk.seat
    left = left_to_reach(seat.state, step_of(seat.state, plan.step), manifest)
    left = left if left != manifest.reaches else 0
    now = seat.session.clock.now().wall
    return outgoing.gate_rows(manifest, seat.state, now, _wanted(desk, plan), role, left)


async def _read_aloud(desk: Desk, plan: Plan, named: outgoing.Rows) -> None:
    from console.tui.widgets.help import Page

    manifest = from_bytes(plan.raw.encode())
    rows = [*outgoing.read_aloud(manifest, desk.seat.state, practice=not desk.seat.state.live), *named]
    await desk.ask(Page(desk.app_mode, "Read this to them", rows, "Enter goes to the code"))


async def _people(desk: Desk, plan: Plan, officer: str, named: outgoing.Rows) -> str | None:
    """For how many people a mailing is, as whoever approves it says; empty where it is none, None when the officer went back."""
    from console.tui.widgets.form import Field, Form

    seat = desk.seat
    if not people_to_count(seat.state, plan):
        return ""

    async def submit(values: Mapping[str, str]) -> None:
        await seat.conductor.may_present(
            seat.officer, plan.step, officer, digest=plan.digest, people=values["people"]
        )

    rows = [*_rows(desk, plan, from_bytes(plan.raw.encode()), ""), *named]
    fields = [Field("people", f"How many people is it for? As {officer} says it.", needed=True)]
    said = await desk.ask(
        Form(_gate_title(desk, plan), rows, fields, submit, "go to the code; nothing is sent")
    )
    if said is None:
        desk.say("Gone back. NOTHING HAS BEEN SENT. What is planned stays planned.")
    return said["people"] if said is not None else None


async def _code(desk: Desk, plan: Plan, officer: str, came: str, people: str, named: outgoing.Rows) -> str:
    """One code box; `again` when the gate is to be looked at again."""
    from console.tui.widgets.codebox import CodeBox, Gate

    seat = desk.seat
    keys = CodeDesk(seat, plan, officer, came, people)
    await keys.look()
    manifest = from_bytes(plan.raw.encode())
    step = step_of(seat.state, plan.step)
    role = _role_words(desk, step.gate.by if step.gate is not None else "")
    rows = [*_rows(desk, plan, manifest, role), *named]
    gate = Gate(_gate_title(desk, plan), rows, officer, sends=False, ends=outgoing.leaves(seat.state))
    chosen = await desk.ask(CodeBox(gate, desk.app_mode, keys.check, keys.status, keys.opened))
    return await _after_code(desk, chosen, plan, officer, named)


async def _after_code(desk: Desk, chosen: str | None, plan: Plan, officer: str, named: outgoing.Rows) -> str:
    from console.tui.widgets.help import Page

    match chosen:
        case "approved":
            still = " NOTHING HAS BEEN SENT yet." if plan.step != CLOSE else ""
            desk.say(f"{officer}'s code was right.{still}")
        case "read-aloud":
            await _read_aloud(desk, plan, named)
        case "words":
            rows = outgoing.check_words(six_words(plan.digest))
            await desk.ask(Page(desk.app_mode, "Check code words", rows))
        case "emergency":
            await _emergency(desk, plan)
        case "park":
            await desk.do(c.Defer(by=desk.seat.officer, step=plan.step, minutes=PARKED))
            desk.say(
                f"Parked. NOTHING HAS BEEN SENT. It comes back in {PARKED} minutes; what is planned stays planned."
            )
            return "left"
        case None:
            desk.say("Gone back. NOTHING HAS BEEN SENT. What is planned stays planned.")
            return "left"
        case other:
            return other
    return "again"


async def _emergency(desk: Desk, plan: Plan) -> str:
    """A second officer's recovery code and a reason; loud in the record."""
    from console.tui.widgets.form import Field, Form

    seat = desk.seat
    manifest = from_bytes(plan.raw.encode())
    names = [
        (name, name)
        for name, _ in outgoing.people_who_may(await _house(desk), manifest, "")
        if name not in manifest.writers and name != seat.officer
    ]
    rows = outgoing.rows_of(manifest, seat.state, seat.session.clock.now().wall, whole=False)
    rows.append((("EMERGENCY PATH: two names and a reason, loud in the record.", "danger"),))
    if seat.drill is not None and names:
        sheet = seat.drill.recovery_codes(names[0][0])
        rows.append(
            (
                (
                    f"DRILL practice recovery sheet of {names[0][0]}: {sheet[0] if sheet else 'empty'}",
                    "drill",
                ),
            )
        )

    async def submit(values: Mapping[str, str]) -> None:
        await seat.conductor.emergency(
            seat.officer,
            plan.step,
            values["officer"],
            values["code"],
            digest=plan.digest,
            reason=values["reason"],
            people=values.get("people", ""),
        )

    fields = [
        Field("officer", "Whose recovery code? A second officer's.", choices=names, needed=True),
        Field("code", "Their recovery code, from the sheet.", needed=True),
        Field("reason", "Why the emergency path?", needed=True),
    ]
    if people_to_count(seat.state, plan):
        fields.insert(1, Field("people", "How many people is it for?", needed=True))
    await desk.ask(Form("EMERGENCY PATH", rows, fields, submit, "open this gate; nothing is sent yet"))
    return "again"


async def _house(desk: Desk) -> House:
    keeper = desk.seat.session.gatekeeper
    if keeper is None:
        raise Refused("No codes can be looked at on this machine.", do="Run incident doctor.")
    return await keeper.house()
