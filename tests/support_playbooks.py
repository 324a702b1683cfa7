"""A small playbook that is right in every key, for tests that break one thing in it.

In a broken text the sign `§` stands before the character at which the finding is expected.
"""

from __future__ import annotations

import re

from console.playbook.nodes import Mapping, Sequence

MARK = "§"

BASE = """\
format: 1
id: base
version: 1.0.0
title: Base
opens-when: Something is wrong.
not-for:
  - A rehearsal
roles:
  lead: Press officer on call
  approver: Head of news
  it: IT on call
channels:
  account: x
  voice: [x, manual]
  mailer: mail
ask:
  reached:
    say: "Which channels?"
    pick: [website, account, email]
    default: [website, account]
  at-risk:
    say: "Anyone at risk?"
    type: yes-no
    default: not-sure
  first-seen:
    say: "When?"
    type: time
    default: not-sure
facts:
  quiet-for: 60m
  page: example.org/now
memory:
  - Save.
texts:
  ignore:
    kind: notice
    known: Messages on {{ reached }} since {{ first-seen }} are not from us.
    harm: "{{ harm }}"
    do: Please ignore them.
    doing: We cut off access.
    next: Next update by {{ next-update }}, {{ page }}.
    signed: "{{ officer }}, {{ role.lead }}."
phases:
- id: first
  title: First
  way-out:
  - {when: elapsed > 6m, go: first/call, say: Time is up}
  steps:
  - id: look
    do: Look at every channel
    due: 1m
    answer:
      choose:
        false-posts: Not ours
        nothing: Nothing wrong
    go: {nothing: stand-down}
  - id: post
    do: Post the notice from {{ account.handle }}
    why: People look there.
    link: https://example.org/how
    by: it
    due: 5m
    critical: true
    when: at-risk != no
    needs: [first/look == false-posts | done(first/call)]
    act: account.post
    text: ignore
    gate: second
    confirm: word
    check: account.pinned
    fallback: Phone the owner.
    objective: Warn the public
    was: first/publish
  - id: call
    do: Call the control room
    how: [Phone them, Say it]
    repeat: 30m
    until: last/sweep
    background: true
- id: last
  title: Last
  opens: quiet >= quiet-for and settled(first/post)
  steps:
  - id: sweep
    do: Count what is left
    answer: {number: Items left, want: 0}
"""


def broken(old: str, new: str, base: str = BASE) -> tuple[str, int, int]:
    """The base with one thing changed, and where the mark stood: the text, the line, the column."""
    assert not old or base.count(old) == 1, f"{old!r} stands {base.count(old)} times in the base"
    text = base.replace(old, new) if old else new
    before, sign, after = text.partition(MARK)
    assert sign, "the mark is missing"
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def reading(files: dict[str, str | bytes]):
    """A `read` over files in memory."""

    def read(path: str) -> bytes:
        held = files[path]
        return held if isinstance(held, bytes) else held.encode()

    return read


def plain(node):
    """A node as YAML 1.2's core schema reads it, for a JSON Schema validator."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    words = {"": None, "~": None, "null": None, "true": True, "false": False}
    if node.style or node.text.casefold() not in words:
        if not node.style and re.fullmatch(r"[-+]?[0-9]+", node.text):
            return int(node.text)
        if not node.style and re.fullmatch(r"[-+]?[0-9]+\.[0-9]*", node.text):
            return float(node.text)
        return node.text
    return words[node.text.casefold()]
