"""The whole mail is read before it is approved: the bytes that the relay will get, and nothing is written or sent."""

from contextlib import asynccontextmanager

import pytest
from support_incident import T0, shipped
from support_smtp import SmtpServer

from console.channels.live.archive import Kept
from console.channels.live.registry import live_channels
from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.effects import order_of
from console.engine.ledger import JournalLedger
from console.engine.opening import Opening, open_incident
from console.engine.previewing import NOBODY, as_sent, mailing_step
from console.engine.session import Session
from console.errors import BadInput, Refused
from console.incident import commands as c
from console.incident.planning import manifest_for, step_of
from console.incident.state import Effect
from console.journal.sqlite import SqliteJournal

SEND, TEST, STAFF = "notify-subscribers/send", "notify-subscribers/test", "correct/staff"


class NoSecrets:
    async def secret(self, channel, name):
        del channel, name

    async def keep_secret(self, channel, name, value):
        raise AssertionError


@asynccontextmanager
async def incident(**settings):
    clock = TurnedClock(T0, 1_000)
    loaded = shipped("press-channels-misused")
    named = loaded.playbook.channels
    raw = {
        "kind": "mail",
        "host": "127.0.0.1",
        "tls": "none",
        "from": "Press <press@example.org>",
        "internal-to": "staff@example.org",
        **settings,
    }
    live = live_channels({"mailer": raw}, NoSecrets(), clock, Kept)
    async with await SqliteJournal.open(":memory:", "live") as journal:
        opening = Opening(by="Reid", loaded=loaded, mode="live", zone="Europe/London")
        name = await open_incident(journal, opening, clock.now())
        channels = {**manual_channels(named), **live}
        session = await Session.resume(journal, name, clock=clock, channels=channels, gatekeeper=None)
        configured = {each.name: each.kinds[0] for each in named}
        fields = {"mailer.from": raw["from"], "mailer.internal-to": raw["internal-to"]}
        await session.do(c.Configure(configured=configured, fields=fields))
        yield session


@pytest.fixture
async def session():
    async with incident(verp="yes", **{"list-id": "news.example.org"}) as opened:
        yield opened


async def test_it_shows_the_envelope_every_header_and_both_parts(session):
    await session.do(
        c.Keep(
            by="Reid",
            sha256="1" * 64,
            name="hoax.eml",
            size=9,
            seen="mailer",
            words="hoax",
            message_id="<bogus@example.net>",
        )
    )
    seq = session.state.seq
    mail = await as_sent(session, "Reid", SEND, "ann@example.net")
    first, *lines = mail.split("\n")
    assert first.startswith(
        "Envelope: from press+L-20190719-1.ann=example.net@example.org to ann@example.net, "
    )
    for line in (
        "To: ann@example.net",
        "From: Press <press@example.org>",
        "Subject: Please ignore e-mails sent in our name from tonight",
        "List-Id: <news.example.org>",
        "In-Reply-To: <bogus@example.net>",
        "Auto-Submitted: auto-generated",
        "-- text/plain, 7bit --",
    ):
        assert line in lines
    assert any(line.startswith("-- text/html") for line in lines)
    assert "DKIM and S/MIME are the relay's to make" in mail
    assert mail.count("We are sorry. You should be able to trust what comes from us.") == 2
    assert session.state.seq == seq


async def test_without_an_address_it_is_the_first_on_the_list(session):
    assert f"To: {NOBODY}" in await as_sent(session, "Reid", SEND)
    ledger = JournalLedger(session.journal, "chosen")
    await ledger.create(["first@example.net", "second@example.net"])
    await session.do(c.Freeze(by="Reid", channel="mailer", ledger="chosen", sha256=ledger.sha256, count=2))
    assert "To: first@example.net" in await as_sent(session, "Reid", SEND)
    assert "To: staff@example.org" in await as_sent(session, "Reid", STAFF)


async def test_it_is_what_the_relay_gets(session):
    async with SmtpServer() as server, incident(port=str(server.port)) as opened:
        mail = await as_sent(opened, "Reid", STAFF)
        step = step_of(opened.state, STAFF)
        manifest = manifest_for(opened.state, step, "Reid", opened.clock.now().wall, "n")
        effect = Effect(id="e", step=STAFF, digest="", status="intended", at=T0)
        await opened.channels["mailer"].act(order_of(manifest, manifest.targets[0], effect))
        (accepted,) = server.accepted
        for name, value in accepted.message.items():
            assert f"{name}: {value}" in mail
        for part in accepted.message.iter_parts():
            assert part.get_content().replace("\r\n", "\n").rstrip("\n") in mail


async def test_words_that_cannot_be_a_mail_are_said(session):
    await session.do(c.EditText(by="Reid", text="correction", part="subject", words="two\nlines"))
    with pytest.raises(Refused, match="line break"):
        await as_sent(session, "Reid", SEND)


async def test_what_mails_nothing_or_nobody_has_no_mail(session):
    with pytest.raises(Refused, match="mails nothing"):
        await as_sent(session, "Reid", "notify-subscribers/list")
    with pytest.raises(BadInput, match="is no address"):
        await as_sent(session, "Reid", SEND, "nobody")
    session.channels = dict(session.channels) | manual_channels(session.state.playbook.channels)
    with pytest.raises(Refused, match="mailed by hand"):
        await as_sent(session, "Reid", SEND)


def test_a_text_is_looked_at_as_the_list_gets_it(session):
    assert mailing_step(session.state, "correction") == SEND
    assert mailing_step(session.state, "correction", TEST) == TEST
    assert mailing_step(session.state, "notice", TEST) == ""


async def test_words_that_nobody_mails_have_no_mail(session):
    with pytest.raises(Refused, match="No step mails these words"):
        await as_sent(session, "Reid", mailing_step(session.state, "notice"))
