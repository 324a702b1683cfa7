"""decide(state, command, now) -> events, or a Refused that says why and what would help. Pure: time is an argument.

Rules kept here:
- Nothing but notes, alarms and reports of effects already on their way is accepted after the close.
- In one step the order is needs, text, confirm, gate, act or its guided words, check, answer.
- A gate is open only for the exact bytes that were approved; the executor is told that digest and no other.
- An effect is intended before it starts; an intended effect without an outcome is never intended again.
- A doubt is settled by an officer or stays; nothing is repeated while one is open.
- Time completes nothing: it marks late, opens what its condition opens, and offers ways out.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Final

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.deciding_acts import decide_act, decide_approve, decide_ask, decide_turn_away
from console.incident.deciding_answers import decide_answer
from console.incident.deciding_effects import decide_report, decide_resolve
from console.incident.deciding_time import decide_tick
from console.incident.facts import folded, settled, unmet
from console.incident.moment import MINUTE
from console.incident.planning import gate_wants, step_of
from console.incident.question import question
from console.incident.state import CLOSE
from console.playbook.model import RESERVED_CHANNELS

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import State
    from console.playbook.model import Step

AFTER_CLOSE: Final = (c.Note, c.Warn, c.Report, c.Progress, c.Probed, c.Resolve, c.Shown, c.Tick)
LONGEST_NOTE: Final = 4_000

Events = tuple[e.AnyEvent, ...]


def decide(state: State, command: c.AnyCommand, now: Now) -> Events:
    """The events a command makes of this state at this moment; none when it changes nothing.

    Raises:
        Refused: the command may not be carried out now; the error says why and what would help.
    """
    if state.end is not None and not isinstance(command, AFTER_CLOSE):
        raise Refused(
            f"{state.incident} is closed.",
            do="Open a new incident, or add a note to this one.",
            code="closed",
        )
    return _decide(command, state, now)


@singledispatch
def _decide(command: c.AnyCommand, state: State, now: Now) -> Events:
    del state, now
    raise Refused(f"There is no such move as {type(command).__name__}.", code="no-move")


@_decide.register
def _(command: c.Join, state: State, now: Now) -> Events:
    if command.role in state.officers.get(command.by, ()):
        return ()
    return (e.Joined(at=now.wall, boot=now.boot, by=command.by, officer=command.by, role=command.role),)


@_decide.register
def _(command: c.Move, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    cursor = state.cursors.get(command.by)
    if cursor is not None and cursor.step == step.name and not command.way_out:
        return ()
    if command.way_out and not any(offer.go == step.name for offer in state.offers.values()):
        raise Refused("That way out is not on offer yet.", code="not-offered")
    return (e.Moved(at=now.wall, boot=now.boot, by=command.by, step=step.name, way_out=command.way_out),)


@_decide.register
def _(command: c.Answer, state: State, now: Now) -> Events:
    return decide_answer(state, command, now)


@_decide.register
def _(command: c.Amend, state: State, now: Now) -> Events:
    asked = next((each for each in state.playbook.ask if each.slug == command.slug), None)
    if asked is None:
        slugs = ", ".join(each.slug for each in state.playbook.ask)
        raise Refused(
            f"There is no opening question {command.slug}.", do=f"There are: {slugs}.", code="no-question"
        )
    allowed = {choice.slug for choice in asked.options}
    words = command.value.split()
    if asked.kind == "time" and command.value != "not-sure" and not command.value.isdecimal():
        raise Refused(f"{command.value} is not a time.", do="Type it as 23:16.", code="bad-value")
    if allowed and asked.kind != "time" and (not words or not set(words) <= allowed):
        raise Refused(
            f"{command.value} is not an answer to it.",
            do=f"Choose from {', '.join(sorted(allowed))}.",
            code="bad-value",
        )
    if state.answers.get(command.slug) == command.value:
        return ()
    return (e.Amended(at=now.wall, boot=now.boot, by=command.by, slug=command.slug, value=command.value),)


@_decide.register
def _(command: c.Defer, state: State, now: Now) -> Events:
    step = _open_step(state, command.step, now)
    if any(effect.status == "intended" and not effect.guided for effect in state.effects_of(step.name)):
        raise Refused(
            "It is being carried out. It cannot be put off.", do="Wait for its end.", code="running"
        )
    until = now.wall + command.minutes * MINUTE if command.minutes > 0 else 0
    return (e.Deferred(at=now.wall, boot=now.boot, by=command.by, step=step.name, until=until),)


@_decide.register
def _(command: c.Skip, state: State, now: Now) -> Events:
    step = _open_step(state, command.step, now)
    if not command.reason.strip():
        raise Refused("Skipping a step needs a reason.", do="Say in a few words why.", code="reason")
    if any(effect.status in ("intended", "doubt", "interrupted") for effect in state.effects_of(step.name)):
        raise Refused(
            "Something of this step is on its way or in doubt.", do="Settle that first.", code="running"
        )
    return (
        e.Overridden(
            at=now.wall, boot=now.boot, by=command.by, step=step.name, reason=command.reason.strip()
        ),
    )


@_decide.register
def _(command: c.Waive, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    if not command.reason.strip():
        raise Refused(
            "Going on without what comes first needs a reason.", do="Say in a few words why.", code="reason"
        )
    open_needs = unmet(state, step, now.wall)
    reason = command.reason.strip()
    return tuple(
        e.NeedWaived(
            at=now.wall, boot=now.boot, by=command.by, step=step.name, need=need.source, reason=reason
        )
        for need in open_needs
    )


@_decide.register
def _(command: c.Undo, state: State, now: Now) -> Events:
    mine = [
        (fact, name)
        for name, own in state.steps.items()
        if (fact := own.standing) is not None and fact.by == command.by
    ]
    if not mine:
        raise Refused("You have no answer to take back.", code="nothing")
    fact, name = max(mine, key=lambda pair: pair[0].seq)
    resting = [
        each for each in state.effects.values() if each.at >= fact.at and _rests_on(state, each.step, name)
    ]
    if resting:
        raise Refused(
            f"Your last answer, to {name}, cannot be taken back: {resting[0].step} was done on the strength of it.",
            do="Write a note instead. The record keeps both.",
            code="rests",
        )
    return (e.Undone(at=now.wall, boot=now.boot, by=command.by, seq=fact.seq, step=name),)


def _rests_on(state: State, acting: str, answered: str) -> bool:
    if acting == answered:
        return True
    step = state.playbook.step(acting)
    return step is not None and any(
        answered in each.steps for need in step.needs for each in need.alternatives
    )


@_decide.register
def _(command: c.Note, state: State, now: Now) -> Events:
    text = command.text.strip()
    if not text:
        raise Refused("The note is empty.", code="empty")
    if len(text) > LONGEST_NOTE:
        raise Refused(
            f"The note has {len(text)} characters; {LONGEST_NOTE} fit.", do="Write it as two.", code="long"
        )
    del state
    return (e.Noted(at=now.wall, boot=now.boot, by=command.by, text=text, step=command.step),)


@_decide.register
def _(command: c.EditText, state: State, now: Now) -> Events:
    text = state.playbook.wording(command.text)
    if text is None:
        slugs = ", ".join(each.slug for each in state.playbook.texts)
        raise Refused(f"There is no text {command.text}.", do=f"There are: {slugs}.", code="no-text")
    if command.part not in [part.name for part in text.parts]:
        parts = ", ".join(part.name for part in text.parts)
        raise Refused(f"{command.text} has no part {command.part}.", do=f"It has: {parts}.", code="no-part")
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


@_decide.register
def _(command: c.See, state: State, now: Now) -> Events:
    if state.playbook.channel(command.channel) is None:
        names = ", ".join(each.name for each in state.playbook.channels)
        raise Refused(f"There is no channel {command.channel}.", do=f"There are: {names}.", code="no-channel")
    if command.link and any(
        item.link == command.link and item.channel == command.channel for item in state.items.values()
    ):
        return ()
    return (
        e.ItemSeen(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=f"i{len(state.items) + 1}",
            channel=command.channel,
            link=command.link,
            words=command.words,
            verdict=command.verdict,
            at_risk=command.at_risk,
            source=command.source,
            first_seen=min(command.when, now.wall) if command.when else now.wall,
        ),
    )


@_decide.register
def _(command: c.Mark, state: State, now: Now) -> Events:
    _item(state, command.item)
    return (
        e.ItemMarked(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=command.item,
            verdict=command.verdict,
            at_risk=command.at_risk,
        ),
    )


@_decide.register
def _(command: c.Save, state: State, now: Now) -> Events:
    if command.item:
        _item(state, command.item)
    wanted = (
        [command.item]
        if command.item
        else [item.id for item in state.items.values() if item.bogus and not item.saved]
    )
    by_hand = not command.sha256
    if by_hand and not command.where.strip():
        raise Refused("Say where it is kept.", do="For example: 9 pictures on my phone.", code="where")
    return tuple(
        e.ItemSaved(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=item,
            sha256=command.sha256,
            by_hand=by_hand,
            where=command.where.strip(),
        )
        for item in wanted
    )


@_decide.register
def _(command: c.Gone, state: State, now: Now) -> Events:
    _item(state, command.item)
    return (
        e.ItemGone(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=command.item,
            how=command.how,
            verified=command.verified,
        ),
    )


@_decide.register
def _(command: c.Look, state: State, now: Now) -> Events:
    known = {channel.name for channel in state.playbook.channels} | set(RESERVED_CHANNELS)
    unknown = [name for name in command.channels if name not in known]
    if unknown:
        raise Refused(f"There is no channel {unknown[0]}.", code="no-channel")
    return (
        e.Looked(at=now.wall, boot=now.boot, by=command.by, channels=command.channels, source=command.source),
    )


@_decide.register
def _(command: c.Freeze, state: State, now: Now) -> Events:
    if state.playbook.channel(command.channel) is None:
        raise Refused(f"There is no channel {command.channel}.", code="no-channel")
    known = state.lists.get(command.channel)
    if known is not None and known.sha256 == command.sha256:
        return ()
    return (
        e.ListFrozen(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            channel=command.channel,
            ledger=command.ledger,
            sha256=command.sha256,
            count=command.count,
            duplicates=command.duplicates,
            refused=command.refused,
            source=command.source,
            age=command.age,
            domains=command.domains,
        ),
    )


@_decide.register
def _(command: c.Ask, state: State, now: Now) -> Events:
    return decide_ask(state, command, now)


@_decide.register
def _(command: c.Approve, state: State, now: Now) -> Events:
    return decide_approve(state, command, now)


@_decide.register
def _(command: c.TurnAway, state: State, now: Now) -> Events:
    return decide_turn_away(state, command, now)


@_decide.register
def _(command: c.Act, state: State, now: Now) -> Events:
    return decide_act(state, command, now)


@_decide.register
def _(command: c.Shown, state: State, now: Now) -> Events:
    return tuple(
        e.GuideShown(at=now.wall, boot=now.boot, by=command.by, effect=effect)
        for effect in command.effects
        if (known := state.effects.get(effect)) is not None and known.guided and not known.shown
    )


@_decide.register
def _(command: c.Report, state: State, now: Now) -> Events:
    return decide_report(state, command, now)


@_decide.register
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


@_decide.register
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


@_decide.register
def _(command: c.Resolve, state: State, now: Now) -> Events:
    return decide_resolve(state, command, now)


@_decide.register
def _(command: c.Saw, state: State, now: Now) -> Events:
    step = step_of(state, command.step)
    known = state.of(step.name).check
    if known is not None and (known.verdict, known.raw) == (command.verdict, command.raw):
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


@_decide.register
def _(command: c.HandOver, state: State, now: Now) -> Events:
    if command.to == state.lead:
        raise Refused(f"{command.to} has the lead already.", code="same")
    if not command.to.strip():
        raise Refused("Say who takes the lead.", code="who")
    return (
        e.HandedOver(at=now.wall, boot=now.boot, by=command.by, to=command.to.strip(), note=command.note),
    )


@_decide.register
def _(command: c.Close, state: State, now: Now) -> Events:
    if any(effect.status == "intended" and not effect.guided for effect in state.effects.values()):
        raise Refused("Something is being carried out.", do="Wait for its end, then close.", code="running")
    left = open_critical(state, now.wall)
    approver = ""
    if left:
        if not command.reason.strip():
            raise Refused(
                f"{len(left)} critical steps are open: {', '.join(left)}.",
                do="Finish them, or close with a reason and an approver's code.",
                code="critical-open",
            )
        plan = state.plan_of(CLOSE)
        wants = (
            gate_wants(step_of(state, CLOSE), plan, command.by)
            if plan is not None
            else ("an approver's code",)
        )
        if plan is None or wants or plan.void:
            raise Refused(
                f"{len(left)} critical steps are open, and closing still needs {wants[0] if wants else 'a code'}.",
                do="Ask an approver for their code over exactly this reason.",
                code="gate",
            )
        approver = plan.approvals[-1].officer
    return (
        e.Closed(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            reason=command.reason.strip(),
            approved_by=approver,
            open_critical=left,
        ),
    )


def open_critical(state: State, now: int) -> tuple[str, ...]:
    """Full names of critical steps that are neither settled nor folded."""
    return tuple(
        step.name
        for step in state.playbook.steps()
        if step.critical
        and not settled(state, step, now)
        and (step.when is None or step.name in state.unfolded)
    )


@_decide.register
def _(command: c.Tick, state: State, now: Now) -> Events:
    del command
    return decide_tick(state, now)


@_decide.register
def _(command: c.Inject, state: State, now: Now) -> Events:
    if state.live:
        raise Refused("A live incident takes no injects.", code="mode")
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


@_decide.register
def _(command: c.Warn, state: State, now: Now) -> Events:
    del state
    return (e.Alarm(at=now.wall, boot=now.boot, by=command.by, what=command.what),)


def _open_step(state: State, name: str, now: Now) -> Step:
    step = step_of(state, name)
    if settled(state, step, now.wall) and step.repeat is None:
        why = "is not needed" if folded(state, step, now.wall) else "is settled"
        raise Refused(f"{name} {why} already.", code="settled")
    return step


def _item(state: State, item: str) -> None:
    if item not in state.items:
        have = ", ".join(state.items) or "none yet"
        raise Refused(f"There is no item {item}.", do=f"Items: {have}.", code="no-item")


__all__ = ["Events", "decide", "open_critical", "question"]
