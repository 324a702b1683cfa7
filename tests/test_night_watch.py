"""Peace time and the night over HTTP: a baseline, a stranger's post found and saved by itself, a sweep that misses nothing."""

from __future__ import annotations

import asyncio

import pytest
from standins.mastodon import TOKEN, MastodonServer
from support_book import loaded_of
from support_incident import T0

from console import settings as machine
from console.channels import peacetime
from console.clock import TurnedClock
from console.engine.opening import Opening, open_incident
from console.engine.sweeping import COMPARED_FOR
from console.engine.watching import LOOK_EVERY
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.wiring import adapters, live_session, live_vault

BOOK = """\
format: 1
id: one-account
version: 1.0.0
title: One account
opens-when: Something false stands on our account.
channels:
  fedi: mastodon
phases:
- id: one
  title: One
  steps:
  - id: sweep
    do: Check every channel for what is left
    critical: true
    check: items.all-absent
    answer: {number: Things left, want: 0}
"""
SWEEP = "one/sweep"


@pytest.fixture
def places(tmp_path, monkeypatch):
    phrase = tmp_path / "phrase"
    phrase.write_text("a passphrase\n")
    phrase.chmod(0o600)
    monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
    return Places.here({"INCIDENT_HOME": str(tmp_path / "home")})


async def connect(places, server):
    """Give the machine the account; its settings."""
    values = {"kind": "mastodon", "connect": "yes", "base": server.url, "handle": "@press"}
    settings = machine.change(places.settings_file, lambda known: machine.with_channel(known, "fedi", values))
    await live_vault(places).keep_secret("fedi", "access-token", TOKEN)
    return settings


async def save_in_peace(places, settings, clock):
    channel = adapters(settings, live_vault(places), clock)["fedi"]
    taken = await peacetime.take(channel, settings.channels["fedi"], clock.now().wall)
    await channel.close()
    assert taken.missing == ()
    return peacetime.keep(places.baselines, taken, None)


async def until(so):
    async with asyncio.timeout(20):
        while not so():  # noqa: ASYNC110 - what a task beside us does is no event of ours
            await asyncio.sleep(0.005)


async def opened(places, clock):
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        opening = Opening(by="Reid", loaded=loaded_of(BOOK), mode="live")
        return await open_incident(journal, opening, clock.now())


async def test_from_peace_time_to_the_sweep(places):
    clock = TurnedClock(T0, 1_000)
    async with MastodonServer(clock) as server:
        settings = await connect(places, server)
        server.put("Road closed in Leeds")
        clock.turn(60_000)
        kept = await save_in_peace(places, settings, clock)
        clock.turn(60_000)
        false = server.put("Send money to this address")
        incident = await opened(places, clock)
        async with live_session(places, incident, clock=clock) as (session, conductor):
            assert session.state.baselines == {"fedi": kept.sha256}
            await conductor.beat()
            (item,) = session.state.items.values()
            assert (item.words, item.suspect) == (false.text, True)
            await until(lambda: session.state.items["i1"].saved)
            saved = session.state.items["i1"].saved
            assert (places.evidence(incident) / f"{saved}.json").exists()
            assert list(places.evidence(incident).glob("*.warc.gz"))

            server.accounts["7"] = "pr3ss"  # what the stand-in calls the account, it shows as its name too
            clock.turn(COMPARED_FOR)
            await conductor.check(SWEEP)
            check = session.state.of(SWEEP).check
            assert (check.verdict, "i1 on fedi: not judged yet" in check.raw) == ("disagrees", True)
            assert 'fedi: name is "The pr3ss desk", was "The press desk"' in check.raw

            server.accounts["7"] = "press"
            await session.do(c.Mark(by="Reid", item="i1", verdict="bogus"))
            false.gone = clock.now().wall
            for _ in range(10):
                clock.turn(LOOK_EVERY)
                await conductor.beat()
            check = session.state.of(SWEEP).check
            assert (check.verdict, check.value) == ("agrees", "0")
            assert session.board("Reid").unwatched == ()


async def test_what_is_edited_goes_and_comes_back_by_other_hands(places):
    clock = TurnedClock(T0, 1_000)
    async with MastodonServer(clock) as server:
        await connect(places, server)
        old = server.put("Road closed in Leeds", made=T0 - 30 * 3_600_000)
        incident = await opened(places, clock)
        async with live_session(places, incident, clock=clock) as (session, conductor):

            def items():
                return [(item.words, item.gone, item.verified) for item in session.state.items.values()]

            async def goes_on(so):
                async with asyncio.timeout(20):
                    while not so():
                        clock.turn(LOOK_EVERY)
                        await conductor.beat()
                        await asyncio.sleep(0.005)

            await conductor.beat()
            assert items() == []  # it is older than a day
            old.text = "Send money to this address"
            await goes_on(lambda: items() == [("Changed: Send money to this address", "", False)])
            await goes_on(lambda: session.state.items["i1"].saved)
            old.text = "Send it here"
            await goes_on(lambda: len(items()) == 2 and session.state.items["i2"].saved)
            assert items()[0][1:] == ("changed", True)
            assert session.state.items["i1"].saved != session.state.items["i2"].saved
            await session.do(c.Judge(by="Reid", items=("i1", "i2"), verdict="bogus"))

            old.gone = clock.now().wall
            await goes_on(lambda: items()[1][1:] == ("gone", True))
            await goes_on(lambda: session.state.of(SWEEP).check.verdict == "agrees")

            old.gone = None
            await goes_on(lambda: items()[2:] == [("Again: Send it here", "", False)])
            assert session.board("Reid").suspects == 1
            await goes_on(lambda: session.state.items["i3"].saved)
