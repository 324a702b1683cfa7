"""fold(state, event) -> state. Pure: the same events always make the same state.

Rules kept here, whatever wrote the events:
- Facts are only added; undoing an answer takes it off the standing history, the record keeps both.
- An edited text, a corrected opening answer or a newly seen item voids every plan it would change that has not started.
- An answer with a `go` unfolds its target and moves that officer's cursor there, unless it is settled, and nobody else's.
- A cursor moves only by its own officer's acts, so nothing moves under a finger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from console.errors import BadPlaybook, NotFound, RecordBroken
from console.incident import events as e
from console.incident import folding_effects
from console.incident.cursor import next_step
from console.incident.facts import settled
from console.incident.folding import apply, cursor_on
from console.incident.narrate import words_of
from console.incident.state import (
    Last,
    State,
)
from console.playbook.load import from_closure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.playbook.model import Playbook

ROOMS: Final = (folding_effects,)
QUIET_EVENTS: Final = (e.Moved, e.GuideShown, e.LedgerHead, e.Unfolded, e.EffectProbed)


def fold(state: State | None, event: e.AnyEvent) -> State:
    """The state after one more event.

    Raises:
        RecordBroken: the first event is no Opened, or a second one is.
    """
    if isinstance(event, e.Opened):
        if state is not None:
            raise RecordBroken("An incident was opened twice in one record.")
        return _opened(event)
    if state is None:
        raise RecordBroken("This record does not begin with an opening.")
    after = apply(event, state)
    quiet = _is_quiet(event)
    notable = state.notable if quiet else state.notable + 1
    last = state.last
    if not quiet:
        last = Last(seq=state.seq, at=event.at, by=event.by, words=words_of(event, after))
    after = replace(after, seq=state.seq + 1, notable=notable, last=last)
    return _settle_cursor(after, event)


def _is_quiet(event: e.AnyEvent) -> bool:
    """Whether it is nothing that an officer who comes back has to be told: the console's own looks come twice a minute."""
    return isinstance(event, QUIET_EVENTS) or (isinstance(event, e.Looked) and event.source == "watch")


def fold_all(events: Iterable[e.AnyEvent], state: State | None = None) -> State:
    """Fold many events; raises RecordBroken when there are none and no state."""
    for event in events:
        state = fold(state, event)
    if state is None:
        raise RecordBroken("This record is empty.")
    return state


def _opened(event: e.Opened) -> State:
    if not event.files:
        raise RecordBroken("The opening entry holds no playbook.")
    files = {each.path: each.text for each in event.files}
    state = State(
        incident=event.incident,
        mode=event.mode,
        playbook=_own_copy(files, event.files[0].path),
        playbook_sha256=event.files[0].sha256,
        opened_at=event.at,
        opened_by=event.by,
        zone=event.zone,
        scenario=event.scenario,
        seed=event.seed,
        seq=1,
        answers=dict(event.answers),
        configured=dict(event.configured),
        by_hand=event.by_hand,
        fields=dict(event.fields),
        officers={event.by: ("lead",)} if event.by else {},
        lead=event.by,
        notable=1,
        last=Last(seq=0, at=event.at, by=event.by, words="opened the incident"),
    )
    return _put_cursor(state, event.by, event.at) if event.by else state


def _own_copy(files: dict[str, str], root: str) -> Playbook:
    """The playbook of the opening entry. Only what could be opened was written there: one that cannot be was changed since."""
    try:
        return from_closure(files, root)
    except (BadPlaybook, NotFound) as error:
        raise RecordBroken(
            f"The copy of {root} in the opening entry (entry 0) cannot be read any more."
        ) from error


def _settle_cursor(state: State, event: e.AnyEvent) -> State:
    """Move the acting officer's cursor when what they stood on is no longer theirs to do."""
    if not event.by or isinstance(event, e.Moved):
        return state
    if isinstance(event, e.Answered | e.Deferred | e.Overridden | e.DoubtResolved):
        if isinstance(event, e.Answered):
            step = state.playbook.step(event.step)
            target = step.go.get(event.value, "") if step is not None else ""
            return _stand_on(state, event.by, target, event.at)
        return _put_cursor(state, event.by, event.at)
    if isinstance(event, e.Undone):
        return _stand_on(state, event.by, event.step, event.at)
    if event.by not in state.cursors:
        return _put_cursor(state, event.by, event.at)
    cursor = state.cursors[event.by]
    return replace(state, cursors={**state.cursors, event.by: replace(cursor, notable=state.notable)})


def _stand_on(state: State, officer: str, name: str, at: int) -> State:
    """The officer's cursor on that step; where nothing is asked there any more, on what comes next."""
    step = state.playbook.step(name)
    if step is None or (settled(state, step, at) and step.repeat is None):
        return _put_cursor(state, officer, at)
    return cursor_on(state, officer, name, at)


def _put_cursor(state: State, officer: str, at: int) -> State:
    step = next_step(state, officer, at)
    return cursor_on(state, officer, step, at)
