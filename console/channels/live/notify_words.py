"""What is said to GOV.UK Notify for one recipient, and whether what it made of it holds our words. Pure.

Source: docs.notifications.service.gov.uk `rest-api.html`: Send an email, Get a template by ID, and *Reducing the risk of malicious
content injection in placeholders*: what is sanitised has its Markdown escaped and its links removed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from console.channels.live.mail_settings import ADDRESS
from console.channels.live.message import Unfit
from console.channels.live.notify_settings import NotifySettings, same
from console.channels.protocol import Order
from console.incident.mail_words import unfit
from console.text import visible

_WORD: Final = re.compile(r"[^\W_]+")
_LINK: Final = re.compile(r"://|\w\.[^\W\d_]{2,}")  # whatever Notify might take for one
_FIELD: Final = re.compile(r"\(\(([^()]+)\)\)")


class Template(Struct, frozen=True):
    """A template as it stands at Notify.

    Attributes:
        fields: what its placeholders are called, as Notify writes them.
    """

    id: str
    version: int
    name: str
    subject: str
    body: str
    fields: tuple[str, ...]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Template:
        """The template of an answer.

        Raises:
            Unfit: it is none for mail.
        """
        if table.get("type") != "email":
            raise Unfit("The template is none for mail.")
        subject, body, version = table.get("subject"), table.get("body"), table.get("version")
        fields = table.get("personalisation") or {}
        if not (isinstance(subject, str) and isinstance(body, str) and isinstance(version, int)):
            raise Unfit("What Notify says of the template cannot be read.")
        named = fields if isinstance(fields, dict) else {}
        return cls(
            str(table.get("id")), version, str(table.get("name")), subject, body, tuple(map(str, named))
        )

    def unsuited(self, settings: NotifySettings) -> str:
        """Why it cannot carry a notice, for a person; empty when it can."""
        notice, subject = same(settings.notice), same(settings.subject)
        if notice not in map(same, _FIELD.findall(self.body)):
            return f"The template {visible(self.name)} has no (({settings.notice})) in its text: our words would not be in it."
        others = [each for each in self.fields if same(each) not in (notice, subject)]
        if others:
            return (
                f"The template {visible(self.name)} asks for (({visible(others[0])})), which the console does not know. "
                f"It may have (({settings.notice})) and (({settings.subject})) alone."
            )
        return ""

    def takes_subject(self, settings: NotifySettings) -> bool:
        """Whether the subject that was approved is the one that goes out."""
        return same(settings.subject) in map(same, _FIELD.findall(self.subject))


class Letter:
    """One wording through one template, for any recipient.

    Args:
        settings: the channel's.
        order: the words, taken as they are.
        template: as it stands at Notify at this moment.

    Raises:
        Unfit: the template cannot carry these words, or they cannot be sent as they stand.

    Attributes:
        version: the template's, which no answer may differ from.
    """

    def __init__(self, settings: NotifySettings, order: Order, template: Template) -> None:
        why = unfit(order.subject, order.text) or template.unsuited(settings)
        if why:
            raise Unfit(why)
        self._subject = order.subject
        takes = template.takes_subject(settings)
        if not takes and not _holds(template.subject, order.subject):
            raise Unfit(
                f"The template {visible(template.name)} has a subject of its own, {visible(template.subject)[:100]}, "
                f"and not the one that was approved. Give it the subject (({settings.subject}))."
            )
        self.version = template.version
        self._text = order.text
        self._prefix = prefix_of(order)
        self._link = settings.unsubscribe
        fields = {settings.notice: order.text}
        if takes:
            fields[settings.subject] = order.subject
        self._same: dict[str, object] = {"template_id": settings.template, "personalisation": fields}
        # Sanitising would take an approved link out of the text, so it is left to texts without one.
        plain = [name for name, words in fields.items() if _LINK.search(words) is None]
        if plain:
            self._same["sanitise_content_for"] = plain
        if settings.reply_to:
            self._same["email_reply_to_id"] = settings.reply_to

    def reference(self, n: int) -> str:
        """What Notify knows recipient `n` by: the same words to the same one of the same list have the same."""
        return reference(self._prefix, n)

    def body(self, n: int, address: str) -> bytes:
        """The request for one recipient."""
        fields = {**self._same, "email_address": address, "reference": self.reference(n)}
        if self._link:
            fields["one_click_unsubscribe_url"] = self._link.replace(ADDRESS, quote(address, safe=""))
        return msgspec.json.encode(fields)

    def differs(self, answer: Mapping[str, Any]) -> str:
        """What in Notify's answer to an accepted mail is not ours, for a person; empty when all is."""
        content, template = _table(answer.get("content")), _table(answer.get("template"))
        if not _holds(str(content.get("body", "")), self._text):
            return "the mail that Notify made does not hold our text as it was approved"
        if not _holds(str(content.get("subject", "")), self._subject):
            return "the mail that Notify made does not have the subject that was approved"
        if template.get("version") != self.version:
            return "the template was changed at Notify while we sent"
        return ""


def prefix_of(order: Order) -> str:
    """The beginning of a mailing's references: no name, no address, and the same from any start of the console."""
    about = (order.incident, order.step, order.recipients or order.effect, order.subject, order.text)
    return hashlib.sha256("\0".join(about).encode("utf-8", "backslashreplace")).hexdigest()[:24]


def reference(prefix: str, n: int) -> str:
    """What Notify knows recipient `n` of a mailing by."""
    return f"{prefix}-{n}"


def number_in(reference: object, prefix: str) -> int:
    """Which recipient of the mailing a reference names; -1 when it is none of it."""
    head, _, tail = reference.rpartition("-") if isinstance(reference, str) else ("", "", "")
    return int(tail) if head == prefix and tail.isascii() and tail.isdecimal() and len(tail) < 10 else -1


def _holds(made: str, ours: str) -> bool:
    """Whether all our words stand there, in order and together; typography, escapes and line ends are Notify's."""
    return ours in made or _spoken(ours) in _spoken(made)


def _spoken(text: str) -> str:
    return f" {' '.join(_WORD.findall(text))} "


def _table(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}
