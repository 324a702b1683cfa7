"""What a list may come as: saved mails, several files, another reading than the first guess; and whom a suppression list leaves out."""

from __future__ import annotations

import random

import pytest
from support_lists import freeze

from console.channels.doubles import Doubles
from console.errors import BadList

MAIL = b"""Received: from x.example\r
 by y.example; Fri, 19 Jul 2019 23:16:00 +0100\r
From: Press <press@example.org>\r
To: "Doe, Jane" <jane@example.org>,\r
 =?utf-8?q?J=C3=BCrgen?= <j@example.org> (his desk), ann@example.org\r
Cc: Readers: Bob <bob@Example.ORG>, ann@example.org;, "a@b.example" <carol@example.org>\r
Bcc: undisclosed-recipients:;\r
X-Original-To: dan@example.org\r
Delivered-To: DAN@example.org\r
Subject: To: nobody@example.org\r
\r
To: body@example.org\r
"""


@pytest.fixture
def write(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_a_saved_mail_names_its_recipients(write):
    path = write("bogus.eml", MAIL)
    report, people = freeze(path)
    assert people == [f"{each}@example.org" for each in ("jane", "j", "ann", "bob", "carol", "dan")]
    assert report.files[0].words() == "mail"
    assert report.findings == (
        f"{path}:6:37 duplicate of line 5",
        f"{path}:9:15 duplicate of line 8",
    )


def test_a_mail_is_known_by_how_it_begins_too(write):
    assert freeze(write("bogus.txt", MAIL))[0].files[0].encoding == "mail"


def test_the_same_person_twice_on_one_line_is_one(write):
    report, people = freeze(write("a.eml", "To: a@example.org, a@example.org,A@example.org\n\n"))
    assert people == ["a@example.org"]
    assert report.duplicates == 2


def test_a_folder_is_the_mails_in_it(write, tmp_path):
    write("box/2.eml", "To: b@example.org\n\n")
    write("box/1.eml", "To: a@example.org\n\n")
    write("box/notes.txt", "c@example.org\n")
    report, people = freeze(tmp_path / "box")
    assert people == ["a@example.org", "b@example.org"]
    assert [each.encoding for each in report.files] == ["mail", "mail"]


def test_several_lists_are_one_in_their_order(write):
    one = write("one.csv", "Name;Email\nAnn;ann@example.org\nBob;bob@example.org\n")
    two = write("two.txt", "carol@example.net\nBOB@example.org\nnobody\n")
    mail = write("three.eml", MAIL)
    report, people = freeze(one, two, mail)
    assert people[:3] == ["ann@example.org", "bob@example.org", "carol@example.net"]
    assert (report.accepted, report.duplicates, report.refused) == (len(people), 5, 1)
    assert f"{two}:2:1 duplicate of {one}:3" in report.findings
    assert f"{two}:3:1 no @ in it" in report.findings
    assert report.source == "one.csv, two.txt, three.eml"
    assert report.read_as == "utf-8, semicolon between columns, column Email; utf-8; mail"


def test_the_oldest_file_gives_the_age(write):
    import os

    one, two = write("one.txt", "a@example.org\n"), write("two.txt", "b@example.org\n")
    os.utime(one, ns=(0, 5_000 * 1_000_000))
    os.utime(two, ns=(0, 1_000 * 1_000_000))
    assert freeze(one, two)[0].age(6_000) == 5_000


@pytest.mark.parametrize(
    ("content", "said", "people"),
    [
        ("Name,Reach them at\nAnn,ann@example.org\n", {"column": "reach them AT"}, ["ann@example.org"]),
        ("Name,Reach them at\nAnn,ann@example.org\n", {"column": "2"}, ["ann@example.org"]),
        (
            "Ann,ann@example.org\nBob,bob@example.org\n",
            {"column": "2"},
            ["ann@example.org", "bob@example.org"],
        ),
        ("Email;Name\nann@example.org;A, B, C\n", {"delimiter": "semicolon"}, ["ann@example.org"]),
        ("Email#Name\nann@example.org#A\n", {"delimiter": "#"}, ["ann@example.org"]),
        (
            "ann@example.org\nCarol <carol@example.org>\n",
            {"delimiter": "none"},
            ["ann@example.org", "carol@example.org"],
        ),
        (
            "Email\na@b\u00fccher.example\n".encode("cp850"),
            {"encoding": "CP850"},
            ["a@xn--bcher-kva.example"],
        ),
        ("\ufeffEmail\na@example.org\n", {"encoding": "utf-8"}, ["a@example.org"]),
    ],
)
def test_a_person_may_say_how_it_is_read(write, content, said, people):
    assert freeze(write("list.csv", content), **said)[1] == people


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"column": "Phone"}, "has no column Phone"),
        ({"column": "3"}, "has no column 3"),
        ({"encoding": "rot13"}, "No list is read as rot13"),
        ({"encoding": "utf-8\x1b[2J"}, "No list is read as"),
        ({"delimiter": "@"}, "cannot stand between columns"),
        ({"delimiter": "ab"}, "cannot stand between columns"),
    ],
)
def test_what_cannot_be_so_is_refused(write, said, words):
    with pytest.raises(BadList) as caught:
        freeze(write("list.csv", "Name,Email\nAnn,ann@example.org\n"), **said)
    assert words in caught.value.diagnostics()
    assert "\x1b" not in caught.value.diagnostics()


