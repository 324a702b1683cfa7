"""The list of what was published: read it, add to it, say what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident import commands as c
from console.incident.moment import hhmm
from console.incident.reach import reached_when_saved
from console.incident.reports import risk_at_first, unjudged
from console.incident.whereabouts import whereabouts
from console.incident.wordings import zone_of
from console.text import counted

if TYPE_CHECKING:
    from console.incident.state import Item, State
    from console.linear.face import Face

WHAT = (
    "Report another false item",
    "One of them went",
    "Saved by hand",
    "One is ours, not false",
    "One puts someone at risk",
    "I looked at every channel, nothing more is false",
    "One is false",
)
HELD = {"false": "bogus", "ours": "ours"}
RISK = "risk"
NEW = "new"
HOW = (
    "For example: mark i3 false, mark i3 i4 ours, mark i3 false risk, or mark new false for all that are new."
)


def item_line(item: Item, state: State) -> str:
    """One item as a line."""
    kind = {"bogus": "false", "ours": "ours", "unknown": "not known"}.get(item.verdict, item.verdict)
    risk = " PUTS SOMEONE AT RISK." if item.at_risk else ""
    saved = f"saved{' by hand' if item.saved.startswith('by hand') else ''}" if item.saved else "NOT SAVED"
    gone = f"gone ({item.gone})" if item.gone else whereabouts(state, item)
    words = " ".join(part for part in (item.words, item.link) if part)
    when = hhmm(item.first_seen, zone_of(state))
    reach = reached_when_saved(item.reach)
    far = f" {reach[0].upper()}{reach[1:]}." if reach else ""
    return f"{item.id} {item.channel} {when}, {kind}, {saved}, {gone}.{risk}{far} {words}".rstrip()


async def items(face: Face, rest: str) -> None:
    """Show the list, then what can be said of it."""
    del rest
    known = list(face.state.items.values())
    face.talk.head(f"{counted(len(known), 'item')}.")
    face.talk.say(*(item_line(item, face.state) for item in known))
    place = await face.talk.pick("What happened?", WHAT)
    match place:
        case 1:
            await seen(face, "")
        case 2:
            await gone(face, "")
        case 3:
            await _saved(face)
        case 4:
            await _mark(face, "ours")
        case 5:
            await _mark(face, "risk")
        case 6:
            await look(face, "")
        case 7:
            await _mark(face, "false")
        case _:
            return


async def seen(face: Face, rest: str) -> None:
    """Report a false item: `seen CHANNEL LINK`, or answer the questions."""
    channel, _, link = rest.partition(" ")
    names = [each.name for each in face.state.playbook.channels]
    if not channel:
        place = await face.talk.pick("On which channel?", names)
        if not place:
            return
        channel = names[place - 1]
    link = link.strip() or await face.talk.ask("Its link; Enter when it has none")
    words = await face.talk.ask("Its words, or the first of them; Enter for none")
    first = 2 if risk_at_first(face.state) == "yes" else 1
    risk = await face.talk.pick("Does it put someone at risk?", ("No", "Yes"), default=first)
    made = await face.session.do(
        c.See(by=face.officer, channel=channel, link=link, words=words, at_risk=risk == 2)
    )
    face.talk.say("Saved." if made else "It is on the list already.")


async def gone(face: Face, rest: str) -> None:
    """Report that an item went."""
    item = rest or await _which(face, "Which one went?", [each for each in _bogus(face) if not each.gone])
    if item:
        await face.session.do(c.Gone(by=face.officer, item=item))
        face.talk.say(f"Saved. {item} is gone: seen by {face.officer}, not checked.")


async def look(face: Face, rest: str) -> None:
    """Say that somebody looked and saw nothing more that is false."""
    del rest
    await face.session.do(c.Look(by=face.officer))
    face.talk.say("Saved. You looked, nothing more is false.")


async def _saved(face: Face) -> None:
    left = [each for each in _bogus(face) if not each.saved]
    if not left:
        face.talk.say("Every false item is saved.")
        return
    where = await face.talk.ask(
        f"{len(left)} are not saved. How many did you save, and where? Enter goes back"
    )
    if where:
        await face.session.do(c.Save(by=face.officer, where=where))
        face.talk.say(f"Saved by hand, all {len(left)}: {where}.")


async def mark(face: Face, rest: str) -> None:
    """Say what items are: `mark i3 i4 false`; with `risk` that they put someone at risk too."""
    typed = rest.casefold().split()
    said = [word for word in typed if word in (*HELD, RISK)]
    items = [word for word in typed if word not in said]
    if not items or not said or {*HELD} <= {*said}:
        face.talk.say(f"Say which, and whether it is false or ours. {HOW}")
        return
    verdict = next((HELD[word] for word in said if word in HELD), "")
    if items == [NEW] and verdict == "ours":  # something may have come since the officer looked
        face.talk.say("Name what is ours. Something may be new that nobody has looked at yet. i lists them.")
        return
    if items == [NEW]:
        items = [*unjudged(face.state)]
    if not items:
        face.talk.say("Nothing is new that nobody judged.")
        return
    risk = True if RISK in said else None
    await face.session.do(c.Judge(by=face.officer, items=tuple(items), verdict=verdict, at_risk=risk))
    face.talk.say(*(_marked(face, item) for item in items))


def _marked(face: Face, item: str) -> str:
    """What an item is held to be from here on."""
    known = face.state.items[item]
    held = {"bogus": "false", "ours": "ours"}.get(known.verdict, "not known")
    return f"Saved. {item} is {held}{' and puts someone at risk' if known.at_risk else ''}."


async def _mark(face: Face, what: str) -> None:
    held = HELD.get(what, "")
    fit = [each for each in face.state.items.values() if each.verdict != (held or "ours")]
    item = await _which(face, "Which one?", fit)
    if item:
        await mark(face, f"{item} {what}")


async def _which(face: Face, prompt: str, found: list[Item]) -> str:
    if not found:
        face.talk.say("There is none on the list.")
        return ""
    place = await face.talk.pick(prompt, [item_line(item, face.state) for item in found])
    return found[place - 1].id if place else ""


def _bogus(face: Face) -> list[Item]:
    return [item for item in face.state.items.values() if item.bogus]
