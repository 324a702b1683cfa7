from __future__ import annotations

import pytest
import rfc8785
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


def list_line(n, address):
    return ledger.page_line(n, [address])


def tried_line(*n):
    return ledger.moved_line(0, [], n)


def told_line(n, outcome, code=0, text=""):
    return ledger.moved_line(0, [(outcome, code, ledger.stored(text), (n,))])


BOTH = digest_of(("ann@example.org", "bob@example.org"))
NOBODY = {**dict.fromkeys(ledger.STATES, 0), "delivered": 0}
TWO = (
    list_line(0, "ann@example.org"),
    list_line(1, "bob@example.org"),
    ledger.sealed_line(2, BOTH),
)


def test_the_bytes_are_canonical_and_written_down_here():
    assert ledger.page_line(0, ["ann@example.org", "bob@example.org"]) == (
        b'{"first":0,"people":["ann@example.org","bob@example.org"]}'
    )
    assert TWO[2] == b'{"sealed":2,"sha256":"%s"}' % BOTH.encode()
    assert ledger.moved_line(7, [("accepted", 250, "ok", (0, 1))], [2]) == (
        b'{"at":7,"told":[["accepted",250,"ok",[0,1]]],"tried":[2]}'
    )


@given(st.text(max_size=300), st.integers(0, 999), st.lists(st.integers(0, 2**53 - 1), max_size=5))
def test_the_bytes_are_those_of_rfc_8785(text, code, numbers):
    groups = [("refused", code, ledger.stored(text), numbers)]
    assert ledger.moved_line(5, groups, numbers or [1]) == rfc8785.dumps(
        {"at": 5, "told": [["refused", code, ledger.stored(text), numbers]], "tried": numbers or [1]}
    )


def test_rows_of_one_recipient_each_are_read_as_version_1_wrote_them():
    folded = tally(
        b'{"address":"ann@example.org","n":0}',
        b'{"address":"bob@example.org","n":1}',
        b'{"sealed":2,"sha256":"%s"}' % BOTH.encode(),
        b'{"n":0,"tried":true}',
        b'{"code":250,"n":0,"outcome":"accepted","text":"ok"}',
        b'{"code":550,"n":1,"outcome":"refused","text":"5.1.1 no such user"}',
    )
    assert (folded.counts()["accepted"], folded.counts()["refused"], folded.page) == (1, 1, 1)
    assert folded.reasons == {"550 5.1.1": 1}


def test_a_page_stands_where_the_one_before_ends_and_is_no_longer_than_the_first():
    full = ledger.page_line(0, ["a@x.org", "b@x.org"])
    for second in (
        ledger.page_line(1, ["c@x.org"]),
        ledger.page_line(2, ["c@x.org", "d@x.org", "e@x.org"]),
        ledger.page_line(2, ["c@x.org", ""]),
    ):
        with pytest.raises(RecordBroken):
            tally(full, second)
    short = ledger.page_line(2, ["c@x.org"])
    with pytest.raises(RecordBroken, match="out of turn"):
        tally(full, short, ledger.page_line(3, ["d@x.org"]))


def test_what_comes_back_later_is_counted_where_it_belongs():
    folded = tally(
        *TWO,
        tried_line(0, 1),
        ledger.moved_line(1, [("accepted", 250, "ok", (0,)), ("doubt", 0, "", (1,))]),
        told_line(0, "delivered"),
        told_line(1, "bounced", 0, "5.1.1 unknown"),
    )
    assert folded.counts() == {
        **NOBODY,
        "accepted": 1,
        "delivered": 1,
        "bounced": 1,
        "total": 2,
    }
    assert folded.reasons == {"5.1.1": 1}
    for outcome in ("again", "delivered", "accepted"):
        with pytest.raises(RecordBroken):
            folded.fold(told_line(1, outcome))


def test_the_rate_is_of_the_last_seconds_and_of_what_was_heard():
    people = [f"p{n}@example.org" for n in range(100)]
    folded = tally(ledger.page_line(0, people), ledger.sealed_line(100, digest_of(people)))
    for second in range(20):
        numbers = tuple(range(second * 5, second * 5 + 5))
        folded.fold(ledger.moved_line(second * 1000 + 1, (), numbers))
        folded.fold(ledger.moved_line(second * 1000 + 999, [("accepted", 250, "", numbers)]))
    assert folded.rate(19_999) == 5
    assert folded.rate(24_000) < 5
    assert folded.rate(60_000) == 0
    assert tally(*TWO, tried_line(0), told_line(0, "accepted")).rate(0) == 0


