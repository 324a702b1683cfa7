"""The disk fails at any write of the walk: nothing goes out after it, every gate is shut, and nothing of it is forgotten.

The record's file is a real one and so are its failures: a process that may not make files longer (EFBIG, from the write on
that the case names), and a file that may not have more pages (SQLITE_FULL).
"""

from __future__ import annotations

import pytest

MARGIN = 8  # writes that a walk may have more or less: what the relay answers at once is written at once
FEWEST_WRITES, FEWEST_PAGES = 120, 40  # of a whole walk; the first test holds that there are so many


def wrong(told):
    return {" ".join(case["kills"]): case["findings"] for case in told if case["findings"]}


@pytest.fixture
def measured(court, ram):
    """How many writes a walk makes, from a walk whose disk is well."""
    (told,) = court([{"kills": []}])
    assert wrong([told]) == {}
    return told["passed"]["writes"]


@pytest.mark.parametrize(("kind", "every"), [("gone", 1), ("torn", 4)])
def test_an_error_at_every_write(court, measured, kind, every):
    assert measured > FEWEST_WRITES
    numbers = range(1, measured + MARGIN, every)
    told = court([{"kills": [f"disk/{kind}:{nth}"], "to_end": False} for nth in numbers])
    assert wrong(told) == {}
    well = [nth for nth, case in zip(numbers, told, strict=True) if not case["poisoned"]]
    assert well == [nth for nth in well if nth > measured - MARGIN]


def test_a_full_disk_at_every_size_of_the_file(court):
    told = court([{"kills": [f"disk/pages:{pages}"], "to_end": False} for pages in range(1, 100)])
    assert wrong(told) == {}
    filled = [case["poisoned"] for case in told]
    assert filled == sorted(filled, reverse=True)  # from some size on there is room for all of it
    assert sum(filled) > FEWEST_PAGES
    assert not filled[-1]


def test_on_a_disk_that_is_well_again_the_walk_comes_to_its_end(court, measured):
    told = court([{"kills": [f"disk/gone:{nth}"] * 2} for nth in range(5, measured, 9)])
    assert wrong(told) == {}
    assert all(case["poisoned"] for case in told)
    assert sum(case["doubts"] for case in told) > 1
