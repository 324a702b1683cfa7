"""What a message in a bounce mailbox says, whoever wrote it; and one mailbox after the other, message by message."""

import io

import pytest
from support_bounces import dsn, mbox, words

from console.channels.bounce import LONGEST_TEXT, MOST_NAMED, read_bounce
from console.channels.mailbox import MOST_OF_ONE, as_one_file, messages
from console.text import visible

VERP = "bounces+L-20190719-1.ann=example.net@example.org"
MARK = "0123456789" * 4


def read(text):
    return read_bounce(text.encode() if isinstance(text, str) else text)


def test_a_delivery_status_says_who_what_and_why():
    found = read(
        dsn(
            original="Ann@example.net",
            to=VERP,
            headers=f"Message-ID: <{MARK}@example.org>\nTo: ann@example.net",
        )
    )
    assert (found.fate, found.code) == ("failed", 550)
    assert found.text == "5.1.1 <ann@example.net>: Recipient address rejected: User unknown"
    assert found.addresses == ("Ann@example.net", "ann@example.net")
    assert [(path.incident, path.address) for path in found.paths] == [("L-20190719-1", "ann@example.net")]
    assert found.marks == (MARK,)


@pytest.mark.parametrize(
    ("action", "fate"),
    [
        ("failed", "failed"),
        ("Failed", "failed"),
        ("delayed", "delayed"),
        ("delivered", "other"),
        ("relayed", "other"),
        ("x", "other"),
    ],
)
def test_its_action_decides(action, fate):
    assert read(dsn(action=action)).fate == fate


def test_expired_after_days_of_trying_is_failed_whatever_its_status():
    found = read(dsn(status="4.4.1", said="connect to mx.example.net[192.0.2.1]:25: timed out"))
    assert (found.fate, found.code) == ("failed", 0)
    assert found.text == "4.4.1 connect to mx.example.net[192.0.2.1]:25: timed out"


def test_one_of_two_behind_an_alias_that_was_reached_is_reached():
    more = "\nFinal-Recipient: rfc822; other@example.net\nAction: delivered\nStatus: 2.0.0\n"
    assert read(dsn(more=more)).fate == "other"


@pytest.mark.parametrize(
    ("text", "fate", "code", "said"),
    [
        (words("Sorry:\n<ann@example.net>:\n550 5.1.1 no such user"), "failed", 550, "5.1.1 no such user"),
        (words("Status is 5.2.2, mailbox full"), "failed", 0, "5.2.2 , mailbox full"),
        (words("Your message to ann was not delivered."), "failed", 0, "failure notice"),
        (words("421 try later; still trying", subject="warning"), "delayed", 421, "try later; still trying"),
        (words("Message delayed, will be retried", subject="Delivery delayed"), "delayed", 0, ""),
        (words("I am away until Monday", subject="Out of office"), "other", 0, ""),
        (words("550 it says", sender="ann@example.net"), "other", 0, ""),
        (words("550 away", headers="Auto-Submitted: auto-replied\n"), "other", 0, ""),
    ],
)
def test_words_alone_are_searched_where_a_mail_system_wrote_them(text, fate, code, said):
    found = read(
        text.replace("Return-Path: <>\n", "") if "sender" in text or "ann@example.net\nTo" in text else text
    )
    assert (found.fate, found.code) == (fate, code)
    assert said in found.text


def test_exim_names_whom_it_failed_for():
    found = read(words("550 unknown", headers="X-Failed-Recipients: ann@example.net, bob@example.net\n"))
    assert found.addresses == ("ann@example.net", "bob@example.net")


HOSTILE = [
    b"",
    b"\0" * 1_000,
    b"From: mailer-daemon\nSubject: \x1b[2J\xff\xfe\n\n550 5.1.1 \x1b]0;x\x07 no",
    b"Content-Type: multipart/report; boundary=x\n\n"
    + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3_000,
    dsn(said="550 5.1.1 " + "\u202e" * 5_000).encode(),
    dsn(recipient="ann@example.net\n Bcc: x@y.zz").encode(),
    dsn(recipient="=?utf-7?q?+AAo-?=@x").encode(),
    dsn(status="\x1b[31m").encode(),
    dsn(headers="".join(f"Message-ID: <{n:040x}@x>\n" for n in range(5_000))).encode(),
    b"Return-Path: <>\n" + b"To: " + b"a+L-1.b=c@d " * 20_000 + b"\n\n550 no",
    b"Content-Type: message/delivery-status\n\nAction: failed\n\n" * 500,
    b"Content-Transfer-Encoding: base64\nFrom: postmaster\n\n" + b"=" * 10_000,
    b"Content-Type: text/plain; charset=undefined\nFrom: postmaster\n\n550 x",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_stands_there_is_bounded_visible_and_harmless(raw):
    found = read_bounce(raw)
    assert found.fate in ("failed", "delayed", "other")
    assert visible(found.text) == found.text
    assert len(found.text) <= LONGEST_TEXT
    assert visible(found.subject) == found.subject
    for named in (found.paths, found.marks, found.addresses):
        assert len(named) <= MOST_NAMED


# -- mailboxes ---------------------------------------------------------------------------------------------------------


def test_an_mbox_is_read_message_by_message():
    found = list(messages(io.BytesIO(mbox("A: 1\n\nFrom here on\n", "B: 2\n\nx", "C: 3\n\ny").encode())))
    assert [each[:4] for each in found] == [b"A: 1", b"B: 2", b"C: 3"]
    assert b">From here on" in found[0]


def test_a_saved_mail_alone_is_one_message_and_nothing_is_none():
    assert list(messages(io.BytesIO(b"A: 1\n\nwords\n"))) == [b"A: 1\n\nwords\n"]
    assert list(messages(io.BytesIO(b""))) == []
    assert list(messages(io.BytesIO(b"\n\n\n"))) == []


def test_of_a_long_message_only_the_beginning_is_kept():
    long = b"A: 1\n\n" + b"x" * 5_000_000 + b"\n\nFrom z\nB: 2\n\n"
    first, second = messages(io.BytesIO(b"From a\n" + long))
    assert len(first) <= MOST_OF_ONE + 64 * 1024
    assert second == b"B: 2\n\n"


def test_a_line_that_only_looks_like_the_next_message_is_none():
    (one,) = messages(
        io.BytesIO(b"From a\nA: 1\n\nwords\nFrom within\n" + b"y" * 64 * 1024 + b"From the middle\n")
    )
    assert b"From within" in one


def test_a_maildir_is_one_mailbox_in_the_order_of_names(tmp_path):
    box, folder = tmp_path / "Maildir", tmp_path / "evidence"
    for name, text in (
        ("cur/2", "B: 2\n\nFrom x\n"),
        ("new/1", "C: 3\n\n"),
        ("cur/1", "A: 1\n\n"),
        ("tmp/0", "D: 4\n\n"),
    ):
        (box / name).parent.mkdir(parents=True, exist_ok=True)
        (box / name).write_text(text)
    with as_one_file(box, folder) as path, path.open("rb") as file:
        assert [each[:4] for each in messages(file)] == [b"A: 1", b"B: 2", b"C: 3"]
        assert path.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == []


def test_a_folder_of_mails_is_one_too_and_links_in_it_are_not_followed(tmp_path):
    box = tmp_path / "box"
    box.mkdir()
    (box / "1.eml").write_text("A: 1\n\n")
    (tmp_path / "secret").write_text("S: 1\n\n")
    (box / "2.eml").symlink_to(tmp_path / "secret")
    with as_one_file(box, tmp_path / "evidence") as path, path.open("rb") as file:
        assert len(list(messages(file))) == 1
