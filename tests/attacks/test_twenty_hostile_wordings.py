"""Attack: words that would open a header, end the message, hide what they say, or be cut apart by our own template.

Each is refused in clear words, with the line, and nothing reaches the relay; or it travels as it was written and does nothing.
"""

from __future__ import annotations

import re

import pytest
from support_incident import Play, read_shipped, shipped
from support_smtp import SmtpServer

from console.channels.live.archive import Kept
from console.channels.live.registry import live_channels
from console.channels.protocol import Failed, Order
from console.clock import TurnedClock
from console.engine.ledger import JournalLedger
from console.errors import BadPlaybook, Refused
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.playbook.load import load

NIGHT = 1_563_574_560_000
PEOPLE = ["ann@example.org", "bob@example.org"]
SUBJECT = "Please ignore last night's messages"
TEXT = "Messages sent in our name were not from us.\nPlease ignore them."

# By name: the subject, the text, and what the refusal says.
REFUSED = {
    "a header in the subject": ("Sorry\r\nBcc: all@example.net", TEXT, "line break"),
    "a line feed in the subject": ("Sorry\nX-Evil: yes", TEXT, "line break"),
    "a tab in the subject": ("Sorry\tall", TEXT, "U+0009"),
    "a carriage return alone": (SUBJECT, "One\nTwo\rBcc: all@example.net", "line 2: U+000D"),
    "a header in the text's line ends": (SUBJECT, "One\r\n.\r\nMAIL FROM:<x@y.zz>", "line 1: U+000D"),
    "a NUL": (SUBJECT, "One\nTwo\nThr\0ee", "line 3: U+0000"),
    "a terminal's escape": (SUBJECT, "One\n\x1b[2JTwo", "line 2: U+001B"),
    "letters in another order": (SUBJECT, "Call \u202e101\u202c now", "U+202E"),
    "a width of nothing": ("Please\u200b ignore", TEXT, "U+200B"),
    "a lone surrogate": (SUBJECT, "One\n\nTwo \ud83d", "line 3: U+D83D"),
    "a line separator": (SUBJECT, "One\u2028Two", "U+2028"),
    "letters that draw nothing": (SUBJECT, "\u3164\u3164", "U+3164"),
    "a megabyte on one line": (SUBJECT, "x" * 1_000_000, "1,000,000 bytes"),
    "an encoded word": ("=?utf-8?q?Call_0900_123456?=", TEXT, "encoded word"),
    "a very long subject": ("x" * 301, TEXT, "301 characters"),
    "no subject": ("", TEXT, "no subject"),
    "no text": (SUBJECT, "", "no text"),
    "spaces alone": (SUBJECT, " \n \t\n", "no text"),
}

# By name: the subject and the text.
HARMLESS = {
    "the end of a message": (SUBJECT, ".\n..\n.a\n\n.\nQUIT\nMAIL FROM:<x@y.zz>\nRCPT TO:<z@y.zz>\nDATA\n."),
    "lines of 999 and more": (SUBJECT, "\n".join("x" * size for size in (997, 998, 999, 1_000, 5_000))),
    "long lines of other letters": (SUBJECT, "ż" * 2_000 + "\n" + "😀" * 998),
    "headers for a text": (
        SUBJECT,
        "Bcc: all@example.net\nSubject: other\n\nContent-Type: text/html\n\n<b>x</b>",
    ),
    "boundaries": (
        SUBJECT,
        "--\n----\n--=_0\nContent-Type: text/html\n\n<b>x</b>\n--=_0--\n--===============1==--",
    ),
    "words that look like our own": (
        SUBJECT,
        "{address} {{ to }} {id} %s %(to)s ${to} \\1 $1\nTo: a0@b0.example\nMessage-ID: <0@example.org>",
    ),
    "braces and per cents": ("100% {address} %s {0} {{ x }}", "100% %d %n {} {0!r}"),
    "tags": (
        "<script>alert(1)</script>",
        "<script>alert(1)</script></p></body>\n<img src=x onerror=alert(1)>\n&lt;&amp;&#x3c; \"'",
    ),
    "a link that goes elsewhere": (
        SUBJECT,
        'https://example.org@evil.example/ javascript:alert(1) https://a.example/"onmouseover="x',
    ),
    "two people for a subject": ("a@b.org, evil@example.net <x@y.zz>; c@d.org", TEXT),
    "an alphabet for a subject": ("Ünïcödé " * 37, TEXT),
    "spaces at the ends": ("  Sorry  ", "  two before\ntwo after  \n\n\n\ttab"),
}


def test_there_are_twenty_and_more():
    assert len(REFUSED) + len(HARMLESS) >= 20


def order(subject=SUBJECT, text=TEXT):
    return Order(
        effect="E-1",
        attempt=1,
        incident="L-20190719-1",
        step="notify-subscribers/send",
        channel="mailer",
        kind="mail",
        verb="send",
        subject=subject,
        text=text,
        recipients="mailing",
    )


class NoSecrets:
    async def secret(self, channel, name):
        del channel, name

    async def keep_secret(self, channel, name, value):
        raise AssertionError


