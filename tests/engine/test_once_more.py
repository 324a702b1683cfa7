"""People in doubt of a mailing are mailed once more: exactly those who were approved, once, whatever dies or comes in between."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from support_conductor import SEND, desk, standing
from support_once_more import AGAIN, IN_DOUBT, PEOPLE, WHY, Mailer, asked, goes_on, left, mailed, rows_again

from console.channels.protocol import Told
from console.engine.conductor import Conductor
from console.errors import Contended, GateDenied, Refused
from console.incident.manifest import from_bytes
from console.report.brief import LINES, brief
from console.report.debrief import debrief
from console.report.record import read_entries
from console.report.timeline import timeline
from console.report.verify import verify_incident


class Died(Exception):
    """The process, at this point."""


@pytest.fixture
def mailer():
    return Mailer()


@pytest.fixture
async def d(tmp_path, mailer):
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


async def stands(d):
    found = await verify_incident(d.session.journal, d.state.incident)
    assert found.verdict == "stands", found.findings


@pytest.mark.parametrize("waiting", [0, 4])
async def test_those_in_doubt_get_it_once_more_and_nobody_else(d, mailer, waiting):
    mailer.left = waiting
    await mailed(d)
    assert d.effect(SEND).status == ("interrupted" if waiting else "done")
    assert await d.conductor.doubtful(SEND) == IN_DOUBT
    plan = await asked(d)
    assert await d.conductor.named(plan) == IN_DOUBT
    await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    assert mailer.mailed == Counter(PEOPLE[: 12 - waiting])
    assert d.effect(SEND).status == "interrupted"
    assert left(d) == str(3 + waiting)
    await goes_on(d)
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
    assert (d.effect(SEND).status, d.effect(SEND).accepted, d.effect(SEND).doubtful) == ("done", 12, 0)
    assert await d.conductor.doubtful(SEND) == []
    await stands(d)


async def test_a_gate_that_waits_is_shown_to_everybody_until_it_is_used(d):
    await mailed(d)
    waits = "for mailing once more who is in doubt of"
    plan = await asked(d, (), "Reid")
    assert any(each.startswith("an approver") and waits in each for each in d.session.board("Shah").waiting)
    await d.present(AGAIN, "Lindqvist", plan.digest)
    await d.conductor.once_more("Reid", SEND, confirm="3")
    assert not any(waits in each for each in d.session.board("Shah").waiting)


async def test_some_by_name_leave_the_others_in_doubt(d, mailer):
    await mailed(d)
    plan = await asked(d, (" Reader3@example.net",))
    assert await d.conductor.named(plan) == [PEOPLE[3]]
    await d.conductor.once_more("Reid", SEND, confirm="1")
    await goes_on(d)
    assert mailer.mailed == Counter([*PEOPLE, PEOPLE[3]])
    assert await d.conductor.doubtful(SEND) == [PEOPLE[2], PEOPLE[7]]
    await stands(d)


async def test_without_anybody_in_doubt_a_reason_or_a_mailing_nothing_is_asked_for(d, mailer):
    with pytest.raises(Refused, match="has mailed nobody"):
        await d.conductor.ask_once_more("Reid", SEND, WHY)
    await mailed(d)
    with pytest.raises(Refused, match="needs a reason"):
        await d.conductor.ask_once_more("Reid", SEND, "  ")
    with pytest.raises(Refused, match=r"not in doubt: reader1@example\.net"):
        await d.conductor.ask_once_more("Reid", SEND, WHY, [PEOPLE[1], PEOPLE[2]])
    plan = await asked(d)
    await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    await goes_on(d)
    with pytest.raises(Refused, match="Nobody of"):
        await d.conductor.ask_once_more("Reid", SEND, WHY)


async def test_the_gate_wants_both_codes_the_count_and_who_wrote_none_of_it(d, mailer):
    await mailed(d)
    plan = await d.conductor.ask_once_more("Reid", SEND, WHY)
    with pytest.raises(GateDenied, match="still needs"):
        await d.conductor.once_more("Reid", SEND, confirm="3")
    await d.present(AGAIN, "Reid", plan.digest)
    with pytest.raises(GateDenied, match="second person's code"):
        await d.conductor.once_more("Reid", SEND, confirm="3")
    with pytest.raises(GateDenied, match="how many people"):
        await d.conductor.approve("Reid", AGAIN, "Lindqvist", "123456", digest=plan.digest, people="12")
    with pytest.raises(GateDenied, match="cannot be the second person"):
        await d.present(AGAIN, "Shah", plan.digest)
    await d.present(AGAIN, "Lindqvist", plan.digest)
    with pytest.raises(GateDenied, match="type 3"):
        await d.conductor.once_more("Reid", SEND, confirm="12")
    assert await rows_again(d) == []


async def test_any_change_of_who_is_in_doubt_voids_it(d, mailer):
    await mailed(d)
    plan = await asked(d)
    ledger = d.conductor.ledger(from_bytes(plan.raw.encode()).recipients)
    await ledger.commit([Told(3, "accepted", 0, "seen", looked=True)], ())
    with pytest.raises(GateDenied, match="has changed"):
        await d.conductor.named(plan)
    with pytest.raises(GateDenied, match="not who was approved: it was 3, it is 2"):
        await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    assert (await rows_again(d), d.effect(SEND).status) == ([], "done")
    plan = await asked(d)
    await d.conductor.once_more("Reid", SEND, confirm="2", digest=plan.digest)
    await goes_on(d)
    assert mailer.mailed == Counter(PEOPLE) + Counter([PEOPLE[2], PEOPLE[7]])


async def test_an_approval_is_good_for_one_time(d, mailer):
    await mailed(d)
    plan = await asked(d)
    await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    mailer.runs, mailer.silent = 0, (2, 3, 7)
    await goes_on(d)
    assert await d.conductor.doubtful(SEND) == IN_DOUBT
    with pytest.raises(Refused, match="started already"):
        await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    ledger = d.conductor.ledger(from_bytes(plan.raw.encode()).recipients)
    assert await ledger.once_more(plan.digest, [2, 3, 7]) == 3
    assert await d.conductor.doubtful(SEND) == IN_DOUBT
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)


async def test_the_record_says_it_loudly_to_whoever_comes_next(d, mailer):
    await mailed(d)
    plan = await asked(d)
    await d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    await goes_on(d)
    words = f"MAILED ONCE MORE to 3 in doubt of {SEND}, by Reid with Lindqvist's code, because {WHY}"
    entries = await read_entries(d.session.journal, d.state.incident)
    assert sum(line.words == words for line in timeline(entries, d.state)) == 1
    page = brief(d.state, d.clock.now().wall, "Shah")
    assert words in " ".join(page.split())
    assert len(page.splitlines()) <= LINES
    assert words in " ".join(" ".join(debrief(entries, d.state, d.clock.now().wall).lines()).split())


# -- what dies in between ------------------------------------------------------------------------------------------


def dying(d, point, times=1):
    """A console on the same record that dies at a point, once it came by that often."""
    passed = []

    def fault(at):
        if at == point:
            passed.append(at)
            if len(passed) == times:
                raise Died

    other = Conductor(d.session, faults=fault)
    d.session._faults = fault
    return other


@pytest.mark.parametrize(
    ("point", "times", "done"),
    [
        ("before-append", 1, False),
        ("after-append", 1, True),
        ("after-publish", 1, True),
        ("before-act", 1, True),
        ("after-act", 1, True),
        ("before-report", 1, True),
        ("before-append", 2, True),
        ("after-append", 2, True),
        ("after-report", 1, True),
        ("before-append", 3, True),
    ],
)
async def test_whatever_dies_in_between_the_next_console_goes_on_and_nobody_has_it_thrice(
    d, mailer, tmp_path, point, times, done
):
    mailer.left = 2
    await mailed(d)
    plan = await asked(d)
    with pytest.raises(Died):
        await dying(d, point, times).once_more("Reid", SEND, confirm="3", digest=plan.digest)
    assert mailer.mailed == Counter(PEOPLE[:10])
    next_ = await desk(d.session.journal, d.state.incident, d.clock, mailer)
    if not done:  # nothing was written: the same approval is still good
        assert await rows_again(next_) == []
        await next_.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    await goes_on(next_)
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
    assert len(await rows_again(next_)) == 1
    with pytest.raises(Refused):
        await next_.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest)
    await stands(next_)
    await next_.conductor.stop()


@pytest.mark.parametrize("point", ["after-append", "before-act"])
async def test_an_answer_between_the_record_and_the_ledger_leaves_nobody_let_and_says_so(d, mailer, point):
    await mailed(d)
    plan = await asked(d)
    with pytest.raises(Died):
        await dying(d, point).once_more("Reid", SEND, confirm="3", digest=plan.digest)
    next_ = await desk(d.session.journal, d.state.incident, d.clock, mailer)
    ledger = next_.conductor.ledger(from_bytes(plan.raw.encode()).recipients)
    await ledger.commit([Told(7, "bounced", 0, "came back", looked=True)], ())
    await next_.conductor.beat()
    assert await rows_again(next_) == []
    assert next_.effect(SEND).status == "done"
    assert next_.state.last.words.startswith("NOBODY was mailed once more")
    assert next_.state.once_more == {}
    assert await next_.conductor.doubtful(SEND) == IN_DOUBT[:2]
    plan = await asked(next_)
    await next_.conductor.once_more("Reid", SEND, confirm="2", digest=plan.digest)
    await goes_on(next_)
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT[:2])
    await stands(next_)
    await next_.conductor.stop()


async def test_of_two_consoles_one_lets_them_and_the_other_finds_it_done(d, mailer):
    await mailed(d)
    plan = await asked(d)
    other = await desk(d.session.journal, d.state.incident, d.clock, mailer)
    both = await asyncio.gather(
        d.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest),
        other.conductor.once_more("Reid", SEND, confirm="3", digest=plan.digest),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused | Contended) for each in both) == 1
    assert len(await rows_again(d)) == 1
    await d.session.refresh()
    await goes_on(d)
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
    await stands(d)
    await other.conductor.stop()


async def test_a_slow_console_lets_nobody_whom_a_quicker_one_has_mailed_meanwhile(d, mailer):
    await mailed(d)
    plan = await asked(d)
    with pytest.raises(Died):
        await dying(d, "before-act").once_more("Reid", SEND, confirm="3", digest=plan.digest)
    slow = d.conductor.ledger(from_bytes(plan.raw.encode()).recipients)
    assert await slow.once_more(plan.digest) == 0
    quick = await desk(d.session.journal, d.state.incident, d.clock, mailer)
    mailer.runs, mailer.silent = 0, (2, 3, 7)
    await goes_on(quick)
    assert await quick.conductor.doubtful(SEND) == IN_DOUBT
    assert await slow.once_more(plan.digest, [2, 3, 7], whole=True) == 3
    assert await quick.conductor.doubtful(SEND) == IN_DOUBT, "the approval was used already"
    await quick.conductor.stop()


POINTS = ("before-append", "after-append", "before-act", "after-act", "before-report", "after-report")


class Night:
    """Officers who do anything in any order to one mailing, and consoles that die."""

    def __init__(self, d, mailer, seed):
        self.first, self.d, self.mailer, self.dice = d, d, mailer, random.Random(seed)
        self.plan = None

    async def asks(self):
        doubtful = await self.d.conductor.doubtful(SEND)
        only = self.dice.sample(doubtful, 1) if doubtful and self.dice.random() < 0.4 else ()
        self.plan = await self.d.conductor.ask_once_more("Reid", SEND, WHY, only)

    async def approves(self):
        if self.plan is not None:
            for officer in ("Reid", "Lindqvist")[self.dice.choice((0, 0, 0, 1)) :]:
                await self.d.present(AGAIN, officer, self.plan.digest)

    async def does(self):
        if self.plan is not None:
            many = str(from_bytes(self.plan.raw.encode()).reaches)
            await self.d.conductor.once_more("Reid", SEND, confirm=many, digest=self.plan.digest)

    async def dies(self):
        if self.plan is not None and self.d is not self.first:
            many = str(from_bytes(self.plan.raw.encode()).reaches)
            other = dying(self.d, self.dice.choice(POINTS), self.dice.choice((1, 2)))
            await other.once_more("Reid", SEND, confirm=many, digest=self.plan.digest)

    async def sends(self):
        self.mailer.runs, self.mailer.left = 0, self.dice.choice((0, 0, 3))
        self.mailer.silent = self.dice.sample(range(len(PEOPLE)), 4)
        await goes_on(self.d)

    async def hears(self):
        doubtful = await self.d.conductor.doubtful(SEND)
        if doubtful:
            ledger = self.d.conductor.ledger(from_bytes(self.d.state.plan_of(SEND).raw.encode()).recipients)
            n = PEOPLE.index(self.dice.choice(doubtful))
            await ledger.commit([Told(n, "accepted", 0, "seen", looked=True)], ())

    async def another(self):
        self.d = await desk(self.d.session.journal, self.d.state.incident, self.d.clock, self.mailer)

    async def asks_whole(self):
        await self.asks()
        await self.approves()

    async def moves(self, times):
        often = (self.asks_whole, self.does, self.dies, self.sends) * 3
        made = (*often, self.asks, self.approves, self.hears, self.another)
        await self.another()
        for _ in range(times):
            try:
                await self.dice.choice(made)()
            except Died:
                await self.another()
            except (Refused, Contended):
                continue


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_officers_do_nobody_gets_it_oftener_than_was_approved(d, mailer, seed):
    await mailed(d)
    night = Night(d, mailer, seed)
    await night.moves(60)
    await night.another()
    await night.d.conductor.beat()
    let = Counter(
        PEOPLE[n]
        for line in await rows_again(night.d)
        for outcome, _, _, numbers in line.groups
        for n in numbers
        if outcome == "again"
    )
    digests = [group[2] for line in await rows_again(night.d) for group in line.groups]
    assert len(digests) == len(set(digests))
    assert not mailer.mailed - (Counter(PEOPLE) + let)
    assert set(digests) == set(night.d.state.once_more)
    await stands(night.d)
