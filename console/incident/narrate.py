"""One event in a few plain words, for the log, the last-action line and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident import events as e
from console.incident.moment import clock_or_day
from console.incident.reach import reach_words
from console.incident.seen_words import seen_words
from console.incident.zones import zone_named
from console.text import counted

if TYPE_CHECKING:
    from console.incident.state import State

SHORT: Final = 60
LONG: Final = 18  # digits: no moment has as many
VERDICTS = {"agrees": "agrees", "disagrees": "does not agree", "cannot-see": "cannot see"}
TAKEN_BACK: Final = {"skip": "the skipping of", "defer": "the putting off of"}
HELD_FOR: Final = {"bogus": "false", "unknown": "not known"}
EVERYWHERE: Final = "items"
RESOLVED = {"happened": "it happened", "not": "it did not happen", "unknown": "cannot tell yet"}


def words_of(event: e.AnyEvent, state: State) -> str:  # noqa: C901, PLR0912 - one plain line per kind of fact
    """The event as one line without its time and author. Outside text in it is still untrusted."""
    match event:
        case e.Opened():
            return f"opened {event.incident} from {event.playbook} {event.version}"
        case e.Amended():
            return f"corrected {event.slug} to {_opening_words(state, event)}"
        case e.Configured():
            return f"settings changed: the console acts on {', '.join(event.configured) or 'no channel'} by itself"
        case e.Joined():
            return f"{event.officer} joined as {event.role}"
        case e.Moved():
            return f"went to {event.step}" + (" by the way out" if event.way_out else "")
        case e.Unfolded():
            return f"{event.name} opened"
        case e.WentLate():
            return f"{event.step} is late"
        case e.WayOutOffered():
            return f"way out offered: {event.say or event.go}"
        case e.Answered():
            return f'{event.step} saw "{answer_words(state, event.step, event.value)}"' + _quoted(event.words)
        case e.Deferred():
            return f"put off {event.step}"
        case e.Overridden():
            return f"skipped {event.step}: {event.reason}"
        case e.NeedWaived():
            return f"went on without {event.need} in {event.step}: {event.reason}"
        case e.Undone():
            return f"took back {TAKEN_BACK.get(event.what, 'an answer to')} {event.step}"
        case e.Noted():
            return f"note: {event.text}"
        case e.TextEdited():
            return f"changed {event.part} of the text {event.text}"
        case e.InjectFired():
            return f"EXERCISE {event.via or 'happens'} {event.sender}: {event.say}".strip()
        case e.Alarm():
            return f"ALARM {event.what}"
        case e.HandedOver():
            return f"handed the lead to {event.to}"
        case e.Closed():
            return "stood down: " + event.reason if event.stand_down else _closed(event)
        case e.Checked():
            told = seen_words(event.raw)
            seen = f": {told}" if 0 < len(told) <= SHORT else ""
            return f"{event.step} check {VERDICTS.get(event.verdict, event.verdict)}{seen}"
        case e.ListFrozen():
            people = counted(event.count, "person", "people")
            out = f", {event.suppressed:,} left out by {event.suppression}" if event.suppression else ""
            twice = f"{event.duplicates:,} twice, {event.refused:,} refused"
            return f"list {event.source} read: {people}, {twice}{out}"
        case _:
            return _about_items(event) or _about_effects(event)


def answer_words(state: State, step: str, value: str) -> str:
    """The words of an answer's slug, else the value itself."""
    found = state.playbook.step(step)
    if found is not None and found.answer is not None:
        for choice in found.answer.choices:
            if choice.slug == value:
                return choice.words
    common = {"done": "Done", "could-not": "Could not", "nothing": "Nothing there", "not-yet": "Not yet"}
    return common.get(value, value)


def _opening_words(state: State, event: e.Amended) -> str:
    """An opening answer as a person says it: a moment by the clock."""
    value = event.value
    kinds = {each.slug: each.kind for each in state.playbook.ask}
    if kinds.get(event.slug) == "time" and value.isascii() and value.isdecimal() and len(value) < LONG:
        return clock_or_day(int(value), event.at, zone_named(state.zone))
    return value


