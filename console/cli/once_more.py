"""The verb that has people in doubt of a mailing mailed once more: who, why, whose codes; then the mailing may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.cli.mailings import MOST_NAMED
from console.cli.options import LINES, WORDS, changes, incident_argument, step_argument, who

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.incident.state import Plan


@click.command()
@incident_argument
@step_argument
@click.option(
    "--reason", type=LINES, default="", help="Why they are mailed once more; it is approved with them."
)
@click.option(
    "--only", type=WORDS, multiple=True, help="The address of one of them; several times for several."
)
@click.option(
    "--confirm", type=WORDS, default="", help="How many they are: does it, once the codes are given."
)
@click.option(
    "--digest", type=WORDS, default="", help="What must be done and nothing else, as it was looked at."
)
@changes
def once_more(
    incident: str,
    step: str,
    reason: str,
    only: tuple[str, ...],
    confirm: str,
    digest: str,
    officer: str | None,
    *,
    as_json: bool,
) -> None:
    """Have those in doubt of a step's mailing mailed once more: all of them, or some by address.

    SOME OF THEM MAY GET IT TWICE. First with --reason: it shows who they are, after asking the transport where it can be asked, and what codes it needs (incident approve ID @once-more/STEP). Then with --confirm and their number; after that the mailing goes on with incident act, and mails them too.
    """
    from console.cli.seat import run, seated
    from console.places import mode_of

    by = who(officer)
    live = mode_of(incident) == "live"

    async def work() -> None:
        async with seated(incident, by, vault_now=live and not confirm, prove=True) as seat:
            name = seat.step(step)
            if confirm:
                events = await seat.conductor.once_more(by, name, confirm=confirm, digest=digest.lower())
                await _done(seat, name, events, as_json=as_json)
                return
            await seat.conductor.follow(name)
            plan = await seat.conductor.ask_once_more(by, name, reason, only)
            await _asked(seat, plan, as_json=as_json)

    run(work())


async def people_lines(seat: Seat, plan: Plan) -> list[str]:
    """Whom such a plan is for, by name, as far as a screen holds them; nothing for any other plan.

    Raises:
        GateDenied: who is in doubt has changed since it was asked for.
    """
    from console.incident.planning import ONCE_MORE

    if not plan.step.startswith(ONCE_MORE):
        return []
    named = await seat.conductor.named(plan)
    more = len(named) - MOST_NAMED
    lines = [f"In doubt: {address}" for address in named[:MOST_NAMED]]
    return [*lines, f"and {more:,} more: incident mailing --json names them all"] if more > 0 else lines


async def _asked(seat: Seat, plan: Plan, *, as_json: bool) -> None:
    from console.cli.manifests import drawn, plain
    from console.cli.printed import after_approval, command
    from console.cli.saying import data, out
    from console.incident.planning import gate_wants, step_of

    wants = gate_wants(step_of(seat.state, plan.step), plan, seat.officer)
    if as_json:
        people = await seat.conductor.named(plan)
        data({**plain(seat.state, plan), "people": people, "wants": list(wants), "open": not wants})
        return
    for line in (*drawn(seat.state, plan), *await people_lines(seat, plan)):
        out(line, lines=False)
    if wants:
        out(f"NOBODY HAS BEEN MAILED ONCE MORE. It needs {' and '.join(wants)}:")
        out(command("approve", seat.state.incident, plan.step, by=seat.officer))
    else:
        out("The gate is open for exactly these. Nobody has been mailed once more yet:")
        out(after_approval(seat.state, plan, seat.officer))


async def _done(seat: Seat, step: str, events: Any, *, as_json: bool) -> None:
    from console.cli.printed import command
    from console.cli.saying import data, out
    from console.cli.telling import moved, told
    from console.incident.manifest import from_bytes
    from console.incident.planning import confirmation, step_of

    plan = seat.state.plan_of(step)
    wanted = (
        confirmation(seat.state, step_of(seat.state, step), from_bytes(plan.raw.encode())) if plan else ""
    )
    then = command(
        "act", seat.state.incident, step, *(("--confirm", wanted) if wanted else ()), by=seat.officer
    )
    if as_json:
        data({**moved(seat, events), "counts": await seat.conductor.counts(step), "then": then})
        return
    told(seat, events, as_json=False)
    out("They wait to be mailed. The mailing goes on with:")
    out(then)
