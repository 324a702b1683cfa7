"""A mailing that stops in the middle, with a real relay: who is left gets it once, who is in doubt is named, nobody twice."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter

import pytest
from support_conductor import SEND, Scripted, desk, ready_to_send, standing
from support_smtp import Behaviour, Rule, SmtpServer

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.protocol import Done
from console.clock import TurnedClock
from console.errors import Refused
from console.incident import commands as c
from console.incident.facts import achieved
from console.incident.manifest import from_bytes
from console.incident.planning import confirmation, step_of

PEOPLE = [f"reader{n}@example.net" for n in range(40)]
ACCOUNTED = "notify-subscribers/accounted"
GONE = f"{socket.gethostname()}/an-earlier-boot/1/1"
REFUSES_US = Rule(".*", 550)


@pytest.fixture
async def relay():
    async with SmtpServer(Behaviour()) as server:
        yield server


@pytest.fixture
def mailer(relay):
    settings = {
        "host": "127.0.0.1",
        "port": str(relay.port),
        "tls": "none",
        "from": "news@example.org",
        "connections": "3",
        "retry-after": "0",
        "test-to": "me@example.org",
    }

    async def no_secret():
        return None

    relayed = Relay(MailSettings.read("mailer", settings), no_secret, TurnedClock(0))
    return MailChannel("mailer", relayed, testers=("me@example.org",))


@pytest.fixture
async def d(tmp_path, mailer):
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


def mailed(relay):
    return Counter(address for address in relay.addresses() if address in PEOPLE)


async def stopped_in_the_middle(d, relay, after=10):
    """The relay refuses us once it has accepted that many; what is typed to go on is how many are left."""
    count = await ready_to_send(d, PEOPLE)
    relay.behaviour.refuse_after = len(relay.accepted) + after
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    relay.behaviour.refuse_after = 0
    plan = d.state.plan_of(SEND)
    left = confirmation(d.state, step_of(d.state, SEND), from_bytes(plan.raw.encode()))
    assert 0 < int(left) < len(PEOPLE)
    return left


async def test_everybody_gets_it_once_and_is_accounted_for(d, relay):
    count = await ready_to_send(d, PEOPLE)
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    effect = d.effect(SEND)
    assert (effect.status, effect.accepted, effect.doubtful, effect.total) == ("done", 40, 0, 40)
    assert mailed(relay) == Counter(PEOPLE)
    assert await d.conductor.counts(SEND) == {
        "waiting": 0,
        "tried": 0,
        "accepted": 40,
        "refused": 0,
        "bounced": 0,
        "delivered": 0,
        "total": 40,
    }
    await d.conductor.check(ACCOUNTED)
    assert achieved(d.state, step_of(d.state, ACCOUNTED))
    with pytest.raises(Refused, match="done already"):
        await d.conductor.act("Reid", SEND, confirm=count)


async def test_who_is_left_gets_it_and_nobody_else(d, relay, mailer):
    count = await stopped_in_the_middle(d, relay)
    before = mailed(relay)
    effect = d.effect(SEND)
    assert (effect.status, effect.accepted) == ("interrupted", sum(before.values()))
    assert 10 <= sum(before.values()) < 40
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    effect = d.effect(SEND)
    assert (effect.status, effect.attempt, effect.accepted) == ("done", 2, 40)
    assert mailed(relay) == Counter(PEOPLE)


async def test_who_is_in_doubt_is_named_and_not_sent_to_again(d, relay, mailer):
    relay.behaviour.drop_after_data = 7
    count = await stopped_in_the_middle(d, relay)
    relay.behaviour.drop_after_data = 0
    named = await d.conductor.doubtful(SEND)
    assert named
    assert set(named) <= set(mailed(relay))
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    assert mailed(relay) == Counter(PEOPLE)
    assert await d.conductor.doubtful(SEND) == named
    effect = d.effect(SEND)
    assert (effect.status, effect.doubtful, effect.accepted) == ("done", len(named), 40 - len(named))


async def test_while_somebody_is_in_doubt_the_step_that_accounts_for_all_stays_open(d, relay, mailer):
    relay.behaviour.drop_after_data = 7
    count = await stopped_in_the_middle(d, relay)
    relay.behaviour.drop_after_data = 0
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    await d.conductor.check(ACCOUNTED)
    check = d.state.of(ACCOUNTED).check
    assert check.verdict == "disagrees"
    assert f"{d.effect(SEND).doubtful} in doubt" in check.raw
    await d.answer(ACCOUNTED, "0")
    assert not achieved(d.state, step_of(d.state, ACCOUNTED))


async def test_whoever_goes_on_types_the_count_and_has_given_a_code(d, relay, mailer):
    count = await stopped_in_the_middle(d, relay)
    before = mailed(relay)
    with pytest.raises(Refused, match=f"type {count}"):
        await d.conductor.act("Reid", SEND, confirm="yes")
    with pytest.raises(Refused, match="Shah's own code"):
        await d.conductor.act("Shah", SEND, confirm=count)
    assert mailed(relay) == before
    assert d.effect(SEND).status == "interrupted"
    await d.present(SEND, "Shah", d.state.plan_of(SEND).digest, by="Shah")
    await d.conductor.act("Shah", SEND, confirm=count)
    await d.conductor.settle()
    assert d.effect(SEND).status == "done"
    assert mailed(relay) == Counter(PEOPLE)


async def test_a_mailing_that_is_stopped_ends_between_two_messages(d, relay, mailer):
    count = await ready_to_send(d, PEOPLE)
    relay.behaviour.delay = 0.01
    await d.conductor.act("Reid", SEND, confirm=count)
    async with asyncio.timeout(10):
        while sum(mailed(relay).values()) < 5:  # noqa: ASYNC110 - the relay has no event of ours
            await asyncio.sleep(0.001)
    await d.conductor.halt(SEND)
    assert d.effect(SEND).status == "interrupted"
    assert await d.conductor.doubtful(SEND) == []
    assert 5 <= sum(mailed(relay).values()) < 40
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    assert mailed(relay) == Counter(PEOPLE)


async def test_a_relay_that_nobody_can_reach_fails_it_and_no_one_was_claimed(d, relay, mailer):
    count = await ready_to_send(d, PEOPLE)
    relay.behaviour.fail_mail = [REFUSES_US]
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    assert d.effect(SEND).status == "failed"
    assert "refuses us" in d.effect(SEND).reason
    assert mailed(relay) == Counter()
    counts = await d.conductor.counts(SEND)
    assert (counts["waiting"], counts["tried"]) == (40, 0)
    with pytest.raises(Refused, match="needs a code first"):
        await d.conductor.act("Reid", SEND, confirm=count)


async def test_a_mailing_that_its_process_left_behind_goes_on_in_another(d, relay, mailer, tmp_path):
    count = await ready_to_send(d, PEOPLE)
    await d.session.do(c.Act(by="Reid", step=SEND, nonce="n", holder=GONE, confirm=count))
    again = await desk(d.session.journal, d.state.incident, d.clock, mailer)
    assert await again.session.claim_orphans() == 1
    assert again.effect(SEND).status == "interrupted"
    await again.conductor.act("Reid", SEND, confirm=count)
    await again.conductor.settle()
    assert mailed(relay) == Counter(PEOPLE)


async def test_the_mail_to_staff_never_goes_on_by_itself(tmp_path):
    mailer = Scripted("mailer", Done("250"))
    async with standing(tmp_path / "live.db", mailer) as d:
        act = c.Act(by="Reid", step="correct/staff", nonce="n", holder=GONE, confirm="mailer")
        await d.session.do(act)
        await d.session.claim_orphans()
        assert d.effect("correct/staff").status == "doubt"
        with pytest.raises(Refused, match="do not know if it went out"):
            await d.conductor.act("Reid", "correct/staff", confirm="mailer")
        assert mailer.orders == []
