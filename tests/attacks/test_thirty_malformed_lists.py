"""Attack: thirty lists that are not what they should be. Each gets a report by line; nothing is frozen, and nothing is sent."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from support_conductor import SEND, standing

from console.channels.protocol import Done
from console.channels.recipients import Choice
from console.engine.lists import read_list
from console.errors import BadList, Refused
from console.incident import commands as c


@dataclass(frozen=True)
class Case:
    """One list.

    Attributes:
        make: writes it at that path; text and bytes are its content.
        says: what stands in the error, or in the finding of the line; `{path}` is the path.
        place: line and column of the finding; empty when the file as a whole is refused.
    """

    make: str | bytes | Callable[[Path], object]
    says: str
    place: str = ""


def workbook(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", "<c>ann@example.org</c>" * 100_000)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(1_000_000_000)


def one_line(path):
    with path.open("wb") as file:
        file.write(b"Email\n")
        file.writelines(b"ann@example.org;" * 65_536 for _ in range(20))


def half_written(path):
    path.write_bytes("Email\nann@example.org\n".encode("utf-16-le")[:-31] + b"\n")


CASES = {
    "empty": Case(b"", "is empty"),
    "only white space": Case(b" \t\r\n\r\n\n", "is empty"),
    "a header and nobody": Case("Name,Email\n\n,\n", "holds no usable address"),
    "no header": Case("Ann,ann@example.org\nBob,bob@example.org\n", "the first line is already a row", "1:1"),
    "no column of addresses": Case("Name,City\nAnn,Ely\n", "no header: found Name, City", "1:1"),
    "a workbook": Case(workbook, "workbook or an archive"),
    "a picture": Case(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "names no column"),
    "a packed file": Case(b"\x1f\x8b\x08\x00" + bytes(200), "packed file"),
    "noise": Case(random.Random(4).randbytes(5_000), ""),
    "nothing but NUL": Case(bytes(9_000), ""),
    "a gigabyte of nothing": Case(sparse, "1000 MB"),
    "one giant line": Case(one_line, "a line of more than 65536 characters", "2:1"),
    "a folder": Case(Path.mkdir, "a folder without a saved mail"),
    "a pipe": Case(os.mkfifo, "is not a file"),
    "a link to a device": Case(lambda path: path.symlink_to("/dev/zero"), "is not a file"),
    "a link to nothing": Case(lambda path: path.symlink_to(path.with_name("gone")), "cannot be read"),
    "a header injected": Case(
        'Email,Name\r\n"ann@example.org\r\nBcc: all@example.org",Ann\r\n', "a line break inside", "2:17"
    ),
    "a NUL in an address": Case("Email\nann\0@example.org\n", "a NUL byte inside", "2:4"),
    "a control in an address": Case("Email\nann\x1b[2J@example.org\n", "a control character inside", "2:4"),
    "a quote never closed": Case(
        'Name,Email\n"Ann,ann@example.org\nBob,bob@example.org\n', "never closed", "2:1"
    ),
    "quotes that do not match": Case(
        'Name,Email\n"An"n,ann@example.org\n', "quotes that do not match", "2:1"
    ),
    "a quoted name before the @": Case('Email\n"""ann b""@example.org"\n', "that no address has", "2:1"),
    "a route": Case("Email\n<@relay.example:ann@example.org>\n", "more than one @", "2:20"),
    "mailto": Case("Email\nmailto:ann@example.org\n", "that no address has", "2:7"),
    "several in a cell": Case("Name,Email\nAnn,ann@example.org;bob@example.org\n", "more than one @", "2:24"),
    "commas at the end": Case(
        "Name,Email\nAnn,,,,bob@example.org,,\n", "more cells than the header names", "2:1"
    ),
    "an address literal": Case("Email\nann@[127.0.0.1]\n", "a domain that cannot exist", "2:5"),
    "letters of two alphabets": Case("Email\nann@exаmple.org\n", "only look like others", "2:5"),
    "a word in another alphabet": Case("Email\nann@арр.org\n", "only look like others", "2:5"),
    "a letter with two meanings": Case("Email\nann@straße.example\n", "two meanings", "2:9"),
    "a mark of order in it": Case("Email\nann@exam\u202egro.elp\n", "does not show", "2:9"),
    "a mark of direction before it": Case("Email\n\u200fann@example.org\n", "does not show", "2:1"),
    "a second byte-order mark": Case("\ufeffEmail\n\ufeffann@example.org\n", "does not show", "2:1"),
    "two encodings": Case(
        "Email\nann@müller.example\n".encode() + "é\n".encode("cp1252"), "two encodings", "2:1"
    ),
    "letters before the @": Case("Email\njürgen@example.org\n", "a letter outside ASCII", "2:2"),
    "UTF-16 cut in the middle": Case(half_written, "", ""),
    "a mail to nobody": Case(
        "From: a@example.org\nTo: undisclosed-recipients:;\n\nann@example.org\n", "names no recipient"
    ),
    "a mail with a broken recipient": Case(
        "From: a@example.org\nTo: Ann <ann@example@org>\n\n", "more than one @", "2:21"
    ),
}


def made(folder, case):
    path = folder / "list.csv"
    if callable(case.make):
        case.make(path)
    else:
        path.write_bytes(case.make.encode() if isinstance(case.make, str) else case.make)
    return path


class Mailer:
    """A channel that would send, and writes down that it was asked to."""

    name = kind = "mailer"

    def __init__(self) -> None:
        self.asked: list[object] = []

    def can(self, verb):
        return True

    async def act(self, order, ledger=None):
        self.asked.append(order)
        return Done("250")

    async def read(self):
        return None

    async def close(self):
        pass


def kept(path) -> int:
    """Rows of lists in the journal."""
    with closing(sqlite3.connect(path)) as file:
        ((many,),) = file.execute("SELECT count(*) FROM ledger")
    return many


def test_there_are_thirty_at_least():
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_malformed_list_is_reported_by_line_and_nothing_is_kept_or_sent(tmp_path, case):
    path, mailer = made(tmp_path, case), Mailer()
    async with standing(tmp_path / "live.db", mailer) as d:
        await d.session.do(c.Configure(configured={"mailer": "mail"}))
        with pytest.raises(BadList) as caught:
            await read_list(d.session, "mailer", Choice((str(path),)))
        said, findings = caught.value.diagnostics(), caught.value.findings
        assert case.says in said
        assert str(path) in said
        assert all(re.match(rf"{re.escape(str(path))}:\d+:\d+ \w", each) for each in findings)
        if case.place:
            assert any(each.startswith(f"{path}:{case.place} ") and case.says in each for each in findings), (
                findings
            )
        assert not any(each in said for each in ("\x1b", "\u202e", "\u200f", "\ufeff", "\0"))
        assert d.state.lists == {}
        await d.session.do(c.Waive(by="Reid", step=SEND, reason="the list alone is tried here"))
        with pytest.raises(Refused, match="No list of people has been chosen"):
            await d.conductor.act("Reid", SEND, confirm="1")
    assert kept(tmp_path / "live.db") == 0
    assert mailer.asked == []
