"""The access ledger: every way into our accounts, and what became of it."""

from __future__ import annotations

import click

from console.cli.options import LINES, Offered, changes, incident_argument

CHANNEL = Offered("channel")


@click.command()
@incident_argument
@click.argument("channel", type=CHANNEL, required=False)
@click.argument("what", type=LINES, required=False)
@click.option(
    "--how",
    type=click.Choice(["ended", "changed", "issued", "kept", "found"]),
    default="ended",
    show_default=True,
    help="What became of it.",
)
@click.option(
    "--detail", type=LINES, default="", help="What else is known of it, such as when it was last used."
)
@changes
def access(
    incident: str,
    channel: str | None,
    what: str | None,
    how: str,
    detail: str,
    officer: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what became of every way into our accounts; with CHANNEL and WHAT, add a line.

    For example: incident access ID account "session in Leeds" --how ended
    """
    from console.cli.options import who

    if not channel:
        _show(incident, as_json=as_json)
        return
    if not what:
        raise click.UsageError("Say which way in it is, such as passphrase.")
    from console.cli.seat import move
    from console.incident.commands import Access

    by = who(officer)
    move(
        incident,
        by,
        lambda _seat: Access(by=by, channel=channel, what=what, how=how, detail=detail),
        as_json=as_json,
    )


def _show(incident: str, *, as_json: bool) -> None:
    import msgspec

    from console.cli.looking import state_at
    from console.cli.saying import data, out
    from console.clock import SystemClock
    from console.incident.access_ledger import ledger, line_words
    from console.incident.wordings import zone_of

    state = state_at(incident)
    lines = ledger(state, SystemClock().now().wall)
    if as_json:
        data(msgspec.to_builtins(lines))
        return
    for line in lines:
        out(line_words(line, zone_of(state)), lines=False)
    if not lines:
        out("No way into an account is known of yet.", lines=False)
