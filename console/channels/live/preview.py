"""One copy of a mailing as a person can read it: its envelope, every header, and both parts, decoded. Nothing is sent."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from email.message import EmailMessage

    from console.channels.live.mail_settings import MailSettings
    from console.channels.live.message import Copies

SIGNED: Final = "No signature stands in it: DKIM and S/MIME are the relay's to make, which has the keys and may add lines."


def readable(copies: Copies, address: str, n: int = -1) -> str:
    """The copy to one address.

    Args:
        copies: from `message.build`.
        address: the recipient, checked.
        n: the recipient's number on the list; -1 for one who is not on it.
    """
    raw = copies.to(address, n)
    message = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=default)
    lines = [
        f"Envelope: from {copies.sender(address, n)} to {address}, {len(raw):,} bytes.",
        SIGNED,
        "",
        *(f"{name}: {value}" for name, value in message.items()),
    ]
    parts = [part for part in message.walk() if not part.is_multipart()]
    for part in parts:
        lines += ["", f"-- {part.get_content_type()}, {part['Content-Transfer-Encoding']} --", _words(part)]
    return "\n".join(lines)


def _words(part: EmailMessage) -> str:
    return str(part.get_content()).rstrip("\n")


def of_a_list(settings: MailSettings) -> tuple[str, ...]:
    """What the settings make of a mail to a list, a sentence each."""
    if settings.one_click:
        leave = "Each mail of a mailing offers to unsubscribe with one click."
    elif settings.list_unsubscribe:
        leave = "The list-unsubscribe link does not hold {address}, so it is offered, but not as one click."
    else:
        leave = "No list-unsubscribe is set: large mail services expect one on a mailing."
    named = "name the recipient" if settings.verp else "are known by what they quote: verp is not set"
    return leave, f"Bounces go to {settings.bounces} and {named}."
