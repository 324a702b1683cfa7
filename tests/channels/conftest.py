from __future__ import annotations

import contextlib
import socket

import pytest
from support_smtp import Behaviour, SmtpServer, make_certificates

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.protocol import Order
from console.clock import TurnedClock
from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("authority"), "127.0.0.1", "localhost")


@pytest.fixture
def clock():
    return TurnedClock(NIGHT)


@pytest.fixture
async def journal():
    async with await SqliteJournal.open(":memory:", "live") as opened:
        yield opened


@pytest.fixture
def make_ledger(journal):
    async def make(addresses, name="mailing"):
        ledger = JournalLedger(journal, name)
        await ledger.create(addresses)
        return ledger

    return make


@pytest.fixture(params=["in groups", "one by one"])
async def serve(request):
    """Start a relay: `await serve(delay=0.1, tls=…)`; behaviour by name, the rest as `SmtpServer` takes it.

    One takes commands in groups (RFC 2920), the other one at a time.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def start(*, log=None, tls=None, implicit=False, auth=None, **behaviour):
            behaviour.setdefault("pipelining", request.param == "in groups")
            server = SmtpServer(Behaviour(**behaviour), log=log, tls=tls, implicit=implicit, auth=auth)
            return await stack.enter_async_context(server)

        yield start


@pytest.fixture
def mailer(clock):
    """A mail channel for a relay on this machine; further settings by name, `_` for `-`."""

    def make(port, *, password=None, when=clock, apart=False, **settings):
        raw = {
            "host": "127.0.0.1",
            "port": str(port),
            "tls": "none",
            "from": "Example Police <news@example.org>",
            "timeout": "2",
            "answer-timeout": "2",
            "retry-after": "0",
            "internal-to": "staff@example.org",
            "test-to": "me@example.org",
            **{name.rstrip("_").replace("_", "-"): str(value) for name, value in settings.items()},
        }

        async def secret():
            return await password() if callable(password) else password

        read = MailSettings.read("mailer", raw)
        relay = Relay(read, secret, when, apart=apart)
        return MailChannel("mailer", relay, staff=read.internal_to, testers=read.test_to)

    return make


@pytest.fixture
def order():
    def make(verb="send", effect="E-1", **changes):
        fields = {
            "effect": effect,
            "attempt": 1,
            "incident": "L-0001",
            "step": "notify-subscribers/send",
            "channel": "mailer",
            "kind": "mail",
            "verb": verb,
            "subject": "Please ignore last night's messages",
            "text": "Messages sent in our name were not from us.\nPlease ignore them.",
            "recipients": "mailing" if verb == "send" else "",
        }
        return Order(**{**fields, **changes})

    return make


@pytest.fixture
def people():
    def make(count):
        return [f"person{n}@example.net" for n in range(count)]

    return make


@pytest.fixture
def unused_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]
