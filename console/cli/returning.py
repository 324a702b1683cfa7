"""The verb that reads bounces back into what was sent."""

from __future__ import annotations

import click

from console.cli.options import Offered, changes, incident_argument, who


@click.command()
@incident_argument
@click.argument("path", type=click.Path())
@click.option("--step", type=Offered("step"), default="", help="Only those of this step's mailing.")
@changes
def bounces(incident: str, path: str, step: str, officer: str | None, *, as_json: bool) -> None:
    """Read a mailbox of bounces back: whose mail came back, and why.

    PATH is an mbox, one saved mail, a maildir, or a folder of mails. It is kept as evidence. Nothing is sent; read twice, it changes nothing.
    """
    from pathlib import Path

    import msgspec

    from console.cli.saying import data, out
    from console.cli.seat import run, seated
    from console.places import Places

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by) as seat:
            folder = Places.here().evidence(incident)
            name = seat.step(step) if step else ""
            told = await seat.conductor.bounces(by, Path(path), folder, name)
            if as_json:
                data({"id": incident, **msgspec.to_builtins(told)})
                return
            for line in told.lines():
                out(line, lines=False)

    run(work())
