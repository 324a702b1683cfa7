"""The short way to an address gives the same answer as the long one, for whatever somebody writes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.channels import address
from console.channels.address import is_safe, normalise

NEAR = st.from_regex(r"[A-Za-z0-9.+_'-]{0,12}@?[A-Za-z0-9.@-]{0,20}\.?[a-zA-Z0-9-]{0,5}\n?", fullmatch=True)
LONG = st.builds(
    lambda local, labels, end: f"{'a' * local}@{'.'.join('b' * each for each in labels)}.{end}",
    st.integers(60, 68),
    st.lists(st.integers(0, 66), min_size=1, max_size=5),
    st.sampled_from(("org", "Org", "1", "0x1", "a-", "xn--p1ai", "")),
)


@given(NEAR | LONG | st.text(max_size=40))
@example("ann@example.org\n")
@example("ann@example.org ")
@example("ann@127.0.0.1")
@example("ann@EXAMPLE.123")
@example("Ann <ann@Example.org>")
def test_the_short_way_and_the_long_way_agree(text):
    assert normalise(text) == address._normalise(text)
    assert is_safe(text) == (address._normalise(text) == text)


@pytest.mark.parametrize("length", [252, 253, 254, 255])
def test_both_ways_agree_at_the_longest_domain_and_address(length):
    domain = f"{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * (length - 192 - 4)}.org"
    assert len(domain) == length
    for text in (f"a@{domain}", f"{'a' * 64}@{domain[64:]}", f"{'a' * 65}@{domain[64:]}"):
        assert normalise(text) == address._normalise(text)
        assert is_safe(text) == (address._normalise(text) == text)
