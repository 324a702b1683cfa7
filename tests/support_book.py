"""An incident of a playbook that is written in the test itself."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace
from support_incident import Play, opening

from console.incident.events import SourceFile
from console.playbook.load import load

DECIDED = """\
format: 1
id: decided-by-two
version: 1.0.0
title: Decided by two
opens-when: It must be decided.
roles:
  approver: Head of news
phases:
- id: decide
  title: Decide
  steps:
  - id: publish
    do: Decide whether the names are published
    gate: second
    answer:
      choose: {publish: Publish them, hold: Hold them back}
    go: {hold: decide/wait}
  - id: wait
    do: Wait for the lawyers
"""


def loaded_of(book: str):
    """That playbook, as it is read from a file."""
    return load(f"{id_of(book)}.yaml", lambda _path: book.encode())


def id_of(book: str) -> str:
    """The id that stands in it, which its file is called by."""
    return next(line.partition(":")[2].strip() for line in book.splitlines() if line.startswith("id:"))


def play_of(book: str, **more) -> Play:
    """A live incident of that playbook; its id is in its own text."""
    name = id_of(book)
    file = SourceFile(path=f"{name}.yaml", text=book, sha256=hashlib.sha256(book.encode()).hexdigest())
    made = Play()
    made.take(replace(opening(), playbook=name, version="1.0.0", files=(file,), answers={}, **more))
    return made
