"""Choosing the recipients of a mailing: read, reported by line, frozen in a ledger, put into the record."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import BadInput, BadList, WrongMode
from console.text import counted

if TYPE_CHECKING:
    from console.channels.recipients import ListReport
    from console.cli.seat import Seat
    from console.incident.events import AnyEvent


async def choose(
    seat: Seat, path: str, *, channel: str, leave_out: bool, as_json: bool
) -> tuple[AnyEvent, ...]:
    """Take the list in that file for a mail channel, after saying what is in it.

    Args:
        seat: at a live incident; a drill has a list of its own.
        path: the file.
        channel: the playbook's name of the mail channel; empty when it has only one.
        leave_out: go on although lines cannot be used.
        as_json: say nothing; the verb prints its own.

    Raises:
        BadList: the file, or lines of it, cannot be used.
        WrongMode: in a drill.
        BadInput: there is no such mail channel.
    """
    from console.channels.recipients import freeze
    from console.engine.ledger import JournalLedger
    from console.incident.commands import Freeze

    if not seat.state.live:
        raise WrongMode(
            "A drill has a list of its own.", do="No real address belongs into it. Go on without."
        )
    name = _channel(seat, channel)
    report, addresses = await asyncio.to_thread(freeze, Path(path))
    if report.refused and not leave_out:
        raise BadList(
            f"{counted(report.refused, 'line')} of {report.path} cannot be used, {report.accepted} can.",
            report.findings,
            do="Nothing was chosen. Correct the list, or add --leave-out.",
        )
    if not as_json:
        _tell(seat, report)
    ledger = f"{seat.state.incident}/{name}/{report.sha256[:16]}"
    await JournalLedger(seat.session.journal, ledger).create(addresses)
    return await seat.session.do(
        Freeze(
            by=seat.officer,
            channel=name,
            ledger=ledger,
            sha256=report.sha256,
            count=report.accepted,
            duplicates=report.duplicates,
            refused=report.refused,
            source=Path(report.path).name,
            age=report.age(seat.session.clock.now().wall),
            domains=tuple(domain for domain, _ in report.top_domains),
        )
    )


def _channel(seat: Seat, wanted: str) -> str:
    names = [each.name for each in seat.state.playbook.channels if "mail" in each.kinds]
    if wanted in names:
        return wanted
    if wanted or len(names) != 1:
        have = ", ".join(names) or "none"
        raise BadInput(
            f"There is no mail channel {wanted or 'to choose by itself'}.", do=f"There are: {have}."
        )
    return names[0]


def _tell(seat: Seat, report: ListReport) -> None:
    from console.cli.saying import out, say
    from console.incident.moment import spell

    for finding in report.findings:
        say(finding)
    age = spell(report.age(seat.session.clock.now().wall))
    people = counted(report.accepted, "person", "people")
    out(f"{people}, {report.duplicates:,} twice, {report.refused:,} left out; {age} old")
    out(f"Read as {report.encoding}" + (f", column {report.column}" if report.column else ""))
    out("Most at " + ", ".join(f"{domain} ({count:,})" for domain, count in report.top_domains))
