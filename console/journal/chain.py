"""The hash chain of a record. Pure: bytes in, bytes out.

    genesis = SHA-256(GENESIS_TAG ‖ application_id, 4 bytes big-endian ‖ kind ‖ 0x00 ‖ name, UTF-8)
    hash[0] = SHA-256(TAG ‖ genesis   ‖ body[0])
    hash[n] = SHA-256(TAG ‖ hash[n-1] ‖ body[n])

The genesis binds the record's name, its kind (events or ledger) and the mode of its file, so entries spliced in from
another incident, or a drill's file relabelled as live, do not verify from entry 0 on. Bodies are hashed as they are
stored and never made again. What a chain cannot show by itself is that entries were cut from its end: that takes a
head (seq and hash) that was written down somewhere else.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from console.journal.protocol import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TAG: Final = b"incident-console/entry/1\x00"
GENESIS_TAG: Final = b"incident-console/genesis/1\x00"
HASH_BYTES: Final = 32

Kind = Literal["events", "ledger"]
Fault = Literal["", "altered", "missing", "misplaced"]


class Walked(NamedTuple):
    """How far a walk along the chain came.

    Attributes:
        seq: the first seq that was not proven; every entry before it stands.
        hash: the hash of the entry before `seq`, to go on from.
        fault: empty while all is well; else what is wrong at `seq`: `altered` (bytes or hash changed, or another record's
            entry), `missing` (a later entry stands there) or `misplaced` (an earlier number comes again).
    """

    seq: int
    hash: bytes
    fault: Fault = ""


def genesis(stream: str, application_id: int, kind: Kind = "events") -> bytes:
    """What the first entry of a record is chained to: 32 bytes that belong to this name, kind and mode alone."""
    name = stream.encode()
    return sha256(GENESIS_TAG + application_id.to_bytes(4, "big") + kind.encode() + b"\x00" + name).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The 32-byte hash of an entry with this body, standing after the entry with the hash `previous`."""
    return sha256(TAG + previous + body).digest()


def extend(previous: bytes, bodies: Sequence[bytes], seq: int) -> list[Row]:
    """The rows of `bodies` from `seq` on, chained one after another behind `previous`."""
    rows = []
    for at, body in enumerate(bodies, seq):
        previous = link(previous, body)
        rows.append(Row(at, body, previous))
    return rows


def verify(rows: Iterable[Row], previous: bytes, seq: int = 0) -> Walked:
    """Walk `rows`, which should begin at `seq` right behind the hash `previous`, up to the first that does not fit.

    A long record is walked page by page: give the `hash` and `seq` of one answer to the next call.
    """
    tag, digest = TAG, sha256
    for at, body, stored in rows:
        if at != seq:
            return Walked(seq, previous, "missing" if at > seq else "misplaced")
        # Written out, not link(): a call more per entry is a fifth of the time of a long walk.
        linked = digest(tag + previous + body).digest()
        if linked != stored:
            return Walked(seq, previous, "altered")
        previous = linked
        seq += 1
    return Walked(seq, previous)
