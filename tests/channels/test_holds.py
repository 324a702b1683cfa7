from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.channels.live.holds import IN_A_ROW, WAITS, Holds

FIRST = 10_000


def put_off(holds, now, text="4.7.1 try again", people=range(IN_A_ROW), domain="slow.example"):
    return [holds.later(n, f"p{n}@{domain}", text, now) for n in people]


def test_one_put_off_waits_longer_each_time_and_in_the_end_is_given_up():
    holds, now = Holds(FIRST), 0
    for wait in WAITS:
        assert holds.later(7, "ann@slow.example", "busy", now)
        assert holds.held(7, "ann@slow.example", now + wait * FIRST - 1)
        assert not holds.held(7, "ann@slow.example", now + wait * FIRST)
        assert holds.next_at(now) == now + wait * FIRST
        now += wait * FIRST
    assert not holds.later(7, "ann@slow.example", "busy", now)
    assert holds.put_off == 0


def test_a_domain_that_puts_several_off_in_a_row_is_left_alone_and_the_others_are_not():
    holds = Holds(FIRST)
    put_off(holds, 0)
    assert holds.held(99, "other@slow.example", FIRST - 1)
    assert not holds.held(99, "other@slow.example", FIRST)
    assert not holds.held(99, "other@quick.example", 0)
    assert holds.left_alone(0) == ("slow.example",)
    assert holds.left_alone(FIRST) == ()


def test_an_accepted_one_between_them_says_that_the_domain_is_well():
    holds = Holds(FIRST)
    put_off(holds, 0, people=range(IN_A_ROW - 1))
    holds.answered(50, "fine@slow.example")
    put_off(holds, 0, people=range(60, 60 + IN_A_ROW - 1))
    assert not holds.held(99, "other@slow.example", 0)


def test_a_server_that_greylists_is_asked_for_everybody_once():
    holds = Holds(FIRST)
    put_off(holds, 0, "4.7.1 Greylisted, please come back", people=range(500))
    assert not holds.held(999, "other@slow.example", 0)
    assert holds.put_off == 500
    assert not any(holds.held(n, f"p{n}@slow.example", FIRST) for n in range(500))


def test_a_domain_that_takes_nothing_after_the_longest_pause_is_left_to_a_person():
    holds, now = Holds(FIRST), 0
    for round_ in range(len(WAITS) + 1):
        people = range(round_ * 10, round_ * 10 + IN_A_ROW)
        put_off(holds, now, people=people)
        now += WAITS[min(round_, len(WAITS) - 1)] * FIRST
    assert holds.exhausted() == ("slow.example",)
    assert holds.held(999, "other@slow.example", now + 10**12)
    assert holds.next_at(now) is None


answers = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["later", "grey", "well"]), st.integers(0, 120_000)),
    max_size=80,
)


@given(answers)
def test_whoever_is_put_off_comes_up_again_or_is_given_up(rows):
    holds, now, given_up = Holds(FIRST), 0, set()
    for n, word, passed in rows:
        now += passed
        address = f"p{n}@d{n % 2}.example"
        if n in given_up or holds.held(n, address, now):
            continue
        if word == "well":
            holds.answered(n, address)
        elif not holds.later(n, address, "greylisted" if word == "grey" else "slow down", now):
            given_up.add(n)
    while (until := holds.next_at(now)) is not None:
        now = max(now, until)
        due = [n for n in range(10) if not holds.held(n, f"p{n}@d{n % 2}.example", now)]
        assert due
        for n in due:
            holds.answered(n, f"p{n}@d{n % 2}.example")
    assert holds.put_off == 0 or holds.exhausted()
