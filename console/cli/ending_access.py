"""incident channels end: giving up the console's own access at a platform, proved dead by trying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from console.cli.options import WORDS, Incident, changes, who

if TYPE_CHECKING:
    from console.channels.protocol import Outcome
    from console.incident.commands import Access, Note

WHAT: Final = "the console's own access"


@click.command("end", short_help="End the console's own access to NAME.")
@click.argument("name", type=WORDS)
@click.option(
    "--confirm", type=WORDS, default="", help="The channel's name once more: it cannot be taken back."
)
@click.option(
    "--for", "incident", type=Incident(), default=None, help="The incident whose access ledger gets a line."
)
@changes
def end_access(name: str, confirm: str, incident: str | None, officer: str | None, *, as_json: bool) -> None:
    """End the console's own access to NAME at the platform, and try that it is refused.

    For a token that may be in other hands. Afterwards the channel is worked by hand until it is set again.
    """
    from console import settings as machine
    from console.cli.saying import data, say
    from console.cli.seat import run
    from console.clock import SystemClock
    from console.errors import BadInput, ChannelError, NotFound
    from console.incident.commands import Note
    from console.places import Places
    from console.wiring import adapters, live_vault

    by = who(officer) if incident else ""
    places = Places.here()
    settings = machine.read(places.settings_file)
    if name not in settings.channels:
        raise NotFound(f"No channel {name} is set on this machine.", do="Run incident channels list.")
    vault = live_vault(places)
    channel = adapters(settings, vault, SystemClock()).get(name)
    if channel is None or not hasattr(channel, "revoke"):
        raise ChannelError(
            f"The console has no access to {name} that it could end by itself.",
            do="End it where the account is: its apps, keys and application passwords.",
        )
    if confirm != name:
        raise BadInput(
            f"This ends the console's own access to {name}. It cannot be taken back.",
            "Nothing was ended.",
            f"If that is what you want: --confirm {name}",
        )
    if incident is not None:
        _takes(incident, name)
        _into_record(
            incident, Note(by=by, text=f"Ending the console's own access to {name} at the platform.")
        )
    outcome = run(_ended(vault, channel))
    words, done = _words(name, outcome)
    # It is told before anything else can go wrong: it cannot be taken back, and the record may be closed by now.
    if as_json:
        data({"name": name, "ended": done, "words": words})
    else:
        say(words)
    if incident is not None:
        _into_record(incident, _line(by, name, outcome, done=done))
    if not done:
        raise click.exceptions.Exit(13)


def _takes(incident: str, name: str) -> None:
    """Refuse before anything is ended what the ledger would refuse after it."""
    from console.cli.looking import state_at
    from console.errors import BadInput, NotFound

    state = state_at(incident)
    if not state.live or state.end is not None:
        raise BadInput(
            f"{incident} takes no line: it is {'closed' if state.live else 'a drill'}.", "Nothing was ended."
        )
    if state.playbook.channel(name) is None:
        raise NotFound(f"{incident} has no channel {name}.", "Nothing was ended.")


async def _ended(vault: Any, channel: Any) -> Outcome:
    await vault.open()
    try:
        outcome: Outcome = await channel.revoke()
        return outcome
    finally:
        await channel.close()


def _words(name: str, outcome: Outcome) -> tuple[str, bool]:
    from console.channels.protocol import Done

    if isinstance(outcome, Done):
        again = f"Set it again with incident channels set {name}."
        return f"Ended: the platform refuses the console's access to {name}. {again}", True
    return f"NOT proved ended. {outcome.reason}", False


def _line(by: str, name: str, outcome: Outcome, *, done: bool) -> Access:
    """The line of the access ledger that tells of it."""
    from console.incident.commands import Access

    return Access(
        by=by,
        channel=name,
        what=WHAT,
        how="ended" if done else "found",
        detail="the platform refuses it" if done else "it may still work",
        proof=outcome.proof,
        verified=done,
    )


def _into_record(incident: str, command: Access | Note) -> None:
    from console.cli.seat import run, seated

    async def told() -> None:
        async with seated(incident, command.by) as seat:
            await seat.session.do(command)

    run(told())
