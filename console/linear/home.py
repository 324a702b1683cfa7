"""Home in plain lines: what is open, what can be opened, what can be rehearsed. It chooses; whoever called it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.linear.talk import Gone, Talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from console.linear.lines import Lines

LIVE, DRILL, PLAYBOOK, SCENARIO = "live", "drill", "playbook", "scenario"
HEADS: Final = {
    LIVE: "LIVE incidents that are open:",
    DRILL: "DRILLS that are open:",
    PLAYBOOK: "Open a LIVE incident from a playbook:",
    SCENARIO: "Rehearse, DRILL:",
}


class Entry(Struct, frozen=True):
    """One thing at home. `kind` is `live`, `drill`, `playbook` or `scenario`; `warning` is read out before it opens."""

    kind: str
    id: str
    words: str
    warning: str = ""


async def run_home(
    entries: Sequence[Entry], *, stdin: Lines, stdout: TextIO, notes: Sequence[str] = ()
) -> Entry | None:
    """Let somebody choose; None when they leave.

    Args:
        entries: live incidents first, then drills, playbooks, scenarios: numbered in this order.
        stdin: where answers come from.
        stdout: where lines go.
        notes: lines about this machine, such as when each officer's code was last tested here.
    """
    talk = Talk(stdin, stdout)
    try:
        return await _choose(talk, list(entries), notes)
    except Gone:
        return None


async def _choose(talk: Talk, entries: list[Entry], notes: Sequence[str]) -> Entry | None:
    talk.say("Incident Console. Numbers choose, q leaves.", *notes)
    shown = ""
    for place, entry in enumerate(entries, 1):
        if entry.kind != shown:
            shown = entry.kind
            talk.say(HEADS.get(shown, shown))
        talk.say(f"{place} {entry.id}: {entry.words}")
    while True:
        typed = await talk.ask("Home, a number")
        if typed.casefold() in ("q", "leave"):
            return None
        if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(entries)):
            talk.say("Type one of the numbers above, or q.")
            continue
        entry = entries[int(typed) - 1]
        if await _sure(talk, entry):
            return entry


async def _sure(talk: Talk, entry: Entry) -> bool:
    """A warning is read out, and opening a live incident is confirmed by its word."""
    if entry.warning:
        talk.say(entry.warning)
    if entry.kind == PLAYBOOK:
        return (
            await talk.ask(f"Type live to open {entry.id} for real; Enter goes back")
        ).casefold() == "live"
    if entry.warning:
        return not await talk.ask("Enter goes on, anything else goes back")
    return True
