"""After a mailing, in the plain face."""

import json

import pytest
from support_bounces import dsn, mbox
from support_conductor import SEND, ready_to_send, standing
from support_linear import Officer
from support_smtp import SmtpServer

from console.channels.live.archive import Kept
from console.channels.live.registry import live_channels
from console.clock import TurnedClock
from console.linear.run import run_linear


class NoSecrets:
    async def secret(self, channel, name):
        del channel, name

    async def keep_secret(self, channel, name, value):
        raise AssertionError


@pytest.fixture
async def d(tmp_path, monkeypatch):
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path / "home"))
    async with SmtpServer() as server:
        settings = {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": str(server.port),
            "tls": "none",
            "from": "news@example.org",
            "test-to": "me@example.org",
        }
        mailer = live_channels({"mailer": settings}, NoSecrets(), TurnedClock(0), Kept)["mailer"]
        async with standing(tmp_path / "live.db", mailer) as made:
            yield made


class Beside:
    """What the typist waits for before each line."""

    def __init__(self, d):
        self.carried_out, self.session, self.clock = d.conductor.settle, d.session, d.session.clock


async def walk(d, *typed):
    typist = Officer(Beside(d), *typed)
    await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out)
    assert typist.lines == [], typist.said
    return typist.said


async def test_bounces_are_read_back_and_who_was_told_is_written(d, tmp_path):
    path, out = tmp_path / "b.mbox", tmp_path / "told.ndjson"
    path.write_text(mbox(dsn("ann@example.net")))
    await d.conductor.act(
        "Reid", SEND, confirm=await ready_to_send(d, ["ann@example.net", "bob@example.net"])
    )
    await d.conductor.settle()
    said = await walk(d, f"bounces {path}", f"export {out}", "q")
    assert "1 person whose mail came back" in said
    assert "2 people of notify-subscribers/send: written to" in said
    assert [json.loads(line)["state"] for line in out.read_text().splitlines()] == ["bounced", "accepted"]


async def test_before_a_mailing_that_is_said(d, tmp_path):
    said = await walk(d, f"bounces {tmp_path}", "export", "q")
    assert "No mailing has been begun." in said
    assert "No mailing has begun." in said
