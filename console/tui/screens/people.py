"""Choosing the list of a mailing: the file is read and reported on by line, and kept only after its count was typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import BadInput, BadList, Refused
from console.incident.moment import spell
from console.text import counted
from console.tui.text import Part
from console.tui.widgets.confirm import Confirm, Question
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.channels.recipients import ListReport
    from console.tui.screens.desk import Desk


async def choose(desk: Desk) -> None:
    """Ask for the file, show its report, have the count typed, keep it.

    Raises:
        Refused: in a drill, where no real list is read; or this playbook mails nobody.
    """
    state = desk.seat.state
    if not state.live:
        raise Refused("DRILL: the practice list is chosen already. A real list is never read in a drill.")
    mailers = [(each.name, each.name) for each in state.playbook.channels if "mail" in each.kinds]
    if not mailers:
        raise Refused("This playbook mails nobody.")
    reports: list[ListReport] = []

    async def read(values: Mapping[str, str]) -> None:
        from console.channels.recipients import freeze

        try:
            report, _ = await asyncio.to_thread(freeze, _path(values))
        except BadList as error:
            raise BadInput(error.what, "; ".join(error.findings[:4]), error.do) from error
        reports.append(report)

    fields = [Field("path", "The file with the addresses: a CSV or a text file.", needed=True)]
    if len(mailers) > 1:
        fields.insert(0, Field("channel", "For which channel?", mailers[0][0], mailers, needed=True))
    values = await desk.ask(Form("List of people", (), fields, read, "read it; nothing is sent"))
    if values is None or not reports:
        return
    report = reports[-1]
    rows = report_rows(report, desk.seat.session.clock.now().wall)
    question = Question(
        f"List of {counted(report.accepted, 'person', 'people')}",
        rows,
        str(report.accepted),
        counts=True,
        verb="Use this list",
    )
    if await desk.ask(Confirm(question, desk.app_mode)):
        await _keep(desk, values, report)


def _path(values: Mapping[str, str]) -> Path:
    return Path(values["path"]).expanduser()


async def _keep(desk: Desk, values: Mapping[str, str], report: ListReport) -> None:
    from console.engine.lists import choose_list

    channel = values.get("channel") or next(
        each.name for each in desk.seat.state.playbook.channels if "mail" in each.kinds
    )
    kept = await choose_list(desk.seat.session, desk.seat.officer, channel, _path(values))
    if kept.sha256 != report.sha256:
        desk.say("The file changed while you looked at it. Choose it again and look at its report.")
    else:
        are = counted(kept.accepted, "person is", "people are")
        desk.say(f"{are} on the list. Nothing has been sent.")


def report_rows(report: ListReport, wall: int) -> list[tuple[Part, ...]]:
    """The report: how many, how old, where they are, and every line that is left out."""
    domains = ", ".join(f"{name} {count:,}" for name, count in report.top_domains)
    rows: list[tuple[Part, ...]] = [
        (("File      ", "muted"), report.path),
        (
            ("People    ", "muted"),
            (f"{report.accepted:,}", "strong"),
            f"   {counted(report.duplicates, 'line')} stood twice, {report.refused:,} refused",
        ),
        (("Age       ", "muted"), f"{spell(report.age(wall))} since it was last changed"),
        (
            ("Written   ", "muted"),
            f"{report.encoding}" + (f", column {report.column}" if report.column else ""),
        ),
        (("Domains   ", "muted"), domains),
    ]
    if report.findings:
        rows += [("",), (("Left out, by line:", "head"),)]
        rows += [((f"  {finding}", "late"),) for finding in report.findings]
    return rows
