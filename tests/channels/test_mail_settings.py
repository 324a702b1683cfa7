from __future__ import annotations

import pytest

from console.channels.live.archive import Kept
from console.channels.live.mail_settings import MailSettings
from console.channels.live.registry import live_channels, problems
from console.errors import ChannelError

GOOD = {"kind": "mail", "host": "relay.example.org", "from": "News <news@example.org>"}


def test_defaults_are_safe():
    settings = MailSettings.read("mailer", GOOD)
    assert (settings.tls, settings.port, settings.connections) == ("starttls", 587, 4)
    assert settings.bounces == "news@example.org"
    assert MailSettings.read("mailer", {**GOOD, "tls": "implicit"}).port == 465


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_no_tls_is_for_this_machine(host):
    assert MailSettings.read("mailer", {**GOOD, "host": host, "tls": "none"}).port == 25


@pytest.mark.parametrize(
    "host", ["relay.example.org", "10.0.0.1", "localhost.example.org", "0.0.0.0", "127.0.0.1.example.org"]
)
def test_and_for_no_other(host):
    with pytest.raises(ChannelError, match="travel in clear"):
        MailSettings.read("mailer", {**GOOD, "host": host, "tls": "none"})


def test_everything_that_is_wrong_is_said_at_once():
    raw = {
        "host": "relay example",
        "port": "99999",
        "tls": "ssl",
        "from": "news",
        "reply-to": "a@b@c",
        "bounces": "x",
        "list-unsubscribe": "javascript:alert(1)",
        "cafile": "/nowhere/at/all",
        "hello": "a b",
        "connections": "0",
        "timeout": "-1",
        "internal-to": "staff@example.org, boss",
        "conections": "4",
        "user": "a\nb",
    }
    with pytest.raises(ChannelError) as caught:
        MailSettings.read("mailer", raw)
    said = caught.value.what
    for word in ("host", "port", "tls", "from", "reply-to", "bounces", "list-unsubscribe", "cafile", "hello"):
        assert f"{word} " in said or f"{word}:" in said
    for words in ("connections is", "timeout is", "boss", "did you mean connections", "user holds"):
        assert words in said


@pytest.mark.parametrize(
    "change",
    [
        {"from": "News\r\nBcc: x@y.zz <news@example.org>"},
        {"from": "News <news@example.org\r\nBcc: x@y.zz>"},
        {"reply-to": "a@example.org\r\nBcc: x@y.zz"},
        {"list-unsubscribe": "https://example.org/\r\nBcc: x@y.zz"},
        {"list-unsubscribe": "https://example.org/> , <mailto:x@y.zz"},
        {"hello": "me\r\nMAIL FROM:<x@y.zz>"},
    ],
)
def test_settings_cannot_open_a_header_or_a_command(change):
    with pytest.raises(ChannelError):
        MailSettings.read("mailer", {**GOOD, **change})


async def test_only_what_is_configured_well_acts_by_itself(clock):
    class Vault:
        async def secret(self, channel, name):
            return f"{channel} {name}"

    settings = {
        "mailer": GOOD,
        "broken": {"kind": "mail", "host": "relay.example.org"},
        "account": {"kind": "x", "handle": "@example"},
    }
    channels = live_channels(settings, Vault(), clock, Kept)
    assert list(channels) == ["mailer"]
    assert (channels["mailer"].name, channels["mailer"].kind) == ("mailer", "mail")
    assert await channels["mailer"]._transport._secret() == "mailer password"
    assert list(problems(settings)) == ["broken"]
