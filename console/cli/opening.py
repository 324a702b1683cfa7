"""Verbs that begin or come back: open, resume, drill, and home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import (
    OFFICER_VARIABLE,
    WORDS,
    Incident,
    PlaybookName,
    json_option,
    linear_option,
    officer_option,
    who,
)

if TYPE_CHECKING:
    from console.places import Found, Places
    from console.playbook.model import Loaded, Playbook


@click.command("open")
@click.argument("playbook", type=PlaybookName())
@click.option(
    "--answer",
    "answers",
    type=WORDS,
    multiple=True,
    metavar="SLUG=VALUE",
    help="An opening answer; may be repeated.",
)
@click.option("--no-tui", is_flag=True, help="Open it, print its id, and return.")
@linear_option
@officer_option
@json_option
def open_(
    playbook: str, answers: tuple[str, ...], officer: str | None, *, no_tui: bool, linear: bool, as_json: bool
) -> None:
    """Open a live incident from a playbook: its id, or the path of its file.

    What is not answered takes its safe default; incident amend corrects it later.
    """
    from console.cli.saying import data, out, say
    from console.cli.seat import run
    from console.places import Places

    places = Places.here()
    found = places.shelf().find(playbook)
    by = officer or _asked(no_tui=no_tui or as_json)
    incident, loaded = run(opened(places, found, by, answers))
    for line in loaded.playbook.memory:
        say(line)
    if as_json:
        data(
            {
                "id": incident,
                "mode": "live",
                "playbook": loaded.playbook.id,
                "version": loaded.playbook.version,
                "file": str(found.path),
                "sha256": loaded.sources[0].sha256,
                "by": by,
            }
        )
        return
    if no_tui:
        say(f"LIVE {incident} is open. See where it stands: incident show {incident}")
        out(incident)
        return
    face(incident, by, linear=linear)


def _asked(*, no_tui: bool) -> str:
    import sys

    if no_tui or not sys.stdin.isatty():
        return who(None)
    return str(click.prompt("Who are you?", err=True)).strip() or who(None)


async def opened(places: Places, found: Found, by: str, answers: tuple[str, ...]) -> tuple[str, Loaded]:
    """Open a live incident; its id, and what it was opened from."""
    from console import settings as machine
    from console.clock import SystemClock
    from console.engine.opening import Opening, open_incident
    from console.engine.session import load_state
    from console.journal.reading import engine_version
    from console.journal.sqlite import SqliteJournal
    from console.playbook.load import load
    from console.wiring import able, left_to_hands

    loaded = load(found.name, found.read)
    settings = machine.read(places.settings_file)
    zone = machine.zone_name(settings)
    now = SystemClock().now()
    opening = Opening(
        by=by,
        loaded=loaded,
        mode="live",
        answers=given(loaded.playbook, answers, zone),
        configured=able(loaded.playbook.channels, settings, places),
        by_hand=left_to_hands(loaded.playbook.channels, settings, places),
        fields=machine.fields(settings),
        zone=zone,
        engine=engine_version(),
    )
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        incident = await open_incident(journal, opening, now)
        from console.cli.seat import keep

        state, _, _ = await load_state(journal, incident)
        await keep(journal, state)
    return incident, loaded


def given(playbook: Playbook, answers: tuple[str, ...], zone: str) -> dict[str, str]:
    """The opening answers as typed, `slug=value`, each checked against its question.

    Raises:
        BadInput: an answer fits no question, or not its own.
    """
    from console.cli.asking import answer_to
    from console.clock import SystemClock
    from console.errors import BadInput

    questions = {question.slug: question for question in playbook.ask}
    found = {}
    for typed in answers:
        slug, equals, value = typed.partition("=")
        question = questions.get(slug.strip())
        if question is None or not equals:
            have = ", ".join(f"{name}=..." for name in questions) or "none"
            raise BadInput(f"{typed} answers no opening question.", do=f"This playbook asks: {have}.")
        found[question.slug] = answer_to(question, value, SystemClock().now(), zone)
    return found


@click.command()
@click.argument("incident", metavar="[ID]", type=Incident(), required=False)
@linear_option
@officer_option
def resume(incident: str | None, officer: str | None, *, linear: bool) -> None:
    """Go on with an incident where it stands; without ID, with the newest live one that is open."""
    import sys

    from console.cli.summaries import summaries
    from console.errors import NotFound
    from console.places import Places

    found = summaries(Places.here())
    if incident is None:
        live = [each for each in found if each["mode"] == "live" and not each["ended"]]
        if not live:
            raise NotFound(
                "No live incident is open here.", do="Name the drill to go on with, or run incident list."
            )
        incident = str(live[-1]["id"])
    elif not any(each["id"] == incident for each in found):
        raise NotFound(f"There is no incident {incident} on this machine.")
    by = officer or _asked(no_tui=not sys.stdin.isatty())
    face(incident, by, linear=linear)


def face(incident: str, officer: str, *, linear: bool) -> None:
    """Show the incident in the face that fits this terminal."""
    raise click.UsageError(f"No face can show {incident} to {officer} yet; linear: {linear}.")


@click.command()
@click.argument("scenario", required=False)
def drill(scenario: str | None) -> None:
    """Rehearse with a scenario; nothing real is touched."""
    raise click.UsageError(f"No drill {scenario} yet.")


def home(*, linear: bool, as_json: bool) -> None:
    """Home: what is open, what can be opened, what can be rehearsed."""
    del linear, as_json


__all__ = ["OFFICER_VARIABLE", "drill", "face", "given", "home", "open_", "opened", "resume"]
