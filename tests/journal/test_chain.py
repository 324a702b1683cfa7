from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.journal import chain, schema

LIVE, PRACTICE = schema.APPLICATION_IDS["live"], schema.APPLICATION_IDS["practice"]

# These never change: every record ever written rests on them.
GENESIS_L1 = "17dd02c15261f5209fc3f951313979ad6f7af115cc8c796f1d5810be545796ac"
FIRST_HASH = "63c21b6fff3fda30667a24b9a626c2465f87520f70abeca9af4fcb0eac108964"


def test_the_formula_as_an_examiner_without_our_code_would_write_it():
    genesis = hashlib.sha256(b"incident-console/genesis/1\0INCL" + b"events\0" + b"L-1").digest()
    first = hashlib.sha256(b"incident-console/entry/1\0" + genesis + b"{}").digest()
    second = hashlib.sha256(b"incident-console/entry/1\0" + first + b'{"a":1}').digest()
    rows = chain.extend(chain.genesis("L-1", LIVE), [b"{}", b'{"a":1}'], 0)
    assert [row.hash for row in rows] == [first, second]
    assert chain.verify(rows, genesis) == (2, second, "")


def test_the_values_that_stored_records_rest_on():
    assert chain.genesis("L-1", LIVE).hex() == GENESIS_L1
    assert chain.link(chain.genesis("L-1", LIVE), b"{}").hex() == FIRST_HASH


def test_name_kind_and_mode_each_begin_another_chain():
    beginnings = {
        chain.genesis(name, mode, kind)
        for name in ("L-1", "L-10", "@house", "events\0L-1")
        for mode in (LIVE, PRACTICE)
        for kind in ("events", "ledger")
    }
    assert len(beginnings) == 16


@given(st.lists(st.binary(max_size=20), max_size=12), st.integers(1, 5))
def test_a_walk_by_pages_ends_where_a_walk_at_once_does(bodies, page):
    start = chain.genesis("L-1", LIVE)
    rows = chain.extend(start, bodies, 0)
    walked = chain.Walked(0, start)
    for at in range(0, len(rows), page):
        walked = chain.verify(rows[at : at + page], walked.hash, walked.seq)
    assert walked == chain.verify(rows, start)
    assert walked.seq == len(bodies)


@pytest.mark.parametrize(
    ("order", "seq", "fault"),
    [
        ([0, 1, 3], 2, "missing"),
        ([1, 2, 3], 0, "missing"),
        ([0, 1, 1, 2], 2, "misplaced"),
        ([0, 2, 1, 3], 1, "missing"),
        ([0, 1, 2, 3], 4, ""),
    ],
)
def test_rows_out_of_order_are_told_apart(order, seq, fault):
    start = chain.genesis("L-1", LIVE)
    rows = chain.extend(start, [b"%d" % n for n in range(4)], 0)
    walked = chain.verify([rows[at] for at in order], start)
    assert (walked.seq, walked.fault) == (seq, fault)
    assert walked.hash == (rows[seq - 1].hash if seq else start)


def test_the_chain_needs_no_database_and_no_clock():
    program = "import sys, json, console.journal.chain; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
    )
    assert not {"sqlite3", "aiosqlite", "asyncio", "console.clock"} & set(loaded)
