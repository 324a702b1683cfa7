"""What a machine must know to send through GOV.UK Notify, and what an API key of it looks like. Never the key itself.

Source: docs.notifications.service.gov.uk `rest-api.html`, API keys: `{name}-{service id}-{secret}`, both of them UUIDs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from console.channels.live.mail_settings import addresses_in, is_loopback
from console.channels.live.need import Need
from console.channels.live.web import place_of
from console.errors import ChannelError
from console.settings import CONNECT
from console.text import visible

API_KEY: Final = "api-key"
BASE: Final = "https://api.notifications.service.gov.uk"
MOST_A_MINUTE: Final = 3_000
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY: Final = re.compile(rf".*-({_UUID})-({_UUID})", re.IGNORECASE)
_ID: Final = re.compile(_UUID, re.IGNORECASE)
_FIELD: Final = re.compile(r"[\w -]{1,50}")
_LINK: Final = re.compile(r"https://[!-~]{1,900}")
_NOT_OURS: Final = ("kind", "transport", "handle", "address", "list", "suppression", CONNECT)

NEEDS: Final = (
    Need(name="transport", asks="Through what is mail sent: smtp (your relay) or notify (GOV.UK Notify)?"),
    Need(
        name="template-id",
        asks="The id of the template? In Notify: Templates, the template, Copy template ID to clipboard.",
    ),
    Need(
        name="notice",
        asks="What is the placeholder for the text called there, as in ((notice))?",
        default="notice",
        optional=True,
    ),
    Need(
        name="subject",
        asks="And the one for the subject, as in ((subject))?",
        default="subject",
        optional=True,
    ),
    Need(
        name="reply-to-id",
        asks="The id of the reply-to address? Enter takes the service's own.",
        optional=True,
    ),
    Need(
        name="list-unsubscribe",
        asks="Which https:// address takes one-click unsubscriptions? Enter if none does.",
        optional=True,
    ),
    Need(name="test-to", asks="Who gets the test mail?", optional=True),
    Need(name="internal-to", asks="Who gets mails to staff?", optional=True),
    Need(name="suppression", asks="Which file names people who must get no mailing?", optional=True),
    Need(
        name=API_KEY,
        asks="The API key? In Notify: API integration, API keys; it is shown once, when it is made.",
        secret=True,
    ),
)
_NAMES: Final = (
    *(need.name for need in NEEDS if not need.secret),
    *("base", "connections", "per-minute", "timeout"),
)


class Key(Struct, frozen=True):
    """An API key taken apart. `repr` shows no secret."""

    service: str
    secret: str

    def __repr__(self) -> str:
        return f"Key({self.service})"


def key_of(text: str) -> Key:
    """The key of what a person pasted.

    Raises:
        ChannelError: it is none; the words do not repeat it.
    """
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise ChannelError(
            "That is no API key of GOV.UK Notify: one is a name, the service's id and a secret, joined by hyphens.",
            do="Make one in Notify under API integration, API keys, and paste all of it. What was given is not kept.",
        )
    return Key(found[1].lower(), found[2].lower())


class NotifySettings(Struct, frozen=True, kw_only=True):
    """Settings of one mail channel that sends through Notify, checked.

    Attributes:
        base: the address of the API; only a test has another than Notify's own.
        template: the template's id.
        notice, subject: what its placeholders are called.
        reply_to: the id of a reply-to address of the service; empty for its own.
        unsubscribe: an https address that takes an empty POST (RFC 8058); empty for none.
        connections: how many messages are on their way at once.
        per_minute: how many are sent in a minute, below what Notify takes.
        timeout: seconds that one exchange may take.
        internal_to, test_to: where `send-internal` and `send-test` go.
    """

    base: str = BASE
    template: str
    notice: str = "notice"
    subject: str = "subject"
    reply_to: str = ""
    unsubscribe: str = ""
    connections: int = 32
    per_minute: int = 2_900
    timeout: int = 30
    internal_to: tuple[str, ...] = ()
    test_to: tuple[str, ...] = ()

    @classmethod
    def read(cls, channel: str, raw: Mapping[str, str]) -> NotifySettings:
        """Check the settings that a machine holds for this channel.

        Raises:
            ChannelError: naming everything that is wrong with them, at once.
        """
        reader = _Reader(raw)
        settings = reader.settings()
        if reader.wrong:
            raise ChannelError(
                f"The settings of {visible(channel)} cannot be used: {'; '.join(reader.wrong)}.",
                do=f"Correct them with incident channels set {visible(channel)}. Its steps can be done by hand meanwhile.",
            )
        return settings


class _Reader:
    """One pass over raw settings that collects every complaint."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.wrong: list[str] = []
        self._raw = {name: value.strip() for name, value in raw.items()}
        for name in self._raw:
            if name not in _NAMES and name not in _NOT_OURS:
                near = difflib.get_close_matches(name, _NAMES, 1)
                meant = f", did you mean {near[0]}" if near else ""
                self.wrong.append(f"there is no setting {visible(name)}{meant} of a mail channel over notify")

    def settings(self) -> NotifySettings:
        notice, subject = self._field("notice"), self._field("subject")
        if same(notice) == same(subject):
            self.wrong.append("notice and subject are one placeholder")
        return NotifySettings(
            base=self._base(),
            template=self._id("template-id", required=True),
            notice=notice,
            subject=subject,
            reply_to=self._id("reply-to-id"),
            unsubscribe=self._unsubscribe(),
            connections=self._number("connections", 32, 1, 100),
            per_minute=self._number("per-minute", 2_900, 1, MOST_A_MINUTE),
            timeout=self._number("timeout", 30, 1, 300),
            internal_to=self._people("internal-to"),
            test_to=self._people("test-to"),
        )

    def _base(self) -> str:
        base = self._raw.get("base", "") or BASE
        host = place_of(base).rpartition(":")[0]
        if not host:
            self.wrong.append("base is no web address")
        elif not base.startswith("https://") and not is_loopback(host):
            self.wrong.append("base must begin with https://, or the key would go about in the open")
        return base.rstrip("/")

    def _id(self, name: str, *, required: bool = False) -> str:
        value = self._raw.get(name, "")
        if not value and required:
            self.wrong.append(f"{name} is missing")
        elif value and _ID.fullmatch(value) is None:
            self.wrong.append(f"{name} is no id such as f33517ff-2a88-4f6e-b855-c550268ce08a")
        return value.lower()

    def _field(self, name: str) -> str:
        value = self._raw.get(name, "") or name
        if _FIELD.fullmatch(value) is None:
            self.wrong.append(f"{name} is the name of a placeholder, without its brackets")
        return value

    def _unsubscribe(self) -> str:
        link = self._raw.get("list-unsubscribe", "")
        if link and _LINK.fullmatch(link) is None:
            self.wrong.append(
                "list-unsubscribe is one https:// address without spaces: Notify takes no other"
            )
        return link

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._raw.get(name, "")
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 6 and least <= int(value) <= most):
            self.wrong.append(f"{name} is a whole number from {least:,} to {most:,}")
            return default
        return int(value)

    def _people(self, name: str) -> tuple[str, ...]:
        found, wrong = addresses_in(self._raw.get(name, ""))
        self.wrong += [f"{name}: {words}" for words in wrong]
        return found


def same(placeholder: str) -> str:
    """A placeholder's name as Notify compares it: capitals, spaces, hyphens and underscores make no difference."""
    return re.sub(r"[\s_-]", "", placeholder).casefold()
