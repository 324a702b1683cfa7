"""One message, once: the library builds it a single time on stand-in words, and each copy is joined from the pieces around them.

A message built anew for each recipient costs a millisecond or two; joined from ready bytes, some microseconds. What is joined in
is an address that `address.is_safe` lets through and a mark of hexadecimal digits: nothing that could open a header of its own.
The pieces stand in the header alone, and the stand-in words are sought until they occur once each, so no wording is ever cut.

A copy is byte for byte what `EmailMessage` makes for that recipient (`tests/channels/test_mail_copies.py`), but for one thing: the
library reads `=?utf-8?q?x?=@example.org` as an encoded word and would put another address into the header.

A signature (DKIM, S/MIME) is the relay's to make: it has the keys, and what it signs is what it sends.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from console.channels.address import domain_of, is_safe
from console.channels.live.mail_html import html_of
from console.channels.live.mail_settings import ADDRESS, MailSettings, header_address
from console.channels.postmark import MARK_DIGITS, is_message_id, key_of, mark, return_path
from console.channels.protocol import Order
from console.incident.mail_words import unfit

LONGEST_ASCII_LINE: Final = 900
IN_REPLY_TO: Final = "in-reply-to"
TO_STAFF: Final = "send-internal"
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]+@[a-z0-9.-]+\Z")
_BREAKS: Final = range(75, 78)  # lengths of an address that the library puts on a line of its own after `To:`


class Unfit(ValueError):
    """The words of an order cannot be a mail as they stand; the message says why, for a person."""


class _AsItStands(UnstructuredHeader, BaseHeader):
    """A header of one unbreakable word, which the library would fold by turning it into encoded words that no server reads."""

    def fold(self, *, policy: Any) -> str:
        """The header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[Any]:
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references", "list-id", "list-unsubscribe"):
        registry.map_to_type(name, _AsItStands)
    return SMTP.clone(header_factory=registry)


POLICY: Final = _policy()


class Copies(Struct, frozen=True, kw_only=True):
    """The message to everybody, as pieces of bytes with CRLF and without dot-stuffing. It holds no secret.

    Attributes:
        head: up to the colon of `To`.
        after_to: from behind the address up to the mark in the Message-ID.
        after_mark: from there to the address in the unsubscribe link, or to the end.
        after_link: the rest, where the link holds an address.
        key: from `postmark.key_of`.
        domain: behind the @ of the Message-ID.
        bounces: the envelope's sender; `incident` is put into it where there is one.
    """

    head: bytes
    after_to: bytes
    after_mark: bytes
    after_link: bytes = b""
    key: bytes
    domain: str
    bounces: str
    incident: str = ""

    def to(self, address: str, n: int = -1) -> bytes:
        """The copy to `address`, whose number on the list is `n`.

        Raises:
            ValueError: the address is not one that `address.normalise` made.
        """
        del n  # the message says nothing of the list; the envelope may
        if not is_safe(address):
            raise ValueError("an address that was not checked")
        return self.joined(address)

    def joined(self, address: str) -> bytes:
        """The same, for whoever has asked `address.is_safe` before."""
        raw = address.encode("ascii")
        pieces = [
            self.head,
            b"\r\n " if len(raw) in _BREAKS else b" ",
            raw,
            self.after_to,
            mark(self.key, address).encode("ascii"),
            self.after_mark,
        ]
        if self.after_link:
            pieces += (_in_link(address).encode("ascii"), self.after_link)
        return b"".join(pieces)

    def travelling(self) -> Copies:
        """The same copies as they travel after DATA, dots doubled and the final dot included (RFC 5321, 4.5.2).

        What is joined in never stands at the beginning of a line, so the pieces can be made ready once.
        """
        ready = {
            name: getattr(self, name).replace(b"\r\n.", b"\r\n..")
            for name in ("head", "after_to", "after_mark", "after_link")
        }
        last = "after_link" if self.after_link else "after_mark"
        end = b".\r\n" if ready[last].endswith(b"\r\n") else b"\r\n.\r\n"
        return replace(self, **{**ready, last: ready[last] + end})

    def sender(self, address: str, n: int = -1) -> str:
        """The envelope's sender for the copy to `address`: it names the recipient where the settings ask for that (VERP)."""
        if not self.incident or n < 0:
            return self.bounces
        return return_path(self.bounces, self.incident, self.key, address, n)

    def message_id(self, address: str) -> str:
        """The id of the copy to `address`."""
        return f"<{mark(self.key, address)}@{self.domain}>"


class Personal(NamedTuple):
    """What differs from copy to copy: the address, the mark in the Message-ID, the address as the unsubscribe link has it."""

    address: str
    mark: str
    in_link: str


