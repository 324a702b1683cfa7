"""What a look saw is told in its own sentences; the structure and the hashes stay in the record."""

from __future__ import annotations

import pytest

from console.incident.seen_words import MOST, seen_words


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("2 of 2 saved", "2 of 2 saved"),
        ("", ""),
        ("attested {by hand}", "attested {by hand}"),
        (
            '{"kept":"b4af","pinned":"","said":"X may show what was before.","wanted":"21256"}',
            "X may show what was before. pinned: none; wanted: 21256",
        ),
        (
            'i2 gone: {"feed":{"kept":["2f"],"said":"3 entries without it"},"page":{"kept":["04"],"said":"404"}}\ni3 not seen: wait',
            "i2 gone: feed: 3 entries without it; page: 404\ni3 not seen: wait",
        ),
        (
            '{"posts":[{"at":17,"id":"21","kept":["5c"],"state":"gone"}],"said":"Gone."}',
            "Gone. id: 21; state: gone",
        ),
        (
            f"i3 gone: page: gone, it answered 404. Kept: view {'ab' * 32}; page {'cd' * 20}",
            "i3 gone: page: gone, it answered 404.",
        ),
        ("Kept: nothing.", "Kept: nothing."),
        ('{"stands":"False messages","whole":true}', "stands: False messages; whole: yes"),
        ('It looks so. {"status":200,"kept":"","answer":"<html>"}', "It looks so. status: 200"),
        ('i1 gone: {"feed":{"said":"3 entries"},"home pa', "i1 gone: 3 entries"),
        ('i1 gone: {"kept":["2f269014', "i1 gone: the record has the whole answer"),
    ],
)
def test_a_person_is_told_what_was_said_and_no_structure(raw, told):
    assert seen_words(raw) == told


def test_an_answer_without_end_is_cut():
    assert len(seen_words("x" * 10_000)) == MOST
    assert seen_words('{"a":' + "[" * 100_000)
