"""Random lives of one file with two consoles on it, held against plain lists."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support_journal import raw

from console.errors import Contended, RecordBroken
from console.journal import chain, schema
from console.journal.protocol import Row, Snapshot
from console.journal.sqlite import SqliteJournal
from console.journal.verify import verify, verify_file

NAMES = st.sampled_from(["L-1", "L-2", "@house"])
BODIES = st.lists(st.binary(max_size=30), min_size=1, max_size=4)
WHO = st.sampled_from([0, 1])
RAM = Path("/dev/shm")  # an fsync costs nothing there, and the rules are the same


class TwoConsoles(RuleBasedStateMachine):
    """`self.model` is what each chained table should hold, by (kind, name)."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="two-consoles-", dir=RAM if RAM.is_dir() else None))
        self.path = self.folder / "live.db"
        self.model: dict[tuple[str, str], list[bytes]] = {}
        self.order: list[str] = []
        self.snapshots: dict[str, Snapshot] = {}
        self.settled = 0
        self.unseen = [False, False]
        self.journals = [self.opened(), self.opened()]

    def opened(self):
        return self.do(SqliteJournal.open(self.path, "live"))

    def do(self, coroutine):
        async def run():
            return await coroutine

        return self.runner.run(run())

    def wrote(self, who):
        self.unseen[1 - who] = True

    def accepted(self, kind, name, bodies, who):
        if kind == "events" and (kind, name) not in self.model:
            self.order.append(name)
        self.model.setdefault((kind, name), []).extend(bodies)
        self.wrote(who)

    def expected_rows(self, kind, name):
        start = chain.genesis(name, schema.APPLICATION_IDS["live"], kind)
        return chain.extend(start, self.model.get((kind, name), []), 0)

    def append(self, kind, who):
        journal = self.journals[who]
        return journal.append if kind == "events" else journal.ledger_append

    @rule(who=WHO, kind=st.sampled_from(["events", "ledger"]), name=NAMES, bodies=BODIES)
    def append_at_the_end(self, who, kind, name, bodies):
        at = len(self.model.get((kind, name), []))
        rows = self.do(self.append(kind, who)(name, bodies, at))
        self.accepted(kind, name, bodies, who)
        assert rows == self.expected_rows(kind, name)[at:]

    @rule(
        who=WHO, kind=st.sampled_from(["events", "ledger"]), name=NAMES, bodies=BODIES, off=st.integers(-5, 5)
    )
    def append_elsewhere(self, who, kind, name, bodies, off):
        end = len(self.model.get((kind, name), []))
        at = end + off
        if off == 0 or at < 0:
            return
        with pytest.raises(Contended if at < end else RecordBroken):
            self.do(self.append(kind, who)(name, bodies, at))

    @rule(name=NAMES, bodies=st.tuples(BODIES, BODIES))
    def race(self, name, bodies):
        at = len(self.model.get(("events", name), []))

        async def both():
            tries = (self.journals[who].append(name, bodies[who], at) for who in (0, 1))
            return await asyncio.gather(*tries, return_exceptions=True)

        ends = self.do(both())
        (winner,) = [who for who in (0, 1) if isinstance(ends[who], list)]
        assert isinstance(ends[1 - winner], Contended)
        self.accepted("events", name, bodies[winner], winner)

    @rule(who=WHO, name=NAMES, bodies=BODIES, turns=st.integers(0, 8))
    def cancelled_append(self, who, name, bodies, turns):
        at = len(self.model.get(("events", name), []))

        async def cancel():
            task = asyncio.create_task(self.journals[who].append(name, bodies, at))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            # A second write on the same connection comes after the first, so what is kept is settled.
            self.settled += 1  # the same words again would change nothing in the file
            await self.journals[who].keep_snapshot("settled", Snapshot(self.settled, b"h" * 32, "1", b""))
            return await self.journals[who].read(name, at)

        kept = self.do(cancel())
        assert [row.body for row in kept] in ([], bodies)
        self.wrote(who)
        if kept:
            self.accepted("events", name, bodies, who)

    @rule(who=WHO, name=NAMES, body=st.binary(max_size=50))
    def keep_snapshot(self, who, name, body):
        rows = self.expected_rows("events", name)
        if rows:
            before = self.snapshots.get(name)
            self.snapshots[name] = Snapshot(rows[-1].seq, rows[-1].hash, "1", body)
            if self.snapshots[name] == before:
                return
            self.do(self.journals[who].keep_snapshot(name, self.snapshots[name]))
            self.wrote(who)

    @rule(who=WHO)
    def reopen(self, who):
        self.do(self.journals[who].close())
        self.journals[who] = self.opened()
        self.unseen[who] = False

    @rule(who=WHO)
    def ask_what_changed(self, who):
        assert self.do(self.journals[who].changed()) is self.unseen[who]
        self.unseen[who] = False

    @rule(who=WHO, name=NAMES, start=st.integers(0, 30), limit=st.integers(1, 9))
    def read(self, who, name, start, limit):
        assert (
            self.do(self.journals[who].read(name, start, limit))
            == self.expected_rows("events", name)[start:][:limit]
        )
        assert (
            self.do(self.journals[who].ledger_read(name, start, limit))
            == (self.expected_rows("ledger", name)[start:][:limit])
        )
        assert self.do(self.journals[who].snapshot(name)) == self.snapshots.get(name)

    @rule(who=WHO, name=NAMES, page=st.integers(1, 9))
    def verify(self, who, name, page):
        if ("events", name) in self.model:
            report = self.do(verify(self.journals[who], name, page=page))
            assert (report.verdict, report.entries) == ("stands", len(self.model["events", name]))

    @invariant()
    def heads_agree(self):
        for who, journal in enumerate(self.journals):
            for name in ("L-1", "L-2", "@house"):
                rows: list[Row] = self.expected_rows("events", name)
                assert self.do(journal.head(name)) == (rows[-1] if rows else None), (who, name)

    def teardown(self):
        try:
            assert self.do(self.journals[0].streams()) == self.order
            found = verify_file(self.path)
            named = [report for report in found.reports if report.name != "settled"]
            assert found.findings == ()
            assert {(r.kind, r.name): r.entries for r in named} == {
                key: len(rows) for key, rows in self.model.items()
            }
            assert {report.verdict for report in named} <= {"stands"}
            assert raw(self.path, "PRAGMA integrity_check") == [("ok",)]
        finally:
            for journal in self.journals:
                self.do(journal.close())
            self.runner.close()
            shutil.rmtree(self.folder)


def test_two_consoles_for_hundreds_of_steps():
    run_state_machine_as_test(
        TwoConsoles,
        settings=settings(
            stateful_step_count=250,
            max_examples=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