def build(settings: MailSettings, order: Order, wall: int) -> Copies:
    """The copies of an order.

    Args:
        settings: in whose name it goes.
        order: the words; `subject` and `text` are taken as they are.
        wall: the moment for the Date header, UTC ms.

    Raises:
        Unfit: the subject or the text cannot travel, and why, with line numbers.
    """
    _refuse(order)
    key = key_of(order.incident, order.step, order.subject, order.text)
    tried = (_pieces(settings, order, wall, key, number) for number in itertools.count())
    head, after_to, after_mark, after_link = next(filter(None, tried))
    return Copies(
        head=head,
        after_to=after_to,
        after_mark=after_mark,
        after_link=after_link,
        key=key,
        domain=domain_of(settings.sender),
        bounces=settings.bounces,
        incident=order.incident if settings.verp else "",
    )


def _pieces(
    settings: MailSettings, order: Order, wall: int, key: bytes, number: int
) -> tuple[bytes, bytes, bytes, bytes] | None:
    """What is around the `number`th stand-in words; None when one of them occurs elsewhere as well."""
    seed = hashlib.sha256(f"{number}\0".encode() + key).hexdigest()
    stand_in = Personal(f"a{seed[:16]}@{seed[16:32]}.example", seed[-MARK_DIGITS:], f"b{seed[:16]}")
    built = message_for(settings, order, wall, stand_in).as_bytes(policy=POLICY)
    address, mark, link = (word.encode("ascii") for word in stand_in)
    linked = ADDRESS in settings.list_unsubscribe and order.verb != TO_STAFF
    if built.count(address) != 1 or built.count(mark) != 1 or built.count(link) != linked:
        return None
    head, _, rest = built.partition(b" " + address)
    after_to, _, rest = rest.partition(mark)
    after_mark, _, after_link = rest.partition(link)
    return head, after_to, after_mark, after_link


def message_for(settings: MailSettings, order: Order, wall: int, personal: Personal) -> EmailMessage:
    """The message to one recipient, as the library builds it: what every copy is measured against.

    Args:
        settings: in whose name it goes.
        order: the words.
        wall: the moment for the Date header, UTC ms.
        personal: what is this recipient's own.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = header_address(settings.sender_name, settings.sender)
    message["To"] = personal.address
    if settings.reply_to:
        message["Reply-To"] = header_address("", settings.reply_to)
    message["Subject"] = order.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(wall // 1000, UTC))
    message["Message-ID"] = f"<{personal.mark}@{domain_of(settings.sender)}>"
    if order.arguments.get(IN_REPLY_TO):
        message["In-Reply-To"] = order.arguments[IN_REPLY_TO]
        message["References"] = order.arguments[IN_REPLY_TO]
    message["Auto-Submitted"] = "auto-generated"
    if order.verb != TO_STAFF:
        _of_a_list(message, settings, personal.in_link)
    message.set_content(order.text, cte=_encoding(order.text))
    if settings.html:
        _with_html(message, order)
    return message


def _of_a_list(message: EmailMessage, settings: MailSettings, in_link: str) -> None:
    """RFC 2919, 2369 and 8058; one click is only offered where the link says who clicks."""
    if settings.list_id:
        message["List-Id"] = settings.list_id
    if settings.list_unsubscribe:
        message["List-Unsubscribe"] = f"<{settings.list_unsubscribe.replace(ADDRESS, in_link)}>"
    if settings.one_click:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _with_html(message: EmailMessage, order: Order) -> None:
    """The same words as HTML beside the text, behind a boundary that is the same for the same words and in none of them."""
    html = html_of(order.subject, order.text)
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    for number in itertools.count():
        seed = f"{number}\0{order.subject}\0{order.text}".encode()
        boundary = f"=_{hashlib.sha256(seed).hexdigest()[:32]}"
        if boundary not in order.text and boundary not in html:
            break
    message.set_boundary(boundary)


def _in_link(address: str) -> str:
    """What `urllib.parse.quote` makes of it; of a plain one, many times as fast."""
    plain = _UNRESERVED.match(address) is not None
    return address.replace("@", "%40") if plain else quote(address, safe="")


def _encoding(text: str) -> str:
    plain = text.isascii() and max(map(len, text.split("\n"))) <= LONGEST_ASCII_LINE
    return "7bit" if plain else "quoted-printable"


def _refuse(order: Order) -> None:
    why = unfit(order.subject, order.text)
    given = order.arguments.get(IN_REPLY_TO, "")
    if not why and given and not is_message_id(given):
        why = "What it answers is no Message-ID."
    if why:
        raise Unfit(why)


__all__ = ["Copies", "Unfit", "build", "message_for"]
