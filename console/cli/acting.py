"""Verbs that do: act, and resolve for what we do not know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from console.cli.options import LINES, WORDS, changes, incident_argument, step_argument, who

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.incident.board_box import Box
    from console.incident.events import AnyEvent
    from console.incident.manifest import Manifest
    from console.incident.question import Asked

NOT_ALL_DONE = 13
TELL_EVERY = 1.0


@click.command()
@incident_argument
@step_argument
@click.option("--confirm", type=WORDS, default="", help="The word or the count that the step asks for.")
@click.option(
    "--digest", type=WORDS, default="", help="What must go out and nothing else, as it was looked at."
)
@click.option("--harm-now", type=LINES, default="", help="Why what is not saved goes at once.")
@click.option("--list", "path", type=click.Path(), help="The file with the recipients, for a mailing.")
@click.option("--leave-out", is_flag=True, help="Leave out the lines of that file that cannot be used.")
@changes
def act(
    incident: str,
    step: str,
    confirm: str,
    digest: str,
    harm_now: str,
    path: str | None,
    officer: str | None,
    *,
    leave_out: bool,
    as_json: bool,
) -> None:
    """Do what a step does: send, remove; or show the moves by hand, with the words to copy.

    After moves by hand, say what you saw: incident answer. Exit code 13: it failed or we do not know.
    """
    from console.cli.lists import Asked, choose
    from console.cli.seat import run, seated

    by = who(officer)

    async def work() -> int:
        async with seated(incident, by, vault_now=_wants_secrets(incident, step), prove=True) as seat:
            name = seat.step(step)
            if path is not None:
                await choose(seat, Asked((path,), leave_out=leave_out), channel="", as_json=as_json)
            before = seat.state.seq
            await seat.conductor.act(by, name, confirm=confirm, digest=digest.lower(), harm_now=harm_now)
            await _watched(seat, name, as_json=as_json)
            if not as_json:
                _guide(seat, name)
            await seat.conductor.shown(by, name)
            return _outcome(seat, name, _since(seat, before), as_json=as_json)

    code = run(work())
    if code:
        raise click.exceptions.Exit(code)


def _wants_secrets(incident: str, step: str) -> bool:
    """Whether the act will ask the vault for a channel's password, so that it is opened first."""
    from console.cli.looking import state_at
    from console.incident.able import can_act
    from console.incident.board import step_by_number

    state = state_at(incident)
    found = state.playbook.step(step_by_number(state, step))
    return (
        state.live
        and found is not None
        and found.act is not None
        and can_act(state, found.act.channel, found.act.verb)
    )


def _since(seat: Seat, seq: int) -> tuple[AnyEvent, ...]:
    return tuple(event for at, event in seat.session.recent if at >= seq)


async def _watched(seat: Seat, step: str, *, as_json: bool) -> None:
    """Wait for what is on its way, and say how far a mailing is."""
    from console.cli.saying import say

    ending = asyncio.ensure_future(seat.conductor.settle())
    try:
        while not (await asyncio.wait({ending}, timeout=TELL_EVERY))[0]:
            far = await seat.conductor.how_far(step)
            if far is not None and not as_json:
                say(far.line())
    finally:
        ending.cancel()
    await ending


def _guide(seat: Seat, step: str) -> None:
    """The moves by hand with the words to copy, one fact a line."""
    from console.cli.saying import out

    waiting = [
        each
        for each in seat.state.effects_of(step)
        if each.guided and each.status == "intended" and not each.shown
    ]
    box = _box(seat, step)
    if box is None or not waiting:
        return
    out(f"{'LIVE' if seat.state.live else 'DRILL'}  BY HAND  {box.number} {box.do}")
    for place, move in enumerate(box.guide, 1):
        out(f"{place}. {move}")
    for address in box.addresses:
        for line in address.lines():
            out(line, lines=False)
    if box.link:
        out(f"Link {box.link}")
    if box.manifest is not None and box.manifest.text:
        _words(box.manifest)
    if box.asked is not None:
        _then(seat, step, box.asked)


def _words(manifest: Manifest) -> None:
    from console.cli.saying import out
    from console.incident.sizes import size_words

    if manifest.subject:
        out(f"Subject: {manifest.subject}")
    size = size_words(manifest.text, (target.kind for target in manifest.targets))
    out(f"The words, to copy ({size}):")
    out(manifest.text)


