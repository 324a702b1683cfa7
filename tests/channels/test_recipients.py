from __future__ import annotations

import os
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_lists import freeze

from console.channels.address import Bad, is_safe, normalise
from console.channels.listfile import LARGEST
from console.channels.recipients import digest_of
from console.errors import BadList


@pytest.fixture
def write(tmp_path):
    def make(content, encoding="utf-8", name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make


def shown(path, report):
    return [finding.removeprefix(str(path)) for finding in report.findings]


def test_a_plain_list(write):
    path = write("ann@example.org\r\n\r\n  Bob@Example.ORG \nCarol <carol@example.net>\n")
    report, addresses = freeze(path)
    assert addresses == ["ann@example.org", "Bob@example.org", "carol@example.net"]
    assert (report.accepted, report.duplicates, report.refused) == (3, 0, 0)
    assert report.files[0].delimiter == ""
    assert report.top_domains == (("example.org", 2), ("example.net", 1))
    assert report.sha256 == digest_of(addresses)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "header", ["E-Mail", "email address", "MAIL", "Work email", "E-post", "Address", "Adresse", '"Email"']
)
def test_columns_are_found_by_their_names(write, delimiter, header):
    rows = [["Name", header, "City"], ["Ann", "ann@example.org", "Ely"], ["Bob", "bob@example.org", ""]]
    report, addresses = freeze(write("\n".join(delimiter.join(row) for row in rows)))
    assert addresses == ["ann@example.org", "bob@example.org"]
    assert (report.files[0].delimiter, report.files[0].column) == (delimiter, header.strip('"'))


def test_the_column_called_email_wins_over_others_that_sound_like_it(write):
    _, addresses = freeze(write("Address,Email opt-in,Email\n1 High St,yes,ann@example.org\n"))
    assert addresses == ["ann@example.org"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_found_and_told(write, encoding):
    report, addresses = freeze(write("Name;Email\r\nJürgen;j@müller.example\r\n", encoding))
    assert addresses == ["j@xn--mller-kva.example"]
    assert report.files[0].encoding == encoding


def test_an_excel_file_with_its_own_first_line(write):
    report, addresses = freeze(write("sep=;\r\nName;Email\r\nDoe, Jane;jane@example.org\r\n"))
    assert addresses == ["jane@example.org"]
    assert report.files[0].delimiter == ";"


def test_quotes_line_breaks_in_other_cells_and_blank_lines(write):
    report, addresses = freeze(
        write('Name,Street,Email\n"Doe, J","1 High St\nEly",j@example.org\n\n,,\nX,,x@example.org\n')
    )
    assert addresses == ["j@example.org", "x@example.org"]
    assert report.findings == ()


def test_each_bad_line_is_named_with_its_place_and_reason(write):
    lines = [
        "Name,Email",
        "Ann,ann@example.org",
        "Ann again,ANN@EXAMPLE.org",
        "No at,example.org",
        "Two,a@b@example.org",
        "Space,a b@example.org",
        "Nul,a\0b@example.org",
        "Control,a\x07b@example.org",
        "Local,jürgen@example.org",
        "Dotless,ann@localhost",
        "Dots,a..b@example.org",
        "Route,@relay.example:ann@example.org",
        "Literal,ann@[127.0.0.1]",
        "Number,ann@127.0.0.1",
        "Sharp,ann@straße.example",
        "Empty,",
        "Bidi,ann@exam\u202eple.org",
        f"Long,{'a' * 65}@example.org",
        "Short row",
        "Extra,x@example.org,,y@example.org",
    ]
    path = write("\n".join(lines))
    report, addresses = freeze(path)
    assert addresses == ["ann@example.org"]
    assert (report.duplicates, report.refused) == (1, 17)
    assert shown(path, report) == [
        ":3:11 duplicate of line 2",
        ":4:7 no @ in it",
        ":5:8 more than one @ in it",
        ":6:8 something before the @ that no address has",
        ":7:6 a NUL byte inside the address",
        ":8:10 a control character inside the address",
        ":9:8 a letter outside ASCII before the @, which many servers refuse",
        ":10:13 a domain without a dot",
        ":11:7 something before the @ that no address has",
        ":12:25 more than one @ in it",
        ":13:13 a domain that cannot exist",
        ":14:12 a domain that cannot exist",
        ":15:15 a letter with two meanings in the domain: write its xn-- form",
        ":16:1 no address here",
        ":17:14 a character that does not show",
        ":18:70 more than 64 characters before the @",
        ":19:1 no address here",
        ":20:1 more cells than the header names, with an address among them",
    ]


def test_a_line_break_that_would_open_a_header_is_refused(write):
    path = write(
        'Email,Name\r\n"ann@example.org\r\nBcc: all@example.org",Ann\r\nbob@example.org,Bob\r\n', name="l.csv"
    )
    report, addresses = freeze(path)
    assert addresses == ["bob@example.org"]
    assert shown(path, report) == [":2:17 a line break inside the address"]


def test_two_encodings_in_one_file_do_not_make_a_strange_domain(write):
    path = write("Email\nann@müller.example\n".encode() + "bob@example.org,é\n".encode("cp1252"))
    report, addresses = freeze(path)
    assert addresses == ["bob@example.org"]
    assert report.files[0].encoding == "cp1252"
    assert shown(path, report) == [":2:1 two encodings in one file"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"Ann,ann@example.org\nBob,bob@example.org\n", "no header"),
        (b"Name,City\nAnn,Ely\n", "names no column"),
        (b"Subscribers of 2019\nann@example.org\n", "names no column"),
        (b"Email\nnobody\nno one\n", "no usable address"),
        (b"Email\n", "no usable address"),
        (b'Name,Email\nAnn,ann@example.org\n"Bob,bob@example.org\nCarol,carol@example.org\n', "never closed"),
        (b'Email,Name\n"' + b"x\n" * 500, "never closed"),
        (b"PK\x03\x04" + bytes(100), "workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\0" * 5000, "no"),
        (os.urandom(8) * 100, ""),
    ],
)
def test_a_file_that_cannot_be_used_says_why(write, content, words):
    with pytest.raises(BadList) as caught:
        freeze(write(content))
    assert words in caught.value.diagnostics()
    assert caught.value.exit_code == 11


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(BadList):
            freeze(path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadList, match="not a file"):
        freeze(tmp_path / "pipe")
    with pytest.raises(BadList, match="not a file"):
        freeze(type(tmp_path)("/dev/zero"))


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(BadList, match="1000 MB"):
        freeze(path)
    assert LARGEST < 1_000_000_000


