"""What was published and what became of it; who looked; and which list of people was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import NotFound, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.access import HOW
from console.incident.rules import Events, rule
from console.playbook.model import RESERVED_CHANNELS

if TYPE_CHECKING:
    from console.incident.moment import Now
    from console.incident.state import Item, State


@rule.register(c.See)
def _(command: c.See, state: State, now: Now) -> Events:
    if state.playbook.channel(command.channel) is None:
        names = ", ".join(each.name for each in state.playbook.channels)
        raise NotFound(f"There is no channel {command.channel}.", do=f"There are: {names}.")
    known = state.listed(command.channel).get(command.link)
    if known is not None and not _takes_its_place(command, known):
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
            at_risk=command.at_risk or (known is not None and known.at_risk),
            source=command.source,
            first_seen=min(command.when, now.wall) if command.when else now.wall,
            read_as=command.read_as,
            instead=known.id if known is not None else "",
        ),
    )


def _takes_its_place(command: c.See, known: Item) -> bool:
    """Whether what is seen is another than the item under the same link: said by the watch, or gone before a person saw it."""
    return command.instead == known.id or (bool(known.gone) and command.source == "officer")


@rule.register(c.Mark)
def _mark(command: c.Mark, state: State, now: Now) -> Events:
    item = _item(state, command.item)
    same_risk = command.at_risk is None or command.at_risk == item.at_risk
    if same_risk and (not command.verdict or command.verdict == item.verdict):
        return ()
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


@rule.register(c.Judge)
def _(command: c.Judge, state: State, now: Now) -> Events:
    marks = (
        c.Mark(by=command.by, item=item, verdict=command.verdict, at_risk=command.at_risk)
        for item in dict.fromkeys(command.items)
    )
    return tuple(event for mark in marks for event in _mark(mark, state, now))


@rule.register(c.Save)
def _(command: c.Save, state: State, now: Now) -> Events:
    if command.item:
        _item(state, command.item)
    wanted = (
        [command.item]
        if command.item
        else [item.id for item in state.items.values() if item.bogus and not item.saved]
    )
    if command.captured:
        return _captured(command, now)
    if not command.where.strip():
        raise Refused("Say where it is kept.", do="For example: 9 pictures on my phone.", code="where")
    return tuple(
        e.ItemSaved(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=item,
            sha256=command.sha256,
            by_hand=True,  # nobody but the officer saw that these bytes show that item
            where=command.where.strip(),
        )
        for item in wanted
    )


def _captured(command: c.Save, now: Now) -> Events:
    if not command.item or not command.sha256:
        raise Refused("What was captured has a name and an item.", code="where")
    return (
        e.ItemSaved(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=command.item,
            sha256=command.sha256,
            where=command.where.strip(),
            reach=command.reach,
        ),
    )


@rule.register(c.Keep)
def _(command: c.Keep, state: State, now: Now) -> Events:
    if command.item:
        _item(state, command.item)
    shows = {each.item for each in state.files if each.sha256 == command.sha256}
    if command.seen:
        if any(state.items[item].channel == command.seen for item in shows if item):
            return ()
        return _seen_by(command, state, now)
    if command.item in shows or (shows and not command.item):
        return ()
    return _kept(command, command.item, state, now)


def _seen_by(command: c.Keep, state: State, now: Now) -> Events:
    """The file is the report of an item and shows it, all in one append."""
    if state.end is not None:
        raise Refused(
            f"{state.incident} is closed.", do="Bring it in without reporting an item.", code="closed"
        )
    if command.item:
        raise Refused(
            "It shows an item of the list, or one that is not on it.", do="Say one of them.", code="item"
        )
    found = rule(c.See(by=command.by, channel=command.seen, words=command.words), state, now)
    item = next(each.item for each in found if isinstance(each, e.ItemSeen))
    return (*found, *_kept(command, item, state, now))


def _kept(command: c.Keep, item: str, state: State, now: Now) -> Events:
    """The file is kept, and the item that it shows is saved by it, unless it was saved before."""
    kept = e.EvidenceAdded(
        at=now.wall,
        boot=now.boot,
        by=command.by,
        sha256=command.sha256,
        name=command.name,
        size=command.size,
        item=item,
        note=command.note.strip(),
        message_id=command.message_id,
    )
    if not item or (item in state.items and state.items[item].saved):
        return (kept,)
    saved = e.ItemSaved(
        at=now.wall,
        boot=now.boot,
        by=command.by,
        item=item,
        sha256=command.sha256,
        by_hand=True,  # nobody but the officer saw that this file shows that item
        where=command.name,
    )
    return (kept, saved)


@rule.register(c.Access)
def _(command: c.Access, state: State, now: Now) -> Events:
    if state.playbook.channel(command.channel) is None:
        names = ", ".join(each.name for each in state.playbook.channels)
        raise NotFound(f"There is no channel {command.channel}.", do=f"There are: {names}.")
    if command.how not in HOW:
        raise Refused(f"{command.how} is no word for it.", do=f"Say {', '.join(HOW)}.", code="bad-value")
    if not command.what.strip():
        raise Refused(
            "Say which way in it is.", do="For example: passphrase, or session in Leeds.", code="what"
        )
    return (
        e.AccessChanged(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            channel=command.channel,
            what=command.what.strip(),
            how=command.how,
            detail=command.detail.strip(),
            proof=command.proof,
            verified=command.verified,
        ),
    )


@rule.register(c.Gone)
def _(command: c.Gone, state: State, now: Now) -> Events:
    item = _item(state, command.item)
    if item.gone and (not command.by or (item.gone == command.how and item.verified >= command.verified)):
        return ()
    return (
        e.ItemGone(
            at=now.wall,
            boot=now.boot,
            by=command.by,
            item=command.item,
            how=command.how,
            verified=command.verified,
            proof=command.proof,
        ),
    )


@rule.register(c.Look)
def _(command: c.Look, state: State, now: Now) -> Events:
    known = {channel.name for channel in state.playbook.channels} | set(RESERVED_CHANNELS)
    unknown = [name for name in command.channels if name not in known]
    if unknown:
        raise NotFound(f"There is no channel {unknown[0]}.", do=f"There are: {', '.join(sorted(known))}.")
    return (
        e.Looked(at=now.wall, boot=now.boot, by=command.by, channels=command.channels, source=command.source),
    )


@rule.register(c.Freeze)
def _(command: c.Freeze, state: State, now: Now) -> Events:
    if state.playbook.channel(command.channel) is None:
        raise NotFound(f"There is no channel {command.channel}.")
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
            at_domains=command.at_domains,
            suppressed=command.suppressed,
            suppression=command.suppression,
            read_as=command.read_as,
        ),
    )


def _item(state: State, item: str) -> Item:
    if item not in state.items:
        have = ", ".join(state.items) or "none yet"
        raise NotFound(f"There is no item {item}.", do=f"Items: {have}.")
    return state.items[item]
