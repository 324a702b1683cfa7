"""The hand-over brief: one page for whoever takes the lead next, and for whoever asks where it stands.

At most 60 lines of 78 columns. What does not fit is counted, never silently left out.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, Protocol

from console.incident.able import removable
from console.incident.access_ledger import summary
from console.incident.board import board
from console.incident.facts import achieved, folded, overridden, phase_of
from console.incident.manifest import from_bytes
from console.incident.moment import hhmm, spell
from console.incident.narrate import answer_words
from console.incident.reach import reach_in_all, reached_when_saved
from console.incident.wordings import EXERCISE, values, zone_of
from console.playbook.templates import render
from console.text import counted, fit, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.incident.board import Board
    from console.incident.state import State
    from console.playbook.model import Step

LINES: Final = 60
COLUMNS: Final = 78
MORE_LINES: Final = 6
LAST_WORDS: Final = 2
WORDS_LINES: Final = 7
NOT_PUBLIC: Final = ("send-internal", "send-test")


class Contact(Protocol):
    """One line of the machine's contacts."""

    @property
    def role(self) -> str:
        """What they are for us."""
        ...

    @property
    def name(self) -> str:
        """The person or desk."""
        ...

    @property
    def number(self) -> str:
        """The number to dial."""
        ...


def brief(state: State, now: int, officer: str, contacts: Iterable[Contact] = ()) -> str:
    """The brief at `now` (wall ms), as one text without a newline at its end."""
    shown = board(state, now, officer)
    more = _once_more(state)[:MORE_LINES]
    sections: tuple[tuple[list[str], int], ...] = (
        (_what(state, shown), 5),
        (more, MORE_LINES),
        (_told(state), 17 - len(more)),
        (_items(state), 6),
        (_critical(state, now, open_ones=True), 9),
        (_critical(state, now, open_ones=False), 7),
        ([f"ACCESS  {summary(state, now)}"], 1),
        (_waiting(shown), 4),
        (_doubts(state), 5),
        (_contacts(state, contacts), 6),
    )
    lines = [line for section, most in sections for line in _bounded(section, most)]
    return "\n".join(fit(visible(line), COLUMNS) for line in lines[:LINES])


def _bounded(lines: Sequence[str], most: int) -> list[str]:
    if len(lines) <= most:
        return list(lines)
    left = len(lines) - most + 1
    return [*lines[: most - 1], f"  ... and {left} more: see the log"]


def _what(state: State, shown: Board) -> list[str]:
    mode = "LIVE" if state.live else f"DRILL  {EXERCISE}"
    zone = zone_of(state)
    lines = [f"{mode}  HAND-OVER  {state.incident}  {state.playbook.title}  at {shown.clock}"]
    lines.append(
        f"LEADS   {state.lead or 'nobody'}   opened {hhmm(state.opened_at, zone)} by {state.opened_by}"
    )
    if shown.since_first is not None:
        first = hhmm(shown.now - shown.since_first, zone)
        lines.append(f"SINCE   first false post {first}, {spell(shown.since_first)} ago; {shown.stream}")
    else:
        lines.append(f"SINCE   time of the first false post not known; {shown.stream}")
    lines.append(f"NOTICE  {shown.notice}" + (f"   UPDATE {shown.update}" if shown.update else ""))
    if shown.unwatched:
        lines.append(f"WATCH   the console is {', '.join(shown.unwatched)}")
    if shown.ended:
        lines.append(f"ENDED   {shown.ended}")
    return lines


def _told(state: State) -> list[str]:
    """What the public was told, newest last, the last two word for word."""
    zone = zone_of(state)
    sent = []
    for plan in state.plans.values():
        gone = [
            each for each in state.effects.values() if each.digest == plan.digest and each.status == "done"
        ]
        manifest = from_bytes(plan.raw.encode()) if gone else None
        if manifest is None or not manifest.text or manifest.verb in NOT_PUBLIC:
            continue
        where = ", ".join(dict.fromkeys(each.channel or "read out" for each in gone))
        sure = "" if all(not each.attested for each in gone) else ", seen not checked"
        sent.append((max(each.at for each in gone), where + sure, manifest.text))
    if not sent:
        return ["TOLD    nothing has gone out to the public yet"]
    sent.sort()
    lines = [f"TOLD    {counted(len(sent), 'text')} went out to the public; the last ones word for word:"]
    for at, where, text in sent[-LAST_WORDS:]:
        lines.append(f"  {hhmm(at, zone)} {where}")
        words = textwrap.wrap(visible(" ".join(text.split())), COLUMNS - 6)
        lines += [f"    {line}" for line in _bounded(words, WORDS_LINES)]
    return lines


