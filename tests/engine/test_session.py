"""The session over a real file: durable before shown, two consoles in step, nothing won twice, nothing repeated."""

from __future__ import annotations

import socket

import pytest
from support_incident import MINUTE, T0, shipped

from console.channels.manual import ManualChannel
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.opening import Opening, open_incident
from console.engine.session import SNAPSHOT_EVERY, Session, load_state
from console.errors import BadInput, Contended, NotFound, Refused
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal

MODEL = "press-channels-misused"


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(T0, 1_000)


@pytest.fixture
async def journal(tmp_path):
    async with await SqliteJournal.open(tmp_path / "live.sqlite3", "live") as opened:
        yield opened


@pytest.fixture
async def other(tmp_path, journal):
    async with await SqliteJournal.open(tmp_path / "live.sqlite3", "live") as opened:
        yield opened


def opening(**changes) -> Opening:
    given = {"by": "Reid", "loaded": shipped(MODEL), "mode": "live", "zone": "Europe/London", **changes}
    return Opening(**given)


async def session_on(journal, incident, clock, holder="") -> Session:
    channels = {
        each.name: ManualChannel(each.name, each.kinds[0]) for each in shipped(MODEL).playbook.channels
    }
    return await Session.resume(journal, incident, clock=clock, channels=channels, holder=holder)


async def test_ids_name_the_mode_and_the_day(journal, clock):
    assert await open_incident(journal, opening(), clock.now()) == "L-20190719-1"
    assert await open_incident(journal, opening(), clock.now()) == "L-20190719-2"


async def test_an_opening_answer_that_does_not_fit_says_what_would(journal, clock):
    with pytest.raises(BadInput, match="does not answer") as error:
        await open_incident(journal, opening(answers={"at-risk": "perhaps"}), clock.now())
    assert "yes" in error.value.do
    assert await journal.streams() == []


async def test_a_session_stands_where_it_stood(journal, clock):
    incident = await open_incident(journal, opening(), clock.now())
    first = await session_on(journal, incident, clock)
    await first.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    clock.turn(MINUTE)
    await first.do(c.Answer(by="Reid", step="confirm/call", value="have-it"))
    again = await session_on(journal, incident, clock)
    assert again.state == first.state
    assert again.board("Reid") == first.board("Reid")
    assert again.state.cursors["Reid"].step == "pin-ignore-notice/voice"


async def test_nothing_is_published_before_it_is_on_disk(journal, other, clock):
    incident = await open_incident(journal, opening(), clock.now())
    session = await session_on(journal, incident, clock)
    seen = []
    session.subscribe(lambda state, _events: seen.append(state.seq))
    await session.do(c.Note(by="Reid", text="called IT"))
    on_disk = await other.head(incident)
    assert seen == [session.state.seq] == [on_disk.seq + 1]


async def test_two_consoles_stay_in_step(journal, other, clock):
    incident = await open_incident(journal, opening(), clock.now())
    first, second = await session_on(journal, incident, clock), await session_on(other, incident, clock)
    await first.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    await second.do(c.Note(by="Okafor", text="on my way"))
    assert await first.refresh()
    assert first.state == second.state
    assert not await first.refresh()


async def test_two_consoles_cannot_both_win_the_same_move(journal, other, clock):
    incident = await open_incident(journal, opening(), clock.now())
    first, second = await session_on(journal, incident, clock), await session_on(other, incident, clock)
    await first.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    with pytest.raises(Contended, match="Reid was quicker"):
        await second.do(c.Answer(by="Okafor", step="confirm/look", value="blind"))
    assert second.state == first.state
    await second.do(c.Answer(by="Okafor", step="confirm/call", value="have-it"))
    assert len(second.state.of("confirm/look").history) == 1


async def test_a_refusal_changes_nothing(journal, clock):
    incident = await open_incident(journal, opening(), clock.now())
    session = await session_on(journal, incident, clock)
    before = session.state
    with pytest.raises(Refused) as refused:
        await session.do(c.Answer(by="Reid", step="confirm/look", value="maybe"))
    assert refused.value.code == "bad-value"
    assert "1 false-posts" in refused.value.do
    assert session.state is before


async def test_an_unknown_incident_is_not_found(journal, clock):
    with pytest.raises(NotFound, match="L-1"):
        await session_on(journal, "L-1", clock)


async def test_a_snapshot_is_used_and_is_only_a_cache(journal, clock):
    incident = await open_incident(journal, opening(), clock.now())
    session = await session_on(journal, incident, clock)
    for number in range(SNAPSHOT_EVERY + 5):
        await session.do(c.Note(by="Reid", text=f"note {number}"))
    assert await journal.snapshot(incident) is not None
    state, _, kept = await load_state(journal, incident)
    assert state == session.state
    assert kept is not None


async def test_a_snapshot_of_another_fold_is_left_alone(journal, clock):
    incident = await open_incident(journal, opening(), clock.now())
    session = await session_on(journal, incident, clock)
    for number in range(SNAPSHOT_EVERY + 5):
        await session.do(c.Note(by="Reid", text=f"note {number}"))
    kept = await journal.snapshot(incident)
    await journal.keep_snapshot(incident, kept._replace(fold="another"))
    state, _, kept = await load_state(journal, incident)
    assert kept is None
    assert state == session.state


VOICE = "pin-ignore-notice/voice"


async def left_behind(journal, clock, holder) -> str:
    """An incident whose first notice was on its way when its process went."""
    incident = await open_incident(journal, opening(), clock.now())
    session = await session_on(journal, incident, clock, holder)
    await session.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    await Conductor(session).act("Reid", VOICE, confirm="voice")
    return incident


async def test_what_a_dead_process_left_is_in_doubt_and_never_repeated(journal, clock):
    incident = await left_behind(journal, clock, f"{socket.gethostname()}/an-earlier-boot/1/1")
    again = await session_on(journal, incident, clock)
    assert await again.claim_orphans() == 1
    assert again.state.effects_of(VOICE)[0].status == "doubt"
    assert again.board("Reid").doubts == (VOICE,)
    assert await again.claim_orphans() == 0
    with pytest.raises(Refused, match="do not know if it went out"):
        await Conductor(again).act("Reid", VOICE, confirm="voice")


async def test_what_another_host_may_still_be_doing_is_left_to_it(journal, clock):
    incident = await left_behind(journal, clock, "another-host/boot/1/1")
    again = await session_on(journal, incident, clock)
    assert await again.claim_orphans() == 0


async def test_guided_words_that_were_shown_wait_for_a_report(journal, clock):
    incident = await left_behind(journal, clock, f"{socket.gethostname()}/an-earlier-boot/1/1")
    again = await session_on(journal, incident, clock)
    await Conductor(again).shown("Reid", VOICE)
    assert await again.claim_orphans() == 0
    await again.do(c.Answer(by="Reid", step=VOICE, value="1"))
    assert again.state.effects_of(VOICE)[0].status == "done"
    assert again.state.effects_of(VOICE)[0].attested


async def test_the_officer_who_comes_back_is_told(journal, other, clock):
    incident = await open_incident(journal, opening(), clock.now())
    first, second = await session_on(journal, incident, clock), await session_on(other, incident, clock)
    await first.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    clock.turn(10 * MINUTE)
    await second.do(c.Note(by="Okafor", text="app removed"))
    await second.do(c.Note(by="Okafor", text="queue paused"))
    back = await session_on(journal, incident, clock)
    assert back.board("Reid").away == "You were on 1.2 confirm/call since 23:18; two things happened since."
