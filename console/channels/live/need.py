"""What a kind of channel asks a machine for, and what a try of it found. Light: it loads no network."""

from __future__ import annotations

from msgspec import Struct


class Need(Struct, frozen=True, kw_only=True):
    """One thing a kind wants to know of a machine.

    Attributes:
        name: the setting's name, or the secret's in the vault.
        asks: the question a person is asked for it, one sentence.
        default: taken when nothing is typed.
        secret: kept in the vault, never in the settings.
        optional: what is not set makes some verbs guided.
    """

    name: str
    asks: str
    default: str = ""
    secret: bool = False
    optional: bool = False


class Tried(Struct, frozen=True):
    """What a try of the channel found: whether it would work, and one sentence for each thing looked at or not possible."""

    ok: bool
    lines: tuple[str, ...]
