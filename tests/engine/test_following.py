"""A mailing that is followed: what GOV.UK Notify says afterwards comes into the record by itself, and when it is asked for."""

from __future__ import annotations

import pytest
from standins.notify import NotifyService
from support_conductor import SEND, Scripted, desk, ready_to_send, standing
from support_notify import notify_over
from support_social import Hurried, quick

from console.channels.live.mail import MailChannel
from console.channels.protocol import Done
from console.engine.following import FIRST_AFTER, LONGEST, LOOK_ROUND
from console.incident import commands as c

PEOPLE = [f"reader{n}@example.net" for n in range(30)]
T0 = 1_563_574_560_000


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
async def service():
    async with NotifyService(Hurried(T0)) as running:
        yield running


@pytest.fixture
async def mailer(service):
    transport = notify_over(service, service.clock, connections=4)
    yield MailChannel("mailer", transport, testers=("me@example.org",))
    await transport.close()


@pytest.fixture
async def d(tmp_path, mailer):
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


def asked(service):
    return sum(request.path == "/v2/notifications" for request in service.log)


async def send(d):
    count = await ready_to_send(d, PEOPLE)
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()


async def beaten(d, ms):
    """Time passes, and what is asked about then is answered."""
    d.clock.turn(ms)
    await d.conductor.beat()
    for task in list(d.conductor._followed.values()):
        await task


async def test_what_arrives_and_comes_back_is_written_down_by_itself(d, service):
    await send(d)
    assert d.effect(SEND).status == "done"
    await beaten(d, LOOK_ROUND)
    assert asked(service) == 0
    service.state.ends = {"reader3@example.net": "permanent-failure"}
    service.settle()
    await beaten(d, FIRST_AFTER)
    counts = await d.conductor.counts(SEND)
    assert (counts["delivered"], counts["bounced"]) == (29, 1)
    assert d.kinds()[-1] == "LedgerHead"


async def test_it_is_asked_more_slowly_while_nothing_new_is_told(d, service):
    await send(d)
    service.settle()
    await beaten(d, LOOK_ROUND)
    await beaten(d, FIRST_AFTER)
    for _ in range(12):
        await beaten(d, FIRST_AFTER)
    assert asked(service) < 6
    before = asked(service)
    await beaten(d, 2 * LONGEST)
    assert asked(service) == before + 1


async def test_one_in_doubt_that_notify_has_after_all_is_found_when_it_is_asked(d, service):
    service.misbehave = lambda request: (
        "500-late" if len(service.mails) in range(4, 30) and request.method == "POST" else ""
    )
    await send(d)
    effect = d.effect(SEND)
    assert effect.status == "interrupted"
    assert effect.doubtful > 0
    service.misbehave = lambda _: ""
    service.clock.turn(60_000)
    seen = await d.conductor.follow(SEND)
    assert seen.verdict == "agrees"
    assert await d.conductor.doubtful(SEND) == []
    assert d.effect(SEND).doubtful == 0


async def test_another_start_of_the_console_days_later_asks_as_well(d, service, mailer):
    await send(d)
    service.settle()
    d.clock.turn(3 * 86_400_000)
    later = await desk(d.session.journal, d.state.incident, d.clock, mailer, holder="another/boot/1/1")
    assert (await later.conductor.follow(SEND)).verdict == "agrees"
    assert (await later.conductor.counts(SEND))["delivered"] == 30
    await later.conductor.stop()


async def test_what_cannot_be_asked_is_let_be(tmp_path):
    async with standing(tmp_path / "live.db", Scripted("mailer", Done("250 Ok"))) as d:
        await send(d)
        await beaten(d, LOOK_ROUND)
        await beaten(d, FIRST_AFTER)
        assert (await d.conductor.follow(SEND)).verdict == "cannot-see"


async def test_a_service_that_does_not_answer_changes_nothing(d, service):
    await send(d)
    service.misbehave = lambda _: "500"
    await d.session.do(c.Note(by="Reid", text="Notify is down"))
    assert (await d.conductor.follow(SEND)).verdict == "cannot-see"
    assert (await d.conductor.counts(SEND))["accepted"] == 30
