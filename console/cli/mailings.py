"""A mailing after it was sent: who has it, who was refused, who is in doubt, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from console.cli.options import changes, incident_argument, step_argument, who

if TYPE_CHECKING:
    from console.channels.protocol import Seen
    from console.cli.seat import Seat

MOST_NAMED: Final = 50


@click.command()
@incident_argument
@step_argument
@click.option(
    "--export",
    "path",
    type=click.Path(),
    help="Write who was told, when, and with what answer: NDJSON, or CSV by its name.",
)
@click.option("--look", is_flag=True, help="Ask first what became of each, where that can be asked.")
@changes
def mailing(
    incident: str, step: str, path: str | None, officer: str | None, *, look: bool, as_json: bool
) -> None:
    """Show how far a step's mailing is: how many have it, were refused or are in doubt, and why.

    GOV.UK Notify can be asked afterwards, for as long as it keeps what became of each mail: 7 days unless the service says otherwise. A mail relay cannot. Nothing is sent.
    """
    from console.cli.seat import run, seated
    from console.errors import NotFound

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by, vault_now=look) as seat:
            name = seat.step(step)
            seen = await seat.conductor.follow(name) if look else None
            counts = await seat.conductor.counts(name)
            if not counts:
                raise NotFound(f"{name} has mailed nobody yet.", do="Send it first: incident act.")
            if path is not None:
                await _export(seat, name, path, as_json=as_json)
                return
            await _tell(seat, name, counts, seen, as_json=as_json)

    run(work())


async def _export(seat: Seat, step: str, path: str, *, as_json: bool) -> None:
    """A line a recipient, into a file that only this user can read."""
    from console.cli.saying import data, out
    from console.places import expanded
    from console.report.told import export
    from console.text import counted

    where = expanded(path)
    done = await export(seat.conductor.told(step), where)
    if as_json:
        data({"step": step, "file": str(where), **done._asdict()})
        return
    out(f"{counted(done.people, 'person', 'people')}: {where}, SHA-256 {done.sha256}", lines=False)


async def _tell(seat: Seat, step: str, counts: dict[str, int], seen: Seen | None, *, as_json: bool) -> None:
    from console.cli.saying import data, out, say
    from console.text import counted, visible

    reasons = await seat.conductor.reasons(step)
    doubtful = await seat.conductor.doubtful(step)
    asked = seen is not None and seen.verdict != "cannot-see"
    if as_json:
        told: dict[str, Any] = {"step": step, "counts": counts, "reasons": reasons, "people": doubtful}
        data({**told, "asked": asked})
        return
    if seen is not None and not asked:
        say(f"It could not be asked what became of them: {visible(seen.raw)}.")
    out(counted(counts["total"], "person", "people"))
    for name, words in _COUNTED.items():
        if counts.get(name) or name in ("accepted", "waiting"):
            out(f"  {counts[name]:>9,}  {words}")
    for reason, many in reasons.items():
        out(f"{many:,} times: {visible(reason)}", lines=False)
    for address in doubtful[:MOST_NAMED]:
        out(f"In doubt: {address}", lines=False)
    if len(doubtful) > MOST_NAMED:
        out(f"and {len(doubtful) - MOST_NAMED:,} more in doubt: --json names them all")


_COUNTED: Final = {
    "accepted": "accepted",
    "delivered": "of these delivered",
    "bounced": "came back",
    "refused": "refused",
    "tried": "in doubt",
    "waiting": "not tried",
}
