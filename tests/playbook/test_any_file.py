"""Whatever an author's hand slips to: findings within the file, a load that agrees with the check, and never a crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support_playbooks import BASE, reading

from console.errors import BadPlaybook
from console.playbook.findings import CODES, MOST, draw
from console.playbook.load import check, load

LINES = BASE.split("\n")
SLIPS = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    ":",
    "- ",
    "\n",
    "  ",
    "'",
    '"',
    "&a ",
    "*a",
    "!t ",
    "|",
    ">",
    "?",
    "{{",
    "}}",
    "{{ x }}",
    "#",
    "<<: ",
    "\t",
    "done(",
    "/",
    " and ",
    "==",
    " in ",
    "0",
    "é",
    "null",
    "---\n",
    "%",
    "@",
    "\x1b",
    "\u202e",
]

places = st.integers(0, len(BASE))
edits = st.one_of(
    st.tuples(st.just("insert"), places, st.sampled_from(SLIPS)),
    st.tuples(st.just("cut"), places, st.integers(1, 60)),
    st.tuples(st.just("double"), st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)),
    st.tuples(st.just("indent"), st.integers(0, len(LINES) - 1), st.integers(0, 8)),
)


def slipped(text: str, edit) -> str:
    kind, at, what = edit
    if kind == "insert":
        return text[:at] + what + text[at:]
    if kind == "cut":
        return text[:at] + text[at + what :]
    lines = text.split("\n")
    at %= len(lines)
    lines[at] = lines[what % len(lines)] if kind == "double" else " " * what + lines[at].strip()
    return "\n".join(lines)


def examine(raw: str | bytes) -> None:
    read = reading({"base.yaml": raw})
    found = check("base", read)
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    lines = text.split("\n")
    for one in found:
        assert one.code in CODES
        assert 1 <= one.line <= len(lines) + 1
        line = lines[one.line - 1] if one.line <= len(lines) else ""
        assert 1 <= one.col <= len(line) + 1
        assert one.end_col > one.col
        assert all(char.isprintable() or char == "\n" for char in draw(one, line))
    errors = [one for one in found if one.severity == "error"]
    assert len(errors) <= MOST
    refused: tuple[str, ...] = ()
    try:
        load("base", read)
    except BadPlaybook as broken:
        refused = broken.findings
    assert len(refused) == len(errors)


@settings(max_examples=400, deadline=None)
@given(st.lists(edits, min_size=1, max_size=4))
def test_a_slip_of_the_hand(changes):
    text = BASE
    for change in changes:
        text = slipped(text, change)
    examine(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(raw):
    examine(raw)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:-{}[]'\"\n #&*!|>?%@,\t", max_size=60))
def test_any_heap_of_signs(text):
    examine(text)
