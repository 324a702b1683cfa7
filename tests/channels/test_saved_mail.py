"""What a saved mail says of itself: four lines, decoded where they can be, bounded and visible whatever stands there."""

import pytest

from console.channels.saved_mail import LONGEST, SHOWN, head_of
from console.text import visible


def test_four_lines_of_a_mail():
    raw = (
        b"Received: from relay\r\nFrom: =?utf-8?q?N=C3=A9ws?= <news@met.example>\r\n"
        b"Subject: Gr\xc3\xbc\xc3\x9fe\r\n =?iso-8859-1?q?caf=E9?=\r\nDate: Fri, 19 Jul 2019 23:16:00 +0100\r\n"
        b"Message-ID: <a@b>\r\n\r\nSubject: not this one\r\n"
    )
    head = head_of(raw)
    assert (head.subject, head.sender) == ("Grüße café", "Néws <news@met.example>")
    assert head.words() == (
        "Subject: Grüße café; From: Néws <news@met.example>; Date: Fri, 19 Jul 2019 23:16:00 +0100; Message-ID: <a@b>"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"no header at all",
        b": nameless\nFrom: a@b\n\n",
        b"Subject: \x1b[2J\x07\x00 \xff\xfe\n\n",
        b"Subject: =?zip?b?eJwLSS0uAQAD3QGh?=\n\n",
        b"Subject: =?utf-7?q?+2AA-?= =?idna?q?xn--a?= =?undefined?q?a?= =?punycode?q?a-999999?=\n\n",
        b"Subject: =?utf-8?b?A?= =?utf-8?q?=E2=80=AE?=\n\n",
        b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\n\n",
        b"Subject: " + b"a" * 200_000,
        b"Subject" * 20_000,
        b"Subject: \\u202e =?utf-8?q?a?=\n\n",
        b"From: " + b"(" * 50_000 + b"\n\n",
        b"Content-Type: multipart/mixed; boundary=x\nSubject: " + b"\n " * 10_000 + b"far\n\n",
    ],
)
def test_whatever_stands_there_is_bounded_and_visible(raw):
    head = head_of(raw)
    for words in (head.subject, head.sender, head.date, head.message_id):
        assert len(words) <= SHOWN < LONGEST
        assert visible(words) == words
        assert "\n" not in words


def test_an_unknown_alphabet_stands_as_it_was_written():
    assert head_of(b"Subject: =?nobody?q?a?=\n\n").subject == "=?nobody?q?a?="
