"""How many people a mailing is for, as the one who approves it says it: a number, typed, that must be the one that stands there. Pure.

A count is different each time. Whoever says it has looked at it or has heard it, and a list that is not the one they mean is
nearly always of another length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import GateDenied
from console.incident.manifest import from_bytes
from console.incident.planning import left_to_reach, step_of

if TYPE_CHECKING:
    from console.incident.state import Plan, State

NONE: Final = -1
MOST_DIGITS: Final = 12
_MARKS: Final = str.maketrans(dict.fromkeys(",.'’ \u00a0\u202f", ""))


def said_number(typed: str) -> int:
    """The number in what was typed, thousands marks or none; -1 when it is no number."""
    bare = typed.strip().translate(_MARKS)
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= MOST_DIGITS else NONE


def people_to_count(state: State, plan: Plan) -> int:
    """How many people whoever approves the plan must say it is for; 0 where it is no mailing."""
    manifest = from_bytes(plan.raw.encode())
    if not manifest.recipients:
        return 0
    return left_to_reach(state, step_of(state, plan.step), manifest)


def check_people(state: State, plan: Plan, typed: str) -> None:
    """Refuse an approval of a mailing by somebody who did not say for how many people it is.

    Raises:
        GateDenied: no number was said, or another one.
    """
    many = people_to_count(state, plan)
    if not many or said_number(typed) == many:
        return
    said = f"{typed.strip()[:20]} was said." if typed.strip() else "No number was said."
    raise GateDenied(
        f"Whoever approves a mailing says how many people it is for: it stands at {many:,}. {said}",
        means="NOTHING HAS BEEN SENT." if state.live else "DRILL: nothing has been simulated.",
        do="Look at the list again: if the number is not what you expect, do not approve it.",
        code="count",
    )
