"""A drill stands without network or keyring, meets its injects on time, and is the same when it is resumed."""

from __future__ import annotations

import asyncio

import pytest
from support_drill import MINUTE, SECOND, drill, met, resumed
from support_incident import T0

from console.clock import TurnedClock
from console.drill.practice import open_practice
from console.errors import WrongMode
from console.incident import commands as c
from console.incident.events import Checked, InjectFired, ItemSaved, ItemSeen
from console.incident.facts import achieved
from console.journal.sqlite import SqliteJournal
from console.report.record import read_entries


async def fired(drilled):
    entries = await read_entries(drilled.journal, drilled.session.state.incident)
    return [(e.event.inject, e.event.at - T0) for e in entries if isinstance(e.event, InjectFired)]


async def test_a_drill_opens_with_everything_it_needs():
    async with drill() as d:
        state = d.session.state
        assert (state.mode, state.incident[:2]) == ("practice", "D-")
        assert set(state.configured) == {
            *(channel.name for channel in state.playbook.channels),
            "evidence",
            "items",
            "voices",
        }
        assert state.lists["mailer"].count > 1_000
        assert state.fields["account.handle"] == "@ExamplePolice"
        house = await d.session.gatekeeper.house()
        assert house.named("Reid").roles == ("officer",)
        assert house.named("Lindqvist").roles == ("approver",)


async def test_a_live_record_takes_no_drill(tmp_path):
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        with pytest.raises(WrongMode):
            await open_practice(
                journal, met().scenario, met().loaded, officer="Reid", clock=TurnedClock(T0), seed=7
            )
        assert await journal.streams() == []


async def test_injects_come_on_time_with_their_jitter():
    async with drill() as d:
        await d.turn(8 * MINUTE, 5 * SECOND)
        times = dict(await fired(d))
        assert times["test-post"] <= 5 * SECOND
        for name, at in {"letters": 1, "missing-child": 2, "mails": 3, "voice": 4, "newsdesk": 6}.items():
            assert at * MINUTE <= times[name] <= at * MINUTE + 15 * SECOND, name


async def test_the_seed_moves_injects_and_the_same_seed_the_same_way():
    async with drill(seed=7) as d, drill(seed=7) as same, drill(seed=8) as other:
        for each in (d, same, other):
            await each.turn(4 * MINUTE)
        assert await fired(d) == await fired(same) != await fired(other)


async def test_every_simulated_text_says_exercise():
    async with drill() as d:
        await d.turn(7 * MINUTE, 5 * SECOND)
        entries = await read_entries(d.journal, d.session.state.incident)
        said = [e.event.say for e in entries if isinstance(e.event, InjectFired)]
        assert len(said) >= 6
        assert all(words.startswith("EXERCISE") for words in said)
        assert all(item.words.startswith("EXERCISE") for item in d.session.state.items.values())


async def test_a_false_release_feeds_the_channels_below_and_is_at_risk():
    async with drill() as d:
        await d.turn(3 * MINUTE, 5 * SECOND)
        risky = {item.channel for item in d.session.state.items.values() if item.at_risk}
        assert risky == {"newsroom", "website", "account"}


async def test_reposts_go_on_until_the_link_is_cut_and_then_stop():
    async with drill() as d:
        await d.turn(11 * MINUTE, 5 * SECOND)
        again = [at for name, at in await fired(d) if name == "more-posts"]
        assert len(again) == 2
        await d.session.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
        await d.turn(10 * MINUTE, 5 * SECOND)
        assert [at for name, at in await fired(d) if name == "more-posts"] == again


