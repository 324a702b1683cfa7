"""Verbs about words and who gets them: text, list-file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import LINES, Offered, changes, incident_argument, who

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.incident.events import AnyEvent
    from console.incident.state import State


@click.command()
@incident_argument
@click.argument("text", type=Offered("text"), default="")
@click.option("--part", type=Offered("part"), default="", help="The part to change.")
@click.option("--set", "words", type=LINES, help="Its new words; - reads them from stdin.")
@click.option("--copy", is_flag=True, help="Print the finished words alone, to be piped.")
@click.option(
    "--as-sent", is_flag=True, help="Print the whole mail as it would travel: envelope, headers, both parts."
)
@click.option("--to", default="", help="With --as-sent: to whom; else the first on the list.")
@changes
def text(
    incident: str,
    text: str,
    part: str,
    words: str | None,
    officer: str | None,
    to: str,
    *,
    copy: bool,
    as_sent: bool,
    as_json: bool,
) -> None:
    """Show TEXT (a text's name, or a step's) as it would go out, or change it part by part.

    Without TEXT: which there are. A change voids the codes that were given for the old words.
    """
    from console.cli.looking import state_at

    if as_sent:
        _as_sent(incident, text, officer, to, as_json=as_json)
        return
    if words is not None:
        _edit(incident, text, part, words, officer, as_json=as_json)
        return
    state = state_at(incident)
    if not text:
        _list(state, as_json=as_json)
        return
    _show(state, slug_of(state, text), officer or state.lead, copy=copy, as_json=as_json)


def _as_sent(incident: str, typed: str, officer: str | None, to: str, *, as_json: bool) -> None:
    """Print the mail of a text or a step as it would travel to one person."""
    from console.cli.saying import data, out
    from console.cli.seat import run, seated
    from console.engine.previewing import as_sent, mailing_step

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by) as seat:
            is_text = seat.state.playbook.wording(typed) is not None
            step = mailing_step(seat.state, typed) if is_text else seat.step(typed)
            mail = await as_sent(seat.session, by, step, to)
            if as_json:
                data({"step": step, "mail": mail})
            else:
                out(mail)

    run(work())


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
    if step is not None:
        raise NotFound(f"The step {step.name} has no words of its own.", do=f"Texts are: {have}.")
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
    from console.incident.sizes import kinds_of_text, size_words, too_long
    from console.incident.wordings import part_templates, wording
    from console.text import counted, weighted_length

    found = wording(state, slug, SystemClock().now().wall, officer)
    if found is None:
        return
    version = state.text_versions.get(slug, 1)
    kinds = kinds_of_text(state, slug)
    size = size_words(found.text, kinds)
    if as_json:
        data(
            {
                **msgspec.to_builtins(found),
                "templates": dict(part_templates(state, slug)),
                "version": version,
                "characters": len(found.text),
                "weighted": weighted_length(found.text),
                "size": size,
                "too_long": too_long(found.text, kinds),
            }
        )
        return
    if copy:
        out(found.text)
        return
    out(f"{'LIVE' if state.live else 'DRILL'}  {slug}  {found.kind}  version {version}")
    out(
        f"{counted(len(found.text), 'character')}, {weighted_length(found.text)} as X counts, {counted(len(found.text.split()), 'word')}"
    )
    if kinds:
        out(f"Length: {size}")
    for name, template in part_templates(state, slug):
        out(f"{name}: {template or '(left out)'}")
    out("As it would go out:")
    if found.subject:
        out(f"Subject: {found.subject}")
    out(found.text)


def _edit(incident: str, text: str, part: str, words: str, officer: str | None, *, as_json: bool) -> None:
    from console.cli.seat import run, seated
    from console.incident.commands import EditText

    by = who(officer)
    if not text or not part:
        raise click.UsageError(
            "Say which text and which part: incident text ID TEXT --part PART --set WORDS."
        )
    said = _piped() if words == "-" else words

    async def work() -> None:
        async with seated(incident, by) as seat:
            slug = slug_of(seat.state, text)
            events = await seat.session.do(EditText(by=by, text=slug, part=part, words=said))
            _edited(seat, slug, part, events, as_json=as_json)

    run(work())


def _piped() -> str:
    """The words on stdin; raises BadInput for none: a command that failed must not take a sentence out of a public text."""
    import sys

    from console.errors import BadInput

    said = LINES.convert(sys.stdin.read().rstrip("\n"), None, None)
    if not said.strip():
        raise BadInput(
            "Nothing came in on stdin, so the text stays as it is.", do='To leave a part out, give --set "".'
        )
    return said


def _edited(seat: Seat, slug: str, part: str, events: tuple[AnyEvent, ...], *, as_json: bool) -> None:
    from console.cli.saying import say
    from console.cli.telling import told
    from console.incident.sizes import kinds_of_text, size_words, too_long
    from console.incident.wordings import part_templates, wording

    told(seat, events, as_json=as_json)
    if not dict(part_templates(seat.state, slug)).get(part, "").strip():
        say(f"{part} is left out of the text {slug} from now on.")
    found = wording(seat.state, slug, seat.session.clock.now().wall, seat.officer)
    kinds = kinds_of_text(seat.state, slug)
    if found is not None and too_long(found.text, kinds):
        say(f"{slug} is now {size_words(found.text, kinds)}.")
