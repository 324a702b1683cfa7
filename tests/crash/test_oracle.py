"""The oracle of the crash tests is held to its own page: each lie about a walk is found out."""

from __future__ import annotations

import pytest
import support_oracle as oracle
from support_incident import T0
from support_journal import unlocked

from console.channels import ledger as lines
from console.engine.ledger import JournalLedger
from console.incident import events as e
from console.incident.codec import encode
from console.journal.sqlite import SqliteJournal

INCIDENT = "L-20190719-1"
PEOPLE = ["ann@walk.example", "bob@walk.example", "cal@walk.example"]
AT = {"at": T0, "boot": 1, "by": "Reid"}


def intent(step, number=1, **more):
    return e.EffectIntended(effect=f"{step}#{number}.1", step=step, digest="d", holder="h", **AT, **more)


MAILING = f"{oracle.MAILING}#1.1"
TOLD = [
    e.Noted(text="at the desk", **AT),
    intent("correct/staff"),
    e.EffectDone(effect="correct/staff#1.1", **AT),
    intent(oracle.MAILING),
    e.Noted(text="the last one", **AT),
]


async def record_of(path, events=TOLD):
    """Ann was told `accepted`, Bob was claimed, Cal waits."""
    async with await SqliteJournal.open(path, "live") as journal:
        await journal.append(INCIDENT, [encode(event) for event in events], 0)
        ledger = JournalLedger(journal, f"{INCIDENT}/mailer")
        await ledger.create(PEOPLE)
        told = [
            lines.moved_line(1, (), (0,)),
            lines.moved_line(2, [("accepted", 250, "", (0,))], (1,)),
        ]
        await journal.ledger_append(ledger.name, told, 2)
    return oracle.Record(path)


@pytest.fixture
async def record(tmp_path):
    return await record_of(tmp_path / "live.db")


def test_what_is_so_is_not_found_fault_with(record):
    acked = sorted(record.hashes.items())
    mails = ["send-internal@walk.example", *PEOPLE[:2]]
    assert oracle.chained(record) == []
    assert oracle.kept(record, acked) == []
    assert oracle.intended_before(record, mails) == []
    assert oracle.once(mails) == []
    assert oracle.shows_doubt(record, oracle.Shown(set(), {MAILING}, PEOPLE[1:2])) == []


def test_an_entry_that_was_shown_and_is_lost(record):
    assert oracle.kept(record, [(len(TOLD), b"h" * 32)]) == [f"entry {len(TOLD)} was shown and is lost"]


def test_an_entry_that_is_another_than_was_shown(record):
    assert oracle.kept(record, [(1, b"h" * 32)])


@pytest.mark.parametrize(
    ("table", "number", "old", "new"), [("events", "seq", "desk", "bank"), ("ledger", "n", "ann", "bnn")]
)
async def test_a_changed_entry(tmp_path, table, number, old, new):
    path = tmp_path / "live.db"
    await record_of(path)
    change = f"UPDATE {table} SET body = CAST(replace(body, '{old}', '{new}') AS BLOB) WHERE {number} = 0"
    unlocked(path, change)
    assert [words.split(":")[1] for words in oracle.chained(oracle.Record(path))] == [" altered"]


def test_a_mail_of_which_nobody_was_claimed(record):
    assert oracle.intended_before(record, [PEOPLE[2]]) == [f"{PEOPLE[2]} was mailed and not claimed"]


def test_a_mail_that_nobody_intended(record):
    found = oracle.intended_before(record, ["send-test@walk.example"])
    assert found == ["send-test@walk.example was mailed and notify-subscribers/test was not intended"]


def test_a_mail_that_came_twice(record):
    assert oracle.once([PEOPLE[0], PEOPLE[1], PEOPLE[0]]) == [f"{PEOPLE[0]} was mailed 2 times"]


def test_people_in_doubt_who_are_not_named(record):
    assert oracle.shows_doubt(record, oracle.Shown(set(), {MAILING}, []))


def test_people_who_are_named_without_a_doubt(record):
    assert oracle.shows_doubt(record, oracle.Shown(set(), {MAILING}, PEOPLE[:2]))


def test_a_mailing_that_stopped_and_is_not_shown(record):
    assert oracle.shows_doubt(record, oracle.Shown(set(), set(), PEOPLE[1:2]))


@pytest.mark.parametrize(("more", "found"), [((), 1), ((e.GuideShown(effect="a/b#1.1", **AT),), 0)])
async def test_a_guided_act_is_in_doubt_until_its_words_were_on_a_screen(tmp_path, more, found):
    record = await record_of(tmp_path / "live.db", [intent("a/b", guided=True), *more])
    assert len(oracle.shows_doubt(record, oracle.Shown(set(), set(), PEOPLE[1:2]))) == found


async def test_a_code_that_opened_two_gates(tmp_path):
    approved = [
        e.Approved(step=step, digest="d", officer="Reid", timecode=7, **AT) for step in ("a/b", "c/d")
    ]
    record = await record_of(tmp_path / "live.db", approved)
    assert oracle.one_code_one_gate(record) == ["Reid's code opened 2 gates"]


async def test_an_end_that_leaves_something_out(tmp_path):
    record = await record_of(tmp_path / "live.db", [*TOLD, e.Closed(**AT)])
    mails = ["send-internal@walk.example", "send-test@walk.example", *PEOPLE[:2]]
    assert oracle.accounted(record, [*mails, PEOPLE[2]], oracle.NOTHING) == []
    assert oracle.accounted(record, mails, oracle.Shown(set(), set(), PEOPLE[2:])) == []
    assert oracle.accounted(record, mails, oracle.NOTHING) == [f"{PEOPLE[2]} has nothing and is not named"]
    assert oracle.accounted(record, [*mails[1:], PEOPLE[2]], oracle.NOTHING) == [
        "correct/staff was not mailed"
    ]
    assert oracle.accounted(record, [*mails, PEOPLE[2]], oracle.Shown({"a/b"}, set(), [])) == [
        "a/b is left open"
    ]


async def test_a_walk_that_did_not_end(record):
    assert "the walk did not end" in oracle.accounted(record, PEOPLE, oracle.NOTHING)


def test_a_console_that_stands_elsewhere(record):
    last = len(TOLD) - 1
    assert oracle.stands_where_it_stood(record, (last, record.hashes[last])) == []
    assert oracle.stands_where_it_stood(record, (last - 1, record.hashes[last - 1]))
    assert oracle.stands_where_it_stood(record, (last, b"h" * 32))


def test_gates_that_are_not_shut():
    assert oracle.shut({"tried": {"note": "JournalPoisoned"}, "mails": [3, 3]}) == []
    assert oracle.shut({"tried": {"note": "done"}, "mails": [3, 3]}) == ["note: done"]
    assert oracle.shut({"tried": {}, "mails": [3, 4]}) == ["1 mails were sent"]
