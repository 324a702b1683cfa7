from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from console.channels import ledger as lines
from console.channels.protocol import Recipient, Told
from console.channels.recipients import digest_of
from console.clock import TurnedClock
from console.engine.ledger import PAGES, JournalLedger
from console.errors import Contended, JournalBusy, JournalPoisoned, RecordBroken
from console.journal.sqlite import SqliteJournal

NOBODY = {**dict.fromkeys(lines.STATES, 0), "delivered": 0}
PEOPLE = [f"person{n}@example.org" for n in range(10)]


@pytest.fixture
async def open_journal(tmp_path):
    opened = []

    async def again():
        opened.append(await SqliteJournal.open(tmp_path / "home" / "live.db", "live"))
        return opened[-1]

    yield again
    for journal in opened:
        await journal.close()


@pytest.fixture
async def journal(open_journal):
    return await open_journal()


@pytest.fixture
async def ledger(journal):
    made = JournalLedger(journal, "mailing")
    await made.create(PEOPLE)
    return made


class Spy:
    """The journal, with every append counted or made to fail once."""

    def __init__(self, journal, *errors):
        self._journal = journal
        self.errors = list(errors)
        self.appends = []

    def __getattr__(self, name):
        return getattr(self._journal, name)

    async def ledger_append(self, ledger, lines, expected_n):
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.appends.append(len(lines))
        return await self._journal.ledger_append(ledger, lines, expected_n)


async def listed(recipients):
    return [recipient.address async for recipient in recipients]


async def test_the_list_is_kept_in_its_order(ledger, journal):
    assert await listed(ledger.waiting()) == PEOPLE
    again = JournalLedger(journal, "mailing")
    assert await listed(again.waiting()) == PEOPLE
    assert (await again.counts())["total"] == 10


async def test_the_same_list_again_is_the_same_ledger_and_another_is_refused(ledger, journal):
    head = await ledger.head()
    again = JournalLedger(journal, "mailing")
    await again.create(PEOPLE)
    assert await again.head() == head
    for others in (PEOPLE[:-1], [*PEOPLE, "x@example.org"], PEOPLE[::-1]):
        with pytest.raises(RecordBroken, match="another list"):
            await JournalLedger(journal, "mailing").create(others)
    assert await again.head() == head


async def test_a_list_that_a_crash_cut_short_is_not_sent_to_and_can_be_completed(journal):
    people = [f"person{n}@example.org" for n in range(lines.PEOPLE * PAGES * 2 + 5)]
    short = JournalLedger(Spy(journal, None, JournalPoisoned("Power.")), "mailing")
    with pytest.raises(JournalPoisoned):
        await short.create(people)
    again = JournalLedger(journal, "mailing")
    with pytest.raises(RecordBroken, match="no whole list"):
        await again.counts()
    with pytest.raises(RecordBroken, match="no whole list"):
        await again.tried([Recipient(0, people[0])])
    with pytest.raises(RecordBroken, match="another list"):
        await JournalLedger(journal, "mailing").create(people[::-1])
    await again.create(people)
    assert await listed(again.waiting()) == people
    sealed = await journal.ledger_read("mailing", PAGES * 2 + 1)
    assert digest_of(people) in sealed[0].body.decode()


async def test_two_consoles_may_freeze_the_same_list_at_once(open_journal):
    people = [f"person{n}@example.org" for n in range(lines.PEOPLE * PAGES * 3)]
    ledgers = [JournalLedger(await open_journal(), "mailing") for _ in range(3)]
    await asyncio.gather(*(ledger.create(people) for ledger in ledgers))
    assert await listed(ledgers[0].waiting()) == people
    assert len({await ledger.head() for ledger in ledgers}) == 1


async def test_a_ledger_nobody_made_is_said_to_be_missing(journal):
    with pytest.raises(RecordBroken, match="no whole list"):
        await listed(JournalLedger(journal, "none").waiting())


async def test_a_claim_is_durable_when_it_returns(ledger, open_journal):
    await ledger.tried([Recipient(3, PEOPLE[3])])
    other = JournalLedger(await open_journal(), "mailing")
    assert await other.doubtful() == [Recipient(3, PEOPLE[3])]
    assert PEOPLE[3] not in await listed(other.waiting())


async def test_outcomes_ride_with_the_next_claim(journal):
    spy = Spy(journal)
    ledger = JournalLedger(spy, "mailing")
    await ledger.create(PEOPLE)
    spy.appends.clear()
    await ledger.tried([Recipient(0, PEOPLE[0])])
    await ledger.told(0, "accepted", 250, "ok")
    await ledger.tried([Recipient(1, PEOPLE[1])])
    assert spy.appends == [1, 1]


