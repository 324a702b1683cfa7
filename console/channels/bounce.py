"""What a message in a bounce mailbox says: of which of our mails it speaks, and whether that one did not arrive. Pure.

Two sorts are understood:
- delivery status notifications (RFC 3464): their fields say recipient, action and status;
- anything else that a mail system wrote and that names one of our mails by the envelope's sender or by its Message-ID: its
  words are searched for a status (RFC 3463) or a reply code.

Everything in it is a stranger's claim. It may say that a mail did not arrive, and nothing else comes of it.
"""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Final

from msgspec import Struct

from console.channels.address import Bad, normalise
from console.channels.postmark import Marked, read_return_path
from console.text import visible

FAILED: Final = "failed"
DELAYED: Final = "delayed"
OTHER: Final = "other"
LONGEST_TEXT: Final = 200
SHOWN: Final = 80
MOST_NAMED: Final = 20  # recipients, marks and senders looked at in one message
_DEEPEST: Final = 8
_MARK: Final = re.compile(rb"<([0-9a-f]{40})@[^<>\s]{1,255}>")
_PATH: Final = re.compile(
    rb"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}\+[A-Z]-[0-9A-Za-z-]{1,16}\.[^\s<>@,;]{1,64}@[A-Za-z0-9.-]{1,253}"
)
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY: Final = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_FAILURE: Final = re.compile(
    r"undeliver|not (?:be )?deliver|delivery (?:has )?failed|failure|returned mail|mail system error"
    r"|unzustellbar|non remis|no se pudo entregar",
    re.IGNORECASE,
)
_DELAY: Final = re.compile(r"delayed|still trying|will (?:be )?retr(?:y|ied)|warning: message", re.IGNORECASE)
_SYSTEM: Final = re.compile(r"mailer-daemon|postmaster|mail delivery|mdaemon|<>", re.IGNORECASE)
_ACTIONS: Final = {"failed": FAILED, "delayed": DELAYED}


class Bounce(Struct, frozen=True, kw_only=True):
    """One message.

    Attributes:
        fate: `failed`, `delayed`, or `other` for what says neither.
        code: the reply code; 0 where none was given. `text` is the status and what was said, to be shown.
        paths: what the senders on envelopes in it say, as ours; `marks` are of Message-IDs that may be ours.
        addresses: whom it names as the recipient.
        subject: to be shown.
    """

    fate: str
    code: int = 0
    text: str = ""
    paths: tuple[Marked, ...] = ()
    marks: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    subject: str = ""


def read_bounce(raw: bytes) -> Bounce:
    """What a message says; one that cannot be read says nothing of anybody."""
    try:
        found = BytesParser(policy=compat32).parsebytes(raw)
        blocks = _blocks(found)
        fate, code, text = _told(blocks) if blocks else _guessed(found)
        return Bounce(
            fate=fate,
            code=code,
            text=text,
            paths=_paths(raw),
            marks=tuple(dict.fromkeys(each.decode() for each in _MARK.findall(raw)))[:MOST_NAMED],
            addresses=_addresses(found, blocks),
            subject=_line(found.get("Subject"), SHOWN),
        )
    except Exception:  # noqa: BLE001 - the parser meets whatever a stranger wrote, nested as deep as they like
        return Bounce(fate=OTHER)


def _paths(raw: bytes) -> tuple[Marked, ...]:
    found = dict.fromkeys(each.decode("ascii") for each in _PATH.findall(raw))
    return tuple(filter(None, map(read_return_path, list(found)[:MOST_NAMED])))


def _blocks(message: Message) -> list[Message]:
    """The fields of each recipient in a delivery status; the block that speaks of the message as a whole is left out."""
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            blocks = [each for each in part.get_payload() if isinstance(each, Message)]
            return [each for each in blocks if each.get("Action") or each.get("Final-Recipient")][:MOST_NAMED]
    return []


def _parts(message: Message, depth: int = 0) -> list[Message]:
    found = [message]
    if message.is_multipart() and depth < _DEEPEST:
        for part in message.get_payload():
            if isinstance(part, Message):
                found += _parts(part, depth + 1)
    return found


def _told(blocks: list[Message]) -> tuple[str, int, str]:
    """Failed only where no recipient of it is said to have been reached or waited for."""
    fates = [_ACTIONS.get(_line(block.get("Action"), SHOWN).lower(), OTHER) for block in blocks]
    fate = FAILED if set(fates) == {FAILED} else DELAYED if DELAYED in fates else OTHER
    block = blocks[fates.index(fate)] if fate in fates else blocks[0]
    said = _line(block.get("Diagnostic-Code"), 1_000).partition(";")[2].strip()
    status = _STATUS.search(_line(block.get("Status"), SHOWN))
    return fate, *_worded(status.group(1) if status else "", said)


def _worded(status: str, said: str) -> tuple[int, str]:
    """The reply code, and the status before the words without both."""
    reply = _REPLY.match(said)
    code = int(reply.group(1)) if reply is not None else 0
    rest = said[reply.end() :].lstrip(" -") if reply is not None else said
    inner = _STATUS.match(rest)
    if inner is not None:
        status = status or inner.group(1)
        rest = rest[inner.end() :].strip()
    return code, f"{status} {rest}".strip()[:LONGEST_TEXT]


def _guessed(message: Message) -> tuple[str, int, str]:
    """Of a message that is no delivery status: what its words say, where a mail system wrote it."""
    sender = f"{message.get('From', '')} {message.get('Return-Path', '')}"
    if str(message.get("Auto-Submitted", "")).lower().startswith("auto-replied") or not _SYSTEM.search(
        sender
    ):
        return OTHER, 0, ""
    words = " ".join((str(message.get("Subject", "")), _words(message)))
    status, reply = _STATUS.search(words), _REPLY.search(words)
    failed = (status is not None and status.group(1)[0] == "5") or (
        reply is not None and reply.group(1)[0] == "5"
    )
    line = (
        words[reply.start() :] if reply is not None else words[status.start() :] if status is not None else ""
    )
    code, text = _worded("", visible(" ".join(line.split())[:LONGEST_TEXT]))
    if failed:
        return FAILED, code, text
    if _DELAY.search(words) or status is not None or reply is not None:
        return DELAYED, code, text
    return (FAILED, 0, _line(message.get("Subject"), SHOWN)) if _FAILURE.search(words) else (OTHER, 0, "")


def _words(message: Message) -> str:
    """The beginning of the first text in it, as far as that can be read."""
    for part in _parts(message):
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            return raw[:8_000].decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return ""


def _addresses(message: Message, blocks: list[Message]) -> tuple[str, ...]:
    named = [
        str(block.get(name, "")).partition(";")[2]
        for block in blocks
        for name in ("Original-Recipient", "Final-Recipient")
    ]
    named += str(message.get("X-Failed-Recipients", "")).split(",")[:MOST_NAMED]
    checked = (normalise(each.strip().removeprefix("<").removesuffix(">")) for each in named if each.strip())
    return tuple(dict.fromkeys(each for each in checked if not isinstance(each, Bad)))[:MOST_NAMED]


def _line(value: object, most: int) -> str:
    """A header's value on one line, as it can be shown."""
    text = str(value or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return visible(" ".join(text[: 4 * most].split()))[:most]
