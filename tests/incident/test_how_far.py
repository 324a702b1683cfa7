from __future__ import annotations

import pytest

from console.incident.how_far import HowFar

COUNTS = {
    "waiting": 1_200,
    "tried": 12,
    "accepted": 2_000,
    "refused": 40,
    "bounced": 0,
    "delivered": 0,
    "total": 3_252,
}


def test_on_its_way_it_says_how_fast_and_how_long():
    far = HowFar(counts=COUNTS, rate=5, sending=True)
    assert (far.done, far.seconds_left) == (2_052, 240)
    assert far.line() == "2,052 of 3,252 people done, 40 refused, 5 a second, about 4 min to go"


@pytest.mark.parametrize(
    ("far", "pace"),
    [
        (HowFar(counts=COUNTS, sending=True), "counting ..."),
        (HowFar(counts=COUNTS, sending=True, rate=500), "500 a second, soon done"),
        (
            HowFar(counts=COUNTS, sending=True, rate=500, held=True),
            "HELD: nobody else is sent to until it goes on.",
        ),
        (HowFar(counts=COUNTS, rate=500), ""),
    ],
)
def test_the_pace_is_said_only_where_there_is_one(far, pace):
    assert far.pace() == pace


def test_at_rest_those_without_an_answer_are_in_doubt_and_those_that_came_back_are_said():
    far = HowFar(counts={**COUNTS, "waiting": 0, "bounced": 7})
    assert far.line() == "3,252 of 3,252 people done, 40 refused, 12 in doubt, 7 came back"
    assert far.seconds_left is None


def test_the_commonest_reasons_come_first_and_the_rest_is_one_line():
    reasons = {f"55{n} 5.{n}.1": n for n in range(1, 8)}
    assert HowFar(counts=COUNTS, reasons=reasons).why_refused() == [
        *(f"{n} 55{n} 5.{n}.1" for n in (7, 6, 5, 4, 3)),
        "3 for other reasons",
    ]


def test_a_machine_reads_all_of_it():
    plain = HowFar(counts=COUNTS, rate=5, sending=True, reasons={"550 5.1.1": 40}).plainly()
    assert plain["waiting"] == 1_200
    assert plain["seconds_left"] == 240
    assert plain["refused_for"] == {"550 5.1.1": 40}
