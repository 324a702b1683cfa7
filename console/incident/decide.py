"""decide(state, command, now) -> events, or a Refused that says why and what would help. Pure: time is an argument.

Rules kept here:
- Nothing but notes, evidence, alarms and reports of effects already on their way is accepted after the close.
- In one step the order is needs, text, confirm, gate, act or its guided words, check, answer.
- A gate is open only for the exact bytes that were approved; the executor is told that digest and no other.
- An effect is intended before it starts; an intended effect without an outcome is never intended again.
- A doubt is settled by an officer or stays; nothing is repeated while one is open.
- People in doubt of a mailing are mailed once more only on codes over exactly these people and exactly its words.
- Time completes nothing: it marks late, opens what its condition opens, and offers ways out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import NotFound, Refused
from console.incident import commands as c
from console.incident import (
    deciding_acts,
    deciding_answers,
    deciding_close,
    deciding_effects,
    deciding_items,
    deciding_once_more,
    deciding_steps,
    deciding_time,
)
from console.incident import events as e
from console.incident.deciding_close import THIS_IS_REAL, open_critical, still_to_do
from console.incident.edits import misnamed
from console.incident.facts import contradicted
from console.incident.planning import step_of
from console.incident.rules import Events, rule
from console.text import unshowable

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import State


AFTER_CLOSE: Final = (
    c.Note,
    c.Keep,
    c.Warn,
    c.Report,
    c.Progress,
    c.SettleOnceMore,
    c.Probed,
    c.Resolve,
    c.Shown,
    c.Tick,
)
LONGEST_NOTE: Final = 4_000
MOMENT_DIGITS: Final = 14  # of wall ms: beyond the year 5000
ROOMS: Final = (
    deciding_acts,
    deciding_answers,
    deciding_close,
    deciding_effects,
    deciding_items,
    deciding_once_more,
    deciding_steps,
    deciding_time,
)

__all__ = ["THIS_IS_REAL", "decide", "open_critical", "still_to_do"]


def decide(state: State, command: c.AnyCommand, now: Now) -> Events:
    """The events a command makes of this state at this moment; none when it changes nothing.

    Raises:
        Refused: the command may not be carried out now; the error says why and what would help. A gate that stays shut is
            a GateDenied.
        NotFound: it names a step, an item, a channel, a text or a question that is not there.
    """
    if state.end is not None and not isinstance(command, AFTER_CLOSE):
        raise Refused(
            f"{state.incident} is closed.",
            do="Open a new incident, or add a note or evidence to this one.",
            code="closed",
        )
    return rule(command, state, now)


@rule.register(c.Join)
def _(command: c.Join, state: State, now: Now) -> Events:
    if command.role in state.officers.get(command.by, ()):
        return ()
    return (e.Joined(at=now.wall, boot=now.boot, by=command.by, officer=command.by, role=command.role),)


@rule.register(c.Move)
def _(command: c.Move, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    cursor = state.cursors.get(command.by)
    if cursor is not None and cursor.step == step.name and not command.way_out:
        return ()
    if command.way_out and not any(offer.go == step.name for offer in state.offers.values()):
        raise Refused("That way out is not on offer yet.", code="not-offered")
    return (e.Moved(at=now.wall, boot=now.boot, by=command.by, step=step.name, way_out=command.way_out),)


@rule.register(c.Amend)
def _(command: c.Amend, state: State, now: Now) -> Events:
    asked = next((each for each in state.playbook.ask if each.slug == command.slug), None)
    if asked is None:
        slugs = ", ".join(each.slug for each in state.playbook.ask)
        raise NotFound(f"There is no opening question {command.slug}.", do=f"There are: {slugs}.")
    allowed = {choice.slug for choice in asked.options}
    words = command.value.split()
    if asked.kind == "time" and command.value != "not-sure" and not _has_been(command.value, now):
        raise Refused(
            f"{command.value[:20]} is not a time that has been.", do="Type it as 23:16.", code="bad-value"
        )
    if allowed and asked.kind != "time" and (not words or not set(words) <= allowed):
        raise Refused(
            f"{command.value} is not an answer to it.",
            do=f"Choose from {', '.join(sorted(allowed))}.",
            code="bad-value",
        )
    _can_be_read(command.value)
    if state.answers.get(command.slug) == command.value:
        return ()
    return (e.Amended(at=now.wall, boot=now.boot, by=command.by, slug=command.slug, value=command.value),)


def _can_be_read(words: str) -> None:
    """Refuse words for the public that hold what nobody sees: an approver would read other words than the public gets."""
    hidden = unshowable(words)
    if hidden:
        raise Refused(
            f"Character {hidden[0][0] + 1} of it cannot be seen, or changes how the rest is read.",
            do="Leave it out.",
            code="unreadable",
        )


def _has_been(value: str, now: Now) -> bool:
    """Whether it is a moment (wall ms) that has passed."""
    return value.isascii() and value.isdecimal() and len(value) <= MOMENT_DIGITS and int(value) <= now.wall


@rule.register(c.Configure)
def _(command: c.Configure, state: State, now: Now) -> Events:
    standing = (state.configured, state.by_hand, state.fields, state.baselines)
    if standing == (command.configured, command.by_hand, command.fields, command.baselines):
        return ()
    return (
        e.Configured(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            configured=command.configured,
            by_hand=command.by_hand,
            fields=command.fields,
            baselines=command.baselines,
        ),
    )


@rule.register(c.Note)
def _(command: c.Note, state: State, now: Now) -> Events:
    text = command.text.strip()
    if not text:
        raise Refused("The note is empty.", code="empty")
    if len(text) > LONGEST_NOTE:
        raise Refused(
            f"The note has {len(text)} characters; {LONGEST_NOTE} fit.", do="Write it as two.", code="long"
        )
    step = step_of(state, command.step).name if command.step else ""
    return (e.Noted(at=now.wall, boot=now.boot, by=command.by, text=text, step=step),)


@rule.register(c.EditText)
def _(command: c.EditText, state: State, now: Now) -> Events:
    text = state.playbook.wording(command.text)
    if text is None:
        slugs = ", ".join(each.slug for each in state.playbook.texts)
        raise NotFound(f"There is no text {command.text}.", do=f"There are: {slugs}.")
    if command.part not in [part.name for part in text.parts]:
        parts = ", ".join(part.name for part in text.parts)
        raise NotFound(f"{command.text} has no part {command.part}.", do=f"It has: {parts}.")
    _can_be_read(command.words)
    wrong, cure = misnamed(state, command.words, now.wall, command.by)
    if wrong:
        raise Refused(wrong, means=cure, code="no-name")
    standing = state.texts.get(command.text, {}).get(command.part)
    if standing == command.words:
        return ()
    return (
        e.TextEdited(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            text=command.text,
            part=command.part,
            words=command.words,
        ),
    )


@rule.register(c.Shown)
def _(command: c.Shown, state: State, now: Now) -> Events:
    return tuple(
        e.GuideShown(at=now.wall, boot=now.boot, by=command.by, effect=effect)
        for effect in command.effects
        if (known := state.effects.get(effect)) is not None and known.guided and not known.shown
    )


@rule.register(c.Progress)
def _(command: c.Progress, state: State, now: Now) -> Events:
    if command.effect not in state.effects:
        raise Refused(f"There is no effect {command.effect}.", code="no-effect")
    return (
        e.LedgerHead(
            at=now.wall,
            boot=now.boot,
            effect=command.effect,
            n=command.n,
            hash=command.hash,
            accepted=command.accepted,
            refused=command.refused,
            doubtful=command.doubtful,
            total=command.total,
        ),
    )


@rule.register(c.Probed)
def _(command: c.Probed, state: State, now: Now) -> Events:
    if command.effect not in state.effects:
        raise Refused(f"There is no effect {command.effect}.", code="no-effect")
    return (
        e.EffectProbed(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            effect=command.effect,
            raw=command.raw,
            suggests=command.suggests,
        ),
    )


@rule.register(c.Saw)
def _(command: c.Saw, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    known = state.of(step.name).check
    same = known is not None and (known.verdict, known.raw) == (command.verdict, command.raw)
    if same and not contradicted(state, step):
        return ()
    return (
        e.Checked(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            step=step.name,
            verdict=command.verdict,
            raw=command.raw,
            value=command.value,
        ),
    )


@rule.register(c.HandOver)
def _(command: c.HandOver, state: State, now: Now) -> Events:
    if command.to == state.lead:
        raise Refused(f"{command.to} has the lead already.", code="same")
    if not command.to.strip():
        raise Refused("Say who takes the lead.", code="who")
    return (
        e.HandedOver(at=now.wall, boot=now.boot, by=command.by, to=command.to.strip(), note=command.note),
    )


@rule.register(c.Inject)
def _(command: c.Inject, state: State, now: Now) -> Events:
    if state.live:
        raise Refused("A live incident takes no injects.", code="mode")
    if command.turn != state.injects.get(command.inject, 0):
        return ()
    return (
        e.InjectFired(
            at=now.wall,
            boot=now.boot,
            inject=command.inject,
            via=command.via,
            sender=command.sender,
            say=command.say,
        ),
    )


@rule.register(c.Warn)
def _(command: c.Warn, state: State, now: Now) -> Events:
    del state
    return (e.Alarm(at=now.wall, boot=now.boot, by=command.by, what=command.what),)
