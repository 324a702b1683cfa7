from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from console.channels.practice import practice_channels
from console.channels.practice_world import AGAIN_AFTER, CALM, Odds, PracticeWorld
from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock
from console.playbook.kinds import KINDS
from console.playbook.model import Channel

CHANNELS = (
    Channel(name="newsroom", kinds=("mynewsdesk",)),
    Channel(name="account", kinds=("x",)),
    Channel(name="voice", kinds=("x", "manual")),
    Channel(name="website", kinds=("website",)),
    Channel(name="mailer", kinds=("mail",)),
)


@pytest.fixture
def world(clock):
    return PracticeWorld(19, clock, CALM)


@pytest.fixture
def channels(world):
    return practice_channels(CHANNELS, world)


@pytest.fixture
def act(channels, order):
    async def carry_out(channel, verb, effect, ledger=None, **changes):
        changes = {"channel": channel, "kind": channels[channel].kind, "recipients": "", **changes}
        return await channels[channel].act(order(verb, effect, **changes), ledger)

    return carry_out


@pytest.fixture
def check(channels, order):
    async def look(channel, probe, **changes):
        return await channels[channel].check(probe, order("", **changes))

    return look


async def test_the_hub_feeds_the_website_and_the_account_until_the_route_is_cut(world, channels):
    world.publish("newsroom", "bogus one")
    assert [seen.words for seen in await channels["account"].read()] == ["bogus one"]
    assert [seen.words for seen in await channels["website"].read()] == ["bogus one"]
    assert await channels["voice"].read() == ()
    world.cut_route()
    world.publish("newsroom", "bogus two")
    assert len(await channels["account"].read()) == 1
    assert [seen.words for seen in await channels["newsroom"].read()] == ["bogus two", "bogus one"]


async def test_what_is_deleted_before_the_route_is_cut_comes_back(world, act, check, clock):
    world.publish("newsroom", "bogus")
    await act("account", "delete", "E-1")
    assert (await check("account", "absent")).verdict == "agrees"
    clock.turn(AGAIN_AFTER - 1)
    assert (await check("account", "absent")).verdict == "agrees"
    clock.turn(1)
    seen = await check("account", "absent")
    assert (seen.verdict, seen.value) == ("disagrees", "1")


@pytest.mark.parametrize("cure", ["cut", "unpublish"])
async def test_and_does_not_when_the_route_or_its_source_is_gone(world, act, check, clock, cure):
    world.publish("newsroom", "bogus")
    await act("account", "delete", "E-1")
    if cure == "cut":
        world.cut_route()
    else:
        await act("newsroom", "unpublish", "E-2")
    clock.turn(AGAIN_AFTER * 2)
    assert (await check("account", "absent")).verdict == "agrees"


async def test_one_item_is_removed_by_its_link_or_its_id_and_the_others_stay(world, act, check):
    first = world.publish("account", "one")
    second = world.publish("account", "two")
    assert (await act("account", "delete", "E-1", item=first.link)).accepted == 1
    seen = await check("account", "absent", item=first.link)
    assert (seen.verdict, seen.value) == ("disagrees", "1")
    await act("account", "delete", "E-2", item=second.remote)
    assert (await check("items", "all-absent")).value == "0"
    assert [each.remote for each in world.everything()] == [second.remote, first.remote]
    assert isinstance(await act("account", "delete", "E-3", item="practice://account/99"), Done)


async def test_what_puts_someone_at_risk_goes_alone(world, act, check):
    world.publish("account", "harmless")
    world.publish("newsroom", "names a child", at_risk=True)
    assert (await check("items", "at-risk-absent")).value == "3"
    await act("items", "delete-at-risk", "E-1")
    assert (await check("items", "at-risk-absent")).value == "0"
    assert (await check("items", "all-absent")).value == "1"


async def test_a_notice_is_posted_pinned_and_unpinned(act, check, channels):
    assert isinstance(await act("account", "pin", "E-0"), Failed)
    posted = await act("account", "post", "E-1", text="This post is from us.")
    assert (await check("account", "pinned")).verdict == "disagrees"
    await act("account", "pin", "E-2")
    assert (await check("account", "pinned")).raw == posted.remote
    await act("account", "unpin", "E-3")
    assert (await check("account", "unpinned")).verdict == "agrees"
    assert (await channels["account"].read())[0].words == "This post is from us."
    assert (await check("account", "absent")).verdict == "agrees"


async def test_the_banner(act, check):
    assert (await check("website", "banner-up")).verdict == "disagrees"
    await act("website", "banner", "E-1", text="Please ignore")
    assert (await check("website", "banner-up")).raw == "Please ignore"


async def test_every_voice_speaks(act, channels):
    outcome = await act("voices", "post", "E-1", text="All clear")
    assert outcome.accepted == 4
    for name in ("newsroom", "account", "voice", "website"):
        assert (await channels[name].read())[0].words == "All clear"


