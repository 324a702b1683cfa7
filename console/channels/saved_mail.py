"""What a saved mail (`.eml`, RFC 5322) says of itself. It comes from whoever wrote it, and may say anything.

Only the beginning of its header is read, each line of it bounded; nothing in it is believed, and all of it is made visible.
"""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from msgspec import Struct

from console.text import visible

MOST: Final = 64 * 1024  # bytes of a header
LONGEST: Final = 1_000  # characters of one line, before it is decoded
SHOWN: Final = 200
_END: Final = re.compile(rb"\r?\n\r?\n")


class MailHead(Struct, frozen=True, kw_only=True):
    """Four lines of a mail's header, as they can be shown; empty where there is none."""

    subject: str = ""
    sender: str = ""
    date: str = ""
    message_id: str = ""

    def words(self) -> str:
        """All that it says, on one line."""
        told = (
            ("Subject", self.subject),
            ("From", self.sender),
            ("Date", self.date),
            ("Message-ID", self.message_id),
        )
        return "; ".join(f"{name}: {words}" for name, words in told if words)


def head_of(raw: bytes) -> MailHead:
    """What a mail says of itself.

    Args:
        raw: how the file begins; what stands behind its header is not looked at.
    """
    block = _END.split(raw[:MOST], 1)[0].removeprefix(b"\xef\xbb\xbf")
    try:
        found = BytesHeaderParser().parsebytes(block + b"\r\n\r\n")
    except Exception:  # noqa: BLE001 - the parser meets whatever a stranger wrote; then nothing is known of it
        return MailHead()
    return MailHead(
        subject=_line(found, "subject"),
        sender=_line(found, "from"),
        date=_line(found, "date"),
        message_id=_line(found, "message-id"),
    )


def _line(found: Message, wanted: str) -> str:
    """The first line of that name, decoded, on one line."""
    raw = next((str(value) for name, value in found.raw_items() if name.lower() == wanted), "")
    text = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    bare = " ".join(text.split())[:LONGEST]
    shown = visible(" ".join(_decoded(bare).split()))
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."


def _decoded(text: str) -> str:
    """Encoded words (RFC 2047) as what they stand for; as they stand where they cannot be read."""
    try:
        return "".join(_word(part, charset) for part, charset in decode_header(text))
    except Exception:  # noqa: BLE001 - any alphabet may be named, and anything may follow
        return text


def _word(part: str | bytes, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    # What stands between encoded words comes back as bytes of its own escapes.
    return part.decode(charset or "raw_unicode_escape", "replace")


__all__ = ["MailHead", "head_of"]