async def test_claims_that_come_together_are_one_commit(journal):
    spy = Spy(journal)
    ledger = JournalLedger(spy, "mailing")
    await ledger.create(PEOPLE)
    spy.appends.clear()
    await asyncio.gather(*(ledger.tried([Recipient(n, PEOPLE[n])]) for n in range(8)))
    assert spy.appends == [1]


async def test_an_outcome_that_nothing_follows_is_durable_soon(ledger, open_journal):
    await ledger.tried([Recipient(0, PEOPLE[0])])
    await ledger.told(0, "accepted", 250)
    journal = await open_journal()
    async with asyncio.timeout(5):
        while b"accepted" not in (await journal.ledger_head("mailing")).body:  # noqa: ASYNC110 - another connection's
            await asyncio.sleep(0.005)


async def test_counts_make_everything_told_durable(ledger, open_journal):
    await ledger.tried([Recipient(0, PEOPLE[0])])
    await ledger.told(0, "accepted", 250)
    await ledger.told(1, "refused", 550, "no such user")
    assert await ledger.counts() == {**NOBODY, "waiting": 8, "accepted": 1, "refused": 1, "total": 10}
    other = JournalLedger(await open_journal(), "mailing")
    assert await other.counts() == await ledger.counts()
    assert await other.refused() == [Recipient(1, PEOPLE[1])]


async def test_what_was_never_claimed_cannot_have_been_accepted(ledger):
    for outcome in ("accepted", "doubt", "nonsense"):
        with pytest.raises(ValueError, match="was not claimed"):
            await ledger.told(4, outcome)
    assert (await ledger.counts())["waiting"] == 10


async def test_two_consoles_never_both_claim_one_recipient(ledger, open_journal):
    other = JournalLedger(await open_journal(), "mailing")
    await other.counts()
    await ledger.tried([Recipient(0, PEOPLE[0])])
    with pytest.raises(Contended, match="Another console"):
        await other.tried([Recipient(0, PEOPLE[0])])
    await other.tried([Recipient(1, PEOPLE[1])])
    assert len(await ledger.doubtful()) == 2


async def test_two_consoles_racing_for_the_whole_list_claim_each_once(ledger, open_journal):
    other = JournalLedger(await open_journal(), "mailing")
    await other.counts()

    async def race(one, numbers):
        won = []
        for n in numbers:
            try:
                await one.tried([Recipient(n, PEOPLE[n])])
            except Contended:
                continue
            won.append(n)
            await one.told(n, "accepted", 250)
        return won

    wins = await asyncio.gather(race(ledger, range(10)), race(other, reversed(range(10))))
    assert sorted(wins[0] + wins[1]) == list(range(10))
    for one in (ledger, other, ledger):
        counts = await one.counts()
    assert counts["accepted"] == 10
    assert await other.counts() == counts


async def test_an_early_refusal_does_not_unsay_another_consoles_claim(ledger, open_journal):
    other = JournalLedger(await open_journal(), "mailing")
    await other.counts()
    await ledger.tried([Recipient(0, PEOPLE[0])])
    await other.told(0, "refused", 550)
    await other.counts()
    await ledger.told(0, "accepted", 250)
    assert (await ledger.counts())["accepted"] == 1


async def test_claiming_one_twice_in_one_breath_is_refused(ledger):
    with pytest.raises(Contended):
        await ledger.tried([Recipient(0, PEOPLE[0]), Recipient(0, PEOPLE[0])])
    assert (await ledger.counts())["waiting"] == 10


async def test_a_broken_disk_lets_nothing_more_be_claimed(journal, ledger):
    spy = Spy(journal, JournalPoisoned("The disk is full."))
    broken = JournalLedger(spy, "mailing")
    with pytest.raises(JournalPoisoned):
        await broken.tried([Recipient(0, PEOPLE[0])])
    with pytest.raises(JournalPoisoned):
        await broken.tried([Recipient(1, PEOPLE[1])])
    with pytest.raises(JournalPoisoned):
        await broken.told(2, "refused", 550)
    assert spy.appends == []
    assert (await ledger.counts())["waiting"] == 10


async def test_a_busy_file_fails_the_claim_and_keeps_what_was_said(journal, ledger):
    spy = Spy(journal)
    busy = JournalLedger(spy, "mailing")
    await busy.tried([Recipient(0, PEOPLE[0])])
    await busy.told(0, "accepted", 250)
    spy.errors.append(JournalBusy("Held."))
    with pytest.raises(JournalBusy):
        await busy.tried([Recipient(1, PEOPLE[1])])
    assert await busy.counts() == {**NOBODY, "waiting": 9, "accepted": 1, "total": 10}


async def test_a_cancelled_claim_tears_nothing(ledger):
    claim = asyncio.create_task(ledger.tried([Recipient(0, PEOPLE[0])]))
    await asyncio.sleep(0)
    claim.cancel()
    await asyncio.wait({claim})
    await ledger.tried([Recipient(1, PEOPLE[1])])
    counts = await ledger.counts()
    assert counts["waiting"] + counts["tried"] == 10
    assert counts["tried"] in (1, 2)


