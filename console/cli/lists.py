"""Choosing the recipients of a mailing: read, reported by line, frozen in a ledger, put into the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from console.cli.options import WORDS, Offered, changes, incident_argument, who
from console.errors import BadInput, BadList
from console.text import counted

if TYPE_CHECKING:
    from console.channels.recipients import Choice, ListReport
    from console.cli.seat import Seat
    from console.incident.events import AnyEvent


class Asked(NamedTuple):
    """What the verb was given.

    Attributes:
        paths: the files, in order.
        without: suppression lists, beside the one that is set on this machine.
        encoding, delimiter, column: how the files are to be read; empty: as it is found.
        leave_out: go on although lines cannot be used.
        look: only say what is in them.
    """

    paths: tuple[str, ...]
    without: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    column: str = ""
    leave_out: bool = False
    look: bool = False

    def choice(self) -> Choice:
        """As the reader takes it."""
        from console.channels.listfile import Said
        from console.channels.recipients import Choice
        from console.places import expanded

        return Choice(
            tuple(str(expanded(each)) for each in self.paths),
            tuple(str(expanded(each)) for each in self.without),
            Said(self.encoding, self.delimiter, self.column),
        )


async def choose(seat: Seat, asked: Asked, *, channel: str, as_json: bool) -> tuple[AnyEvent, ...]:
    """Take the list in these files for a mail channel, after saying what is in it.

    Args:
        seat: at a live incident; a drill has a list of its own.
        asked: what the verb was given.
        channel: the playbook's name of the mail channel; empty when it has only one.
        as_json: say nothing but the findings; the verb prints its own.

    Raises:
        BadList: the files, or lines of them, cannot be used.
        WrongMode: in a drill.
        BadInput: there is no such mail channel.
    """
    from console.engine.lists import keep_list, read_list

    name = channel_named(seat, channel)
    with await read_list(seat.session, name, asked.choice()) as found:
        report = found.report
        bad = report.refused + report.unclear
        if bad and not (asked.leave_out or asked.look):
            raise BadList(
                f"{counted(bad, 'line')} of {report.source} cannot be used, {report.accepted:,} can."
                if not report.unclear
                else f"{counted(bad, 'line')} cannot be used, {report.unclear:,} of them of the suppression list.",
                report.findings,
                do="Nothing was chosen. Correct the list, or add --leave-out.",
            )
        _tell(seat, report, as_json=as_json)
        return () if asked.look else await keep_list(seat.session, seat.officer, name, found)


def channel_named(seat: Seat, wanted: str) -> str:
    """The mail channel of that name, or the only one there is; raises BadInput."""
    from console.engine.lists import mailers

    names = mailers(seat.state)
    if wanted in names:
        return wanted
    if wanted or len(names) != 1:
        have = ", ".join(names) or "none"
        raise BadInput(
            f"There is no mail channel {wanted or 'to choose by itself'}.", do=f"There are: {have}."
        )
    return names[0]


def _tell(seat: Seat, report: ListReport, *, as_json: bool) -> None:
    from console.cli.saying import out, say
    from console.incident.moment import age_words

    for finding in report.findings:
        say(finding)
    if as_json:
        return
    age = age_words(report.age(seat.session.clock.now().wall))
    people = counted(report.accepted, "person", "people")
    out(f"{people}, {report.duplicates:,} twice, {report.refused:,} left out; {age} old")
    if report.suppression:
        out(f"{counted(report.suppressed, 'line')} left out by the suppression list")
    for each in report.files:
        out(f"{each.path} was read as {each.words()}")
    out("Most at " + ", ".join(f"{domain} ({count:,})" for domain, count in report.top_domains))
    out("If it was read wrongly: --encoding, --delimiter, --column.")


@click.command("list-file")
@incident_argument
@click.argument("paths", type=click.Path(), nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--channel", type=Offered("channel"), default="", help="The mail channel, where the playbook has several."
)
@click.option(
    "--without",
    type=click.Path(),
    multiple=True,
    help="A file of people who must get no mail, beside the one that is set; may be given again.",
)
@click.option("--encoding", type=WORDS, default="", help="What the files are written in, such as cp1252.")
@click.option(
    "--delimiter",
    type=WORDS,
    default="",
    help="What stands between columns: comma, semicolon, tab, bar, none.",
)
@click.option("--column", type=WORDS, default="", help="The column of addresses: its name, or its number.")
@click.option("--leave-out", is_flag=True, help="Leave out the lines that cannot be used.")
@click.option("--look", is_flag=True, help="Only say what is in them; nothing is chosen.")
@changes
def list_file(
    incident: str,
    paths: tuple[str, ...],
    *,
    channel: str,
    without: tuple[str, ...],
    encoding: str,
    delimiter: str,
    column: str,
    officer: str | None,
    leave_out: bool,
    look: bool,
    as_json: bool,
) -> None:
    """Choose the files with the recipients of a mailing: CSV, an address a line, or saved mails (.eml).

    Several are merged, in their order. What cannot be used is reported line by line, and nothing is chosen until it is mended or
    left out.
    """
    from console.cli.seat import run, seated
    from console.cli.telling import told

    by = who(officer)
    asked = Asked(paths, without, encoding, delimiter, column, leave_out, look)

    async def work() -> None:
        async with seated(incident, by) as seat:
            events = await choose(seat, asked, channel=channel, as_json=as_json)
            told(seat, events, as_json=as_json)

    run(work())
