"""Takes secrets out of what is kept of an exchange: by name where a field says what it is, by value wherever else it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.channels.live.wire import Exchange

OUT: Final = "[taken out]"
SHORTEST: Final = 6  # a shorter secret would take ordinary words with it; no platform gives one
_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-wp-nonce"}
)
_NAMES: Final = (
    "access_token|refresh_token|id_token|token|client_secret|password|secret|api_key|accessJwt|refreshJwt"
    "|oauth_token|oauth_token_secret|assertion"
)
_SENT: Final = f"{_NAMES}|code|code_verifier|key"  # what an answer calls `code` is an error's name
_JSON: Final = re.compile(rf'("(?:{_NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*"'.encode())
_QUOTED: Final = re.compile(
    rf'(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")[^"\\]*(\\?")'
)  # JSON, also inside a JSON text
_FORM: Final = re.compile(rf"(?:^|(?<=&))((?:{_SENT})=)[^&\s]+".encode())
_QUERY: Final = re.compile(rf"([?&](?:{_SENT})=)[^&#]+")


class Redactor:
    """Knows a channel's secrets by value, from the moment they are told.

    Attributes:
        secrets: may grow while a channel works: a refreshed token is told before it is used.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Know one more; a very short one is known by its field's name only."""
        if len(secret) >= SHORTEST:
            self.secrets |= {secret, quote(secret, safe=""), quote_plus(secret)}

    def text(self, words: str) -> str:
        """The words without any secret known by value."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            words = words.replace(secret, OUT)
        return words

    def words(self, words: str) -> str:
        """What goes into the record: without secrets known by value, and without any that an answer's field names as one."""
        return self.text(_QUOTED.sub(rf"\g<1>{OUT}\g<2>", words))

    def of(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be kept and shown."""
        return msgspec.structs.replace(
            exchange,
            url=_QUERY.sub(rf"\g<1>{OUT}", self.text(exchange.url)),
            request_headers=self._headers(exchange.request_headers),
            request_body=_FORM.sub(rb"\g<1>" + OUT.encode(), self._body(exchange.request_body)),
            headers=self._headers(exchange.headers),
            body=self._body(exchange.body),
            error=self.text(exchange.error),
        )

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, OUT if name.lower() in _HEADERS else self.text(value)) for name, value in headers)

    def _body(self, body: bytes) -> bytes:
        body = _JSON.sub(rb'\g<1>"' + OUT.encode() + b'"', body)
        for secret in sorted(self.secrets, key=len, reverse=True):
            body = body.replace(secret.encode(), OUT.encode())
        return body
