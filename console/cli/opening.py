"""Verbs that begin or come back: open, resume, drill, and home."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from console.cli.options import (
    WORDS,
    Incident,
    PlaybookName,
    ScenarioName,
    json_option,
    linear_option,
    officer_option,
    who,
)

if TYPE_CHECKING:
    from console.home import Book, Home
    from console.home import Drill as Scenario
    from console.home import Incident as Here
    from console.places import Places
    from console.playbook.model import Loaded, Playbook
    from console.playbook.scenario import LoadedScenario

answers_option = click.option(
    "--answer",
    "answers",
    type=WORDS,
    multiple=True,
    metavar="SLUG=VALUE",
    help="An opening answer; may be repeated.",
)
no_tui_option = click.option("--no-tui", is_flag=True, help="Open it, print its id, and return.")
USUAL_DRILL = "met-night-stream"


@click.command("open")
@click.argument("playbook", type=PlaybookName())
@answers_option
@no_tui_option
@linear_option
@officer_option
@json_option
def open_(
    playbook: str, answers: tuple[str, ...], officer: str | None, *, no_tui: bool, linear: bool, as_json: bool
) -> None:
    """Open a live incident from a playbook: its id, or the path of its file.

    What is not answered takes its safe default; incident amend corrects it later.
    """
    from console.cli.already import another, open_already
    from console.cli.faces import plain_face, sit
    from console.cli.saying import data, out, say
    from console.cli.seat import run
    from console.places import Places
    from console.playbook.load import load

    places = Places.here()
    found = places.shelf().find(playbook)
    loaded = load(found.name, found.read)
    plain = plain_face(asked=linear)
    already = open_already(places, loaded.playbook.id)
    if no_tui or as_json:
        by, said = who(officer), given(loaded.playbook, answers, _zone(places))
    elif already and not plain and not another(already):
        sit(already, officer or "", linear=False)
        return
    else:
        by, said = _asked(loaded.playbook, officer, answers, practice=False, linear=plain)
    incident = run(opened(places, loaded, by, said))
    if as_json:
        data({**_told(incident, "live", loaded, by), "file": str(found.path)})
    elif no_tui:
        for line in loaded.playbook.memory:
            say(line)
        say(f"LIVE {incident} is open. See where it stands: incident show {incident}")
        out(incident)
    else:
        sit(incident, by, linear=plain)


def _told(incident: str, mode: str, loaded: Loaded, by: str) -> dict[str, object]:
    return {
        "id": incident,
        "mode": mode,
        "playbook": loaded.playbook.id,
        "version": loaded.playbook.version,
        "sha256": loaded.sources[0].sha256,
        "by": by,
    }


def _zone(places: Places) -> str:
    from console import settings as machine

    return machine.zone_name(machine.usable(places.settings_file)[0])


def _asked(
    playbook: Playbook,
    officer: str | None,
    answers: tuple[str, ...],
    *,
    practice: bool,
    linear: bool,
    brief: str = "",
) -> tuple[str, dict[str, str]]:
    """Who opens and the opening answers; what was given with the verb is not asked for again."""
    from msgspec.structs import replace

    from console.cli.faces import asked
    from console.cli.seat import run
    from console.places import Places

    zone = _zone(Places.here())
    said = given(playbook, answers, zone)
    rest = replace(playbook, ask=tuple(each for each in playbook.ask if each.slug not in said))
    by, more = run(asked(rest, officer or "", zone, practice=practice, linear=linear, brief=brief))
    return by, {**more, **said}


async def opened(places: Places, loaded: Loaded, by: str, answers: dict[str, str]) -> str:
    """Open a live incident; its id."""
    from console import settings as machine
    from console.cli.faces import machine_settings
    from console.cli.seat import keep
    from console.clock import SystemClock
    from console.engine.opening import Opening, open_incident
    from console.engine.session import load_state
    from console.journal.reading import engine_version
    from console.journal.sqlite import SqliteJournal
    from console.wiring import able

    settings = machine_settings()
    opening = Opening(
        by=by,
        loaded=loaded,
        mode="live",
        answers=answers,
        configured=able(loaded.playbook.channels, settings, places),
        fields=machine.fields(settings),
        zone=machine.zone_name(settings),
        engine=engine_version(),
    )
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        incident = await open_incident(journal, opening, SystemClock().now())
        state, _, _ = await load_state(journal, incident)
        await keep(journal, state)
    return incident


def given(playbook: Playbook, answers: tuple[str, ...], zone: str) -> dict[str, str]:
    """The opening answers as typed, `slug=value`, each checked against its question.

    Raises:
        BadInput: an answer fits no question, or not its own.
    """
    from console.cli.saying import say
    from console.clock import SystemClock
    from console.engine.asking import answer_to, understood
    from console.errors import BadInput

    questions = {question.slug: question for question in playbook.ask}
    found = {}
    for typed in answers:
        slug, equals, value = typed.partition("=")
        question = questions.get(slug.strip())
        if question is None or not equals:
            have = ", ".join(f"{name}=..." for name in questions) or "none"
            raise BadInput(f"{typed} answers no opening question.", do=f"This playbook asks: {have}.")
        now = SystemClock().now()
        found[question.slug] = answer_to(question, value, now, zone)
        if words := understood(question, value, now, zone):
            say(f"{question.slug}: {words}")
    return found


@click.command()
@click.argument("incident", metavar="[ID]", type=Incident(), required=False)
@linear_option
@officer_option
def resume(incident: str | None, officer: str | None, *, linear: bool) -> None:
    """Go on with an incident where it stands; without ID, with the newest live one that is open."""
    from console.cli.faces import plain_face, sit
    from console.errors import NotFound
    from console.places import Places, mode_of

    if incident is None:
        from console.home import incidents_of

        live = [each for each in incidents_of(Places.here(), "live") if not each.ended]
        if not live:
            raise NotFound(
                "No live incident is open here.", do="Name the drill to go on with, or run incident list."
            )
        incident = live[-1].id
    elif not Places.here().database(mode_of(incident)).exists():
        raise NotFound(f"There is no incident {incident} on this machine.")
    sit(incident, officer or "", linear=plain_face(asked=linear))


@click.command()
@click.argument("scenario", type=ScenarioName(), required=False)
@click.option("--seed", type=click.IntRange(1, 2**31 - 1), help="The same seed makes the same drill.")
@answers_option
@no_tui_option
@linear_option
@officer_option
@json_option
def drill(
    scenario: str | None,
    seed: int | None,
    answers: tuple[str, ...],
    officer: str | None,
    *,
    no_tui: bool,
    linear: bool,
    as_json: bool,
) -> None:
    """Rehearse with a scenario; nothing real is touched.

    Without SCENARIO: the night of 19 July 2019. Another record, another vault, no network; its id begins with D-.
    """
    from console.cli.faces import plain_face, sit
    from console.cli.saying import data, out, say
    from console.cli.seat import run
    from console.places import Beside, Places
    from console.playbook.scenario import load_scenario

    places = Places.here()
    made = load_scenario(scenario or USUAL_DRILL, Beside(places.shelf()))
    plain = plain_face(asked=linear)
    if no_tui or as_json or not sys.stdin.isatty():
        by = officer or (who(None) if no_tui or as_json else "Player")
        said = given(made.loaded.playbook, answers, _zone(places))
    else:
        book, brief = made.loaded.playbook, made.scenario.brief
        by, said = _asked(book, officer, answers, practice=True, linear=plain, brief=brief)
    incident = run(rehearsed(places, made, by, seed or 0, said))
    if as_json:
        data({**_told(incident, "practice", made.loaded, by), "scenario": made.scenario.id})
    elif no_tui:
        say(f"DRILL {incident} has begun. See where it stands: incident show {incident}")
        out(incident)
    else:
        sit(incident, by, linear=plain)


async def rehearsed(places: Places, made: LoadedScenario, by: str, seed: int, answers: dict[str, str]) -> str:
    """Begin a drill; its id."""
    from console.cli.seat import keep
    from console.clock import SystemClock
    from console.drill.practice import open_practice
    from console.journal.sqlite import SqliteJournal

    async with await SqliteJournal.open(places.database("practice"), "practice") as journal:
        session, conductor, _world = await open_practice(
            journal,
            made.scenario,
            made.loaded,
            officer=by,
            clock=SystemClock(),
            seed=seed,
            answers=answers,
            source=made.source,
            zone=_zone(places),
        )
        await conductor.stop()
        await keep(journal, session.state)
    return session.state.incident


def home(*, linear: bool, as_json: bool) -> None:
    """Home: what is open, what can be opened, what can be rehearsed."""
    from console.cli.faces import again, plain_face
    from console.cli.saying import data
    from console.home import home as look
    from console.places import Places

    found = look(Places.here())
    if as_json:
        data(found.plain())
        return
    plain = plain_face(asked=linear)
    chosen = _typed(found) if plain else _pointed(found)
    if chosen:
        again(*chosen, *(["--linear"] if plain else []))


def _pointed(found: Home) -> tuple[str, ...]:
    """What was chosen on the screen, as the arguments of the verb that does it; empty for nothing."""
    from console.cli.faces import machine_settings
    from console.cli.seat import run
    from console.places import Places
    from console.tui.app import run_home

    shown = run_home(found, state=Places.here().state, contacts=machine_settings().contacts)
    ending = run(shown, screen=True)
    if ending.what not in ("resume", "open", "drill"):
        return ()
    return (ending.what, ending.target, *(["--as", ending.officer] if ending.officer else []))


def _typed(found: Home) -> tuple[str, ...]:
    """What was chosen in plain lines, as the arguments of the verb that does it; empty for nothing."""
    from console.cli.seat import run
    from console.linear import Descriptor, run_home
    from console.linear.home import DRILL, LIVE, PLAYBOOK, SCENARIO, Entry

    entries = [
        *(Entry(LIVE, each.id, _short(each), _running(each)) for each in found.open_live),
        *(Entry(DRILL, each.id, _short(each), _running(each)) for each in found.open_drills),
        *(Entry(PLAYBOOK, each.id, _short(each)) for each in found.playbooks if not each.wrong),
        *(Entry(SCENARIO, each.id, _short(each)) for each in found.drills if not each.wrong),
    ]
    notes = [
        *found.troubles,
        *(each.line() for each in found.playbooks if each.wrong),
        *(each.line() for each in found.officers),
    ]
    entry = run(run_home(entries, stdin=Descriptor(), stdout=sys.stdout, notes=notes))
    if entry is None:
        return ()
    verb = {LIVE: "resume", DRILL: "resume", PLAYBOOK: "open", SCENARIO: "drill"}[entry.kind]
    return (verb, entry.id)


def _short(each: Here | Book | Scenario) -> str:
    """Its line without the id, which stands before it."""
    return "  ".join(word for word in each.line().split("  ") if word.strip() and word.strip() != each.id)


def _running(incident: Here) -> str:
    if not incident.running:
        return ""
    return f"{incident.id} is running already on this machine: {', '.join(incident.running)}."