async def test_memory_is_a_page_and_a_byte_each(journal):
    people = [f"person{n}-with-a-rather-long-name@subscribers.example.org" for n in range(20_000)]
    await JournalLedger(journal, "big").create(people)
    del people
    ledger = JournalLedger(journal, "big")
    tracemalloc.start()
    count = 0
    async for _ in ledger.waiting():
        count += 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 2_000_000


async def test_what_was_told_counts_before_what_is_claimed_in_one_commit(journal):
    spy = Spy(journal)
    ledger = JournalLedger(spy, "mailing")
    await ledger.create(PEOPLE)
    await ledger.commit((), (0, 1))
    await ledger.commit((Told(0, "later", 451), Told(1, "accepted", 250, "ok")), (0, 2))
    assert await ledger.counts() == {**NOBODY, "waiting": 7, "tried": 2, "accepted": 1, "total": 10}
    assert spy.appends == [1, 1, 1, 1, 1][: len(spy.appends)]


async def test_a_claim_that_another_console_holds_loses_no_word_told_with_it(ledger, open_journal):
    other = JournalLedger(await open_journal(), "mailing")
    await other.commit((), (0,))
    await ledger.commit((), (1,))
    with pytest.raises(Contended):
        await ledger.commit((Told(1, "accepted", 250),), (0, 2))
    counts = await ledger.counts()
    assert (counts["accepted"], counts["tried"], counts["waiting"]) == (1, 1, 8)


async def test_what_was_learned_by_looking_is_said_of_those_tried_and_of_nobody_else(ledger, open_journal):
    await ledger.commit((), (0, 1))
    other = JournalLedger(await open_journal(), "mailing")
    await other.commit([Told(n, "accepted", 201, looked=True) for n in (0, 5)], ())
    await other.commit([Told(n, "refused", 400, looked=True) for n in (0, 6)], ())
    assert (await other.counts())["accepted"] == 1
    assert (await other.counts())["refused"] == 0
    await ledger.commit((Told(0, "accepted", 201), Told(1, "accepted", 201)), ())
    assert (await ledger.counts())["accepted"] == 2


async def test_one_in_doubt_waits_again_only_when_that_is_said(ledger):
    await ledger.commit((), (0, 1, 2))
    await ledger.commit((Told(1, "accepted", 250),), ())
    await ledger.commit([Told(n, "again", looked=True) for n in (0, 1, 7)], ())
    assert [each.n async for each in ledger.waiting()] == [0, 3, 4, 5, 6, 7, 8, 9]
    assert [each.n for each in await ledger.doubtful()] == [2]


async def test_each_row_says_when_it_was_written(journal):
    clock = TurnedClock(1_563_578_400_000, 0)
    ledger = JournalLedger(journal, "mailing", clock)
    await ledger.create(PEOPLE)
    await ledger.commit((), (0,))
    clock.turn(1_500)
    await ledger.commit((Told(0, "accepted", 250, "ok"),), (1,))
    rows = [(line.at, line.groups, line.claims) async for _, line in ledger.entries()]
    assert rows == [
        (1_563_578_400_000, (), (0,)),
        (1_563_578_401_500, (("accepted", 250, "ok", (0,)),), (1,)),
    ]


async def test_people_are_found_by_state_and_by_address_whatever_their_capitals(ledger):
    await ledger.commit((), (0, 9))
    await ledger.commit((Told(9, "refused", 550),), ())
    assert [each.n async for each in ledger.people((lines.TRIED, lines.REFUSED))] == [0, 9]
    assert [each.n async for each in ledger.people()] == list(range(10))
    assert await ledger.find(["PERSON3@example.org", "nobody@example.org"]) == {"person3@example.org": 3}
    assert ledger.reasons() == {"550": 1}
    assert ledger.standing()["refused"] == 1


async def test_a_list_of_rows_of_one_is_gone_on_with(journal):
    people = PEOPLE[:3]
    rows = [b'{"address":"%s","n":%d}' % (each.encode(), n) for n, each in enumerate(people)]
    rows += [lines.sealed_line(3, digest_of(people)), b'{"n":0,"tried":true}']
    await journal.ledger_append("old", rows, 0)
    ledger = JournalLedger(journal, "old")
    await ledger.create(people)
    await ledger.commit((Told(0, "accepted", 250, looked=True),), (2,))
    assert await listed(ledger.waiting()) == [people[1]]
    assert [line.claims async for _, line in ledger.entries()] == [(0,), (2,)]


async def test_a_word_that_nobody_knows_is_refused(ledger):
    with pytest.raises(ValueError, match="no server says"):
        await ledger.commit((Told(0, "perhaps"),), ())
