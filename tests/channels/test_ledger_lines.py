from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.channels import ledger
from console.channels.recipients import digest_of
from console.errors import RecordBroken


def tally(*rows):
    folded = ledger.Tally()
    for row in rows:
        folded.fold(row)
    return folded


BOTH = digest_of(("ann@example.org", "bob@example.org"))
TWO = (
    ledger.list_line(0, "ann@example.org"),
    ledger.list_line(1, "bob@example.org"),
    ledger.sealed_line(2, BOTH),
)


def test_the_bytes_are_canonical_and_written_down_here():
    assert (
        b'{"address":"ann@example.org","n":0}',
        b'{"address":"bob@example.org","n":1}',
        b'{"sealed":2,"sha256":"%s"}' % BOTH.encode(),
    ) == TWO
    assert ledger.tried_line(1) == b'{"n":1,"tried":true}'
    assert (
        ledger.told_line(1, "accepted", 250, "ok") == b'{"code":250,"n":1,"outcome":"accepted","text":"ok"}'
    )


def test_a_server_text_that_no_json_holds_is_kept_readable():
    line = ledger.decode(ledger.told_line(0, "refused", 550, "caf\udce9 " + "x" * 1000))
    assert line.text.startswith("caf\\udce9 x")
    assert len(line.text) == ledger.LONGEST_TEXT


def test_the_counts_follow_the_lines():
    folded = tally(*TWO)
    assert folded.counts() == {"waiting": 2, "tried": 0, "accepted": 0, "refused": 0, "total": 2}
    folded.fold(ledger.tried_line(0))
    assert folded.counts()["tried"] == 1
    folded.fold(ledger.told_line(0, "accepted", 250))
    folded.fold(ledger.told_line(1, "refused", 550))
    assert folded.counts() == {"waiting": 0, "tried": 0, "accepted": 1, "refused": 1, "total": 2}


def test_put_off_is_waiting_again_and_a_doubt_stays_one():
    folded = tally(*TWO, ledger.tried_line(0), ledger.told_line(0, "later", 451))
    assert folded.state(0) == ledger.WAITING
    folded.fold(ledger.tried_line(0))
    folded.fold(ledger.told_line(0, "doubt"))
    folded.fold(ledger.told_line(0, "later", 451))
    assert folded.state(0) == ledger.DOUBT
    assert folded.counts()["tried"] == 1


@pytest.mark.parametrize(
    "row",
    [
        ledger.told_line(0, "accepted", 250),
        ledger.told_line(0, "doubt"),
        ledger.told_line(0, "maybe"),
        ledger.tried_line(2),
        ledger.tried_line(-1),
        ledger.list_line(2, "carol@example.org"),
        ledger.sealed_line(2, BOTH),
        b"{}",
        b"[]",
        b"{",
        b"\xff",
        b"",
    ],
)
def test_a_line_that_cannot_follow_breaks_the_record(row):
    with pytest.raises(RecordBroken):
        tally(*TWO).fold(row)


def test_nobody_is_claimed_twice_or_before_the_list_is_whole():
    with pytest.raises(RecordBroken, match="tried of one that is tried"):
        tally(*TWO, ledger.tried_line(0), ledger.tried_line(0))
    with pytest.raises(RecordBroken, match="tried of one that is accepted"):
        tally(*TWO, ledger.tried_line(0), ledger.told_line(0, "accepted"), ledger.tried_line(0))
    with pytest.raises(RecordBroken, match="nobody on the list"):
        tally(TWO[0], ledger.tried_line(0))
    with pytest.raises(RecordBroken, match="another list"):
        tally(TWO[0], ledger.sealed_line(2, BOTH))
    with pytest.raises(RecordBroken, match="another list"):
        tally(*TWO[:2], ledger.sealed_line(2, digest_of(("ann@example.org", "eve@example.org"))))


moves = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["tried", *ledger.OUTCOMES])).map(
        lambda move: ledger.tried_line(move[0]) if move[1] == "tried" else ledger.told_line(*move)
    ),
    max_size=60,
)


@given(moves)
def test_no_order_of_lines_sends_twice_to_one_who_may_have_it(rows):
    people = [f"p{n}@example.org" for n in range(5)]
    listed = [ledger.list_line(n, each) for n, each in enumerate(people)]
    folded = tally(*listed, ledger.sealed_line(5, digest_of(people)))
    had_it = set()
    for row in rows:
        line = ledger.decode(row)
        try:
            folded.fold(row)
        except RecordBroken:
            continue
        if line.tried:
            assert line.n not in had_it
        if line.outcome in ("accepted", "doubt"):
            had_it.add(line.n)
        counts = folded.counts()
        assert sum(counts[name] for name in ledger.STATES) == counts["total"] == 5
