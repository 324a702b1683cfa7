"""Verbs that only look: list, show, log, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from console.cli.options import Incident, StepName, incident_argument, json_option, officer_option

if TYPE_CHECKING:
    from console.incident.state import State
    from console.journal.reading import ReadRecord


@click.command("list")
@json_option
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
def list_(*, as_json: bool, every: bool) -> None:
    """List the incidents and drills on this machine, newest last."""
    from console.cli.saying import data, out, say
    from console.home import incidents_here
    from console.places import Places

    there = incidents_here(Places.here())
    found = [each for each in there if every or not each.ended or as_json]
    if as_json:
        data([each._asdict() for each in found])
        return
    for each in found:
        out(each.line(), lines=False)
    if len(found) < len(there):
        say(f"{len(there) - len(found)} closed: incident list --all shows them too.")
    if not found:
        say("Nothing is open here. incident open PLAYBOOK begins a live incident; incident drill rehearses.")


@click.command()
@incident_argument
@click.option(
    "--step",
    type=StepName(),
    default="",
    help="One step with all that is known of it: its number, id or full name.",
)
@officer_option
@json_option
def show(incident: str, step: str, officer: str | None, *, as_json: bool) -> None:
    """Show where an incident stands, or one of its steps."""
    import msgspec

    from console.cli.saying import data, out
    from console.cli.telling import boxed, shown
    from console.clock import SystemClock
    from console.incident.board import board, step_by_number
    from console.incident.board_box import box_for
    from console.incident.plainly import numbered
    from console.incident.planning import step_of
    from console.incident.sizes import kinds_of

    state = state_at(incident)
    now = SystemClock().now().wall
    who = officer or state.lead
    if step:
        found = step_of(state, step_by_number(state, step))
        box = box_for(state, found, now, who, numbered(state))
        if as_json:
            data(msgspec.to_builtins(box))
            return
        for line in boxed(box, kinds_of(state, found.name)):
            out(line)
        return
    seen = board(state, now, who)
    if as_json:
        data(
            {
                "id": state.incident,
                "seq": state.seq,
                "mailing": _mailing(state, now),
                **msgspec.to_builtins(seen),
            }
        )
        return
    for line in shown(seen):
        out(line, lines=False)


def _mailing(state: State, now: int) -> dict[str, object] | None:
    """How far the mailing is that is on its way, else the newest one; nothing when none has begun."""
    from console.incident.manifest import from_bytes

    started = [plan for plan in state.plans.values() if plan.started]
    ledgers = {plan.step: from_bytes(plan.raw.encode()).recipients for plan in started}
    step = next((each for each in reversed(ledgers) if ledgers[each]), "")
    if not step:
        return None
    from console.channels.ledger import Tally
    from console.incident.how_far import HowFar

    tally = Tally()
    with reading(state.incident) as record:
        while rows := record.ledger(ledgers[step], tally.rows):
            for row in rows:
                tally.fold(row.body)
    far = HowFar(
        counts=tally.counts(),
        reasons=dict(tally.reasons.most_common()),
        rate=tally.rate(now),
        sending=any(each.status == "intended" for each in state.effects_of(step)),
    )
    # Whether it is held, and what the mailer is at, only the console that sends it knows.
    known = {name: value for name, value in far.plainly().items() if name not in ("held", "note")}
    return {"step": step, **known}


def state_at(incident: str) -> State:
    """Where the incident stands; raises NotFound when this machine has no such incident."""
    from console.engine.standing import standing

    with reading(incident) as record:
        return standing(record, incident)


def reading(incident: str) -> ReadRecord:
    """The record that would hold an incident of that id."""
    from console.errors import NotFound
    from console.journal.reading import ReadRecord
    from console.places import Places, mode_of

    mode = mode_of(incident)
    path = Places.here().database(mode)
    if not path.exists():
        raise NotFound(f"There is no incident {incident} on this machine.")
    return ReadRecord(path, "live" if mode == "live" else "practice")


@click.command()
@click.argument("incident", metavar="ID", type=str)
@click.option("--words", is_flag=True, help="One line for a person instead of the stored bytes.")
@click.option("--from", "start", type=click.IntRange(0), default=0, help="The first entry to print.")
def log(incident: str, start: int, *, words: bool) -> None:
    """Print the record of an incident: one stored event a line, byte for byte."""
    from console.cli.saying import pipe_lost, raw
    from console.errors import NotFound

    if words:
        _log_in_words(_stream(incident), start)
        return
    name = _stream(incident)
    with _record_of(name) as record:
        if record.head(name) is None:
            raise NotFound(f"There is no incident {name} here.")
        at = start
        while (rows := record.read(name, at, 1000)) and not pipe_lost():
            for row in rows:
                raw(row.body)
            at = rows[-1].seq + 1


def _stream(typed: str) -> str:
    """The name under which it is kept: an incident's id, or one of the record's own streams, such as @house."""
    return typed if typed.startswith("@") else Incident().convert(typed, None, None)


def _record_of(name: str) -> ReadRecord:
    from console.journal.reading import ReadRecord
    from console.places import Places

    if name.startswith("@"):
        return ReadRecord(Places.here().database("live"), "live")
    return reading(name)


def _log_in_words(incident: str, start: int) -> None:
    from console.cli.saying import out
    from console.incident.codec import decode
    from console.incident.moment import hhmmss
    from console.incident.narrate import words_of
    from console.incident.wordings import zone_of

    state = state_at(incident)
    zone = zone_of(state)
    with reading(incident) as record:
        at = start
        while rows := record.read(incident, at, 1000):
            for row in rows:
                event = decode(row.body)
                said = words_of(event, state)
                if said:
                    out(f"{row.seq:>5} {hhmmss(event.at, zone)} {event.by or 'console'} {said}", lines=False)
            at = rows[-1].seq + 1


@click.command()
@incident_argument
@click.option(
    "--head", "heads", multiple=True, metavar="SEQ:HASH", help="A head that was written down elsewhere."
)
@json_option
def verify(incident: str, heads: tuple[str, ...], *, as_json: bool) -> None:
    """Check that the record of an incident was not changed, cut or spliced, and that what it tells hangs together.

    Exit code 0: it stands. 8: it is wrong. 7: we cannot tell.
    """
    import msgspec

    from console.cli.saying import data, out
    from console.cli.seat import run
    from console.errors import NotFound
    from console.places import Places, mode_of
    from console.report.verify import verify_file

    path = Places.here().database(mode_of(incident))
    if not path.exists():
        raise NotFound(f"There is no incident {incident} on this machine.")
    whole = run(verify_file(path, known_heads(heads)))
    one = next((each for each in whole.incidents if each.incident == incident), None)
    if one is None and not whole.findings:
        raise NotFound(f"There is no incident {incident} here.")
    verdict = whole.verdict if whole.findings or one is None else one.verdict
    if as_json:
        found: dict[str, Any] = msgspec.to_builtins(one) if one is not None else {"incident": incident}
        data({**found, "verdict": verdict, "file": msgspec.to_builtins(whole.findings)})
    else:
        for each in whole.findings:
            out(f"{'WRONG' if each.wrong else 'CANNOT TELL'}, {path.name}: {each.words}", lines=False)
        for line in one.sentences() if one is not None else ():
            out(line, lines=False)
    raise click.exceptions.Exit({"stands": 0, "wrong": 8}.get(verdict, 7))


def known_heads(typed: tuple[str, ...]) -> list[Any]:
    """Heads as typed, `SEQ:HASH`; raises click's usage error when one is none."""
    from console.journal.verify import Head

    found = []
    for text in typed:
        seq, _, digest = text.partition(":")
        try:
            found.append(Head(int(seq), bytes.fromhex(digest)))
        except ValueError as error:
            raise click.UsageError(f"{text!a} is no head: write SEQ:HASH.") from error
    return found