def test_only_one_in_doubt_may_be_tried_again():
    folded = tally(*TWO, tried_line(0, 1), told_line(1, "accepted", 250), told_line(0, "again"))
    assert folded.state(0) == ledger.WAITING
    with pytest.raises(RecordBroken, match="again of one that is accepted"):
        folded.fold(told_line(1, "again"))


def test_the_reasons_are_bounded_and_name_no_address():
    people = [f"p{n}@example.org" for n in range(200)]
    told = [("refused", 550, f"<p{n}@example.org> reason {n}", (n,)) for n in range(100)]
    told += [("refused", 550, f"reason {n}", (n,)) for n in range(100, 200)]
    folded = tally(
        ledger.page_line(0, people), ledger.sealed_line(200, digest_of(people)), ledger.moved_line(0, told)
    )
    assert folded.reasons["550"] == 100
    assert len(folded.reasons) == ledger.MOST_REASONS + 1
    assert sum(folded.reasons.values()) == 200


def test_a_server_text_that_no_json_holds_is_kept_readable():
    line = ledger.decode(told_line(0, "refused", 550, "caf\udce9 " + "x" * 1000))
    ((_outcome, _code, text, _numbers),) = line.groups
    assert text.startswith("caf\\udce9 x")
    assert len(text) == ledger.LONGEST_TEXT


def test_the_counts_follow_the_lines():
    folded = tally(*TWO)
    assert folded.counts() == {**NOBODY, "waiting": 2, "total": 2}
    folded.fold(tried_line(0))
    assert folded.counts()["tried"] == 1
    folded.fold(told_line(0, "accepted", 250))
    folded.fold(told_line(1, "refused", 550))
    assert folded.counts() == {**NOBODY, "accepted": 1, "refused": 1, "total": 2}


def test_put_off_is_waiting_again_and_a_doubt_stays_one():
    folded = tally(*TWO, tried_line(0), told_line(0, "later", 451))
    assert folded.state(0) == ledger.WAITING
    folded.fold(tried_line(0))
    folded.fold(told_line(0, "doubt"))
    folded.fold(told_line(0, "later", 451))
    assert folded.state(0) == ledger.DOUBT
    assert folded.counts()["tried"] == 1


@pytest.mark.parametrize(
    "row",
    [
        told_line(0, "accepted", 250),
        told_line(0, "doubt"),
        told_line(0, "maybe"),
        tried_line(2),
        tried_line(-1),
        list_line(2, "carol@example.org"),
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
        tally(*TWO, tried_line(0), tried_line(0))
    with pytest.raises(RecordBroken, match="tried of one that is accepted"):
        tally(*TWO, tried_line(0), told_line(0, "accepted"), tried_line(0))
    with pytest.raises(RecordBroken, match="nobody on the list"):
        tally(TWO[0], tried_line(0))
    with pytest.raises(RecordBroken, match="another list"):
        tally(TWO[0], ledger.sealed_line(2, BOTH))
    with pytest.raises(RecordBroken, match="another list"):
        tally(*TWO[:2], ledger.sealed_line(2, digest_of(("ann@example.org", "eve@example.org"))))


moves = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["tried", *ledger.OUTCOMES])).map(
        lambda move: tried_line(move[0]) if move[1] == "tried" else told_line(*move)
    ),
    max_size=60,
)


@given(moves)
def test_no_order_of_lines_sends_twice_to_one_who_may_have_it(rows):
    people = [f"p{n}@example.org" for n in range(5)]
    folded = tally(ledger.page_line(0, people), ledger.sealed_line(5, digest_of(people)))
    had_it = set()
    for row in rows:
        line = ledger.decode(row)
        try:
            folded.fold(row)
        except RecordBroken:
            continue
        assert not had_it.intersection(line.claims)
        for outcome, _code, _text, numbers in line.groups:
            if outcome in ("accepted", "doubt", "delivered", "bounced"):
                had_it.update(numbers)
            if (
                outcome == "again"
            ):  # nothing but this, which an officer asks for by name, lets anybody be tried again
                had_it.difference_update(numbers)
        counts = folded.counts()
        assert sum(counts[name] for name in ledger.STATES) == counts["total"] == 5
