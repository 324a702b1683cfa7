"""A look's raw answer as a person reads it: the sentences in it, without the structure and the hashes. The record keeps it raw. Pure."""

from __future__ import annotations

import json
import re
from typing import Final

LATER: Final = (
    "kept",
    "answer",
    "at",
)  # where the bytes lie and how they begin: for whoever reads the record
MOST: Final = 600  # characters
_KEPT: Final = re.compile(
    r" Kept: [^:]* [0-9a-f]{16,64}(?:[;.].*|)$"
)  # as `lights.told` says where its proof is
_SAID: Final = re.compile(r'"said":"((?:[^"\\]|\\.)*)"')


def seen_words(raw: str) -> str:
    """What a look said, line by line; plain words stay as they are, and of JSON only what it says is left.

    Args:
        raw: as an adapter told it: words, canonical JSON, or words and then JSON that may be cut off.
    """
    return "\n".join(_KEPT.sub("", _line(line)) for line in raw.split("\n"))[:MOST]


def _line(line: str) -> str:
    before, brace, rest = line.partition('{"')
    if not brace:
        return line
    try:
        table, end = json.JSONDecoder().raw_decode(brace + rest)
    except (ValueError, RecursionError):
        said = ", ".join(dict.fromkeys(_SAID.findall(rest)))
        return f"{before.rstrip()} {said or 'the record has the whole answer'}".strip()
    after = (brace + rest)[end:].strip()
    words = _table(table) if isinstance(table, dict) else ""
    return " ".join(part for part in (before.strip(), words, after) if part)


def _table(table: dict[str, object]) -> str:
    """First the sentence in it, then its plain values by name; what is deeper only with what it says."""
    said = str(table.get("said", "")).strip()
    rest = [
        told for name, value in table.items() if name not in ("said", *LATER) for told in _value(name, value)
    ]
    return " ".join(part for part in (said, "; ".join(rest)) if part)


def _value(name: str, value: object) -> list[str]:
    if isinstance(value, dict):
        inner = _table(value)
        return [f"{name}: {inner}"] if inner else []
    if isinstance(value, list):
        return [told for each in value if isinstance(each, dict) for told in [_table(each)] if told]
    if isinstance(value, bool):
        return [f"{name}: {'yes' if value else 'no'}"]
    return [f"{name}: {value if value not in ('', None) else 'none'}"]
