"""Recovery codes: eight per officer, 80 random bits each, spent once; a way through a gate when the app is lost.

Only salted slow hashes are kept (NIST SP 800-63B section 3.1.2 asks that below 112 bits). The codes of one officer share a
salt, so that a typed code costs one slow hash and not eight.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

CODES: Final = 8
CODE_BYTES: Final = 10
SALT_BYTES: Final = 16
LONGEST_TYPED: Final = 64
MOST_MEMORY: Final = 256 * 1024 * 1024
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015]+")
# Base32 has none of 0, 1 and 8, so a person who types one meant the letter it looks like.
_MISREAD: Final = str.maketrans("018", "OIB")
_PLAIN: Final = re.compile(r"[A-Z2-7]{16}", re.ASCII)
_HASH: Final = re.compile(r"scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([0-9a-f]{32}):([0-9a-f]{64})", re.ASCII)


class Cost(NamedTuple):
    """What scrypt is to cost: `2**log_n` rounds in blocks of `r`, `p` lanes; `128 * r * 2**log_n` bytes of memory."""

    log_n: int = 15
    r: int = 8
    p: int = 1

    @property
    def memory(self) -> int:
        """Bytes of memory that one hash takes."""
        return 128 * self.r << self.log_n

    @property
    def bearable(self) -> bool:
        """Whether to spend this much when it is somebody's file that asks for it."""
        return 1 <= self.log_n <= 22 and 1 <= self.r <= 32 and 1 <= self.p <= 4 and self.memory <= MOST_MEMORY


FULL_COST: Final = Cost()


def new_codes() -> tuple[str, ...]:
    """Eight codes that nobody has, as `XXXX-XXXX-XXXX-XXXX`."""
    return tuple(code_text(secrets.token_bytes(CODE_BYTES)) for _ in range(CODES))


def code_text(raw: bytes) -> str:
    """Ten bytes as a person reads them: sixteen base32 characters in four groups."""
    text = base64.b32encode(raw).decode("ascii")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def plain(typed: str) -> str | None:
    """What was typed, without spaces and dashes, in capitals; None when it is no recovery code whatever its case."""
    if len(typed) > LONGEST_TYPED:
        return None
    text = _SEPARATORS.sub("", typed)
    if not text.isascii():
        return None
    text = text.upper().translate(_MISREAD)
    return text if _PLAIN.fullmatch(text) else None


def hashes_of(codes: Sequence[str], cost: Cost = FULL_COST, salt: bytes = b"") -> tuple[str, ...]:
    """The hash of each code, in order, all with one salt (random unless given); raises ValueError on what is no code."""
    salt = salt or secrets.token_bytes(SALT_BYTES)
    return tuple(_hash(code, cost, salt) for code in codes)


def find(typed: str, hashes: Sequence[str]) -> str | None:
    """The one of `hashes` that the typed code fits, or None. Every hash is compared, whichever fits."""
    code = plain(typed)
    if code is None:
        return None
    derived: dict[tuple[Cost, bytes], str] = {}
    found = None
    for kept in hashes:
        parsed = _HASH.fullmatch(kept)
        if parsed is None:
            continue
        cost, salt = Cost(*(int(parsed[at]) for at in (1, 2, 3))), bytes.fromhex(parsed[4])
        if not cost.bearable:
            continue
        if (cost, salt) not in derived:
            derived[cost, salt] = _hash(code, cost, salt)
        if hmac.compare_digest(derived[cost, salt], kept):
            found = kept
    return found


def _hash(code: str, cost: Cost, salt: bytes) -> str:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    text = plain(code)
    if text is None:
        raise ValueError("not a recovery code")
    key = Scrypt(salt=salt, length=32, n=1 << cost.log_n, r=cost.r, p=cost.p).derive(text.encode("ascii"))
    return f"scrypt:{cost.log_n}:{cost.r}:{cost.p}:{salt.hex()}:{key.hex()}"
