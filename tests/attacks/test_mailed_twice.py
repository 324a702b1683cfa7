"""Attack: have somebody mailed twice, or nobody at all, by choosing lists and steps one after the other."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager

import pytest
from support_incident import T0

from console.channels.manual import manual_channels
from console.channels.protocol import Done, InDoubt, Seen
from console.channels.recipients import digest_of
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.lists import freeze_list
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.incident.facts import achieved
from console.journal.sqlite import SqliteJournal
from console.playbook.load import load

BOOK = """\
format: 1
id: two-mailings
version: 1.0.0
title: Two mailings
opens-when: People must be told twice.
channels: {mailer: mail}
texts:
  first: {kind: correction, subject: One, known: It was not us., do: Wait., signed: Us.}
  second: {kind: correction, subject: Two, known: It is over., do: Go on., signed: Us.}
phases:
- id: tell
  title: Tell
  steps:
  - id: first
    do: Tell them that it was not us
    act: mailer.send
    text: first
    confirm: count
  - id: second
    do: Tell them that it is over
    act: mailer.send
    text: second
    confirm: count
  - id: accounted
    do: Account for everybody
    check: mailer.accounted
"""
ANN, BEN, CEM, DOT = (f"{name}@example.org" for name in ("ann", "ben", "cem", "dot"))


class Relay:
    """A mail channel that writes down whom it sent to, and loses the line after `stops` people."""

    kind = "mail"
    name = "mailer"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.stops = 99

    def can(self, verb):
        return verb == "send"

    async def act(self, order, ledger=None):
        async for recipient in ledger.waiting():
            if self.stops <= 0:
                return InDoubt("the line went dead")
            self.stops -= 1
            await ledger.tried((recipient,))
            self.sent.append((order.subject, recipient.address))
            if self.stops:
                await ledger.told(recipient.n, "accepted", 250)
        counts = await ledger.counts()
        return Done("250", accepted=counts["accepted"], refused=counts["refused"])

    async def probe(self, order):
        return Seen("cannot-see")

    async def check(self, probe, order):
        return Seen("cannot-see")

    async def read(self):
        return None

    async def close(self):
        pass


class Desk:
    def __init__(self, session, relay) -> None:
        self.session, self.relay, self.conductor = session, relay, Conductor(session)

    async def choose(self, *addresses: str) -> None:
        sha256 = digest_of(addresses)
        ledger = f"{self.session.state.incident}/mailer/{sha256[:16]}"
        count = len(addresses)
        chosen = c.Freeze(by="Reid", channel="mailer", ledger=ledger, sha256=sha256, count=count)
        await freeze_list(self.session, addresses, chosen)

    async def send(self, step: str) -> None:
        count = self.session.state.lists["mailer"].count
        await self.conductor.act("Reid", f"tell/{step}", confirm=str(count))
        await self.conductor.settle()

    def status(self, step: str) -> str:
        return self.session.state.effects_of(f"tell/{step}")[0].status


@pytest.fixture
def desk(tmp_path):
    @asynccontextmanager
    async def made():
        clock = TurnedClock(T0, 1_000)
        loaded = load("two-mailings.yaml", {"two-mailings.yaml": BOOK.encode()}.__getitem__)
        assert hashlib.sha256(BOOK.encode()).hexdigest() == loaded.sources[0].sha256
        opening = Opening(by="Reid", loaded=loaded, mode="live", configured={"mailer": "mail"})
        async with await SqliteJournal.open(tmp_path / "live.sqlite3", "live") as journal:
            incident = await open_incident(journal, opening, clock.now())
            relay = Relay()
            channels = {**manual_channels(loaded.playbook.channels), "mailer": relay}
            yield Desk(await Session.resume(journal, incident, clock=clock, channels=channels), relay)

    return made


async def test_a_second_mailing_to_the_same_list_reaches_it(desk):
    async with desk() as d:
        await d.choose(ANN, BEN)
        await d.send("first")
        await d.send("second")
        assert d.relay.sent == [("One", ANN), ("One", BEN), ("Two", ANN), ("Two", BEN)]
        assert [d.status("first"), d.status("second")] == ["done", "done"]


async def test_a_longer_list_reaches_only_who_was_not_reached(desk):
    async with desk() as d:
        await d.choose(ANN, BEN, CEM)
        d.relay.stops = 2
        await d.send("first")
        assert d.status("first") == "interrupted"
        await d.session.do(c.Resolve(by="Reid", step="tell/first", verdict="not", reason="another list"))
        d.relay.stops = 99
        await d.choose(CEM, BEN.upper(), DOT, ANN)
        await d.send("first")
        assert [address for _, address in d.relay.sent] == [ANN, BEN, CEM, DOT]
        assert (await d.conductor.counts("tell/first"))["refused"] == 2


async def test_the_same_list_again_reaches_only_who_is_left(desk):
    async with desk() as d:
        await d.choose(ANN, BEN, CEM)
        d.relay.stops = 2
        await d.send("first")
        await d.session.do(c.Resolve(by="Reid", step="tell/first", verdict="not", reason="once more"))
        d.relay.stops = 99
        await d.send("first")
        assert [address for _, address in d.relay.sent] == [ANN, BEN, CEM]


async def test_everybody_accounted_for_is_said_of_the_mailing_that_went_out(desk):
    async with desk() as d:
        await d.choose(ANN, BEN, CEM)
        d.relay.stops = 1
        await d.send("first")
        await d.session.do(c.Resolve(by="Reid", step="tell/first", verdict="happened", reason="IT says so"))
        d.relay.stops = 99
        await d.send("second")
        await d.choose(DOT)
        await d.conductor.check("tell/accounted")
        check = d.session.state.of("tell/accounted").check
        assert (check.verdict, check.raw.split(",")[0]) == ("agrees", "3 accepted")
        assert achieved(d.session.state, d.session.state.playbook.step("tell/accounted"))


async def test_a_list_that_is_not_kept_any_more_sends_nothing(desk):
    async with desk() as d:
        await d.choose(ANN)
        await d.send("first")
        gone = c.Freeze(by="Reid", channel="mailer", ledger="elsewhere", sha256="f" * 64, count=3)
        await d.session.do(gone)
        await d.send("second")
        assert d.status("second") == "failed"
        assert [subject for subject, _ in d.relay.sent] == ["One"]
