"""Through GOV.UK Notify: who is in doubt is looked up by reference first, and only who is not found is mailed once more."""

from __future__ import annotations

from collections import Counter

import pytest
from standins.notify import NotifyService
from support_conductor import SEND, ready_to_send, standing
from support_notify import notify_over
from support_once_more import AGAIN, WHY, goes_on
from support_social import Hurried, quick

from console.channels.live.mail import MailChannel

PEOPLE = [f"reader{n}@example.net" for n in range(12)]
T0 = 1_563_574_560_000


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    quick(monkeypatch)


async def test_who_is_found_by_reference_is_not_asked_for_and_the_rest_get_it_once_more(tmp_path):
    async with NotifyService(Hurried(T0)) as service:
        mailer = MailChannel(
            "mailer",
            notify_over(service, service.clock, connections=1),
            testers=("me@example.org",),
        )
        async with standing(tmp_path / "live.db", mailer) as d:
            words = iter(["", "", "", "", "500-after", "500"])
            service.misbehave = lambda request: next(words, "") if request.method == "POST" else ""
            count = await ready_to_send(d, PEOPLE)
            await d.conductor.act("Reid", SEND, confirm=count)
            await d.conductor.settle()
            service.misbehave = lambda _: ""
            await d.conductor.follow(SEND)
            doubtful = await d.conductor.doubtful(SEND)
            before = Counter(each.address for each in service.mails)
            assert doubtful
            assert not set(doubtful) & set(before), "who is there is in doubt no more"
            plan = await d.conductor.ask_once_more("Reid", SEND, WHY)
            for officer in ("Reid", "Lindqvist"):
                await d.present(AGAIN, officer, plan.digest)
            await d.conductor.once_more("Reid", SEND, confirm=str(len(doubtful)))
            await goes_on(d)
            assert d.effect(SEND).status == "done"
            told = Counter(each.address for each in service.mails)
            assert {each: told[each] for each in PEOPLE} == dict.fromkeys(PEOPLE, 1)
        await mailer.close()
