"""The test mail is the mail that the list gets, byte for byte, and the gate of the mailing says that it was looked at."""

import re

import pytest
from support_conductor import SEND, ready_to_send, standing
from support_smtp import SmtpServer

from console.channels.live.archive import Kept
from console.channels.live.registry import live_channels
from console.clock import TurnedClock
from console.incident import commands as c
from console.incident.manifest import from_bytes
from console.incident.tried_out import tried_out

PEOPLE = ["ann@example.net", "bob@example.net"]
OWN = re.compile(rb"^(To|Message-ID|List-Unsubscribe): .*\r\n", re.MULTILINE)


class NoSecrets:
    async def secret(self, channel, name):
        del channel, name

    async def keep_secret(self, channel, name, value):
        raise AssertionError


@pytest.fixture
async def relay():
    async with SmtpServer() as server:
        yield server


@pytest.fixture
async def d(tmp_path, relay):
    settings = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": str(relay.port),
        "tls": "none",
        "from": "Press <news@example.org>",
        "test-to": "approver@example.org",
        "list-id": "news.example.org",
        "list-unsubscribe": "https://example.org/leave?who={address}",
        "verp": "yes",
    }
    mailer = live_channels({"mailer": settings}, NoSecrets(), TurnedClock(0), Kept)["mailer"]
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


async def test_the_test_mail_is_the_mail_of_the_list_but_for_whose_it_is(d, relay):
    await d.session.do(
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
    await d.conductor.act("Reid", SEND, confirm=await ready_to_send(d, PEOPLE))
    await d.conductor.settle()
    first, *listed = relay.accepted
    assert first.recipients == ["approver@example.org"]
    assert sorted(each.recipients[0] for each in listed) == PEOPLE
    assert {OWN.sub(b"", each.raw) for each in listed} == {OWN.sub(b"", first.raw)}
    assert first.message["In-Reply-To"] == "<bogus@example.net>"
    assert first.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({each.message["Message-ID"] for each in relay.accepted}) == 3
    manifest = from_bytes(d.state.plan_of(SEND).raw.encode())
    found = tried_out(manifest, d.state)
    assert found.exactly
    assert found.words.startswith("A test mail of exactly these words was accepted ")