def _closed(event: e.Closed) -> str:
    left = ", ".join(event.open_critical)
    over = f"; critical steps not done: {left}" if left else ""
    approved = f"; approved by {event.approved_by}" if event.approved_by else ""
    return f"closed the incident{_because(event.reason)}{over}{approved}"


def _about_items(event: e.AnyEvent) -> str:
    match event:
        case e.ItemSeen():
            what = {"bogus": "false item", "ours": "our item"}.get(event.verdict, "item")
            risk = ", puts someone at risk" if event.at_risk else ""
            return f"{what} {named(event)} on {event.channel}{_quoted(event.words)}{risk}"
        case e.ItemMarked():
            risk = {True: "at risk", False: "not at risk", None: ""}[event.at_risk]
            what = ", ".join(filter(None, (HELD_FOR.get(event.verdict, event.verdict), risk)))
            return f"marked {event.item} {what or 'as it was'}"
        case e.ItemSaved():
            by_hand = f" by hand: {event.where}" if event.by_hand else ""
            return f"saved {event.item}{by_hand}{_bracketed(reach_words(event.reach))}"
        case e.EvidenceAdded():
            about = f" of {event.item}" if event.item else ""
            return f"brought in {event.name}{about} as evidence" + _because(event.note)
        case e.AccessChanged():
            return f"access to {event.channel}: {event.what} {event.how}" + (
                "" if event.verified else ", seen not checked"
            )
        case e.ItemGone():
            return f"{event.item} is gone ({event.how})" + ("" if event.verified else ", seen not checked")
        case e.Looked():
            where = ", ".join(each for each in event.channels if each != EVERYWHERE)
            return f"looked at {where or 'every channel'}: nothing more that is false" + (
                " there" if where else ""
            )
        case _:
            return ""


def named(event: e.ItemSeen) -> str:
    """An item that was seen by its id: `i7`, or `i7 (was i3)` where it takes another's place."""
    return f"{event.item} (was {event.instead})" if event.instead else event.item


def _about_effects(event: e.AnyEvent) -> str:  # noqa: C901, PLR0912 - one plain line per kind of fact
    match event:
        case e.Planned():
            return f"asked for {event.step}"
        case e.Approved():
            loud = {"recovery": " with a recovery code", "emergency": " by the EMERGENCY PATH"}.get(
                event.how, ""
            )
            return f"{event.officer} approved {event.step}{loud}" + _because(event.reason)
        case e.ApprovalRefused():
            return f"code of {event.officer} refused for {event.step}: {event.reason}"
        case e.EffectIntended():
            return f"{event.step} started" + (" by hand" if event.guided else "")
        case e.EffectDone():
            return f"{event.effect} done" + ("" if event.verified else ", seen not checked")
        case e.EffectFailed():
            return f"{event.effect} did not happen: {event.reason}"
        case e.EffectInDoubt():
            return f"{event.effect}: we do not know if it went out ({event.reason})"
        case e.EffectProbed():
            return f"looked again at {event.effect}"
        case e.DoubtResolved():
            return f"{event.effect}: {RESOLVED.get(event.verdict, event.verdict)}" + _because(event.reason)
        case e.LedgerHead():
            return f"{event.effect}: {event.accepted} of {event.total} accepted"
        case e.GuideShown():
            return f"{event.effect}: instructions shown"
        case e.OnceMore():
            return once_more_told(event)
        case e.OnceMoreSettled():
            if not event.let:
                return f"NOBODY was mailed once more by {event.effect}: {event.why}"
            return f"{counted(event.let, 'person', 'people')} of {event.effect} may be mailed once more"
        case _:
            return ""


def once_more_told(event: e.OnceMore) -> str:
    """That people in doubt are mailed once more: how many, by whom, with whose code, and why."""
    code = " and ".join(f"{each}'s" for each in event.approved_by) or "no other"
    way = " by the EMERGENCY PATH" if event.emergency else ""
    return f"MAILED ONCE MORE to {event.count:,} in doubt of {event.step}, by {event.by} with {code} code{way}, because {event.reason}"


def _bracketed(words: str) -> str:
    return f" ({words})" if words else ""


def _quoted(words: str) -> str:
    return f' "{words}"' if words else ""


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
