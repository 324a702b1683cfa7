"""What a machine must know to send mail: the relay, how to speak to it, and in whose name. Never the password."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from msgspec import Struct

from console.channels import postmark
from console.channels.address import Bad, domain_of, is_safe, normalise
from console.errors import ChannelError
from console.incident.mail_words import ENCODED_WORD
from console.settings import CONNECT
from console.text import unshowable, visible

TLS_MODES: Final = ("starttls", "implicit", "none")
_PORTS: Final = {"starttls": 587, "implicit": 465, "none": 25}
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")
_LINK: Final = re.compile(r"(?:https://|mailto:)[!-;=?-~]{1,900}\Z")
ADDRESS: Final = "{address}"  # where the unsubscribe link has the recipient's address
_LONGEST_PERSONAL_LINK: Final = 500  # with the longest address in it the header stays under 998 octets
_LIST_ID: Final = re.compile(
    r'(?:"?(?P<name>[A-Za-z0-9 .,&()\'-]{1,80}?)"?\s*<(?P<in>[^<>]+)>|(?P<bare>[^<>\s]+))\Z'
)
_LIST_LABEL: Final = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}\Z")
_YES: Final = {"yes": True, "no": False}
# Read by other rooms from the same settings: texts and guided steps.
_NOT_OURS: Final = ("kind", "transport", "handle", "address", "list", "suppression", CONNECT)
NAMES: Final = (
    *("host", "port", "tls", "user", "from", "reply-to", "bounces", "list-unsubscribe", "cafile", "hello"),
    *("list-id", "verp", "html"),
    *("connections", "timeout", "answer-timeout", "retry-after", "internal-to", "test-to"),
)


class MailSettings(Struct, frozen=True, kw_only=True):
    """Settings of one mail channel, checked. Times are whole seconds.

    Attributes:
        host, port, tls: the relay; `tls` is `starttls`, `implicit`, or `none`, which only loopback may have.
        user: login name; empty for no login. The password is asked for at the moment of login.
        sender: who it is from, and `sender_name` as people see it.
        bounces: the envelope's sender; the same as `sender` unless set.
        list_unsubscribe: an https or mailto link; `{address}` in it stands for the recipient's.
        list_id: what the list is called in `List-Id`, such as `news.example.org`, as it stands in the header.
        verp: whether the envelope's sender names the recipient, so that a bounce says whose it is.
        html: whether the same words travel as HTML beside the text.
        cafile: PEM file of the authority to trust instead of the system's.
        hello: what we call ourselves in EHLO.
        connections: how many at once for a mailing.
        timeout: for any answer but the last; `answer_timeout` for the answer after a message has left.
        retry_after: pause before the one more try of those the server put off.
        internal_to, test_to: where `send-internal` and `send-test` go.
    """

    host: str
    port: int
    tls: str
    user: str = ""
    sender: str
    sender_name: str = ""
    reply_to: str = ""
    bounces: str
    list_unsubscribe: str = ""
    list_id: str = ""
    verp: bool = False
    html: bool = True
    cafile: str = ""
    hello: str = "localhost"
    connections: int = 4
    timeout: int = 30
    answer_timeout: int = 300
    retry_after: int = 10
    internal_to: tuple[str, ...] = ()
    test_to: tuple[str, ...] = ()

    @property
    def one_click(self) -> bool:
        """Whether who unsubscribes need only click (RFC 8058): an https link that says who it is."""
        return self.list_unsubscribe.startswith("https://") and ADDRESS in self.list_unsubscribe

    @classmethod
    def read(cls, channel: str, raw: Mapping[str, str]) -> MailSettings:
        """Check the settings that a machine holds for this channel.

        Args:
            channel: the playbook's name for it, for the error.
            raw: names as in `incident channels set`: `host`, `port`, `tls`, `user`, `from`, `reply-to`, …

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


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its plain name or number; nothing is looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class _Reader:
    """One pass over raw settings that collects every complaint."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.wrong: list[str] = []
        self._raw = {name: value.strip() for name, value in raw.items()}
        for name in self._raw:
            if name not in NAMES and name not in _NOT_OURS:
                near = difflib.get_close_matches(name, NAMES, 1)
                meant = f", did you mean {near[0]}" if near else ""
                self.wrong.append(f"there is no setting {visible(name)}{meant}")

    def settings(self) -> MailSettings:
        tls = self._tls()
        sender_name, sender = self._person("from", required=True)
        bounces = self._person("bounces")[1] or sender
        hello = self._raw.get("hello", "")
        if hello and _HOST.match(hello) is None:
            self.wrong.append("hello is no host name")
        return MailSettings(
            host=self._host(tls),
            port=self._number("port", _PORTS.get(tls, 0), 1, 65_535),
            tls=tls,
            user=self._one_line("user"),
            sender=sender,
            sender_name=sender_name,
            reply_to=self._person("reply-to")[1],
            bounces=bounces,
            list_unsubscribe=self._unsubscribe(),
            list_id=self._list_id(),
            verp=self._verp(bounces),
            html=self._yes("html", default=True),
            cafile=self._cafile(),
            hello=hello or domain_of(sender) or "localhost",
            connections=self._number("connections", 4, 1, 256),
            timeout=self._number("timeout", 30, 1, 600),
            answer_timeout=self._number("answer-timeout", 300, 1, 1_800),
            retry_after=self._number("retry-after", 10, 0, 3_600),
            internal_to=self._people("internal-to"),
            test_to=self._people("test-to"),
        )

    def _tls(self) -> str:
        tls = self._raw.get("tls", "starttls")
        if tls not in TLS_MODES:
            self.wrong.append(f"tls is one of {', '.join(TLS_MODES)}")
            return "starttls"
        return tls

    def _host(self, tls: str) -> str:
        host = self._raw.get("host", "")
        if not host:
            self.wrong.append("host is missing")
        elif _HOST.match(host) is None and not is_loopback(host):
            self.wrong.append("host is no host name")
        elif tls == "none" and not is_loopback(host):
            self.wrong.append(
                "tls none is only for a relay on this machine: passwords and texts would travel in clear"
            )
        return host

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._raw.get(name, "")
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 6 and least <= int(value) <= most):
            self.wrong.append(f"{name} is a whole number from {least} to {most}")
            return default
        return int(value)

    def _one_line(self, name: str) -> str:
        value = self._raw.get(name, "")
        if unshowable(value) or "\n" in value or "\t" in value:
            self.wrong.append(f"{name} holds a character that does not show")
        return value

    def _person(self, name: str, *, required: bool = False) -> tuple[str, str]:
        value = self._one_line(name)
        if not value:
            if required:
                self.wrong.append(f"{name} is missing")
            return "", ""
        shown, bracket, bare = value.removesuffix(">").rpartition("<")
        address = normalise(bare if bracket else value)
        if isinstance(address, Bad):
            self.wrong.append(f"{name}: {address.words}")
            return "", ""
        if ENCODED_WORD.search(shown) is not None or "<" in shown or "@" in shown:
            self.wrong.append(f"{name} is one name and one address, in plain letters")
        return shown.strip().strip('"'), address

    def _people(self, name: str) -> tuple[str, ...]:
        found, wrong = addresses_in(self._raw.get(name, ""))
        self.wrong += [f"{name}: {words}" for words in wrong]
        return found

    def _unsubscribe(self) -> str:
        link = self._raw.get("list-unsubscribe", "")
        if link and _LINK.match(link) is None:
            self.wrong.append("list-unsubscribe is one https:// or mailto: link without spaces")
        rest = link.replace(ADDRESS, "", 1)
        if "{" in rest or "}" in rest:
            self.wrong.append("list-unsubscribe may have {address} once and no other braces")
        elif rest != link and len(rest) > _LONGEST_PERSONAL_LINK:
            self.wrong.append(
                f"list-unsubscribe with {{address}} is at most {_LONGEST_PERSONAL_LINK} characters"
            )
        return link

    def _list_id(self) -> str:
        value = self._one_line("list-id")
        if not value:
            return ""
        found = _LIST_ID.match(value)
        label = (found["in"] or found["bare"]) if found is not None else ""
        if found is None or _LIST_LABEL.match(label) is None:
            self.wrong.append(
                "list-id is a name with a dot, such as news.example.org or News <news.example.org>"
            )
            return ""
        return f'"{found["name"]}" <{label}>' if found["name"] else f"<{label}>"

    def _verp(self, bounces: str) -> bool:
        verp = self._yes("verp", default=False)
        if verp and bounces and not postmark.has_room(bounces):
            self.wrong.append("verp needs a shorter address for bounces")
        return verp

    def _yes(self, name: str, *, default: bool) -> bool:
        value = self._raw.get(name, "")
        if value and value not in _YES:
            self.wrong.append(f"{name} is yes or no")
        return _YES.get(value, default)

    def _cafile(self) -> str:
        cafile = self._one_line("cafile")
        if cafile and not Path(cafile).is_file():
            self.wrong.append(f"cafile {visible(cafile)} is no file")
        return cafile


def addresses_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of a line such as `a@x.org, b@x.org`, each once, and words for each that is none."""
    found: dict[str, None] = {}
    wrong = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        address = normalise(part)
        if isinstance(address, Bad):
            wrong.append(f"{visible(part)}: {address.words}")
        else:
            found[address] = None
    return tuple(found), tuple(wrong)


def header_address(name: str, address: str) -> str:
    """A From or Reply-To header's value: the name quoted or encoded as it needs, then the address."""
    if not is_safe(address):
        raise ValueError("an address that was not checked")
    local, _, domain = address.rpartition("@")
    return str(Address(display_name=name, username=local, domain=domain))
