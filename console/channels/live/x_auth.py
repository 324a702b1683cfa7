"""What is put on a request to X: a token in a header, or a signature over it.

Sources: RFC 6750 section 2.1; RFC 5849 section 3.4; docs.x.com `fundamentals/authentication/oauth-1-0a`.
"""

from __future__ import annotations

import re
import secrets as dice
from typing import TYPE_CHECKING, Final

import httpx
from authlib.oauth1.rfc5849.parameters import prepare_headers
from authlib.oauth1.rfc5849.signature import construct_base_string, hmac_sha1_signature

from console.channels.live.web import NotSent

if TYPE_CHECKING:
    from collections.abc import Generator

    from console.clock import Clock

SIGNING: Final = ("api-key", "api-secret", "token", "token-secret")
FIT: Final = re.compile(r"[\x21-\x7e]{8,4096}", re.ASCII)  # what may stand in a header


class Denied(NotSent):
    """Nothing was sent, because the console has no access that X would take."""


class NotOurs(Denied):
    """The access is another account's."""


class Bearer(httpx.Auth):
    """A token in the header (RFC 6750 section 2.1).

    Args:
        token: the account's, or the app's own.
        app: whether it is the app's own.
    """

    def __init__(self, token: str, *, app: bool = False) -> None:
        if not FIT.fullmatch(token):
            raise Denied("What is kept as the access to X is no token. Set it again.")
        self.token = token
        self.app = app

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx wants it."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


class Signed(httpx.Auth):
    """A signature over method, address and query (RFC 5849); our bodies are JSON or none, and those are not signed.

    Args:
        keys: by the names in `SIGNING`.
        clock: whose time is signed; X takes what is a few minutes off.
    """

    def __init__(self, keys: dict[str, str], clock: Clock) -> None:
        missing = [name for name in SIGNING if not FIT.fullmatch(keys.get(name, ""))]
        if missing:
            raise Denied(f"The console has no {' and no '.join(missing)} for X. Set them.")
        self._keys = keys
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As httpx wants it."""
        params = [
            ("oauth_consumer_key", self._keys["api-key"]),
            ("oauth_nonce", dice.token_hex(16)),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", str(self._clock.now().wall // 1_000)),
            ("oauth_token", self._keys["token"]),
            ("oauth_version", "1.0"),
        ]
        base = construct_base_string(
            request.method, str(request.url), [*request.url.params.multi_items(), *params]
        )
        signature = hmac_sha1_signature(base, self._keys["api-secret"], self._keys["token-secret"])
        header = prepare_headers([*params, ("oauth_signature", signature)])
        request.headers["Authorization"] = header["Authorization"]
        yield request
