"""An incident of a playbook that is written in the test itself."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace
from support_incident import Play, opening

from console.incident.events import SourceFile


def play_of(book: str, **more) -> Play:
    """A live incident of that playbook; its id is in its own text."""
    name = next(line.partition(":")[2].strip() for line in book.splitlines() if line.startswith("id:"))
    file = SourceFile(path=f"{name}.yaml", text=book, sha256=hashlib.sha256(book.encode()).hexdigest())
    made = Play()
    made.take(replace(opening(), playbook=name, version="1.0.0", files=(file,), answers={}, **more))
    return made
