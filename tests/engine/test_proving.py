"""What a session stands on is what was written: the tail before it opens, the rest behind its back, each forgery seen."""

from __future__ import annotations

import msgspec
import pytest
from support_incident import T0, shipped
from support_journal import unlocked

from console.apart import NotStarted, apart
from console.clock import TurnedClock
from console.engine import proving
from console.engine.opening import Opening, open_incident
from console.engine.session import SNAPSHOT_EVERY, Session, load_state
from console.errors import JournalPoisoned, RecordBroken
from console.incident import commands as c
from console.incident.state import State
from console.journal.sqlite import SqliteJournal
from console.prover import prover

TAIL = 5
FORGED = "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'note ', 'vote ') AS BLOB) WHERE seq = ?"


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(T0, 1_000)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "live.sqlite3"


@pytest.fixture
async def journal(path):
    async with await SqliteJournal.open(path, "live") as opened:
        yield opened


@pytest.fixture
async def incident(journal, clock) -> str:
    """One with a snapshot, and `TAIL` entries behind it."""
    opening = Opening(by="Reid", loaded=shipped("press-channels-misused"), mode="live")
    name = await open_incident(journal, opening, clock.now())
    session = await Session.resume(journal, name, clock=clock, channels={})
    for number in range(SNAPSHOT_EVERY + TAIL):
        await session.do(c.Note(by="Reid", text=f"note {number}"))
    assert session.prefix_verified
    return name


@pytest.fixture(params=["here", "in a process of its own"])
def prove(request, path):
    return proving.prove if request.param == "here" else prover(path, "live")


async def resumed(journal, incident, clock, prove=proving.prove) -> Session:
    session = await Session.resume(journal, incident, clock=clock, channels={})
    session.prove = prove
    return session


async def test_a_session_says_that_the_beginning_is_not_verified_until_it_is(journal, incident, clock, prove):
    session = await resumed(journal, incident, clock, prove)
    assert not session.prefix_verified
    await session.verify_prefix()
    assert session.prefix_verified
    assert not session.poisoned
    await session.verify_prefix()


async def test_moves_are_made_while_the_beginning_is_being_verified(journal, incident, clock):
    session = await resumed(journal, incident, clock)
    events = await session.do(c.Note(by="Reid", text="meanwhile"))
    await session.verify_prefix()
    assert events
    assert session.prefix_verified


async def test_an_entry_changed_before_the_snapshot_is_found_behind_the_officers_back(
    journal, incident, clock, path, prove
):
    unlocked(path, FORGED, values=(7,))
    session = await resumed(journal, incident, clock, prove)
    with pytest.raises(RecordBroken, match=f"Entry 7 of {incident}"):
        await session.verify_prefix()
    assert not session.prefix_verified
    assert session.state.alarms == 1
    assert f"Entry 7 of {incident}" in session.recent[-1][1].what
    with pytest.raises(JournalPoisoned, match="Entry 7"):
        await session.do(c.Note(by="Reid", text="after"))


async def test_an_entry_changed_behind_the_snapshot_keeps_the_session_from_opening(
    journal, incident, clock, path
):
    unlocked(path, FORGED, values=(SNAPSHOT_EVERY + TAIL - 1,))
    with pytest.raises(RecordBroken, match=f"Entry {SNAPSHOT_EVERY + TAIL - 1} of {incident}"):
        await resumed(journal, incident, clock)


async def test_an_entry_changed_in_a_record_without_a_snapshot_keeps_the_session_from_opening(
    journal, incident, clock, path
):
    unlocked(path, "DELETE FROM snapshots", FORGED, values=(7,))
    with pytest.raises(RecordBroken, match="Entry 7"):
        await resumed(journal, incident, clock)


async def test_a_snapshot_that_its_entries_do_not_make_is_found(journal, incident, clock, prove):
    kept = await journal.snapshot(incident)
    state = msgspec.msgpack.decode(kept.body, type=State)
    forged = msgspec.structs.replace(state, lead="Mallory")
    await journal.keep_snapshot(incident, kept._replace(body=msgspec.msgpack.encode(forged)))
    session = await resumed(journal, incident, clock, prove)
    assert session.state.lead == "Mallory"
    with pytest.raises(RecordBroken, match="not what its first"):
        await session.verify_prefix()
    assert session.poisoned


async def test_what_another_console_writes_is_checked_as_it_is_read(journal, incident, clock, path):
    session = await resumed(journal, incident, clock)
    async with await SqliteJournal.open(path, "live") as other:
        await (await resumed(other, incident, clock)).do(c.Note(by="Okafor", text="another note it is"))
    unlocked(path, FORGED, values=(session.state.seq,))
    before = session.state
    with pytest.raises(RecordBroken, match="does not follow"):
        await session.refresh()
    assert session.state is before


async def test_a_short_record_is_verified_as_it_opens(journal, clock):
    opening = Opening(by="Reid", loaded=shipped("press-channels-misused"), mode="live")
    name = await open_incident(journal, opening, clock.now())
    _, _, kept = await load_state(journal, name)
    assert kept is None
    assert (await resumed(journal, name, clock)).prefix_verified


async def test_where_no_process_can_be_had_the_beginning_is_read_here(
    journal, incident, clock, path, monkeypatch
):
    monkeypatch.setattr("sys.executable", str(path))  # no program
    session = await resumed(journal, incident, clock, prover(path, "live"))
    await session.verify_prefix()
    assert session.prefix_verified


async def test_a_process_that_ends_without_a_word_has_proved_nothing(path):
    with pytest.raises(NotStarted, match="ended with"):
        await apart("console.prover", "live", str(path), given=b"nothing that can be read")
