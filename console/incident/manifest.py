"""A manifest is the canonical bytes of what will happen; its SHA-256 is the digest that approvals are bound to.

One manifest may hold several effects: one per item, per speaking channel, or one for a whole mailing. What arrives
later needs a new one. A gated answer is a manifest of kind `statement`.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
import rfc8785
from msgspec import Struct

from console.errors import BadInput, RecordBroken
from console.incident.wordlist import WORDS

DIGEST_WORDS: Final = 6
BITS_PER_WORD: Final = 11


class Target(Struct, frozen=True, kw_only=True):
    """One effect of a manifest: its id, where it goes, and for an item which one."""

    effect: str
    channel: str
    kind: str
    verb: str
    item: str = ""
    remote: str = ""


class Manifest(Struct, frozen=True, kw_only=True):
    """What will happen, whole.

    Attributes:
        what: `act` or `statement`.
        parts: the final words by part, in the order sent; `text` is the same as one text.
        recipients: the ledger's name; `recipients_sha256` and `count` say who, exactly.
        reaches: how many people or items it reaches; the number typed for `confirm: count`.
        writers: everyone who edited, planned or asked for it; none of them may be its approver.
        not_after: wall ms after which it must be planned again; 0 for never.
    """

    v: int = 1
    what: str = "act"
    incident: str
    mode: str
    step: str
    channel: str = ""
    verb: str = ""
    targets: tuple[Target, ...] = ()
    subject: str = ""
    text: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    arguments: dict[str, str] = {}
    recipients: str = ""
    recipients_sha256: str = ""
    reaches: int = 0
    answer: str = ""
    playbook_sha256: str
    writers: tuple[str, ...] = ()
    not_after: int = 0
    nonce: str


_decoder = msgspec.json.Decoder(Manifest)


def to_bytes(manifest: Manifest) -> bytes:
    """The canonical bytes (RFC 8785) of a manifest; raises BadInput as `codec.encode` does."""
    try:
        return rfc8785.dumps(msgspec.to_builtins(manifest))
    except rfc8785.CanonicalizationError as error:
        raise BadInput("There is a character in what would go out that cannot be sent.") from error


def from_bytes(raw: bytes) -> Manifest:
    """The manifest of those bytes; raises RecordBroken when they are none."""
    try:
        return _decoder.decode(raw)
    except msgspec.DecodeError as error:
        raise RecordBroken(f"A planned act cannot be read back: {error}.") from error


def digest_of(raw: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def six_words(digest: str) -> str:
    """The first 66 bits of a digest as six words of a list of 2,048, to be compared by two people."""
    number = int(digest, 16) >> (256 - DIGEST_WORDS * BITS_PER_WORD)
    picked = [WORDS[number >> (BITS_PER_WORD * place) & 0x7FF] for place in reversed(range(DIGEST_WORDS))]
    return " ".join(picked)
