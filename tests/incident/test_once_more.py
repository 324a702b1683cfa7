"""Who is mailed once more, as a manifest says it; and a mailing without a gate, which asks for an approver's code all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import BadInput
from console.incident.once_more import numbers_in, ranges


@given(st.sets(st.integers(0, 200)))
def test_numbers_are_written_as_ranges_and_read_back(numbers):
    written = ranges(sorted(numbers))
    read = numbers_in(written) if written else ()
    assert {n for first, last in read for n in range(first, last + 1)} == numbers


@given(st.text(max_size=12))
def test_nothing_else_is_read_as_ranges(written):
    try:
        found = list(numbers_in(written))
    except BadInput:
        return
    assert all(first >= 0 for first, _ in found)
    assert set(written) <= set("0123456789,-")


@pytest.mark.parametrize("written", ["", "all", "1,,2", "-3", "1-x", "\u0663", "1 - 2"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(BadInput, match="no number of a recipient"):
        list(numbers_in(written))
