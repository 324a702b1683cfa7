"""Choosing the list of a mailing: files are read and reported on by line, and kept only after their count was typed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from console.errors import BadInput, BadList, Refused
from console.incident.moment import age_words
from console.text import counted
from console.tui.text import Part
from console.tui.widgets.confirm import Confirm, Question
from console.tui.widgets.dialog import Move
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.channels.recipients import ListReport
    from console.engine.lists import Held
    from console.tui.screens.desk import Desk

FILES = "The file with the addresses: CSV, text or .eml; several with ; between."


class Use(Confirm):
    """Whether the list is used; False when it is to be read another way."""

    MORE = (Move("w", "It was read wrongly: say how"),)

    async def take(self, move: Move) -> None:
        """Use it, or read it another way."""
        if move in self.MORE:
            self.dismiss(result=False)
        else:
            await super().take(move)


async def choose(desk: Desk) -> None:
    """Ask for the files, show their report, have the count typed, keep them.

    Raises:
        Refused: in a drill, where no real list is read; or this playbook mails nobody.
    """
    from console.engine.lists import keep_list, mailers

    state = desk.seat.state
    if not state.live:
        raise Refused("DRILL: the practice list is chosen already. A real list is never read in a drill.")
    channels = mailers(state)
    if not channels:
        raise Refused("This playbook mails nobody.")
    fields = [Field("path", FILES, needed=True)]
    if len(channels) > 1:
        names = [(name, name) for name in channels]
        fields.insert(0, Field("channel", "For which channel?", channels[0], names, needed=True))
    with ExitStack() as open_:
        held = await _read(desk, fields, {"channel": channels[0]}, open_)
        while held is not None:
            values, found = held
            used = await desk.ask(Use(_question(desk, found.report), desk.app_mode))
            if used:
                await keep_list(desk.seat.session, desk.seat.officer, values["channel"], found)
                are = counted(found.report.accepted, "person is", "people are")
                desk.say(f"{are} on the list. Nothing has been sent.")
            held = await _read(desk, _ways(found.report), values, open_) if used is False else None


async def _read(
    desk: Desk, fields: list[Field], known: Mapping[str, str], open_: ExitStack
) -> tuple[dict[str, str], Held] | None:
    """One form, and the list as it was read; None when the officer went back."""
    from console.engine.lists import choice_of, read_list

    found: list[tuple[dict[str, str], Held]] = []

    async def read(values: Mapping[str, str]) -> None:
        said = {**known, **values}
        try:
            held = await read_list(desk.seat.session, said["channel"], choice_of(said))
        except BadList as error:
            raise BadInput(error.what, "; ".join(error.findings[:4]), error.do) from error
        found.append((said, open_.enter_context(held)))

    done = await desk.ask(Form("List of people", (), fields, read, "read it; nothing is sent"))
    return found[-1] if done is not None and found else None


def _ways(report: ListReport) -> list[Field]:
    """What a person may say otherwise; what was found stands in the lines."""
    from console.channels.listfile import ENCODINGS
    from console.channels.listrows import DELIMITERS

    first = report.files[0]
    encodings = [(name, name) for name in ENCODINGS]
    between = [(name, name) for name in DELIMITERS.values()]
    was = first.encoding.removesuffix("-sig")
    return [
        Field("encoding", "Written in", was if was in ENCODINGS else "", encodings),
        Field("delimiter", "Between columns", DELIMITERS.get(first.delimiter, ""), between),
        Field("column", "The column of addresses: its name, or its number", first.column),
        Field("without", "A file of people who get no mail, beside the one that is set"),
    ]


def _question(desk: Desk, report: ListReport) -> Question:
    return Question(
        f"List of {counted(report.accepted, 'person', 'people')}",
        report_rows(report, desk.seat.session.clock.now().wall),
        str(report.accepted),
        counts=True,
        verb="Use this list",
    )


def report_rows(report: ListReport, wall: int) -> list[tuple[Part, ...]]:
    """The report: how many, how old, where they are, and every line that is left out."""
    domains = ", ".join(f"{name} {count:,}" for name, count in report.top_domains)
    rows: list[tuple[Part, ...]] = [
        (("File      " if at == 0 else " " * 10, "muted"), f"{each.path}, {each.words()}")
        for at, each in enumerate(report.files[:5])
    ]
    if len(report.files) > len(rows):
        rows.append((" " * 10, f"and {len(report.files) - len(rows)} more"))
    rows += [
        (
            ("People    ", "muted"),
            (f"{report.accepted:,}", "strong"),
            f"   {counted(report.duplicates, 'line')} stood twice, {report.refused:,} refused",
        ),
        (("Age       ", "muted"), f"{age_words(report.age(wall))} since it was last changed"),
        (("Domains   ", "muted"), domains),
    ]
    if report.suppression:
        names = ", ".join(each.path for each in report.suppression)
        out = counted(report.suppressed, "line")
        rows.append((("Left out  ", "muted"), f"{out} by the suppression list {names}"))
    if report.unclear:
        words = f"{counted(report.unclear, 'line')} of the suppression list cannot be used: nobody is left out by them"
        rows.append((" " * 10, (words, "late")))
    if report.findings:
        rows += [("",), (("Left out, by line:", "head"),)]
        rows += [((f"  {finding}", "late"),) for finding in report.findings]
    return rows
