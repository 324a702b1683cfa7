"""One pass: a value is never read as a template, and nothing but declared names is filled in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.playbook.templates import names, placeholders, renamed, render

slugs = st.from_regex(r"[a-z][a-z0-9-]{0,6}(\.[a-z][a-z0-9-]{0,6})?", fullmatch=True)
hostile = st.text(alphabet="{} ab.-\n", max_size=30)


@given(
    st.lists(
        st.one_of(
            slugs.map(lambda slug: ("name", slug)),
            st.text(alphabet="ab \n", max_size=5).map(lambda words: ("words", words)),
        ),
        max_size=8,
    ),
    st.data(),
)
def test_values_are_never_looked_at_again(pieces, data):
    values = {slug: data.draw(hostile) for kind, slug in pieces if kind == "name"}
    template = "".join("{{ " + text + " }}" if kind == "name" else text for kind, text in pieces)
    assert render(template, values) == "".join(
        values[text] if kind == "name" else text for kind, text in pieces
    )


def test_a_value_that_is_a_template_stays_as_it_is():
    assert (
        render("{{ a }}{{ b }}", {"a": "{{ b }}", "b": "{{ a }} {{ officer }}"})
        == "{{ b }}{{ a }} {{ officer }}"
    )
    assert render("{{{ a }}}", {"a": "x"}) == "{x}"


@given(st.text(alphabet="{} ab.-()\n", max_size=60))
def test_any_text_has_ordered_placeholders_and_only_whole_ones_have_names(text):
    found = placeholders(text)
    assert list(found) == sorted(found, key=lambda one: one.start)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert tuple(dict.fromkeys(one.name for one in found if one.name)) == names(text)
    covered = "".join(text[one.start : one.end] for one in found)
    assert covered.count("{{") >= text.count("{{") - len(found)
    assert render(text, dict.fromkeys(names(text), "")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "{{}}",
        "{{ A }}",
        "{{ a b }}",
        "{{ a() }}",
        "{{ a.b.c }}",
        "{{ a",
        "a }}",
        "{{ a|upper }}",
        "{{ _x }}",
        "{{\na }}",
    ],
)
def test_what_is_no_placeholder_is_broken(text):
    assert any(not one.name for one in placeholders(text))
    assert names(text) == ()


def test_nothing_reaches_into_python():
    with pytest.raises(KeyError):
        render("{{ officer.name }}", {"officer": "Reid"})
    assert (
        render("{0} {officer} %s ${officer} {{ officer.__class__ }}", {})
        == "{0} {officer} %s ${officer} {{ officer.__class__ }}"
    )


def test_names_can_be_renamed():
    assert renamed("{{ a }} and {{b.c}}", lambda name: f"x-{name}") == "{{ x-a }} and {{ x-b.c }}"
