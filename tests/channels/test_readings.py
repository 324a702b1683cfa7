"""What says something else than at the look before; what only seems to, since it is read in two ways or from a cache."""

from __future__ import annotations

import pytest

from console.channels.protocol import Sighting
from console.channels.readings import CACHES, Readings, plain

MINUTE = 60_000


@pytest.fixture
def turned():
    """Whether these words turned, a minute after the last ones."""
    readings, now = Readings(), [0]

    def look(words, source="", after=MINUTE, recorded=None):
        now[0] += after
        return readings.turned(Sighting("1", words, source=source), now[0], recorded)

    return look


def test_what_is_seen_for_the_first_time_or_with_other_spaces_did_not_turn(turned):
    assert not turned("Road closed")
    assert not turned("Road  closed\n")


def test_every_change_is_told_once(turned):
    turned("one")
    assert [turned(each) for each in ("two", "two", "three", "three", "four")] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_it_is_held_against_what_the_record_says_where_it_was_not_looked_at_before(turned):
    assert turned("two", recorded="one")
    assert not turned("two", recorded="one")


def test_two_ways_of_reading_are_two_wordings(turned):
    looks = [
        ("Road closed", ""),
        ("Road closed ...", "feed"),
        ("Road closed", ""),
        ("Road closed ...", "feed"),
    ]
    assert not any(turned(*each) for each in looks)


def test_one_edit_is_told_once_whatever_way_shows_it_first_and_however_late_the_other_is(turned):
    for each in (("one", ""), ("one ...", "feed")):
        turned(*each)
    assert turned("two", "")
    assert not turned("one ...", "feed")
    assert not turned("two ...", "feed")
    assert not turned("two", "")
    assert turned("three ...", "feed")
    assert not turned("three", "")
    assert turned("four", "")


def test_a_way_that_is_first_read_after_an_edit_may_be_behind(turned):
    turned("one")
    assert turned("two")
    assert not turned("one ...", "feed")
    assert not turned("two ...", "feed")
    assert turned("three ...", "feed")


def test_a_cache_that_shows_for_a_while_what_was_before_is_no_edit_and_longer_than_that_it_is(turned):
    turned("one")
    assert turned("two")
    assert [turned(each) for each in ("one", "two", "one", "one")] == [False] * 4
    assert turned("one", after=CACHES)


def test_what_could_not_be_told_of_turns_again():
    readings, seen = Readings(), Sighting("1", "two")
    readings.turned(Sighting("1", "one"), 0)
    assert readings.turned(seen, 1)
    readings.take_back(seen)
    assert readings.turned(seen, 2)


def test_words_of_the_list_are_told_without_what_the_watch_put_before_them():
    assert [plain(each) for each in ("Changed: a", "Again: a", "a")] == ["a", "a", "a"]
