"""Who was told: a line a recipient, the record as NDJSON, and a view that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import os

import msgspec
import pytest

from console.channels.protocol import Told
from console.clock import TurnedClock
from console.engine.ledger import JournalLedger
from console.errors import BadInput
from console.journal.sqlite import SqliteJournal
from console.report import told
from console.report.told import Row, export

T0 = 1_563_574_560_000
PEOPLE = [
    "ann@example.org",
    "=cmd@example.org",
    "+1@example.org",
    "-x@example.org",
    "eve@example.org",
    "late@example.org",
]


@pytest.fixture
async def ledger():
    clock = TurnedClock(T0)
    async with await SqliteJournal.open(":memory:", "live") as journal:
        made = JournalLedger(journal, "mailing", clock)
        await made.create(PEOPLE)
        await made.commit((), [0, 1, 2, 3])
        clock.turn(1_500)
        await made.commit(
            (
                Told(0, "accepted", 250, "2.0.0 Ok: queued"),
                Told(1, "refused", 550, "=HYPERLINK(1)\r\n\x1b[2J"),
                Told(2, "doubt", 0, "no answer in time"),
            ),
            [4],
        )
        await made.commit((Told(4, "accepted", 250, "2.0.0 Ok"),), ())
        await made.commit((Told(4, "bounced", 550, "5.1.1 unknown", looked=True),), ())
        yield made


def read(path):
    return [msgspec.json.decode(line, type=Row) for line in path.read_bytes().splitlines()]


async def test_the_record_has_a_line_for_everybody(ledger, tmp_path):
    path = tmp_path / "told.ndjson"
    done = await export(ledger, path)
    found = read(path)
    assert done.people == len(PEOPLE)
    assert [(each.n, each.address) for each in found] == list(enumerate(PEOPLE))
    assert [each.state for each in found] == [
        "accepted",
        "refused",
        "in doubt",
        "in doubt",
        "bounced",
        "not started",
    ]
    assert (found[0].tried, found[0].answered) == ("2019-07-19T22:16:00.000Z", "2019-07-19T22:16:01.500Z")
    assert (found[0].code, found[0].text) == (250, "2.0.0 Ok: queued")
    assert (found[3].tried, found[3].answered) == ("2019-07-19T22:16:00.000Z", "")
    assert (found[4].code, found[4].text) == (550, "5.1.1 unknown")
    assert (found[5].tried, found[5].answered, found[5].code) == ("", "", 0)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_who_was_mailed_once_more_is_marked(ledger, tmp_path):
    await ledger.once_more("d" * 64, [2])
    await ledger.commit((), [2])
    await export(ledger, tmp_path / "told.ndjson")
    found = read(tmp_path / "told.ndjson")
    assert [each.once_more for each in found] == [0, 0, 1, 0, 0, 0]
    assert found[2].state == "in doubt"


async def test_no_cell_of_the_view_is_taken_for_a_formula(ledger, tmp_path):
    path = tmp_path / "told.csv"
    await export(ledger, path)
    raw = path.read_bytes()
    found = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert [each["address"] for each in found] == [
        "ann@example.org",
        "'=cmd@example.org",
        "'+1@example.org",
        "'-x@example.org",
        "eve@example.org",
        "late@example.org",
    ]
    assert found[1]["text"] == "'=HYPERLINK(1)\\n\\u{1b}[2J"
    assert b"\x1b" not in raw
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_whatever_begins_like_one_begins_with_an_apostrophe(begins):
    assert told._cell(f"{begins}1").startswith("'")


async def test_a_file_that_is_there_or_a_link_is_not_written_over(ledger, tmp_path):
    path = tmp_path / "told.ndjson"
    path.write_text("mine")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "elsewhere")
    for each in (path, link, tmp_path / "no" / "folder.csv"):
        with pytest.raises(BadInput, match="cannot be written"):
            await export(ledger, each)
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


async def test_nothing_is_left_where_the_disk_is_full(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fdopen", lambda handle, _mode: _Full(handle))
    path = tmp_path / "told.ndjson"
    with pytest.raises(told.ConsoleError, match="did not take it"):
        await export(ledger, path)
    assert not path.exists()


class _Full:
    def __init__(self, handle):
        self._handle = handle

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._handle)

    def write(self, raw):
        raise OSError(28, "No space left on device")


async def test_a_long_list_is_gone_through_window_by_window(ledger, tmp_path, monkeypatch):
    await export(ledger, tmp_path / "whole.ndjson")
    monkeypatch.setattr(told, "WINDOW", 2)
    monkeypatch.setattr(told, "TOGETHER", 4)
    await export(ledger, tmp_path / "windows.ndjson")
    assert (tmp_path / "whole.ndjson").read_bytes() == (tmp_path / "windows.ndjson").read_bytes()