async def sent(words):
    """What came of it, what the relay took, and whom the ledger has waiting still."""
    async with SmtpServer() as server, await SqliteJournal.open(":memory:", "live") as journal:
        ledger = JournalLedger(journal, "mailing")
        await ledger.create(PEOPLE)
        settings = {
            "kind": "mail",
            "host": "127.0.0.1",
            "port": str(server.port),
            "tls": "none",
            "from": "Example Police <news@example.org>",
            "list-id": "news.example.org",
            "list-unsubscribe": "https://example.org/leave?who={address}",
        }
        channels = live_channels({"mailer": settings}, NoSecrets(), TurnedClock(NIGHT), Kept)
        outcome = await channels["mailer"].act(words, ledger)
        return outcome, server, await ledger.counts()


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_refused_in_clear_words_and_nothing_is_sent(name):
    subject, text, why = REFUSED[name]
    outcome, server, counts = await sent(order(subject, text))
    assert isinstance(outcome, Failed)
    assert why in outcome.reason
    assert outcome.reason.isprintable()
    assert (server.sessions, server.accepted) == (0, [])
    assert counts["waiting"] == len(PEOPLE)


@pytest.mark.parametrize("name", HARMLESS)
async def test_it_travels_as_it_was_written_and_does_nothing(name):
    subject, text = HARMLESS[name]
    _, server, _ = await sent(order(subject, text))
    _, usual, _ = await sent(order())
    assert sorted(server.addresses()) == PEOPLE
    for accepted in server.accepted:
        message, plain = accepted.message, usual.accepted[0].message
        assert message.keys() == plain.keys()
        assert message["To"] in accepted.recipients
        assert message["Subject"].strip() == subject.strip()
        assert not message.defects
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
        words, page = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
        assert words == text + "\n"
        assert not re.search(r"<(?!/?(?:!DOCTYPE|html|head|meta|title|body|p|br|a)\b)", page)
        assert set(re.findall(r'href="([^"]*)"', page)) <= {"https://a.example/"}
        assert "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", page)
        assert accepted.raw.isascii()
        assert max(map(len, accepted.raw.split(b"\r\n"))) <= 998


# -- long before: in a file, in an edit, at the gate -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("\0", "6:21"),
        ("\x1b[2J", "6:21"),
        ("\u202e", "6:21"),
        ("\u200b", "6:21"),
        ("\u2028", "6:21"),
        ("\r", "6:21"),
        ("\ud83d", "6:21"),
        ("x" * 1_000_000, "1:1"),
    ],
)
def test_a_file_with_such_words_is_refused_with_the_line(words, place):
    def read(path):
        raw = read_shipped(path)
        if path.endswith("correction.yaml"):
            raw = raw.replace(b"We are sorry.", f"We are sorrya{words}.".encode("utf-8", "surrogatepass"))
        return raw

    with pytest.raises(BadPlaybook) as caught:
        load("notify-subscribers.yaml", read)
    assert f"texts/correction.yaml:{place}" in caught.value.diagnostics()


@pytest.mark.parametrize(
    "words", ["\0", "\x1b[2J", "\u202e", "\u200b", "\u2028", "\r\n.", "\ud83d", "{{ nobody }}"]
)
def test_an_edit_with_such_words_is_refused(words):
    play = Play.open()
    for part in ("subject", "sorry"):
        with pytest.raises(Refused):
            play.do(c.EditText(by="Reid", text="correction", part=part, words=f"a{words}b"))
    assert not play.state.texts


@pytest.mark.parametrize(
    ("words", "why"),
    [("", "no subject"), ("x" * 301, "301"), ("two\nlines", "U+000A"), ("=?utf-8?b?eA==?=", "encoded word")],
)
def test_a_subject_that_no_mail_can_have_is_refused_before_a_code_is_asked_for(words, why):
    kinds = {
        channel.name: channel.kinds[0] for channel in shipped("press-channels-misused").playbook.channels
    }
    play = Play.open(configured=kinds)
    play.do(c.Freeze(by="Reid", channel="mailer", ledger="l", sha256="0" * 64, count=2))
    play.do(c.Waive(by="Reid", step="notify-subscribers/send", reason="the words are the matter"))
    play.do(c.EditText(by="Shah", text="correction", part="subject", words=words))
    with pytest.raises(Refused, match=re.escape(why)) as caught:
        play.do(c.Ask(by="Reid", step="notify-subscribers/send", nonce="n"))
    assert caught.value.code == "unfit"
    play.do(c.EditText(by="Shah", text="correction", part="subject", words="Please ignore our mails"))
    play.do(c.Ask(by="Reid", step="notify-subscribers/send", nonce="n"))


@pytest.mark.parametrize(
    "sender",
    [
        "To: a@b.org, evil@example.net",
        "Press\r\nTo: evil@example.net <news@example.org>",
        "=?utf-8?q?Somebody_Else?= <news@example.org>",
        "Press <news@example.org>, Evil <evil@example.net>",
    ],
)
async def test_a_name_that_would_be_more_than_a_name_makes_no_channel(sender):
    settings = {"kind": "mail", "host": "127.0.0.1", "tls": "none", "from": sender}
    assert live_channels({"mailer": settings}, NoSecrets(), TurnedClock(NIGHT), Kept) == {}
