"""Two thousand nights with faults at random edges: nothing posted twice, nothing removed unsaved, nothing said that is not so.

A night that fails names its seed and every move; `PYTHONPATH=tests python -m nights SEED` has it again.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from nights.night import Night

from console.channels.protocol import Done, Failed, InDoubt, Order, Seen
from console.incident import deciding_acts
from console.journal.sqlite import SqliteJournal

# A console that is killed while it connects leaves behind what anyio had not begun.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine 'connect_tcp:RuntimeWarning")

BATCHES, SIZE = 10, 200
MEMORY = "/dev/shm"  # where nothing waits for a disk, if there is such a place
# What a batch must have met for its silence to mean anything.
MET = (
    "done post",
    "doubt post",
    "failed post",
    "done delete",
    "saved",
    "removed",
    "removed at once",
    "refused: not-saved",
    "absent agrees",
    "probed: happened",
    "probed: not",
    "arrived late",
    "deaths",
)


@pytest.fixture
async def had():
    """Have a night: `await had(seed)`; every night of a test is kept in one journal."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        async with await SqliteJournal.open(":memory:", "live") as journal:

            async def have(seed, mend=None):
                night = Night(seed, journal, Path(tempfile.mkdtemp(dir=folder)), mend)
                await night.go()
                return night

            yield have


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_no_night_ends_with_a_second_post_a_lost_item_or_a_wrong_word(had, batch):
    met = Counter()
    for seed in range(batch * SIZE, (batch + 1) * SIZE):
        met += (await had(seed)).tally
    assert not [each for each in MET if not met[each]], met


async def test_a_seed_is_the_same_night_again(had):
    for seed in range(8):
        once, again = [(await had(seed)).moves for _ in range(2)]
        assert [each for each in once if each[0] != " "] == [each for each in again if each[0] != " "]


# -- what the nights would notice ----------------------------------------------------------------------------------------


class Behind:
    """In front of a channel, and not as good as it."""

    def __init__(self, channel):
        self._channel = channel

    def __getattr__(self, name):
        return getattr(self._channel, name)


class PostsAgain(Behind):
    async def act(self, order, ledger=None):
        outcome = await self._channel.act(order, ledger)
        if order.verb == "post" and isinstance(outcome, InDoubt):
            return await self._channel.act(replace(order, effect=f"{order.effect} again"), ledger)
        return outcome


class SaysDone(Behind):
    async def act(self, order, ledger=None):
        outcome = await self._channel.act(order, ledger)
        return Done("200", "1") if isinstance(outcome, InDoubt) else outcome


class SaysFailed(Behind):
    async def act(self, order, ledger=None):
        outcome = await self._channel.act(order, ledger)
        return Failed("500") if isinstance(outcome, InDoubt) else outcome


class RemovesBeforeItSaves(Behind):
    async def capture(self, item):
        verb = next((each for each in ("delete", "unpublish") if self._channel.can(each)), "")
        order = Order(effect="x", attempt=1, incident="", step="", channel="", kind="", verb=verb, item=item)
        await self._channel.act(order)
        return await self._channel.capture(item)


class SavesNothing(Behind):
    async def act(self, order, ledger=None):
        return Done("{}", "0" * 64)


class DeniesAtOnce(Behind):
    async def probe(self, order):
        seen = await self._channel.probe(order)
        return Seen("disagrees") if seen.verdict == "cannot-see" else seen


class AgreesAtOnce(Behind):
    async def check(self, probe, order):
        seen = await self._channel.check(probe, order)
        return Seen("agrees") if seen.verdict == "cannot-see" else seen


PLATFORMS = ("account", "website", "newsroom")


def behind(kind, *names):
    """Puts that before the channels of these names."""

    def mend(channels):
        channels |= {name: kind(channels[name]) for name in names if name in channels}

    return mend


@pytest.mark.parametrize(
    ("mend", "words"),
    [
        (behind(PostsAgain, *PLATFORMS), "posted twice"),
        (behind(SaysDone, *PLATFORMS), "is said to be done"),
        (behind(SaysDone, *PLATFORMS), "is said to be done, which nobody can know"),
        (behind(SaysFailed, *PLATFORMS), "is said to have failed"),
        (behind(SaysFailed, *PLATFORMS), "is said to have failed, which nobody can know"),
        (behind(RemovesBeforeItSaves, *PLATFORMS), "was removed before it was saved"),
        (behind(SavesNothing, "evidence"), "is said to be saved"),
        (behind(DeniesAtOnce, *PLATFORMS), "a look suggests: not"),
        (behind(DeniesAtOnce, *PLATFORMS), "happened after it was said that it did not"),
        (behind(AgreesAtOnce, *PLATFORMS), "is said to be gone"),
        (behind(AgreesAtOnce, *PLATFORMS), "is said to be pinned"),
    ],
)
async def test_the_invariants_catch_a_channel_that(had, mend, words):
    assert await caught(had, words, mend)


async def test_the_invariants_catch_a_console_that_removes_what_is_not_saved(had, monkeypatch):
    monkeypatch.setattr(deciding_acts, "at_stake", lambda *_: ())
    assert await caught(had, "was removed before it was saved")


async def caught(had, words, mend=None):
    """Whether some night fails with these words."""
    for seed in range(SIZE):
        try:
            await had(seed, mend)
        except AssertionError as error:
            if words in str(error):
                return True
    return False
