"""What all facts carry."""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all facts carry."""

    at: int
    boot: int
    by: str = ""
    v: int = 1
