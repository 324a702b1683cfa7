from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.channels.live.mail_settings import MailSettings
from console.channels.live.message import Unfit, build
from console.channels.live.smtp import dotted
from console.channels.protocol import Done, Failed

WALL = 1_563_574_560_000
SETTINGS = {
    "host": "127.0.0.1",
    "from": "Example Police <news@example.org>",
    "list-unsubscribe": "https://example.org/u?who={address}",
}


def parsed(raw):
    return message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)


def words_of(message):
    """The text part."""
    return message.get_body(("plain",)).get_content()


def template(order, **settings):
    raw = {**SETTINGS, **{name.replace("_", "-"): value for name, value in settings.items()}}
    return build(MailSettings.read("mailer", raw), order, WALL)


def test_the_headers_an_automatic_mail_needs(order):
    message = parsed(template(order(), reply_to="press@example.org").to("ann@example.net"))
    assert message["From"] == "Example Police <news@example.org>"
    assert message["To"] == "ann@example.net"
    assert message["Reply-To"] == "press@example.org"
    assert message["Subject"] == "Please ignore last night's messages"
    assert message["Date"] == "Fri, 19 Jul 2019 22:16:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://example.org/u?who=ann%40example.net>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert words_of(message) == order().text + "\n"


def test_the_id_is_the_same_for_the_same_words_to_the_same_person_and_else_another(order):
    one = template(order())
    same = template(order(effect="E-2", attempt=2))
    assert one.message_id("ann@example.net") == same.message_id("Ann@example.net")
    others = {
        template(order(incident="L-0002")).message_id("ann@example.net"),
        template(order(step="a/b")).message_id("ann@example.net"),
        template(order(text="Other words.")).message_id("ann@example.net"),
        template(order(subject="Other words")).message_id("ann@example.net"),
        one.message_id("bob@example.net"),
    }
    assert len(others | {one.message_id("ann@example.net")}) == 6


def test_a_long_unsubscribe_link_is_not_folded(order):
    link = "https://example.org/" + "a" * 500
    assert (
        parsed(template(order(), list_unsubscribe=link).to("ann@example.net"))["List-Unsubscribe"]
        == f"<{link}>"
    )


def test_letters_beyond_ascii_in_name_subject_and_text(order):
    words = order(
        subject="Über nächtliche Nachrichten, " * 6 + "Ende",
        text="„Bitte ignorieren“ – £5 😀\n.\n.hidden\n" + "lang " * 400,
    )
    raw = template(words, **{"from": "Polizei Zürich, Presse <news@example.org>"}).to("ann@example.net")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = parsed(raw)
    assert message["Subject"] == words.subject
    assert message["From"].addresses[0].display_name == "Polizei Zürich, Presse"
    assert words_of(message).rstrip("\n") == words.text.rstrip("\n")


HOSTILE = [
    "ann@example.net\r\nBcc: all@example.org",
    "ann@example.net\nBcc: all@example.org",
    "ann@example.net\rBcc: all@example.org",
    "ann@example.net\0",
    "ann@example.net, bob@example.net",
    "ann@example.net> SIZE=1",
    "ann@example.net>\r\nRCPT TO:<bob@example.net",
    "<ann@example.net>",
    "Ann <ann@example.net>",
    '"a\\"b"@example.net',
    "@relay.example:ann@example.net",
    "ann@example.net\u2028",
    "ann@exämple.net",
    " ann@example.net",
    "ann@[127.0.0.1]",
    "",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_could_open_a_header_is_never_joined_in(order, address):
    with pytest.raises(ValueError, match="not checked"):
        template(order()).to(address)


@pytest.mark.parametrize("address", [address for address in HOSTILE if address])
async def test_such_an_address_on_a_ledger_is_refused_and_the_others_get_it(
    serve, mailer, make_ledger, order, address
):
    server = await serve()
    ledger = await make_ledger(["ann@example.org", address, "bob@example.org"])
    outcome = await mailer(server.port).act(order(), ledger)
    assert (outcome.accepted, outcome.refused) == (2, 1)
    assert sorted(server.addresses()) == ["ann@example.org", "bob@example.org"]


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@y.zz", "a\nb", "a\rb", "a\0b", "a\u202eb", "a\x85b", "", " ", "x" * 301]
)
async def test_a_subject_that_could_open_a_header_fails_before_anything_is_sent(
    serve, mailer, make_ledger, order, people, subject
):
    server = await serve()
    ledger = await make_ledger(people(2))
    outcome = await mailer(server.port).act(order(subject=subject), ledger)
    assert isinstance(outcome, Failed)
    assert server.sessions == 0
    assert (await ledger.counts())["waiting"] == 2


async def test_dots_and_line_ends_arrive_as_they_were_approved(serve, mailer, make_ledger, order, people):
    server = await serve()
    text = ".\n..\n.a\n\n.\nQUIT\nMAIL FROM:<x@y.zz>\nFrom the office\nend."
    await mailer(server.port).act(order(text=text), await make_ledger(people(1)))
    assert len(server.accepted) == 1
    assert words_of(parsed(server.accepted[0].raw)) == text + "\n"


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"", b".\r\n", b"\r\n."]), max_size=12).map(b"\r\n".join))
def test_nothing_inside_a_message_can_end_it(body):
    sent = dotted(body)
    assert sent.endswith(b"\r\n.\r\n") or sent == b".\r\n"
    lines = sent[: -len(b".\r\n")].split(b"\r\n")
    assert b"." not in lines
    unstuffed = b"\r\n".join(line.removeprefix(b".") for line in lines)
    assert unstuffed == (body if body.endswith(b"\r\n") else body + b"\r\n")


def test_what_cannot_be_words_is_refused(order):
    for text in ("", " \n", "a\0b", "a\x1bb", "a\rb"):
        with pytest.raises(Unfit):
            template(order(text=text))


async def test_staff_get_one_envelope_each(serve, mailer, order):
    server = await serve()
    channel = mailer(server.port, internal_to="staff@example.org, control@example.org")
    outcome = await channel.act(order("send-internal"))
    assert isinstance(outcome, Done)
    assert outcome.accepted == 2
    assert [message.recipients for message in server.accepted] == [
        ["staff@example.org"],
        ["control@example.org"],
    ]
    assert outcome.remote == server.accepted[0].message["Message-ID"]


async def test_a_test_mail_goes_where_the_step_says(serve, mailer, order):
    server = await serve()
    await mailer(server.port).act(order("send-test", arguments={"to": "Ann <ann@example.org>"}))
    await mailer(server.port).act(order("send-test"))
    assert server.addresses() == ["ann@example.org", "me@example.org"]


async def test_nowhere_to_send_to_is_said_before_anything_is_sent(serve, mailer, order):
    server = await serve()
    channel = mailer(server.port, internal_to="", test_to="")
    assert not channel.can("send-internal")
    assert not channel.can("send-test")
    assert not channel.can("post")
    assert isinstance(await channel.act(order("send-internal")), Failed)
    assert isinstance(await channel.act(order("send-test", arguments={"to": "nobody"})), Failed)
    assert isinstance(await channel.act(order("post")), Failed)
    assert isinstance(await channel.act(order("send")), Failed)
    assert server.sessions == 0
