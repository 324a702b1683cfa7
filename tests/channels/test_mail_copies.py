"""A copy is byte for byte what the library makes for that recipient, and its sender says whose it is."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.channels.address import is_safe, normalise
from console.channels.live.mail_html import html_of
from console.channels.live.mail_settings import MailSettings
from console.channels.live.message import POLICY, Copies, Personal, build, message_for
from console.channels.live.smtp import dotted
from console.channels.postmark import is_message_id, key_of, mark, mark_in, read_return_path
from console.channels.protocol import Order
from console.errors import ChannelError

WALL = 1_563_574_560_000
FULL = {
    "host": "127.0.0.1",
    "from": "Example Police <news@example.org>",
    "reply-to": "press@example.org",
    "list-id": "News <news.example.org>",
    "list-unsubscribe": "https://example.org/leave?list=7&who={address}&x=1",
    "verp": "yes",
}
PLAIN = {"host": "127.0.0.1", "from": "news@example.org", "html": "no"}
BOGUS = "<20190719.1@mynewsdesk.example>"
NAME = "a" * 64


def given_settings(raw):
    return MailSettings.read("mailer", raw)


def order(subject="Please ignore last night's messages", text="They were not from us.", **more):
    given = {
        "effect": "E-1",
        "attempt": 1,
        "incident": "L-20190719-1",
        "step": "notify-subscribers/send",
        "channel": "mailer",
        "kind": "mail",
        "verb": "send",
    }
    return Order(subject=subject, text=text, **{**given, **more})


def by_the_library(raw, words, address):
    key = key_of(words.incident, words.step, words.subject, words.text)
    own = Personal(address, mark(key, address), quote(address, safe=""))
    return message_for(given_settings(raw), words, WALL, own).as_bytes(policy=POLICY)


def of_length(total):
    """An address of that many octets, with as long a local part as there may be."""
    local = min(64, total - len("@b.co"))
    rest = total - local - len("@.co")
    labels = [rest] if rest <= 63 else [63, *([63] * ((rest - 63) // 64)), (rest - 63) % 64 - 1]
    return f"{'a' * local}@{'.'.join('b' * size for size in labels if size > 0)}.co"


ADDRESSES = [
    *filter(is_safe, map(of_length, range(6, 255))),
    "ann@example.net",
    "o'brien+news@example.co.uk",
    "a!#$%&'*+/=?^_`{|}~-b@example.org",
    "first.middle.last.and.more.of.it.so.that.the.line.gets.long@sub.domain.example.org",
    f"{'a.' * 31}aa@{'x.' * 5}example.org",
    f"{NAME}@xn--{'d' * 50}.xn--p1ai",
    f"{NAME}@{'.'.join(['c' * 60] * 3)}.co",
    "press@xn--mnchen-3ya.example",
]
SUBJECTS = [
    "Please ignore last night's messages",
    "Über nächtliche Nachrichten, " * 6,
    "Не обращайте внимания на ночные сообщения 😀",
    "= ? utf-8?q?no? = and =?no? more of it",
    "x" * 300,
    "a subject whose words go on until the library has to break the line somewhere between them, and again",
    "100% {{ braces }} {address} %s",
]
TEXTS = [
    "They were not from us.",
    "„Bitte ignorieren“ – £5 😀\n.\n.hidden\n" + "lang " * 400,
    ".\n..\n.a\n\n.\nQUIT\nFrom the office\nend.",
    "x" * 5_000,
    "a line with spaces at its end   \n\ttabs\n\n\n\nhttps://example.org/a?b=c&d=e.",
    "<script>alert(1)</script> & \"quotes\" 'and' https://example.org@evil.example/",
]


def test_every_length_of_address_is_there():
    assert {len(address) for address in ADDRESSES} >= {6, 74, 75, 76, 77, 78, 100, 200, 253, 254}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_copy_is_what_the_library_makes_for_each_address(address):
    for raw in (FULL, PLAIN):
        words = order(arguments={"in-reply-to": BOGUS})
        assert build(given_settings(raw), words, WALL).to(address, 7) == by_the_library(raw, words, address)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_copy_is_what_the_library_makes_for_all_words(subject, text):
    for raw in (FULL, PLAIN, {**FULL, "from": "Polizei Zürich, Presse <news@example.org>"}):
        words = order(subject, text)
        copies = build(given_settings(raw), words, WALL)
        for address in ("ann@example.net", of_length(76), of_length(254)):
            copy = copies.to(address, 7)
            assert copy == by_the_library(raw, words, address)
            assert copy.isascii()
            assert max(map(len, copy.split(b"\r\n"))) <= 998
            assert copy.count(b"\n") == copy.count(b"\r\n") == copy.count(b"\r")


@settings(max_examples=60, deadline=None)
@given(
    st.from_regex(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]{1,30}(\.[A-Za-z0-9]{1,30})?", fullmatch=True),
    st.lists(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?", fullmatch=True), min_size=1, max_size=4),
)
def test_a_copy_is_what_the_library_makes_for_any_address(local, labels):
    address = f"{local}@{'.'.join(labels)}.org"
    if is_safe(address):
        assert build(given_settings(FULL), order(), WALL).to(address, 0) == by_the_library(
            FULL, order(), address
        )


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(alphabet='aA0.-_@=?!"<> \r\n\0éß', max_size=20),
        st.from_regex(r"[a-z=?.]{1,70}@[a-z0-9.-]{1,260}", fullmatch=True),
        st.sampled_from([*ADDRESSES, "a@b.123", "a@b.12a", "a@b.c0m\n", "a@b-.org", "a@-b.org", "a@B.org"]),
    )
)
def test_an_address_is_safe_exactly_when_reading_it_leaves_it_as_it_is(text):
    assert is_safe(text) == (normalise(text) == text)


def test_only_what_the_policy_says_of_long_words_is_not_the_library_s_own():
    """`To` and all else are folded by `policy.SMTP` itself; the four headers of one word are left on one line."""
    plain = EmailMessage(policy=policy.SMTP)
    ours = EmailMessage(policy=POLICY)
    for message in (plain, ours):
        message["To"] = of_length(76)
        message["Subject"] = SUBJECTS[1]
    assert plain.as_bytes(policy=policy.SMTP) == ours.as_bytes(policy=POLICY)
    link = f"<https://example.org/{'a' * 300}>"
    ours["List-Unsubscribe"] = link
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in ours.as_bytes(policy=POLICY)


def test_an_address_that_looks_like_an_encoded_word_is_left_as_it_is():
    address = "=?utf-8?q?x?=@example.org"
    assert f"\r\nTo: {address}\r\n".encode() in build(given_settings(FULL), order(), WALL).to(address, 0)


def test_copies_hold_no_secret_and_travel_as_bytes():
    copies = build(given_settings({**FULL, "user": "relay-user"}), order(), WALL)
    packed = msgspec.msgpack.encode(copies)
    assert b"relay-user" not in packed
    assert msgspec.msgpack.decode(packed, type=Copies).to("ann@example.net", 3) == copies.to(
        "ann@example.net", 3
    )


def test_other_stand_in_words_are_taken_where_the_first_occur_elsewhere():
    words = order()
    key = key_of(words.incident, words.step, words.subject, words.text)
    seed = hashlib.sha256(b"0\0" + key).hexdigest()
    for taken in (seed[-40:], f"b{seed[:16]}"):
        raw = {**FULL, "list-unsubscribe": f"https://example.org/{taken}?who={{address}}"}
        copy = build(given_settings(raw), words, WALL).to("ann@example.net", 0)
        assert copy == by_the_library(raw, words, "ann@example.net")
        assert taken.encode() in copy


def parts_of(raw):
    return message_from_bytes(raw, policy=policy.default)


def test_the_headers_that_thread_name_the_list_and_let_go():
    words = order(arguments={"in-reply-to": BOGUS})
    message = parts_of(build(given_settings(FULL), words, WALL).to("o'b+c@example.net", 3))
    assert message["In-Reply-To"] == message["References"] == BOGUS
    assert message["List-Id"] == '"News" <news.example.org>'
    assert message["List-Unsubscribe"] == "<https://example.org/leave?list=7&who=o%27b%2Bc%40example.net&x=1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("link", ["https://example.org/leave", "mailto:leave@example.org?subject={address}"])
def test_one_click_is_only_offered_where_the_link_says_who_clicks(link):
    message = parts_of(
        build(given_settings({**FULL, "list-unsubscribe": link}), order(), WALL).to("a@b.org", 0)
    )
    assert "List-Unsubscribe" in message
    assert "List-Unsubscribe-Post" not in message


def test_a_mail_to_staff_is_of_no_list():
    message = parts_of(build(given_settings(FULL), order(verb="send-internal"), WALL).to("a@b.org", 0))
    assert not {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"} & set(message.keys())


def test_a_message_id_that_could_open_a_header_is_refused():
    for given_id in ("a@b", "<a@b>\r\nBcc: x@y.zz", "<a b@c>", "<é@b>", f"<{'a' * 300}@b>"):
        with pytest.raises(ValueError, match="no Message-ID"):
            build(given_settings(FULL), order(arguments={"in-reply-to": given_id}), WALL)


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words = []
        self.links = []
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += data.split()


@pytest.mark.parametrize("text", TEXTS)
def test_both_parts_say_the_same_words(text):
    message = parts_of(build(given_settings(FULL), order(text=text), WALL).to("ann@example.net", 0))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, page = (part.get_content() for part in message.iter_parts())
    reader = Words()
    reader.feed(page[page.index("<body") :])
    assert "".join(reader.words) == "".join(plain.split()) == "".join(text.split())
    assert reader.tags <= {"body", "p", "br", "a"}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org.", ["https://example.org"]),
        ("(https://example.org/a_(b)?c=d&e=f#g),", ["https://example.org/a_(b)?c=d&e=f#g"]),
        ("https://social.example/@police", ["https://social.example/@police"]),
        ("https://example.org@evil.example/ https://user:pw@evil.example", []),
        ("http://example.org javascript:alert(1) https://exämple.org", []),
        ('https://example.org/"onclick="x', ["https://example.org/"]),
    ],
)
def test_only_plain_https_links_of_the_text_are_links(text, links):
    reader = Words()
    reader.feed(html_of("A subject", text))
    assert reader.links == links


def test_the_boundary_is_the_same_for_the_same_words():
    one = build(given_settings(FULL), order(), WALL)
    again = build(given_settings(FULL), order(effect="E-2", step="a/test", verb="send-test"), WALL)
    assert parts_of(one.to("a@b.org", 0)).get_boundary() == parts_of(again.to("c@d.org", 0)).get_boundary()


# -- the sender on the envelope ----------------------------------------------------------------------------------------


def test_the_sender_names_the_recipient_where_it_fits():
    copies = build(given_settings({**FULL, "bounces": "bounces@example.org"}), order(), WALL)
    assert copies.sender("ann@example.net", 3) == "bounces+L-20190719-1.ann=example.net@example.org"
    assert build(given_settings(PLAIN), order(), WALL).sender("ann@example.net", 3) == "news@example.org"


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_sender_fits_and_says_who_it_was(address):
    words = order()
    copies = build(given_settings(FULL), words, WALL)
    sender = copies.sender(address, 1_199_999)
    assert is_safe(sender)
    found = read_return_path(f"<{sender}>")
    assert found.incident == "L-20190719-1"
    if found.address:
        assert found.address == address
    else:
        assert found.n == 1_199_999
        assert mark(key_of(words.incident, words.step, words.subject, words.text), address).startswith(
            found.short
        )


def test_a_sender_that_is_not_ours_says_nothing():
    for given_path in ("", "<>", "ann@example.org", "b+L-1@x.org", "b+L-1.5@x.org", "b+L-1.a=b=c@x.org"):
        assert read_return_path(given_path) is None
    assert mark_in(f"<{'0' * 40}@example.org>") == "0" * 40
    assert not any(map(is_message_id, ("", "a@b", "<a@b> ", "<a@b>\n", "<<a@b>", "<a>", "<a @b>")))
    assert mark_in("<0@example.org>") == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"list-id": "news"},
        {"list-id": "N <a.b>\r\nBcc: x@y.zz"},
        {"list-id": 'a"b <news.example.org>'},
        {"verp": "maybe"},
        {"html": "1"},
        {"verp": "yes", "bounces": f"{'b' * 40}@example.org"},
        {"list-unsubscribe": "https://example.org/{id}"},
        {"list-unsubscribe": "https://example.org/{address}/{address}"},
        {"list-unsubscribe": f"https://example.org/{'a' * 500}/{{address}}"},
    ],
)
def test_settings_that_cannot_be_used_are_said(wrong):
    with pytest.raises(ChannelError):
        given_settings({**FULL, **wrong})


@given(st.text("a.\n =é", max_size=200).filter(str.strip), st.sampled_from([FULL, PLAIN]))
def test_what_travels_after_data_is_the_copy_with_its_dots_doubled(text, raw):
    copies = build(given_settings(raw), order(text=text), WALL)
    for address in ("ann@example.org", f"{NAME[:60]}@subscribers.example.org"):
        assert copies.travelling().joined(address) == dotted(copies.to(address))
