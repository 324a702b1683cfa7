"""Verbs about what was published: seen, gone, mark, save, looked."""

from __future__ import annotations

import click

from console.cli.options import LINES, WORDS, Offered, changes, incident_argument, who

CHANNEL = Offered("channel")
ITEM = Offered("item")
NEW = "new"
VERDICTS = {"false": "bogus", "ours": "ours", "unknown": "unknown"}


@click.command()
@incident_argument
@click.argument("channel", type=CHANNEL)
@click.argument("link", type=WORDS, default="")
@click.option("--words", type=LINES, default="", help="What it says.")
@click.option("--at-risk", is_flag=True, help="It puts someone at risk.")
@click.option("--is", "verdict", type=click.Choice([*VERDICTS]), default="false", show_default=True)
@click.option("--when", type=WORDS, default="", help="When it was published, as 23:16; without it, now.")
@changes
def seen(
    incident: str,
    channel: str,
    link: str,
    words: str,
    verdict: str,
    when: str,
    officer: str | None,
    *,
    at_risk: bool,
    as_json: bool,
) -> None:
    """Report an item that was published on CHANNEL, false unless you say otherwise."""
    from console.cli.seat import Seat, move
    from console.incident.commands import See

    by = who(officer)

    def make(seat: Seat) -> See:
        return See(
            by=by,
            channel=channel,
            link=link,
            words=words,
            verdict=VERDICTS[verdict],
            at_risk=at_risk,
            when=_moment(seat, when),
        )

    move(incident, by, make, as_json=as_json)


def _moment(seat: object, typed: str) -> int:
    from console.cli.seat import Seat
    from console.engine.asking import answer_to
    from console.errors import BadInput
    from console.playbook.model import Question

    if not typed or not isinstance(seat, Seat):
        return 0
    question = Question("when", "When was it published?", "time", default=("not-sure",))
    try:
        moment = answer_to(question, typed, seat.session.clock.now(), seat.state.zone)
    except BadInput as error:
        raise BadInput(
            f"{typed} is no time of day.", do="Type it as 23:16; without --when it is now."
        ) from error
    return int(moment) if moment.isdecimal() else 0


@click.command()
@incident_argument
@click.argument("item", type=ITEM)
@click.option("--how", type=click.Choice(["gone", "removed", "hidden"]), default="gone", show_default=True)
@changes
def gone(incident: str, item: str, how: str, officer: str | None, *, as_json: bool) -> None:
    """Report that ITEM (such as i3) went."""
    from console.cli.seat import move
    from console.incident.commands import Gone

    by = who(officer)
    move(incident, by, lambda _seat: Gone(by=by, item=item, how=how), as_json=as_json)


@click.command()
@incident_argument
@click.argument("items", type=ITEM, nargs=-1, required=True, metavar="ITEM...")
@click.option("--is", "verdict", type=click.Choice([*VERDICTS]), help="What it is held to be.")
@click.option("--at-risk/--no-risk", "at_risk", default=None, help="Whether it puts someone at risk.")
@changes
def mark(
    incident: str,
    items: tuple[str, ...],
    verdict: str | None,
    officer: str | None,
    *,
    at_risk: bool | None,
    as_json: bool,
) -> None:
    """Change what each ITEM is held to be; the word new stands for all that the watch found and nobody judged.

    What is ours is named one by one: something may be new that nobody has looked at yet.
    """
    from console.cli.seat import Seat, move
    from console.incident.commands import Judge
    from console.incident.reports import unjudged

    by = who(officer)
    if verdict is None and at_risk is None:
        raise click.UsageError("Say what it is: --is false, ours or unknown; --at-risk or --no-risk.")
    held = VERDICTS[verdict] if verdict is not None else ""
    if NEW in items and held == "ours":
        raise click.UsageError("Name what is ours. Something may be new that nobody has looked at yet.")

    def make(seat: Seat) -> Judge:
        found = tuple(each for item in items for each in (unjudged(seat.state) if item == NEW else (item,)))
        return Judge(by=by, items=found, verdict=held, at_risk=at_risk)

    move(incident, by, make, as_json=as_json)


@click.command()
@incident_argument
@click.argument("item", type=ITEM, default="")
@click.option("--where", type=LINES, default="", help="Where it is kept by hand, and how many.")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False), help="The saved page or picture."
)
@changes
def save(
    incident: str, item: str, where: str, path: str | None, officer: str | None, *, as_json: bool
) -> None:
    """Say where ITEM is saved; without ITEM, all that are not saved yet.

    With --file the record keeps the file's SHA-256. The file itself stays where it is.
    """
    from console.cli.seat import move
    from console.incident.commands import Save

    by = who(officer)
    if path is not None and not item:
        raise click.UsageError("A file is one item's: name the ITEM.")
    digest = _sha256(path) if path is not None else ""
    kept = where or (path or "")
    move(incident, by, lambda _seat: Save(by=by, item=item, where=kept, sha256=digest), as_json=as_json)


def _sha256(path: str) -> str:
    from pathlib import Path

    from console.errors import BadInput
    from console.kept import sha256_of

    try:
        return sha256_of(Path(path))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error


@click.command()
@incident_argument
@click.argument("channels", type=CHANNEL, nargs=-1)
@changes
def looked(incident: str, channels: tuple[str, ...], officer: str | None, *, as_json: bool) -> None:
    """Report that you looked at CHANNELS (all, when none is named) and saw nothing more that is false."""
    from console.cli.seat import move
    from console.incident.commands import Look

    by = who(officer)
    move(incident, by, lambda _seat: Look(by=by, channels=channels), as_json=as_json)
