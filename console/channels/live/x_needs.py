"""What the console must be told of an account at X before it acts there. Light: it loads no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from console.channels.live.need import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

OAUTH2, OAUTH1, BEARER = WAYS = ("oauth2", "oauth1", "bearer")
REDIRECT: Final = (
    "http://127.0.0.1:8765/"  # where nothing listens: a person takes the code out of the browser's bar
)
NEEDS: Final[tuple[Need, ...]] = (
    Need(name="handle", asks="What is the account called at X, such as @ExamplePolice?"),
    Need(
        name="sign-in",
        asks="How does the console sign in: oauth2, oauth1, or bearer (it may then look, but not post or delete)?",
        default=OAUTH2,
    ),
    Need(
        name="client-id",
        asks="For oauth2: what is the app's Client ID? It stands at https://console.x.com under Keys and tokens.",
        optional=True,
    ),
    Need(
        name="user-id",
        asks="What is the account's number? With it the console knows the account even if somebody renames it.",
        optional=True,
    ),
    Need(
        name="redirect",
        asks="For oauth2: which callback address has the app at https://console.x.com? Nothing has to answer there.",
        default=REDIRECT,
        optional=True,
    ),
    Need(
        name="stream",
        asks="Shall X tell the console at once what happens at the account, yes or no? It needs a bearer token; each thing told costs $0.005.",
        default="no",
        optional=True,
    ),
    Need(name="base", asks="Where is X's API?", default="https://api.x.com", optional=True),
    Need(
        name="access-token",
        asks="For oauth2: an access token, if you have one? Enter has the account asked for it.",
        secret=True,
        optional=True,
    ),
    Need(
        name="refresh-token",
        asks="For oauth2: the refresh token that came with it? Without it the access ends after two hours.",
        secret=True,
        optional=True,
    ),
    Need(
        name="client-secret",
        asks="For oauth2: the app's Client Secret, if it is a confidential one?",
        secret=True,
        optional=True,
    ),
    Need(name="api-key", asks="For oauth1: the app's API Key?", secret=True, optional=True),
    Need(name="api-secret", asks="For oauth1: the app's API Key Secret?", secret=True, optional=True),
    Need(name="token", asks="For oauth1: the account's Access Token?", secret=True, optional=True),
    Need(
        name="token-secret", asks="For oauth1: the account's Access Token Secret?", secret=True, optional=True
    ),
    Need(
        name="bearer-token",
        asks="The app's Bearer Token? With it the console looks as strangers do; for bearer it must be given.",
        secret=True,
        optional=True,
    ),
)
_HANDLE: Final = re.compile(r"@?[A-Za-z0-9_]{1,15}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_CLIENT: Final = re.compile(
    r"[\x21-\x39\x3b-\x7e]{1,200}", re.ASCII
)  # a colon would end it in RFC 7617's header
_HERE: Final = ("localhost", "127.0.0.1", "::1")


def problems(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that is wrong with the settings; a secret that is missing shows when the channel is tried."""
    given = {name: value.strip() for name, value in settings.items()}
    way = given.get("sign-in", "") or OAUTH2
    client, number = given.get("client-id", ""), given.get("user-id", "")
    wrong = []
    if not _HANDLE.fullmatch(given.get("handle", "")):
        wrong.append("handle is no account's name at X: up to 15 letters, digits and _")
    if way not in WAYS:
        wrong.append(f"sign-in is none of {', '.join(WAYS)}")
    if way == OAUTH2 and not client:
        wrong.append("client-id is missing: without it the access cannot be renewed after two hours")
    if client and not _CLIENT.fullmatch(client):
        wrong.append("client-id holds what no Client ID holds")
    if number and not _NUMBER.fullmatch(number):
        wrong.append("user-id is no number of an account")
    if given.get("stream", "") not in ("", "yes", "no"):
        wrong.append("stream is neither yes nor no")
    if given.get("redirect", "") and not _is_redirect(given["redirect"]):
        wrong.append("redirect is no web address with nothing behind its path")
    if given.get("base", "") and not _is_base(given["base"]):
        wrong.append("base is no https address")
    return tuple(wrong)


def _is_redirect(address: str) -> bool:
    """Whether a browser can be sent there; what X adds to it comes behind a question mark."""
    try:
        parsed = urlsplit(address)
        host, _ = parsed.hostname or "", parsed.port
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    return plain and bool(host) and parsed.scheme in ("https", "http") and not {"?", "#", "@"} & set(address)


def _is_base(address: str) -> bool:
    """Whether it may be talked to: over TLS, or on this machine; nothing but a host and a port."""
    try:
        parsed = urlsplit(address)
        host, _ = parsed.hostname or "", parsed.port
    except ValueError:
        return False
    bare = not (
        parsed.username or parsed.password or parsed.query or parsed.fragment or parsed.path.strip("/")
    )
    return bare and bool(host) and (parsed.scheme == "https" or (parsed.scheme == "http" and host in _HERE))
