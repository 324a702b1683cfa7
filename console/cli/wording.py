"""Verbs about words and who gets them: text, list-file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import LINES, WORDS, changes, incident_argument, who

if TYPE_CHECKING:
    from console.incident.state import State


@click.command()
@incident_argument
@click.argument("text", type=WORDS, default="")
@click.option("--part", type=WORDS, default="", help="The part to change.")
@click.option("--set", "words", type=LINES, help="Its new words; - reads them from stdin.")
@click.option("--copy", is_flag=True, help="Print the finished words alone, to be piped.")
@changes
def text(
    incident: str, text: str, part: str, words: str | None, officer: str | None, *, copy: bool, as_json: bool
) -> None:
    """Show TEXT (a text's name, or a step's) as it would go out, or change it part by part.

    Without TEXT: which there are. A change voids the codes that were given for the old words.
    """
    from console.cli.looking import state_at

    if words is not None:
        _edit(incident, text, part, words, officer, as_json=as_json)
        return
    state = state_at(incident)
    if not text:
        _list(state, as_json=as_json)
        return
    _show(state, slug_of(state, text), officer or state.lead, copy=copy, as_json=as_json)


def slug_of(state: State, typed: str) -> str:
    """The text's slug: as typed, or that of the step that was typed."""
    from console.errors import NotFound
    from console.incident.board import step_by_number

    if state.playbook.wording(typed) is not None:
        return typed
    step = state.playbook.step(step_by_number(state, typed))
    slug = (step.text or step.arguments.get("text", "")) if step is not None else ""
    if slug:
        return slug
    have = ", ".join(each.slug for each in state.playbook.texts)
    raise NotFound(f"There is no text {typed}.", do=f"There are: {have}.")


def _list(state: State, *, as_json: bool) -> None:
    from console.cli.saying import data, out

    if as_json:
        data([{"text": each.slug, "kind": each.kind} for each in state.playbook.texts])
        return
    for each in state.playbook.texts:
        out(f"{each.slug}  {each.kind}")


def _show(state: State, slug: str, officer: str, *, copy: bool, as_json: bool) -> None:
    import msgspec

    from console.cli.saying import data, out
    from console.clock import SystemClock
    from console.incident.wordings import part_templates, wording
    from console.text import weighted_length

    found = wording(state, slug, SystemClock().now().wall, officer)
    if found is None:
        return
    version = state.text_versions.get(slug, 1)
    if as_json:
        data(
            {
                **msgspec.to_builtins(found),
                "templates": dict(part_templates(state, slug)),
                "version": version,
                "characters": len(found.text),
                "weighted": weighted_length(found.text),
            }
        )
        return
    if copy:
        out(found.text)
        return
    out(f"{'LIVE' if state.live else 'DRILL'}  {slug}  {found.kind}  version {version}")
    out(
        f"{len(found.text)} characters, {weighted_length(found.text)} as X counts, {len(found.text.split())} words"
    )
    for name, template in part_templates(state, slug):
        out(f"{name}: {template}")
    out("As it would go out:")
    if found.subject:
        out(f"Subject: {found.subject}")
    out(found.text)


def _edit(incident: str, text: str, part: str, words: str, officer: str | None, *, as_json: bool) -> None:
    import sys

    from console.cli.seat import Seat, move
    from console.incident.commands import EditText

    by = who(officer)
    if not text or not part:
        raise click.UsageError(
            "Say which text and which part: incident text ID TEXT --part PART --set WORDS."
        )
    said = LINES.convert(sys.stdin.read().rstrip("\n"), None, None) if words == "-" else words

    def make(seat: Seat) -> EditText:
        return EditText(by=by, text=slug_of(seat.state, text), part=part, words=said)

    move(incident, by, make, as_json=as_json)


@click.command("list-file")
@incident_argument
@click.argument("path", type=click.Path())
@click.option("--channel", type=WORDS, default="", help="The mail channel, where the playbook has several.")
@click.option("--leave-out", is_flag=True, help="Leave out the lines that cannot be used.")
@changes
def list_file(
    incident: str, path: str, channel: str, officer: str | None, *, leave_out: bool, as_json: bool
) -> None:
    """Choose the file with the recipients of a mailing.

    What cannot be used is reported line by line, and nothing is chosen until it is mended or left out.
    """
    from console.cli.lists import choose
    from console.cli.seat import run, seated
    from console.cli.telling import told

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by) as seat:
            events = await choose(seat, path, channel=channel, leave_out=leave_out, as_json=as_json)
            told(seat, events, as_json=as_json)

    run(work())
