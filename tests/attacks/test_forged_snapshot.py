"""Attack: put a kept state into the file that says what the record does not: a gate open, a step done."""

from __future__ import annotations

import msgspec
import pytest
from support_incident import T0, shipped

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.errors import RecordBroken
from console.incident import commands as c
from console.incident.state import FOLD_VERSION, Approval, State
from console.journal.protocol import Snapshot
from console.journal.sqlite import SqliteJournal

MODEL = shipped("press-channels-misused")
STEP = "correct/holding"


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(T0, 1_000)


@pytest.fixture
async def journal(tmp_path):
    async with await SqliteJournal.open(tmp_path / "live.sqlite3", "live") as opened:
        yield opened


async def stand(journal, incident, clock) -> Session:
    channels = manual_channels(MODEL.playbook.channels)
    return await Session.resume(journal, incident, clock=clock, channels=channels)


@pytest.fixture
async def forged(journal, clock) -> str:
    """An incident whose snapshot, with the right seq and the right hash, says that both codes were given."""
    incident = await open_incident(journal, Opening(by="Reid", loaded=MODEL, mode="live"), clock.now())
    session = await stand(journal, incident, clock)
    await session.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    plan = session.state.plan_of(STEP)
    codes = (Approval("Reid", "lead", "code", T0), Approval("Lindqvist", "approver", "code", T0))
    plans = {plan.digest: msgspec.structs.replace(plan, approvals=codes)}
    state = msgspec.structs.replace(session.state, plans=plans)
    head = await journal.head(incident)
    body = msgspec.msgpack.encode(state)
    await journal.keep_snapshot(incident, Snapshot(head.seq, head.hash, FOLD_VERSION, body))
    return incident


@pytest.mark.parametrize(
    "move",
    [
        c.Act(by="Reid", step=STEP, nonce="2", holder="h"),
        c.Ask(by="Reid", step=STEP, nonce="2"),
        c.Approve(by="Reid", step=STEP, digest="0" * 64, officer="Shah"),
        c.Close(by="Reid", reason="all done"),
    ],
    ids=lambda move: type(move).__name__,
)
async def test_no_gate_opens_on_it(journal, forged, clock, move):
    session = await stand(journal, forged, clock)
    assert len(session.state.plan_of(STEP).approvals) == 2
    before = session.state
    with pytest.raises(RecordBroken, match="is not what its first"):
        await session.do(move)
    assert session.state.effects == before.effects
    assert session.state.alarms == 1


async def test_the_conductor_sends_nothing_on_it(journal, forged, clock):
    session = await stand(journal, forged, clock)
    with pytest.raises(RecordBroken):
        await Conductor(session).act("Reid", STEP)
    assert not session.state.effects


async def test_it_is_put_away_and_the_entries_are_read_the_next_time(journal, forged, clock):
    with pytest.raises(RecordBroken):
        await (await stand(journal, forged, clock)).verify_prefix()
    again = await stand(journal, forged, clock)
    assert again.prefix_verified
    assert not again.state.plan_of(STEP).approvals


async def test_an_honest_one_is_proven_once_and_costs_no_move(journal, clock):
    incident = await open_incident(journal, Opening(by="Reid", loaded=MODEL, mode="live"), clock.now())
    first = await stand(journal, incident, clock)
    await first.do(c.Note(by="Reid", text="hello"))
    head = await journal.head(incident)
    kept = Snapshot(head.seq, head.hash, FOLD_VERSION, msgspec.msgpack.encode(first.state))
    await journal.keep_snapshot(incident, kept)
    session = await stand(journal, incident, clock)
    assert not session.prefix_verified
    assert await session.do(c.Ask(by="Reid", step=STEP, nonce="1"))
    assert session.prefix_verified
    assert isinstance(session.state, State)
