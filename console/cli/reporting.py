"""What is handed over: the debrief, the timeline, the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.cli.options import incident_argument, json_option

if TYPE_CHECKING:
    from console.journal.reading import ReadRecord
    from console.report.record import Entry


@click.command()
@incident_argument
@click.option("--timeline", "what", flag_value="timeline", help="Everything that happened, one line each.")
@click.option("--brief", "what", flag_value="brief", help="The one page for whoever takes over.")
@click.option(
    "--debrief", "what", flag_value="debrief", default="debrief", help="Times against their targets."
)
@json_option
def report(incident: str, what: str, *, as_json: bool) -> None:
    """Write what is handed over: times against targets, the timeline, or the one-page brief."""
    from console.cli.looking import reading
    from console.cli.saying import data, out
    from console.engine.standing import standing

    with reading(incident) as record:
        state = standing(record, incident)
        entries = entries_of(record, incident)
    plain, lines = {"timeline": _timeline, "brief": _brief, "debrief": _debrief}[what](entries, state)
    if as_json:
        data(plain)
        return
    for line in lines:
        out(line)


def entries_of(record: ReadRecord, incident: str) -> tuple[Entry, ...]:
    """All events of an incident in order."""
    from console.incident.codec import decode
    from console.report.record import Entry

    found: list[Entry] = []
    while rows := record.read(incident, len(found), 1000):
        found += [Entry(row.seq, decode(row.body)) for row in rows]
    return tuple(found)


def _now() -> int:
    from console.clock import SystemClock

    return SystemClock().now().wall


def _timeline(entries: tuple[Entry, ...], state: Any) -> tuple[Any, list[str]]:
    import msgspec

    from console.report.timeline import line_of

    lines = [line_of(entry.seq, entry.event, state) for entry in entries]
    return msgspec.to_builtins(lines), [line.drawn() for line in lines if line.words]


def _brief(entries: tuple[Entry, ...], state: Any) -> tuple[Any, list[str]]:
    from console import settings as machine
    from console.places import Places
    from console.report.brief import brief

    del entries
    page = brief(state, _now(), state.lead, machine.usable(Places.here().settings_file)[0].contacts)
    return {"id": state.incident, "brief": page}, [page]


def _debrief(entries: tuple[Entry, ...], state: Any) -> tuple[Any, list[str]]:
    import msgspec

    from console.report.debrief import debrief

    targets, title = _scripted(entries)
    until = state.end.at if state.end is not None else _now()
    made = debrief(entries, state, until, targets=targets, title=title)
    return {"id": state.incident, **msgspec.to_builtins(made)}, list(made.lines())


def _scripted(entries: tuple[Entry, ...]) -> tuple[dict[str, int] | None, str]:
    """A drill's targets and title, from the copy of its scenario that the record holds."""
    from console.errors import BadPlaybook, NotFound
    from console.incident.events import Opened
    from console.playbook.scenario import load_scenario

    opened = entries[0].event
    if not isinstance(opened, Opened) or not opened.scenario:
        return None, ""
    files = {each.path: each.text.encode() for each in opened.files}
    path = next((each for each in files if each.endswith(f"{opened.scenario}.yaml")), "")
    try:
        scenario = load_scenario(path, lambda name: files[name]).scenario
    except (BadPlaybook, NotFound):
        return None, ""
    return scenario.targets, scenario.title