def test_reading_takes_memory_for_the_addresses_and_not_for_the_file(tmp_path):
    path = tmp_path / "wide.csv"
    with path.open("w") as file:
        file.write("Email,Note\n")
        file.writelines(f"person{n}@example.org,{'x' * 4_000}\n" for n in range(4_000))
        file.write("last@example.org," + "y" * 8_000_000 + "\n")
        file.write("z" * 8_000_000)
    tracemalloc.start()
    report, addresses = freeze(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(addresses) == 4_000
    assert report.refused == 2
    assert path.stat().st_size > 30_000_000
    assert peak < 5_000_000


def test_fifty_findings_are_shown_and_all_are_counted(write):
    report, _ = freeze(write("Email\nann@example.org\n" + "nobody\n" * 300))
    assert len(report.findings) == 50
    assert report.refused == 300


def test_a_file_name_cannot_rewrite_the_screen(write):
    report, _ = freeze(write("ann@example.org\nnobody\n", name="a\x1b[2Jb\u202e.csv"))
    assert "\x1b" not in report.files[0].path + "".join(report.findings)
    assert "\u202e" not in report.files[0].path


def test_the_age_is_told_and_never_negative(write):
    path = write("ann@example.org\n")
    os.utime(path, ns=(0, 1_563_574_560_000 * 1_000_000))
    report, _ = freeze(path)
    assert report.age(1_563_574_560_000 + 5) == 5
    assert report.age(0) == 0


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(b"Email,Name\n" + content)
    try:
        report, addresses = freeze(path)
    except BadList:
        return
    assert report.accepted == len(addresses) == len({address.lower() for address in addresses})
    assert all(is_safe(address) for address in addresses)


@given(st.text(max_size=60) | st.from_regex(r"[a-z.@<>\"' \r\n\0ü-]{1,40}", fullmatch=True))
def test_what_is_an_address_stays_one_and_is_one_word_of_ascii(text):
    address = normalise(text)
    if isinstance(address, Bad):
        assert 0 <= address.offset <= len(text)
        assert address.words
    else:
        assert normalise(address) == address
        assert address.isascii()
        assert not set(address) & set('\r\n\0\t <>,;:"()[]\\')
        assert address.count("@") == 1


def test_a_good_list_in_any_disguise_is_read_the_same(write):
    chance = random.Random(7)
    people = [f"person{n}@example.org" for n in range(200)]
    plain, _ = freeze(write("\n".join(people)))
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        for delimiter in ",;\t":
            rows = [f'{chance.choice(["Zoë", "Ann", ""])}{delimiter}"{person}"' for person in people]
            text = chance.choice(["\n", "\r\n"]).join([f"Name{delimiter}Email", *rows])
            report, addresses = freeze(write(text, encoding))
            assert addresses == people
            assert report.sha256 == plain.sha256