def test_whoever_a_suppression_list_names_is_left_out(write):
    people = write(
        "list.csv",
        "Email\nann@example.org\nBob@example.org\ncarol@example.org\nbob@example.org\nann@example.org\n",
    )
    out = write("out.csv", "Email,Since\nBOB@Example.org,2018\nno address,2019\ndan@example.org,2017\n")
    report, kept = freeze(people, without=[out])
    assert kept == ["ann@example.org", "carol@example.org"]
    assert (report.suppressed, report.duplicates, report.refused, report.unclear) == (2, 1, 0, 1)
    assert f"{out}:3:1 no @ in it" in report.findings
    assert report.suppression[0].path == str(out)


def test_a_suppression_list_may_name_nobody_and_may_name_everybody(write):
    people = write("list.csv", "Email\nann@example.org\n")
    assert freeze(people, without=[write("none.csv", "Email\n")])[0].suppressed == 0
    with pytest.raises(BadList, match="whom the suppression list leaves out"):
        freeze(people, without=[people])


@pytest.mark.parametrize(
    "content", [None, b"", b"Name,City\nAnn,Ely\n", b"PK\x03\x04" + bytes(50), b'Email\n"ann\n' * 200]
)
def test_a_suppression_list_that_cannot_be_read_refuses_the_choice(write, tmp_path, content):
    people = write("list.csv", "Email\nann@example.org\n")
    out = tmp_path / "gone.csv" if content is None else write("out.csv", content)
    with pytest.raises(BadList) as caught:
        freeze(people, without=[out])
    assert out.name in caught.value.diagnostics()


def test_doubles_are_seen_exactly_however_many_there_are():
    chance = random.Random(3)
    texts = [f"reader{chance.randrange(30_000)}@example.org" for _ in range(60_000)]
    known: dict[str, int] = {}
    with Doubles() as seen:
        for start in range(0, len(texts), 7_000):
            seen.add((text, place) for place, text in enumerate(texts[start : start + 7_000], start))
        want = {
            place: first
            for place, text in enumerate(texts)
            if (first := known.setdefault(text, place)) != place
        }
        assert dict(seen.again()) == want


def test_a_saved_mail_stays_one_where_the_lists_beside_it_are_read_as_one_says(write):
    one = write("one.csv", "Name|Reach\nAnn|ann@example.org\n")
    report, people = freeze(one, write("bogus.eml", MAIL), encoding="cp1252", delimiter="bar", column="reach")
    assert people[0] == "ann@example.org"
    assert [each.encoding for each in report.files] == ["cp1252", "mail"]
    assert len(people) == 6