def _then(seat: Seat, step: str, asked: Asked) -> None:
    """What is asked afterwards, with the command for each answer."""
    from console.cli.printed import WHAT_YOU_SEE, answer
    from console.cli.saying import out

    out(f"Then: {asked.prompt}")
    for choice in asked.choices:
        out(f"  {choice.words}: {answer(seat.state, step, choice.slug, seat.officer)}")
    if not asked.choices:
        out(f"  {answer(seat.state, step, WHAT_YOU_SEE, seat.officer)}")


def _box(seat: Seat, step: str) -> Box | None:
    from console.incident.board_box import box_for
    from console.incident.plainly import numbered

    found = seat.state.playbook.step(step)
    if found is None:
        return None
    return box_for(seat.state, found, seat.session.clock.now().wall, seat.officer, numbered(seat.state))


def _outcome(seat: Seat, step: str, events: tuple[AnyEvent, ...], *, as_json: bool) -> int:
    import msgspec

    from console.cli.saying import data
    from console.cli.telling import moved, next_of, told

    effects = seat.state.effects_of(step)
    if as_json:
        board = seat.session.board(seat.officer)
        box = _box(seat, step)
        data(
            {
                **moved(seat, events),
                "effects": msgspec.to_builtins(effects),
                "guide": list(box.guide) if box is not None else [],
                "link": box.link if box is not None else "",
                "addresses": msgspec.to_builtins(box.addresses) if box is not None else [],
                "asked": msgspec.to_builtins(box.asked) if box is not None else None,
                "next": next_of(board),
            }
        )
    else:
        told(seat, events, as_json=False)
    wrong = {"failed", "doubt", "interrupted"}
    return NOT_ALL_DONE if any(each.status in wrong for each in effects) else 0


@click.command()
@incident_argument
@step_argument
@click.argument("verdict", type=click.Choice(["happened", "not", "unknown"]), required=False)
@click.option("--effect", type=WORDS, default="", help="One of several.")
@click.option("--reason", type=LINES, default="", help="What you saw, and where.")
@changes
def resolve(
    incident: str,
    step: str,
    verdict: str | None,
    effect: str,
    reason: str,
    officer: str | None,
    *,
    as_json: bool,
) -> None:
    """Settle what we do not know of a step: it happened, it did not, or we cannot tell yet.

    The console looks first and shows the raw answer. Without a verdict it only looks.
    """
    from console.cli.seat import run, seated
    from console.errors import Refused
    from console.incident.commands import Resolve

    by = who(officer)

    async def work() -> None:
        async with seated(incident, by, vault_now=_wants_secrets(incident, step), prove=True) as seat:
            name = seat.step(step)
            before = seat.state.seq
            # What another host was doing is given up by the officer who asks about it, never by us.
            await seat.session.claim_orphans(name)
            doubts = await seat.conductor.probe(by, name)
            if not doubts and not any(e.status == "interrupted" for e in seat.state.effects_of(name)):
                raise Refused(f"Nothing of {name} is in doubt.", code="no-doubt")
            looked = await _looked(seat, name)
            if verdict is not None:
                await seat.session.do(
                    Resolve(by=by, step=name, verdict=verdict, effect=effect, reason=reason)
                )
            _resolved(seat, name, before, looked, as_json=as_json)

    run(work())


async def _looked(seat: Seat, step: str) -> dict[str, Any]:
    return {"people": await seat.conductor.doubtful(step), "counts": await seat.conductor.counts(step)}


def _resolved(seat: Seat, step: str, before: int, looked: dict[str, Any], *, as_json: bool) -> None:
    import msgspec

    from console.cli.saying import data, out
    from console.cli.telling import moved, told
    from console.incident.events import EffectProbed

    events = _since(seat, before)
    if as_json:
        effects = msgspec.to_builtins(seat.state.effects_of(step))
        data({**moved(seat, events), "effects": effects, **looked})
        return
    for event in events:
        if isinstance(event, EffectProbed):
            out(f"{event.effect}: looked again, the answer was: {event.raw or 'nothing'}")
    for address in looked["people"]:
        out(f"In doubt: {address}", lines=False)
    told(seat, events, as_json=False)
