"""Attack: change whom a mailing goes to, or what an officer may, in the file itself, after two people have agreed."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress

import pytest
from support_conductor import SEND, standing
from support_gate import open_gate

from console.channels import ledger as lines
from console.channels.protocol import Done
from console.channels.recipients import digest_of
from console.engine.ledger import JournalLedger
from console.errors import RecordBroken
from console.incident import commands as c
from console.journal import chain, schema
from console.journal.sqlite import SqliteJournal

PEOPLE = ("ann@example.org", "ben@example.org", "cem@example.org")
STRANGER = "stranger@example.net"


def spoil(path, table: str, column: str, name: str, number: int, body: bytes, *, rehash: bool) -> None:
    """Write over one row, chain all that follow anew if told to, and put the trigger back as it was."""
    trigger_name = {"events": "events_are_not_changed", "ledger": "ledger_is_not_changed"}[table]
    place = {"events": "seq", "ledger": "n"}[table]
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        ((trigger,),) = file.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (trigger_name,))
        ((number_of_file,),) = file.execute("PRAGMA application_id")
        file.execute(f"DROP TRIGGER {trigger_name}")
        file.execute(f"UPDATE {table} SET body = ? WHERE {column} = ? AND {place} = ?", (body, name, number))
        if rehash:
            head = chain.genesis(name, number_of_file, table)
            rows = file.execute(
                f"SELECT {place}, body FROM {table} WHERE {column} = ? ORDER BY {place}", (name,)
            )
            for at, raw in rows.fetchall():
                head = chain.link(head, raw)
                file.execute(
                    f"UPDATE {table} SET hash = ? WHERE {column} = ? AND {place} = ?", (head, name, at)
                )
        file.execute(trigger)


class Mailer:
    """Sends to everybody who waits on the ledger, and writes down whom."""

    name = kind = "mailer"

    def __init__(self) -> None:
        self.sent: list[str] = []

    def can(self, verb):
        return True

    async def act(self, order, ledger=None):
        async for each in ledger.waiting():
            await ledger.tried((each,))
            self.sent.append(each.address)
            await ledger.told(each.n, "accepted", 250)
        return Done("250")

    async def read(self):
        return None

    async def close(self):
        pass


@pytest.mark.parametrize("rehash", [False, True])
async def test_nobody_is_mailed_who_was_not_on_the_approved_list(tmp_path, rehash):
    path, mailer = tmp_path / "live.db", Mailer()
    async with standing(path, mailer) as desk:
        session = desk.session
        await session.do(c.Configure(configured={"mailer": "mail"}))
        ledger = f"{session.state.incident}/mailer/list"
        await JournalLedger(session.journal, ledger).create(PEOPLE)
        sha256 = digest_of(PEOPLE)
        await session.do(c.Freeze(by="Okafor", channel="mailer", ledger=ledger, sha256=sha256, count=3))
        for step, value in (("list", "export"), ("text", "right"), ("count", "3")):
            await session.do(c.Answer(by="Reid", step=f"notify-subscribers/{step}", value=value))
        await session.do(c.Waive(by="Reid", step=SEND, reason="tested by hand"))
        await session.do(c.Ask(by="Reid", step=SEND, nonce="1"))
        digest = session.state.of(SEND).plan
        for officer, roles in (("Reid", ()), ("Lindqvist", ("approver",))):
            await session.do(
                c.Approve(by="Reid", step=SEND, digest=digest, officer=officer, roles=roles, people="3")
            )
        changed = lines.page_line(0, [PEOPLE[0], STRANGER, *PEOPLE[2:]])
        spoil(path, "ledger", "ledger", ledger, 0, changed, rehash=rehash)
        await desk.conductor.act("Reid", SEND, confirm="3")
        with suppress(RecordBroken):
            await desk.conductor.settle()
        assert mailer.sent == []
        assert session.state.effects_of(SEND)[0].status == "failed"


async def test_a_whole_other_list_under_the_same_name_is_not_the_approved_one(tmp_path):
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        ledger = JournalLedger(journal, "L-1/mailer/list")
        await ledger.create(PEOPLE)
    forged = lines.page_line(0, [STRANGER] * 3)
    spoil(tmp_path / "live.db", "ledger", "ledger", "L-1/mailer/list", 0, forged, rehash=True)
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        with pytest.raises(RecordBroken, match="seals another list"):
            await JournalLedger(journal, "L-1/mailer/list").whole()


@pytest.mark.parametrize("wanted", [b'"roles":["approver"]'])
async def test_a_role_that_was_written_in_by_hand_opens_no_gate(tmp_path, wanted):
    path = tmp_path / "practice.sqlite3"
    async with open_gate(path) as gate:
        await gate.keeper.enrol("Reid", ("officer",))
        row = (await gate.journal.read("@house", 0, 1))[0]
    raw = row.body.replace(b'"roles":["officer"]', wanted)
    assert raw != row.body
    spoil(path, "events", "stream", "@house", 0, raw, rehash=False)
    async with open_gate(path, officers=("Reid",)) as gate:
        with pytest.raises(RecordBroken, match="does not follow"):
            await gate.keeper.present("Reid", gate.code("Reid"), "approve")


def test_the_kinds_of_chain_are_told_apart():
    number = schema.APPLICATION_IDS["live"]
    assert chain.genesis("x", number, "events") != chain.genesis("x", number, "ledger")
