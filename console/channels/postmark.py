"""What each copy of a mailing is known by: its Message-ID, and the sender on its envelope (VERP). Pure.

Both say which recipient a bounce is about, so they are read as strictly as they are made. They are made of nothing secret: whoever
has a copy can make up a bounce of it. So a bounce is only ever believed to say that a mail did not arrive.

The sender on the envelope is one of:

    bounces+L-20190719-1.ann=example.net@example.org    the recipient's address, where it fits and needs no care
    bounces+L-20190719-1.1207.4f3a9c1b@example.org      else the recipient's number on the list, and how the Message-ID begins

Lengths: RFC 5321 section 4.5.3.1, 64 octets before the @ and 254 in all.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from console.channels.address import LONGEST_ADDRESS, LONGEST_LOCAL

MARK_DIGITS: Final = 40
SHORT_MARK: Final = 8
LONGEST_NUMBER: Final = 8  # digits: more people than any list has
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9._+-]+@[a-z0-9.-]+\Z"
)  # no `=`, and nothing that a relay takes for a route
_LONGEST_INCIDENT: Final = 18
_INCIDENT: Final = re.compile(r"[A-Z](?=[^.]{2,17}\Z)(?:-[0-9A-Za-z]+){1,2}\Z")
_BY_ADDRESS: Final = re.compile(r"\+([A-Z]-[0-9A-Za-z-]{1,16})\.([^=@\s]+)=([^=@\s]+)@[^@\s]+\Z")
_BY_NUMBER: Final = re.compile(r"\+([A-Z]-[0-9A-Za-z-]{1,16})\.([0-9]{1,8})\.([0-9a-f]{8})@[^@\s]+\Z")
_ANY_ID: Final = re.compile(
    r"<[!-;=?A-\[\]-~]{1,200}@[!-;=?A-\[\]-~]{1,200}>\Z"
)  # no backslash: it may be an escape of ours
_ID: Final = re.compile(r"<?([0-9a-f]{40})@[!-=?-~]+>?\Z")


class Marked(NamedTuple):
    """What an envelope's sender says: the incident, and the recipient's address or number with the beginning of the mark."""

    incident: str
    address: str = ""
    n: int = -1
    short: str = ""


def key_of(incident: str, step: str, subject: str, text: str) -> bytes:
    """What is the same for all copies of the same words in the same step, 32 bytes."""
    words = hashlib.sha256(f"{subject}\0{text}".encode()).hexdigest()
    return hashlib.sha256(f"{incident}\0{step}\0{words}".encode()).digest()


def mark(key: bytes, address: str) -> str:
    """What is before the @ of a copy's Message-ID: the same words to the same person in the same step have the same.

    Keyed BLAKE2b (RFC 7693), which costs a quarter of an HMAC: it is made once a message.
    """
    return hashlib.blake2b(address.lower().encode(), key=key, digest_size=MARK_DIGITS // 2).hexdigest()


def is_message_id(text: str) -> bool:
    """Whether it may stand in a header as the id of a mail: one word of ASCII in angle brackets."""
    return _ANY_ID.match(text) is not None


def mark_in(message_id: str) -> str:
    """The mark of a Message-ID that may be one of ours; empty when it cannot be."""
    found = _ID.match(message_id.strip())
    return found.group(1) if found is not None else ""


def has_room(bounces: str) -> bool:
    """Whether every sender on an envelope fits that begins with this address."""
    local, _, domain = bounces.rpartition("@")
    longest = len(local) + 1 + _LONGEST_INCIDENT + 1 + LONGEST_NUMBER + 1 + SHORT_MARK
    return longest <= LONGEST_LOCAL and longest + 1 + len(domain) <= LONGEST_ADDRESS


def return_path(bounces: str, incident: str, key: bytes, address: str, n: int) -> str:
    """The sender on the envelope of one copy.

    Args:
        bounces: where bounces go; from `has_room`.
        incident: the incident's id.
        key: from `key_of`.
        address: the recipient, checked.
        n: the recipient's number on the list.
    """
    if _INCIDENT.match(incident) is None:
        return bounces
    local, _, domain = bounces.rpartition("@")
    if _PLAIN.match(address) is not None:
        given = f"{local}+{incident}.{address.replace('@', '=')}"
        if len(given) <= LONGEST_LOCAL and len(given) + 1 + len(domain) <= LONGEST_ADDRESS:
            return f"{given}@{domain}"
    return f"{local}+{incident}.{n}.{mark(key, address)[:SHORT_MARK]}@{domain}"


def read_return_path(given: str) -> Marked | None:
    """What a sender made by `return_path` says; None when it is none."""
    bare = given.strip().removeprefix("<").removesuffix(">")
    found = _BY_NUMBER.search(bare)
    if found is not None:
        return Marked(found.group(1), n=int(found.group(2)), short=found.group(3))
    found = _BY_ADDRESS.search(bare)
    return Marked(found.group(1), address=f"{found.group(2)}@{found.group(3)}") if found is not None else None