def _once_more(state: State) -> list[str]:
    """That people in doubt were mailed once more, the newest first: some may have it twice, and may say so."""
    zone = zone_of(state)
    told = [f"TWICE?  {hhmm(at, zone)} {words}" for at, words in reversed(state.once_more.values())]
    return [
        line for each in told for line in textwrap.wrap(visible(each), COLUMNS, subsequent_indent="        ")
    ]


def _items(state: State) -> list[str]:
    false = [item for item in state.items.values() if item.bogus]
    left = [item for item in false if not item.gone and removable(state, item.channel)]
    saved = sum(1 for item in false if item.saved)
    if not false:
        return ["FALSE   nothing on the list"]
    lines = [f"FALSE   {counted(len(false), 'item')}, {saved} saved, {len(left)} still up"]
    reach = reached_when_saved(reach_in_all(false))
    lines += [f"  together {reach}"] if reach else []
    for item in sorted(left, key=lambda each: (not each.at_risk, -each.first_seen)):
        risk = "PUTS SOMEONE AT RISK " if item.at_risk else ""
        unsaved = "" if item.saved else " NOT SAVED"
        lines.append(f"  {item.id} {item.channel}{unsaved} {risk}{item.words or item.link}")
    return lines


def _critical(state: State, now: int, *, open_ones: bool) -> list[str]:
    lines = []
    known = values(state, now, state.lead)
    for step in state.playbook.steps():
        phase = phase_of(state, step)
        if not step.critical or phase is None or folded(state, step, now):
            continue
        settled = achieved(state, step) or overridden(state, step)
        if settled != open_ones and (step.when is None or step.name in state.unfolded):
            lines.append(
                "  " + (_done_words(state, step) if settled else f"{step.name}: {render(step.do, known)}")
            )
    head = "OPEN    critical, not done:" if open_ones else "DONE    critical:"
    return [head, *lines] if lines else [head + " none"]


def _done_words(state: State, step: Step) -> str:
    own = state.of(step.name)
    fact = own.standing
    zone = zone_of(state)
    if fact is not None and fact.kind == "skip":
        return f"{step.name} SKIPPED by {fact.by} {hhmm(fact.at, zone)}: {fact.words}"
    if fact is not None and fact.kind == "answer":
        said = answer_words(state, step.name, fact.value)
        return f"{step.name} {hhmm(fact.at, zone)} {fact.by} saw: {said}"
    ends = [effect.at for effect in state.effects_of(step.name)]
    when = hhmm(max(ends), zone) + " " if ends else ""
    checked = own.check is not None and own.check.verdict == "agrees"
    return f"{step.name} {when}{'checked' if checked else 'done'}"


def _waiting(shown: Board) -> list[str]:
    if not shown.waiting:
        return ["WAITS   for nobody"]
    return ["WAITS", *(f"  {each}" for each in shown.waiting)]


def _doubts(state: State) -> list[str]:
    found = [
        f"  {effect.step} {effect.channel} {effect.item}".rstrip() + f": {effect.reason}"
        for effect in state.effects.values()
        if effect.status in ("doubt", "interrupted")
    ]
    if not found:
        return ["DOUBT   none"]
    return ["DOUBT   we do not know if these went out:", *found]


def _contacts(state: State, contacts: Iterable[Contact]) -> list[str]:
    found = [
        f"  {each.role}: {each.name} {each.number if state.live else 'tell the drill lead'}"
        for each in contacts
    ]
    return ["CALL", *found] if found else ["CALL    no contacts are set on this machine"]
