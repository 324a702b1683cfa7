"""The file itself: who may open it as what, what it refuses, how it goes forward."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing

import pytest
from support_journal import raw

from console.errors import JournalError, RecordBroken, WrongMode
from console.journal import schema
from console.journal.sqlite import SqliteJournal

TAKEN = "INTO events VALUES ('L-1', 1, x'00', zeroblob(32))"


@pytest.fixture
async def written(path, open_journal):
    journal = await open_journal()
    await journal.append("L-1", [b"{}", b"{}"], 0)
    await journal.ledger_append("L-1/mail", [b"line", b"line"], 0)
    await journal.close()
    return path


async def test_a_new_file_is_private_and_knows_what_it_is(path, open_journal):
    await open_journal()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert raw(path, "PRAGMA application_id") == [(0x494E434C,)]
    assert raw(path, "PRAGMA user_version") == [(len(schema.MIGRATIONS),)]


async def test_the_file_beside_it_is_private_too(written):
    beside = written.with_name("live.db-journal")
    assert beside.exists()
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


async def test_a_file_that_others_could_read_is_made_private_again(written, open_journal):
    written.chmod(0o644)
    await open_journal()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


async def test_the_connection_is_set_as_the_design_says(path, open_journal):
    journal = await open_journal(busy_ms=1234)
    told = {}
    for name in (
        "synchronous",
        "journal_mode",
        "foreign_keys",
        "trusted_schema",
        "recursive_triggers",
        "cell_size_check",
        "busy_timeout",
        "temp_store",
    ):
        ((told[name],),) = await journal._connection.execute_fetchall(f"PRAGMA {name}")
    assert told == {
        "synchronous": 3,
        "journal_mode": "persist",
        "foreign_keys": 1,
        "trusted_schema": 0,
        "recursive_triggers": 1,
        "cell_size_check": 1,
        "busy_timeout": 1234,
        "temp_store": 2,
    }


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = x'00'",
        "UPDATE events SET seq = 7 WHERE seq = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE seq = 1",
        f"INSERT OR REPLACE {TAKEN}",
        f"INSERT OR IGNORE {TAKEN}",
        f"INSERT OR FAIL {TAKEN}",
        f"INSERT OR ROLLBACK {TAKEN}",
        f"REPLACE {TAKEN}",
        f"INSERT {TAKEN}",
        f"INSERT {TAKEN} ON CONFLICT (stream, seq) DO UPDATE SET body = excluded.body",
        "UPDATE OR REPLACE events SET seq = 1 WHERE seq = 0",
        "INSERT INTO events VALUES ('L-1', 3, x'00', zeroblob(32))",
        "INSERT INTO events VALUES ('L-2', 1, x'00', zeroblob(32))",
        "INSERT INTO events VALUES ('L-2', -1, x'00', zeroblob(32))",
        "INSERT INTO events VALUES ('L-1', 2, x'00', x'00')",
        "INSERT INTO events VALUES ('L-1', 2, 'text', zeroblob(32))",
        "INSERT INTO events VALUES ('L-1', 2, NULL, zeroblob(32))",
        "UPDATE ledger SET body = x'00'",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger VALUES ('L-1/mail', 1, x'00', zeroblob(32))",
        "INSERT INTO ledger VALUES ('L-1/mail', 3, x'00', zeroblob(32))",
        "UPDATE streams SET stream = 'L-2'",
        "DELETE FROM streams",
    ],
)
def test_the_tables_themselves_only_let_the_next_entry_in(written, statement, recursive):
    everything = "SELECT * FROM events", "SELECT * FROM ledger", "SELECT * FROM streams"
    before = [raw(written, query) for query in everything]
    with pytest.raises(sqlite3.IntegrityError):
        raw(written, f"PRAGMA recursive_triggers = {recursive}", statement)
    assert [raw(written, query) for query in everything] == before


def test_replace_cannot_slip_past_with_the_settings_we_open_with(written):
    """The delete inside a REPLACE fires triggers only when they are recursive: take the other guard away to see it."""
    with closing(schema.connect(written, "live", 1000)) as connection:
        connection.execute("DROP TRIGGER events_only_the_next")
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(f"INSERT OR REPLACE {TAKEN}")
        connection.execute("PRAGMA recursive_triggers = OFF")
        connection.execute(f"INSERT OR REPLACE {TAKEN}")


@pytest.mark.parametrize("asked", ["live", "practice"])
async def test_a_file_of_the_other_mode_is_refused_unchanged(tmp_path, asked):
    path = tmp_path / "record.db"
    is_mode = "practice" if asked == "live" else "live"
    async with await SqliteJournal.open(path, is_mode):
        pass
    before = path.read_bytes()
    with pytest.raises(WrongMode, match=f"{is_mode} record"):
        await SqliteJournal.open(path, asked)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, just some words " * 40, b"SQLite format 3\x00" + b"\xff" * 600]
)
async def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path, content):
    path = tmp_path / "live.db"
    path.write_bytes(content)
    with pytest.raises(JournalError) as caught:
        await SqliteJournal.open(path, "live")
    assert caught.value.exit_code in {7, 8}
    assert path.read_bytes() == content


@pytest.mark.parametrize("number", [0, 42])
async def test_somebody_elses_database_is_refused_unchanged(tmp_path, number):
    path = tmp_path / "live.db"
    raw(path, f"PRAGMA application_id = {number}", "PRAGMA user_version = 1", "CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(RecordBroken, match="not a record of this console"):
        await SqliteJournal.open(path, "live")
    assert path.read_bytes() == before
    assert not path.with_name("live.db-journal").exists()


async def test_a_later_version_is_refused_with_the_cure(written):
    raw(written, f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    with pytest.raises(JournalError, match="later console") as caught:
        await SqliteJournal.open(written, "live")
    assert "Update" in caught.value.diagnostics()


MORE = ("CREATE TABLE remarks (id INTEGER PRIMARY KEY, words TEXT NOT NULL) STRICT",)


def test_a_migration_goes_forward_once_and_keeps_a_copy_from_before(written):
    migrations = (*schema.MIGRATIONS, MORE)
    before = raw(written, "SELECT * FROM events")
    for _again in range(2):
        with closing(schema.connect(written, "live", 1000, migrations)) as connection:
            assert connection.execute("SELECT count(*) FROM remarks").fetchone() == (0,)
            assert connection.execute("PRAGMA user_version").fetchone() == (2,)
            assert not connection.in_transaction
    assert raw(written, "SELECT * FROM events") == before
    copy = written.with_name("live.db.before-v2")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert raw(copy, "SELECT * FROM events") == before
    assert raw(copy, "PRAGMA user_version") == [(1,)]
    assert sorted(entry.name for entry in written.parent.iterdir()) == [
        "live.db",
        "live.db-journal",
        "live.db.before-v2",
    ]


def test_a_migration_that_fails_changes_nothing(written):
    before = raw(written, "SELECT name, sql FROM sqlite_schema ORDER BY name")
    broken = (*schema.MIGRATIONS, (*MORE, "INSERT INTO no_such_table VALUES (1)"))
    with pytest.raises(sqlite3.OperationalError):
        schema.connect(written, "live", 1000, broken)
    assert raw(written, "SELECT name, sql FROM sqlite_schema ORDER BY name") == before
    assert raw(written, "PRAGMA user_version") == [(1,)]
    with closing(schema.connect(written, "live", 1000)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (2,)


def test_each_mode_has_a_number_of_its_own_that_fits_the_header():
    numbers = list(schema.APPLICATION_IDS.values())
    assert len(set(numbers)) == 2
    assert all(0 < number < 2**31 for number in numbers)


async def test_a_folder_where_the_file_should_be_is_refused(tmp_path):
    (tmp_path / "live.db").mkdir()
    with pytest.raises(JournalError, match="plain file"):
        await SqliteJournal.open(tmp_path / "live.db", "live")


async def test_a_record_in_memory_for_tests_of_other_rooms():
    async with await SqliteJournal.open(":memory:", "practice") as journal:
        assert [row.seq for row in await journal.append("D-1", [b"{}"], 0)] == [0]
        assert await journal.streams() == ["D-1"]
