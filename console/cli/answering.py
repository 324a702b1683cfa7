"""Verbs by which an officer reports and steers: answer, amend, defer, skip, waive, undo, note."""

from __future__ import annotations

import click

from console.cli.options import (
    LINES,
    NAME,
    Numbered,
    Offered,
    StepName,
    changes,
    incident_argument,
    step_argument,
    who,
)


@click.command(cls=Numbered)
@incident_argument
@step_argument
@click.argument("value", type=Offered("answer", lines=True))
@click.option("--words", type=LINES, default="", help="What you see, in your own words.")
@click.option("--over", type=NAME, help="Whose answer yours replaces, when another officer's stands.")
@click.option(
    "--confirm",
    type=click.Choice(["stand-down"]),
    help="Say that you know: this answer ENDS the incident.",
)
@changes
def answer(
    incident: str,
    step: str,
    value: str,
    *,
    words: str,
    over: str | None,
    confirm: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Report what you see on a step.

    VALUE is an answer's slug or its number, or the words, the number or the names that the step asks for.
    """
    from console.cli.seat import move
    from console.incident.commands import Answer

    by = who(officer)
    move(
        incident,
        by,
        lambda seat: Answer(
            by=by,
            step=seat.step(step),
            value=value,
            words=words,
            over=over or "",
            confirmed=confirm is not None,
        ),
        as_json=as_json,
    )


@click.command()
@incident_argument
@click.argument("question", type=Offered("question"))
@click.argument("value", type=Offered("reply"), nargs=-1, required=True)
@changes
def amend(
    incident: str, question: str, value: tuple[str, ...], officer: str | None, *, as_json: bool
) -> None:
    """Correct an opening answer.

    VALUE is one slug or several, a time as 23:16, or not-sure. Both answers are kept.
    """
    from console.cli.seat import Seat, move
    from console.engine.asking import answer_to
    from console.incident.commands import Amend

    by = who(officer)

    def make(seat: Seat) -> Amend:
        asked = next((each for each in seat.state.playbook.ask if each.slug == question), None)
        typed = " ".join(value)
        if asked is not None:
            typed = answer_to(asked, typed, seat.session.clock.now(), seat.state.zone)
        return Amend(by=by, slug=question, value=typed)

    move(incident, by, make, as_json=as_json)


@click.command()
@incident_argument
@step_argument
@click.option(
    "--minutes", type=click.IntRange(0, 1440), default=0, help="For how long; 0: until its phase ends."
)
@changes
def defer(incident: str, step: str, minutes: int, officer: str | None, *, as_json: bool) -> None:
    """Put a step off. It comes back by itself."""
    from console.cli.seat import move
    from console.incident.commands import Defer

    by = who(officer)
    move(incident, by, lambda seat: Defer(by=by, step=seat.step(step), minutes=minutes), as_json=as_json)


@click.command()
@incident_argument
@step_argument
@click.option("--reason", type=LINES, required=True, help="Why; it stands in the record.")
@changes
def skip(incident: str, step: str, reason: str, officer: str | None, *, as_json: bool) -> None:
    """Go past a step, with a reason. The step stays in the record."""
    from console.cli.seat import move
    from console.incident.commands import Skip

    by = who(officer)
    move(incident, by, lambda seat: Skip(by=by, step=seat.step(step), reason=reason), as_json=as_json)


@click.command()
@incident_argument
@step_argument
@click.option("--reason", type=LINES, required=True, help="Why; it stands in the record.")
@changes
def waive(incident: str, step: str, reason: str, officer: str | None, *, as_json: bool) -> None:
    """Go on without what a step waits for, with a reason."""
    from console.cli.seat import move
    from console.incident.commands import Waive

    by = who(officer)
    move(incident, by, lambda seat: Waive(by=by, step=seat.step(step), reason=reason), as_json=as_json)


@click.command()
@incident_argument
@changes
def undo(incident: str, officer: str | None, *, as_json: bool) -> None:
    """Take back your own latest answer. The record keeps both."""
    from console.cli.seat import move
    from console.incident.commands import Undo

    by = who(officer)
    move(incident, by, lambda _seat: Undo(by=by), as_json=as_json)


@click.command()
@incident_argument
@click.argument("words", type=LINES, nargs=-1)
@click.option("--step", type=StepName(), default="", help="The step it is about.")
@changes
def note(incident: str, words: tuple[str, ...], step: str, officer: str | None, *, as_json: bool) -> None:
    """Write a note into the record; without WORDS it is read from stdin."""
    import sys

    from console.cli.seat import Seat, move
    from console.incident.commands import Note

    by = who(officer)
    text = " ".join(words) or LINES.convert(sys.stdin.read(), None, None)

    def make(seat: Seat) -> Note:
        return Note(by=by, text=text, step=seat.step(step) if step else "")

    move(incident, by, make, as_json=as_json)
