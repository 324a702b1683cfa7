"""Faults planted in a record whose chain is whole: verify finds each, and tells wrong from cannot tell."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from msgspec.structs import replace
from support_journal import raw, unlocked

from console.errors import NotFound, RecordBroken
from console.incident import events as e
from console.incident.codec import decode, encode
from console.incident.house import HOUSE
from console.journal import chain, schema
from console.journal.sqlite import SqliteJournal
from console.journal.verify import Head
from console.report.verify import verify_file, verify_incident


@pytest.fixture
def path(tmp_path, played):
    copy = tmp_path / "practice.db"
    shutil.copyfile(played[0], copy)
    return copy


@pytest.fixture
def incident(played):
    return played[1]


async def verified(path, incident, **more):
    async with await SqliteJournal.open(path, "practice") as journal:
        return await verify_incident(journal, incident, **more)


def rewrite(path, incident, change):
    """Write the record anew, as somebody would who knows how its chain is made: `change` gives the events."""
    bodies = [
        body
        for (body,) in raw(path, "SELECT body FROM events WHERE stream = ? ORDER BY seq", values=(incident,))
    ]
    changed = [encode(event) for event in change([decode(body) for body in bodies])]
    rows = chain.extend(chain.genesis(incident, schema.APPLICATION_IDS["practice"]), changed, 0)
    unlocked(path, "DELETE FROM events WHERE stream = ?", "DELETE FROM snapshots", values=(incident,))
    triggers = raw(path, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?)",
            [(incident, row.seq, row.body, row.hash) for row in rows],
        )
        connection.execute("COMMIT")
        for _, sql in triggers:
            connection.execute(sql)


async def test_a_whole_record_stands(path, incident):
    found = await verified(path, incident)
    assert (found.verdict, found.findings) == ("stands", ())
    assert found.effects >= 5
    assert found.sentences()[0].startswith(f"{incident}: The record stands.")
    whole = await verify_file(path)
    assert (whole.verdict, [each.incident for each in whole.incidents]) == ("stands", [incident])


def without(kind, *, step="", effect=""):
    def change(events):
        first = next(
            event
            for event in events
            if isinstance(event, kind)
            and getattr(event, "step", "").startswith(step)
            and getattr(event, "effect", "").startswith(effect)
        )
        return [event for event in events if event is not first]

    return change


def changed(kind, step="", **fields):
    def change(events):
        first = next(
            event
            for event in events
            if isinstance(event, kind) and getattr(event, "step", "").startswith(step)
        )
        return [replace(event, **fields) if event is first else event for event in events]

    return change


def other_words(events):
    first = next(event for event in events if isinstance(event, e.Planned) and "voice" in event.step)
    words = first.manifest.replace("Ignore them", "Trust them")
    assert words != first.manifest
    return [replace(event, manifest=words) if event is first else event for event in events]


def other_playbook(events):
    opened = events[0]
    file = opened.files[-1]
    changed_file = replace(file, text=file.text + "# changed\n")
    return [replace(opened, files=(*opened.files[:-1], changed_file)), *events[1:]]


def intent_after_its_end(events):
    intent = next(event for event in events if isinstance(event, e.EffectIntended) and "voice" in event.step)
    rest = [event for event in events if event is not intent]
    place = next(
        i for i, event in enumerate(rest) if isinstance(event, e.EffectDone) and event.effect == intent.effect
    )
    return [*rest[: place + 1], intent, *rest[place + 1 :]]


def twice(events):
    intent = next(event for event in events if isinstance(event, e.EffectIntended) and "voice" in event.step)
    return [*events, intent]


FAULTS = {
    "no intent": (
        without(e.EffectIntended, step="pin-ignore-notice/voice"),
        "never written down as intended",
    ),
    "the intent comes after the end": (intent_after_its_end, "never written down as intended"),
    "started twice": (twice, "started again although it was done"),
    "no second person's code": (without(e.Approved, step="notify-subscribers/send"), "was started without"),
    "no plan": (without(e.Planned, step="pin-ignore-notice/voice"), "a plan that is not in the record"),
    "other words in the plan": (other_words, "is not what its digest says"),
    "another playbook": (other_playbook, "is not the one it was opened with"),
    "another officer's approval": (
        changed(e.Approved, "notify-subscribers/send", officer="Brandt"),
        "no code of theirs",
    ),
    "another time's code": (changed(e.Approved, "notify-subscribers/send", timecode=1), "no code of theirs"),
    "a plan of another digest": (
        changed(e.EffectIntended, "pin-ignore-notice/voice", digest="0" * 64),
        "not in the record",
    ),
    "an effect that was not planned": (
        changed(e.EffectIntended, "pin-ignore-notice/voice", effect="pin-ignore-notice/voice#9.9"),
        "is not in the plan",
    ),
    "another incident's opening": (
        changed(e.Opened, incident="D-20190719-9"),
        "It was opened as D-20190719-9",
    ),
    "a live opening": (changed(e.Opened, mode="live"), "It was opened as live"),
    "another head of the list": (changed(e.LedgerHead, hash="ab" * 32), "written down elsewhere"),
    "more people than were frozen": (changed(e.ListFrozen, count=3), "not the 3 of the list"),
    "no opening": (lambda events: events[1:], "opening"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_planted_fault_is_found(path, incident, name):
    change, words = FAULTS[name]
    rewrite(path, incident, change)
    found = await verified(path, incident)
    assert found.verdict == "wrong"
    assert words in " ".join(found.sentences())
    assert found.sentences()[0].startswith(f"{incident}: THE RECORD IS WRONG.")
    with pytest.raises(RecordBroken):
        found.insist()
    assert (await verify_file(path)).verdict == "wrong"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = x'7b7d' WHERE stream LIKE 'D-%' AND seq = 12",
        "DELETE FROM events WHERE stream LIKE 'D-%' AND seq = 12",
        "UPDATE ledger SET body = CAST(replace(body, 'reader0007', 'reader7777') AS BLOB) WHERE n = 0",
        "DELETE FROM ledger WHERE n = (SELECT max(n) FROM ledger)",
        "UPDATE events SET hash = randomblob(32) WHERE stream = '@house' AND seq = 1",
    ],
)
async def test_a_broken_chain_is_found_wherever_it_is(path, incident, statement):
    unlocked(path, statement)
    assert (await verified(path, incident)).verdict == "wrong"
    assert (await verify_file(path)).verdict == "wrong"


async def test_a_cut_end_shows_against_a_head_from_elsewhere(path, incident):
    ((seq, digest),) = raw(
        path, "SELECT seq, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1", values=(incident,)
    )
    unlocked(
        path,
        "DELETE FROM events WHERE stream = ? AND seq = (SELECT max(seq) FROM events)",
        values=(incident,),
    )
    unlocked(path, f"DELETE FROM events WHERE stream = '{incident}' AND seq = {seq}")
    assert (await verified(path, incident)).verdict == "stands"
    found = await verified(path, incident, known=[Head(seq, digest)])
    assert found.verdict == "wrong"
    assert (await verify_file(path, [Head(seq, digest)], only=incident)).verdict == "wrong"


async def test_without_the_houses_record_we_cannot_tell(path, incident):
    unlocked(path, f"DELETE FROM events WHERE stream = '{HOUSE}'")
    unlocked(path, f"DELETE FROM streams WHERE stream = '{HOUSE}'")
    found = await verified(path, incident)
    assert found.verdict == "cannot tell"
    assert "CANNOT TELL" in found.sentences()[1]


async def test_what_is_not_there_is_not_found(path, tmp_path):
    with pytest.raises(NotFound):
        await verify_file(tmp_path / "nothing.db")
    with pytest.raises(NotFound):
        await verify_file(path, only="D-20190719-77")
    with pytest.raises(NotFound):
        await verified(path, "D-20190719-77")


async def test_verifying_changes_nothing(path):
    before = path.read_bytes()
    await verify_file(path)
    assert path.read_bytes() == before