async def test_evidence_is_complete_when_everything_that_stands_is_saved(world, act, check):
    item = world.publish("account", "bogus")
    world.publish("website", "bogus too")
    assert (await check("evidence", "complete")).value == "2"
    one = await act("evidence", "capture", "E-1", item=item.remote)
    assert json.loads(world.captured[item.remote])["words"] == "bogus"
    assert len(one.remote) == 64
    assert (await check("evidence", "complete")).value == "1"
    await act("evidence", "capture", "E-2")
    assert (await check("evidence", "complete")).verdict == "agrees"
    assert isinstance(await act("evidence", "capture", "E-3", item="practice://none/1"), Failed)


async def test_a_suspended_account_shows_nothing(world, check, channels):
    world.publish("account", "bogus")
    world.suspend("account")
    assert await channels["account"].read() == ()
    assert (await check("account", "absent")).verdict == "agrees"


async def test_a_mailing_accounts_for_everybody(world, act, check, make_ledger, people):
    world.odds = Odds(fail=0, doubt=0, refuse=0.05, unanswered=0.02, late=(0, 0), mail_late=(0, 0))
    ledger = await make_ledger(people(400))
    outcome = await act("mailer", "send", "E-1", ledger, recipients="mailing")
    assert outcome.accepted + outcome.refused + outcome.doubtful == 400
    assert outcome.refused > 5
    assert outcome.doubtful > 0
    assert (await check("mailer", "accounted", recipients="mailing")).value == str(outcome.doubtful)
    assert (await check("mailer", "accounted")).value == str(outcome.doubtful)
    assert max(world.mailed.values()) == 1


async def test_a_mailing_that_stops_in_the_middle_goes_on_with_the_rest(world, act, make_ledger, people):
    world.odds = Odds(fail=0, doubt=1, refuse=0, unanswered=0, late=(0, 0), mail_late=(0, 0))
    ledger = await make_ledger(people(400))
    assert isinstance(await act("mailer", "send", "E-1", ledger, recipients="mailing"), InDoubt)
    assert 0 < (await ledger.counts())["waiting"] < 400
    world.odds = CALM
    outcome = await act("mailer", "send", "E-1", ledger, recipients="mailing", attempt=2)
    assert (outcome.accepted, outcome.doubtful) == (399, 1)
    assert max(world.mailed.values()) == 1


async def test_a_doubt_is_settled_by_a_probe(world, channels, order):
    world.odds = Odds(fail=0, doubt=1, late=(0, 0))
    verdicts = []
    for number in range(40):
        posting = order("post", f"E-{number}", channel="account", kind="x", text=f"words {number}")
        assert isinstance(await channels["account"].act(posting), InDoubt)
        seen = await channels["account"].probe(posting)
        there = any(each.words == f"words {number}" for each in await channels["account"].read())
        assert (seen.verdict == "agrees") == there
        verdicts.append(seen.verdict)
    assert set(verdicts) == {"agrees", "disagrees"}


async def test_after_a_doubt_that_did_happen_the_same_effect_does_not_post_again(world, channels, order):
    world.odds = Odds(fail=0, doubt=1, happened=1, late=(0, 0))
    posting = order("post", "E-1", channel="account", kind="x", text="words")
    await channels["account"].act(posting)
    assert isinstance(await channels["account"].act(posting), Done)
    assert len(await channels["account"].read()) == 1


async def run_of(seed, order):
    world = PracticeWorld(seed, TurnedClock(0), Odds(fail=0.3, doubt=0.3, late=(0, 0)))
    channels = practice_channels(CHANNELS, world)
    outcomes = []
    for number in range(60):
        posting = order("post", f"E-{number}", channel="account", kind="x")
        outcomes.append(type(await channels["account"].act(posting)))
    return outcomes


async def test_a_seed_is_a_night_that_can_be_had_again(order):
    first = await run_of(1, order)
    assert first == await run_of(1, order)
    assert first != await run_of(2, order)
    assert set(first) == {Done, Failed, InDoubt}


async def test_an_answer_comes_late_by_the_worlds_clock(world, channels, order, clock):
    world.odds = Odds(fail=0, doubt=0, late=(700, 700))
    posting = asyncio.create_task(
        channels["account"].act(order("post", "E-1", channel="account", kind="x", text="words"))
    )
    clock.turn(0)
    for _ in range(5):
        await asyncio.sleep(0)
    clock.turn(699)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not posting.done()
    clock.turn(1)
    assert isinstance(await posting, Done)


async def test_every_kind_has_a_twin_that_can_do_all_its_verbs(clock):
    world = PracticeWorld(1, clock, CALM)
    channels = practice_channels([Channel(name=f"a-{kind}", kinds=(kind,)) for kind in KINDS], world)
    for name, kind in KINDS.items():
        assert all(channels[f"a-{name}"].can(verb) for verb in kind.verbs)
    for name in ("evidence", "items", "voices"):
        assert name in channels
    assert channels["a-mynewsdesk"].can("delete")


def test_practice_loads_nothing_that_could_reach_the_world():
    script = (
        "import sys, console.channels.practice, console.channels.manual, console.channels.recipients;"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "{'aiosmtplib', 'smtplib', 'httpx', 'keyring'} or name.startswith('console.channels.live')])"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