async def test_a_resumed_drill_meets_the_same_world(tmp_path):
    path = tmp_path / "practice.db"
    clock = TurnedClock(T0, 1_000)
    async with drill(path, clock=clock) as d:
        await d.turn(4 * MINUTE, 5 * SECOND)
        await d.conductor.act("Reid", "pin-ignore-notice/voice", confirm="drill voice")
        await d.carried_out()
        await d.conductor.act("Reid", "confirm/save")
        await d.carried_out()
        before = [(each.remote, each.words, each.bogus) for each in d.world.outside.standing()]
        items, saved = set(d.session.state.items), set(d.world.outside.captured)
        told, incident = await fired(d), d.session.state.incident
    async with resumed(path, incident, clock) as d:
        assert {(each.remote, each.words, each.bogus) for each in d.world.outside.standing()} == set(before)
        assert set(d.world.outside.captured) == saved
        await d.turn(30 * SECOND)
        assert set(d.session.state.items) == items
        await d.turn(2 * MINUTE, 5 * SECOND)
        assert (await fired(d))[: len(told)] == told
        assert len({name for name, _ in await fired(d)}) == len([n for n, _ in await fired(d)])


async def test_the_silent_approver_picks_up_after_three_minutes():
    async with drill(answers={"reached": "account website email"}) as d:
        step = "notify-subscribers/send"
        await ready_to_send(d)
        await d.conductor.ask("Reid", step)
        assert d.world.phone_code("Lindqvist")
        await d.turn(SECOND)
        assert d.world.phone_code("Lindqvist") == ""
        assert "nobody picks up" in d.world.phone_words("Lindqvist")
        assert d.world.phone_code("Reid")
        await d.turn(3 * MINUTE, 10 * SECOND)
        plan = await d.conductor.ask("Reid", step)
        for officer in ("Reid", "Lindqvist"):
            code = d.world.phone_code(officer)
            await d.conductor.approve("Reid", step, officer, code, digest=plan.digest, people="2400")
        await d.conductor.act("Reid", step, confirm=f"drill {d.session.state.lists['mailer'].count}")
        await d.carried_out()
        assert achieved(d.session.state, d.session.state.playbook.step(step))
        assert all(count == 1 for address, count in d.world.outside.mailed.items() if "reader" in address)


async def ready_to_send(d):
    await d.turn(SECOND)
    state = d.session.state
    for step, value in {"list": "today's", "count": str(state.lists["mailer"].count)}.items():
        await d.session.do(c.Answer(by="Reid", step=f"notify-subscribers/{step}", value=value))
    await d.session.do(c.Answer(by="Reid", step="notify-subscribers/text", value="right"))
    await d.conductor.act("Reid", "notify-subscribers/test", confirm="drill mailer")
    await d.carried_out()
    await d.session.do(c.Answer(by="Reid", step="notify-subscribers/test", value="right"))


async def test_two_consoles_on_one_drill_let_each_inject_happen_once(tmp_path):
    path = tmp_path / "practice.db"
    clock = TurnedClock(T0, 1_000)
    async with drill(path, clock=clock) as one, resumed(path, one.session.state.incident, clock) as two:
        for _ in range(60):
            clock.turn(5 * SECOND)
            await asyncio.gather(one.world.beat(), two.world.beat())
            await one.conductor.beat()
            await two.conductor.beat()
        names = [name for name, _ in await fired(one)]
        assert len(names) == len(set(names)) >= 5
        assert [item.link for item in one.session.state.items.values()] == [
            item.link for item in two.session.state.items.values()
        ]
        assert {each.remote for each in one.world.outside.standing()} == {
            each.remote for each in two.world.outside.standing()
        }


async def test_a_drill_never_says_that_all_is_saved_while_a_mail_is_not():
    async with drill() as d:
        await d.turn(150 * SECOND)
        await d.conductor.act("Reid", "confirm/save")
        await d.carried_out()
        await d.turn(2 * MINUTE)
        unsaved = [item for item in d.session.state.items.values() if item.bogus and not item.saved]
        assert "mailer" in {item.channel for item in unsaved}
        entries = await read_entries(d.journal, d.session.state.incident)
        wrong, bogus, saved = [], set(), set()
        for event in (entry.event for entry in entries):
            if isinstance(event, ItemSeen) and event.verdict == "bogus":
                bogus.add(event.item)
            elif isinstance(event, ItemSaved):
                saved.add(event.item)
            elif isinstance(event, Checked) and event.step == "confirm/save":
                wrong += [event.raw] if (event.verdict == "agrees") != (bogus <= saved) else []
        assert wrong == []
