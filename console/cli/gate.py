"""Verbs at a gate: approve, and in a drill the practice phone's code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.cli.options import (
    LINES,
    NAME,
    WORDS,
    changes,
    incident_argument,
    json_option,
    step_argument,
    who,
)
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.cli.seat import Seat
    from console.incident.state import Plan
    from console.playbook.model import Step

LONGEST_CODE = 200


@click.command()
@incident_argument
@step_argument
@click.option("--officer", "whose", type=NAME, help="Whose code it is, when it is not of who acts.")
@click.option("--phone", is_flag=True, help="The code was read out over the phone; the record says so.")
@click.option(
    "--emergency",
    "--recovery",
    "emergency",
    is_flag=True,
    help="A second officer's recovery code, with --reason.",
)
@click.option("--reason", type=LINES, default="", help="Why, for the emergency path and for closing.")
@click.option(
    "--confirm",
    type=WORDS,
    default="",
    help="The word or count that the step asks for; of a mailing its number of people.",
)
@click.option(
    "--digest", type=WORDS, default="", help="What must be approved and nothing else, as it was looked at."
)
@click.option(
    "--answer", "said", type=LINES, default="", help="The answer that is approved, where a step's answer is."
)
@click.option("--harm-now", type=LINES, default="", help="Why what is not saved goes at once.")
@click.option("--look", is_flag=True, help="Only show what would be approved; read no code.")
@changes
def approve(
    incident: str,
    step: str,
    *,
    whose: str | None,
    reason: str,
    confirm: str,
    digest: str,
    said: str,
    harm_now: str,
    officer: str | None,
    phone: bool,
    emergency: bool,
    look: bool,
    as_json: bool,
) -> None:
    """Look at what will go out, then give a code for exactly that.

    The manifest is printed first; then the code is read from stdin, six digits, or with --emergency a recovery code.
    Nothing is sent by this: sending is incident act.
    """
    from console.cli.once_more import people_lines
    from console.cli.seat import run, seated
    from console.places import mode_of

    by = who(officer)
    live = mode_of(incident) == "live"

    async def work() -> None:
        async with seated(incident, by, vault_now=live and not look and not emergency, prove=True) as seat:
            name = seat.step(step)
            plan = await _planned(seat, name, answer=said or reason, harm_now=harm_now)
            _bound(seat, name, plan, digest=digest, confirm=confirm)
            _show(seat, plan, await people_lines(seat, plan), as_json=as_json)
            if look:
                _tell(seat, name, plan, as_json=as_json)
                return
            people = confirm.strip().removeprefix("drill ")
            await seat.conductor.may_present(
                by,
                name,
                whose or by,
                digest=plan.digest,
                people=people,
            )
            code = _code(whose or by, emergency=emergency)
            if emergency:
                await seat.conductor.emergency(
                    by, name, whose or by, code, digest=plan.digest, reason=reason, people=people
                )
            else:
                came = "phone" if phone else "typed"
                await seat.conductor.approve(
                    by, name, whose or by, code, digest=plan.digest, came=came, people=people
                )
            _tell(seat, name, plan, as_json=as_json)

    run(work())


async def _planned(seat: Seat, step: str, *, answer: str, harm_now: str) -> Plan:
    """The plan that stands, or one that this officer asks for."""
    from console.errors import Refused
    from console.incident.planning import stale, step_of
    from console.incident.state import CLOSE

    found = step_of(seat.state, step)
    plan = seat.state.plan_of(step)
    stands = plan is not None and not plan.started and not stale(plan, seat.session.clock.now().wall)
    if await _is_second(seat, found):
        # An end is asked for anew each time: whoever only approves it approves the one that was asked for.
        if step == CLOSE and plan is not None and stands and answer in ("", _answer_of(plan)):
            return plan
        if not stands or step == CLOSE:
            raise Refused(
                f"Nobody has asked for {step} yet, and who asks for it cannot approve it.",
                do="Let the one who acts run incident approve first; then run this again.",
                code="not-asked",
            )
    return await seat.conductor.ask(seat.officer, step, answer=answer, harm_now=harm_now)


async def _is_second(seat: Seat, step: Step) -> bool:
    """Whether this officer is the one whose approval the gate wants, and not the one who leads."""
    from console.incident.planning import ONCE_MORE
    from console.incident.state import CLOSE

    gate, keeper = step.gate, seat.session.gatekeeper
    if gate is None or keeper is None or seat.officer == seat.state.lead:
        return False
    known = (await keeper.house()).named(seat.officer)
    asked_before = step.name == CLOSE or step.name.startswith(ONCE_MORE)
    return (gate.codes > 1 or asked_before) and known is not None and gate.by in known.roles


def _answer_of(plan: Plan) -> str:
    from console.incident.manifest import from_bytes

    return from_bytes(plan.raw.encode()).answer


def _bound(seat: Seat, step: str, plan: Plan, *, digest: str, confirm: str) -> None:
    """Refuse before a code is read, when it is not what was looked at or the confirmation is wrong."""
    from console.errors import GateDenied
    from console.incident.counting import people_to_count, said_number
    from console.incident.manifest import from_bytes
    from console.incident.planning import confirmation, step_of

    if digest and digest.lower() != plan.digest:
        raise GateDenied(
            "What would go out is not what you looked at.", do="NOTHING HAS BEEN SENT. Look at it again."
        )
    wanted = confirmation(seat.state, step_of(seat.state, step), from_bytes(plan.raw.encode()))
    if 0 < people_to_count(seat.state, plan) == said_number(confirm):
        return
    if confirm and " ".join(confirm.split()).casefold() != wanted.casefold():
        raise GateDenied(
            f"To go on, type {wanted}." if wanted else "This step asks for no confirmation.",
            means="NOTHING HAS BEEN SENT." if seat.state.live else "DRILL: nothing has been simulated.",
            do=f"It was typed: {confirm}.",
            code="confirm",
        )


def _show(seat: Seat, plan: Plan, people: Sequence[str], *, as_json: bool) -> None:
    from console.cli.manifests import drawn
    from console.cli.saying import out, say

    for line in (*drawn(seat.state, plan), *people):
        # One line each: no word in it can draw another line, such as check words of its own.
        if as_json:
            say(visible(line))
        else:
            out(line, lines=False)


def _code(officer: str, *, emergency: bool) -> str:
    """One line of stdin. On a terminal it is asked for; what is typed is echoed, it is worth nothing a minute later."""
    import sys

    from console.cli.saying import say
    from console.errors import GateDenied

    if sys.stdin.isatty():
        say(f"{'Recovery code' if emergency else 'Code'} of {officer}:")
    typed = sys.stdin.readline(LONGEST_CODE).strip()
    if not typed:
        raise GateDenied("No code was given.", do="NOTHING HAS BEEN SENT. Give the code on stdin.")
    return typed


def _tell(seat: Seat, step: str, plan: Plan, *, as_json: bool) -> None:
    from console.cli.manifests import plain
    from console.cli.printed import after_approval
    from console.cli.saying import data, out
    from console.incident.planning import gate_wants, step_of

    stands = seat.state.plans[plan.digest]
    acting = stands.by
    wants = gate_wants(step_of(seat.state, step), stands, acting)
    if as_json:
        data({**plain(seat.state, stands), "wants": list(wants), "open": not wants})
        return
    for each in stands.approvals:
        out(f"Approved by {each.officer}" + (" by the EMERGENCY PATH" if each.how == "emergency" else ""))
    if wants:
        out(f"NOTHING HAS BEEN SENT. It still needs {' and '.join(wants)}.")
    else:
        out("The gate is open for exactly this. Nothing has been sent yet:")
        out(after_approval(seat.state, stands, acting))


@click.command()
@incident_argument
@click.argument("whose", type=NAME, required=False)
@json_option
def code(incident: str, whose: str | None, *, as_json: bool) -> None:
    """Show the code on the practice phone of an officer. In a drill only: a live code is on its owner's phone.

    Without WHOSE: every practice phone there is.
    """
    from console.cli.saying import data, out
    from console.cli.seat import run, seated
    from console.errors import WrongMode
    from console.incident.house import seconds_left
    from console.places import mode_of

    if mode_of(incident) == "live":
        raise WrongMode(
            "A live code is on its owner's phone and nowhere else.", do="Ask them to read it to you."
        )

    async def work() -> list[dict[str, Any]]:
        async with seated(incident, "") as seat:
            world = seat.world
            if world is None:
                return []
            names = (whose,) if whose else (world.officer, *world.approvers)
            if not as_json:
                for name in names:
                    out(world.phone_words(name))
            left = seconds_left(seat.session.clock.now())
            return [{"officer": name, "code": world.phone_code(name), "seconds": left} for name in names]

    found = run(work())
    if as_json:
        data(found)
