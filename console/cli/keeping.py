"""Verbs about what is kept: list it, bring files in, hold it against the record, copy it for whoever it is handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.cli.options import LINES, Offered, changes, incident_argument, json_option, who

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.cli.seat import Seat
    from console.engine.exhibits import Brought
    from console.errors import ConsoleError
    from console.incident.state import State
    from console.journal.reading import ReadRecord
    from console.report.exhibits import Exhibit

CODES = {"stands": 0, "wrong": 8}
CANNOT_TELL = 7


class OfAnIncident(click.Group):
    """A group whose id comes first: where no sub-verb stands behind it, options may."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does."""
        ctx.allow_interspersed_args = not any(arg in self.commands for arg in args)
        return super().parse_args(ctx, args)


@click.group(cls=OfAnIncident, invoke_without_command=True, subcommand_metavar="[add|check|copy-to] ...")
@incident_argument
@json_option
@click.pass_context
def evidence(ctx: click.Context, incident: str, *, as_json: bool) -> None:
    """Show what is kept of an incident and where it lies, bring files in, check it, copy it.

    Times are UTC. Each file is named by its SHA-256.
    """
    ctx.obj = incident
    if ctx.invoked_subcommand is None:
        _list(incident, as_json=as_json)


def _list(incident: str, *, as_json: bool) -> None:
    import msgspec

    from console.cli.saying import data, out, say
    from console.report.exhibits import unsaved, with_files

    state, exhibits, folder = _known(incident)
    found = with_files(exhibits, folder)
    left = unsaved(state)
    if as_json:
        kept = [msgspec.to_builtins(each) for each in found]
        data({"id": incident, "folder": str(folder), "kept": kept, "unsaved": list(left)})
        return
    out(f"{incident}  {folder}", lines=False)
    for each in found:
        for line in each.lines():
            out(line, lines=False)
    if left:
        out(f"NOT SAVED: {', '.join(left)}")
    if not found:
        say(f"Nothing is kept yet. incident evidence {incident} add FILE brings a picture or a mail in.")


def _known(incident: str) -> tuple[State, tuple[Exhibit, ...], Path]:
    """The incident, what its record says is kept, and the folder."""
    from console.cli.looking import reading
    from console.cli.reporting import entries_of
    from console.engine.standing import standing
    from console.places import Places
    from console.report.exhibits import exhibits

    with reading(incident) as record:
        state = standing(record, incident)
        entries = entries_of(record, incident)
    return state, exhibits(entries, state), Places.here().evidence(incident)


@evidence.command()
@click.argument("files", type=click.Path(), nargs=-1, required=True, metavar="FILE...")
@click.option("--item", type=Offered("item"), default="", help="The item that they show, such as i3.")
@click.option("--note", type=LINES, default="", help="What is to be said of them.")
@click.option(
    "--seen",
    "channel",
    type=Offered("channel"),
    default="",
    help="Report the mail in it as a false item there.",
)
@changes
@click.pass_obj
def add(
    incident: str,
    files: tuple[str, ...],
    item: str,
    note: str,
    channel: str,
    officer: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring pictures of screens and saved mails (.eml) in: copied, hashed, kept, written down.

    What a mail says of itself is written down with it. The files stay where they are as well.
    """
    from pathlib import Path

    from console.cli.saying import out, say
    from console.cli.seat import run, seated
    from console.engine.exhibits import bring_in
    from console.errors import ConsoleError
    from console.places import Places

    by = who(officer)
    folder = Places.here().evidence(incident)

    async def work() -> None:
        brought: list[Brought] = []
        refused: list[tuple[str, ConsoleError]] = []
        async with seated(incident, by) as seat:
            for path in files:
                try:
                    each = await bring_in(
                        seat.session, by, Path(path), folder, item=item, note=note, seen=channel
                    )
                except ConsoleError as error:
                    if len(files) == 1:
                        raise
                    refused.append((path, error))
                    say(f"NOT KEPT: {error.what}")
                    continue
                brought.append(each)
                if not as_json:
                    out(each.words(), lines=False)
            _told(seat, brought, refused, as_json=as_json)
        if refused:
            raise click.exceptions.Exit(refused[0][1].exit_code)

    run(work())


def _told(
    seat: Seat, brought: list[Brought], refused: list[tuple[str, ConsoleError]], *, as_json: bool
) -> None:
    import msgspec

    from console.cli.saying import data
    from console.cli.telling import moved, told

    events = [event for each in brought for event in each.events]
    if not as_json:
        if brought:
            told(seat, events, as_json=False)
        return
    plain: list[dict[str, Any]] = [
        {key: value for key, value in msgspec.to_builtins(each).items() if key != "events"}
        for each in brought
    ]
    failed = [{"file": path, "why": error.what} for path, error in refused]
    data({**moved(seat, events), "brought": plain, "refused": failed})


@evidence.command()
@json_option
@click.pass_obj
def check(incident: str, *, as_json: bool) -> None:
    """Read every kept file again, and hold it against its name and against the record.

    Exit code 0: all is what it was. 8: something is missing or was changed. 7: we cannot tell. The record itself: incident verify.
    """
    import msgspec

    from console.cli.saying import data, out
    from console.report import exhibits as kept

    state, found, folder = _known(incident)
    collected = kept.check(state, found, folder)
    if as_json:
        data({**msgspec.to_builtins(collected), "folder": str(folder), "verdict": collected.verdict})
    else:
        for line in collected.sentences():
            out(line, lines=False)
    raise click.exceptions.Exit(CODES.get(collected.verdict, CANNOT_TELL))


@evidence.command("copy-to")
@click.argument("target", type=click.Path(), metavar="FOLDER")
@json_option
@click.pass_obj
def copy_to(incident: str, target: str, *, as_json: bool) -> None:
    """Copy everything that is kept and the record to FOLDER, a new or an empty one, with SHA256SUMS.

    Nothing here is changed by it. Exit code 8: something was changed before; it is copied as it is.
    """
    import msgspec

    from console.cli.looking import reading
    from console.cli.saying import data, out
    from console.errors import NotFound
    from console.places import Places, expanded
    from console.report import handover

    with reading(incident) as record:
        if record.head(incident) is None:
            raise NotFound(f"There is no incident {incident} here.")
        folder = Places.here().evidence(incident)
        copied = handover.copy_to(folder, _stored(record, incident), expanded(target))
    if as_json:
        data({"id": incident, **msgspec.to_builtins(copied)})
    else:
        for line in copied.sentences():
            out(line, lines=False)
    if any(each.wrong for each in copied.findings):
        raise click.exceptions.Exit(CODES["wrong"])


def _stored(record: ReadRecord, incident: str) -> Iterator[bytes]:
    """The stored bytes of each entry, in order."""
    at = 0
    while rows := record.read(incident, at, 1000):
        yield from (row.body for row in rows)
        at = rows[-1].seq + 1
