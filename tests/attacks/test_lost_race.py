"""Attack: have two consoles make the same move at once, so that one silently undoes or overwrites the other."""

from __future__ import annotations

import pytest
from support_incident import MINUTE, T0, shipped

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.errors import Contended
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal

MODEL = shipped("press-channels-misused")


@pytest.fixture
async def pair(tmp_path):
    """Two consoles on one incident that stand at the same entry."""
    path, clock = tmp_path / "live.sqlite3", TurnedClock(T0, 1_000)
    opening = Opening(by="Reid", loaded=MODEL, mode="live")
    async with (
        await SqliteJournal.open(path, "live") as one,
        await SqliteJournal.open(path, "live") as two,
    ):
        incident = await open_incident(one, opening, clock.now())
        channels = manual_channels(MODEL.playbook.channels)
        first = await Session.resume(one, incident, clock=clock, channels=channels)
        for step, value in (("look", "false-posts"), ("call", "have-it")):
            await first.do(c.Answer(by="Reid", step=f"confirm/{step}", value=value))
            clock.turn(MINUTE)
        await first.do(c.See(by="Reid", channel="account", link="https://x.com/1"))
        second = await Session.resume(two, incident, clock=clock, channels=channels)
        yield first, second


MOVES = {
    "undo": (c.Undo(by="Reid"), c.Undo(by="Reid")),
    "the same words": tuple(
        c.EditText(by=by, text="ignore", part="known", words=f"As {by} says.") for by in ("Reid", "Shah")
    ),
    "the same opening answer": tuple(
        c.Amend(by="Reid", slug="reached", value=value) for value in ("email", "account")
    ),
    "the lead": tuple(c.HandOver(by="Reid", to=to) for to in ("Shah", "Okafor")),
    "the same item": tuple(c.Mark(by="Reid", item="i1", verdict=word) for word in ("ours", "unknown")),
    "the list": tuple(
        c.Freeze(by="Reid", channel="mailer", ledger=f"l{n}", sha256=n * 64, count=3) for n in "ab"
    ),
    "the same step": (
        c.Answer(by="Reid", step="contain/cut-link", value="gone"),
        c.Skip(by="Shah", step="contain/cut-link", reason="no account"),
    ),
}


@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
async def test_the_later_of_two_is_told(pair, moves):
    first, second = pair
    await first.do(moves[0])
    with pytest.raises(Contended, match="was quicker"):
        await second.do(moves[1])
    assert second.state == first.state


async def test_an_answer_is_not_lost_to_the_clock_or_to_a_check(pair):
    first, second = pair
    await first.do(c.Saw(step="clear/sweep", verdict="disagrees", raw="1 left"))
    first.clock.turn(60 * MINUTE)
    assert await first.tick()
    events = await second.do(c.Answer(by="Shah", step="contain/cut-link", value="gone"))
    assert events[0].step == "contain/cut-link"


async def test_a_code_is_not_lost_to_a_check(pair):
    first, second = pair
    await first.do(c.Ask(by="Reid", step="correct/holding", nonce="1"))
    await second.refresh()
    digest = first.state.of("correct/holding").plan
    await first.do(c.Saw(step="correct/holding", verdict="cannot-see", raw="nothing"))
    command = c.Approve(by="Reid", step="correct/holding", digest=digest, officer="Reid")
    assert await second.do(command)
