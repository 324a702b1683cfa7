"""A file made to hurt gets a finding, in under 50 ms of processor time and 64 MiB."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from console.errors import BadPlaybook
from console.playbook.load import check, load

BUDGET_SECONDS = 0.25  # what grows with the square of a file takes seconds
BUDGET_BYTES = 64 * 2**20

HOSTILE = {
    "5,000 levels of lists": "[" * 5_000,
    "5,000 levels of keys": "{" * 5_000,
    "5,000 levels on their own lines": "[\n" * 5_000,
    "500 levels of blocks": "".join(" " * level + "a:\n" for level in range(500)),
    "a list in a list in a list": "- " * 4_000 + "a",
    "alias bomb": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"b{n}: &b{n} [{'*a, ' * 9}*a]\n" for n in range(3_000)),
    "alias of itself": "a: &a [*a, *a]\n",
    "200,000 digits": "format: " + "9" * 200_000,
    "8,000 digits": "format: " + "9" * 8_000,
    "50,000 keys": "{" + ",".join(f"{n:x}" for n in range(50_000)) + "}",
    "50,000 keys, ten in a line": "".join("a,b,c,d,e,f,g,h,i,j,\n" if n else "{" for n in range(5_000)),
    "28,000 keys on lines": "".join(f"k{n}:\n" for n in range(28_000)),
    "50,000 times one key": "a: b\n" * 50_000,
    "100,000 items": "-\n" * 100_000,
    "keys nobody knows": "".join(f"{'abcdefghij' * 3}{n}: x\n" for n in range(400)),
    "values nobody can use": "phases:\n"
    + "- {id: A, title: B, steps: [{do: '', due: x, critical: y}]}\n" * 400,
    "30,000 anchors": "- &a b\n" * 30_000,
    "30,000 tags": "- !a b\n" * 30_000,
    "a quote never closed": "a: '" + "x\n" * 100_000,
    "comments": "#\n" * 130_000,
    "empty lines": "\n" * 260_000,
    "question marks": "? " * 4_000,
    "colons": ": " * 4_000,
    "nothing but NUL": "\0" * 200_000,
    "NUL": "format: 1\0",
    "BOM": "\ufeffformat: 1\n",
    "UTF-16": "format: 1\n".encode("utf-16"),
    "CRLF": "format: 1\r\nid: base\r\n",
    "CR": "format: 1\rid: base\r",
    "controls": "format: \x1b[2J\x07\x9b\n",
    "controls on every line": "a: \x1b\n" * 50_000,
    "bidi": "format: \u202e1\n",
    "escapes": 'format: "\\e[2J\\u202e\\0"\n',
    "half a UTF-8 sequence": b"format: 1\nid: b\xc3",
    "an overlong UTF-8 sequence": b"format: \xc0\xaf\n",
    "a surrogate in UTF-8": b"format: \xed\xa0\x80\n",
    "marks upon marks": ("e" + "\u0300" * 100 + "\n") * 1_200,
    "two marks a letter": ("a: " + "e\u0302\u0301" * 800 + "\n") * 50,
    "emoji": ("a: " + "\U0001f44d\U0001f3fd" * 300 + "\n") * 100,
    "a megabyte": "a" * 2**20,
    "a condition of brackets": "format: 1\nphases: [{id: a, title: A, opens: '"
    + "(" * 8_000
    + "', steps: [{id: b, do: C}]}]\n",
    "a condition of nots": "format: 1\nphases: [{id: a, title: A, opens: '"
    + "not " * 120
    + "x', steps: [{id: b, do: C}]}]\n",
    "placeholders": "format: 1\ntexts: {a: {kind: answers, b: '" + "{{" * 1_900 + "'}}\n",
    "an include bomb": "format: 1\nid: root\nversion: 1.0.0\ntitle: Root\nphases:\n"
    + "".join("- use: root\n" for _ in range(30)),
    "paths outside": "texts: {a: {file: ../../../../etc/passwd}, b: {file: /etc/passwd}, c: {file: 'texts/../../x.yaml'}}\n",
}


def reading(held: str | bytes):
    raw = held if isinstance(held, bytes) else held.encode()

    def read(path: str) -> bytes:
        if path != "root.yaml":
            raise FileNotFoundError(path)
        return raw

    return read


@pytest.fixture(scope="module", autouse=True)
def _warm():
    """Imports and the model's shapes are made once a process, by the first file."""
    check("root", reading("format: 1\nid: root\n"))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_gets_a_finding_in_time(name):
    read = reading(HOSTILE[name])
    best = 1e9
    for _ in range(3):
        begun = time.process_time()
        findings = check("root", read)
        best = min(best, time.process_time() - begun)
    assert any(one.severity == "error" for one in findings)
    assert best < BUDGET_SECONDS


@pytest.mark.parametrize("name", HOSTILE)
def test_it_takes_little_memory_and_is_refused(name):
    read = reading(HOSTILE[name])
    tracemalloc.start()
    try:
        with pytest.raises(BadPlaybook) as raised:
            load("root", read)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < BUDGET_BYTES
    assert raised.value.findings
    assert all(char.isprintable() or char == "\n" for drawn in raised.value.findings for char in drawn)


def test_a_file_outside_is_never_asked_for():
    asked = []

    def read(path: str) -> bytes:
        asked.append(path)
        return HOSTILE["paths outside"].encode()

    check("root", read)
    assert asked == ["root.yaml"]
