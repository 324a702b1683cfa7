"""How the console may speak at X: OAuth 2 with tokens that renew themselves, OAuth 1.0a signatures, or the app's own bearer.

Sources: docs.x.com `fundamentals/authentication/oauth-2-0` and `api-reference`; RFC 6749 section 6 (refresh), RFC 7636 (PKCE), RFC 7009
(revocation), RFC 5849 section 3.4 (signatures), RFC 9700 section 4.14 (a refresh token that rotates is used once).

Every renewal at X gives another refresh token and ends the one before. So what comes is kept before it is used; a process that
comes too late takes what another one kept; and what a vault refused is held here and offered to it again.
"""

from __future__ import annotations

import asyncio
import base64
import secrets as dice
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from console.channels.live.web import Answer, Lost, NotSent, send
from console.channels.live.x_answers import said, text_in
from console.channels.live.x_auth import FIT, SIGNING, Bearer, Denied, Signed
from console.channels.live.x_needs import BEARER, OAUTH1, OAUTH2
from console.errors import VaultError
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.channels.live.adapter import Secrets
    from console.clock import Clock

AUTHORISE: Final = "https://x.com/i/oauth2/authorize"
TOKEN: Final = "/2/oauth2/token"  # noqa: S105 - a path
REVOKE: Final = "/2/oauth2/revoke"
INVALIDATE: Final = "/1.1/oauth/invalidate_token.json"
SCOPES: Final = ("tweet.read", "tweet.write", "users.read", "like.read", "offline.access")
ACCESS: Final = "access-token"
REFRESH: Final = "refresh-token"
SCOPE: Final = "scope"  # no secret; kept beside the tokens that it belongs to
OTHERS: Final = 2_000  # ms in which another process that renewed the same access has kept it


# -- asking a person for access --------------------------------------------------------------------------------------


class Asking(Struct, frozen=True):
    """One question to X whether the console may act for the account.

    Attributes:
        url: where the person signs in as the account and agrees, in a browser of their own.
        redirect: where X sends them afterwards, as it is entered in the app's settings.
        state, verifier: known to this console only, until X's answer is exchanged.
    """

    url: str
    redirect: str
    state: str
    verifier: str

    def fits(self, answered: str) -> bool:
        """Whether an address that a browser was sent to is the answer to this question (RFC 6749 section 10.12)."""
        said = _query(answered).get("state", [""])[0]
        return dice.compare_digest(said.encode("utf-8", "replace"), self.state.encode())


def authorise_url(client_id: str, redirect: str, page: str = AUTHORISE) -> Asking:
    """The page on which the account agrees (RFC 7636 section 4.3: S256); valid until it was answered, once."""
    state, verifier = dice.token_urlsafe(24), dice.token_urlsafe(48)
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    return Asking(f"{page}?{urlencode(query)}", redirect, state, verifier)


def code_in(asking: Asking, answered: str) -> str:
    """The code in the address that X sent the browser to; it lives for 30 seconds.

    Raises:
        Denied: the account did not agree, or this is the answer to another question (RFC 6749 section 10.12).
    """
    if not asking.fits(answered):
        raise Denied("That is not the answer to this question. Begin again with the link above.")
    code = _query(answered).get("code", [""])[0]
    if not FIT.fullmatch(code):
        raise Denied("The account did not agree: X sent no code.")
    return code


def _query(address: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(address.strip()).query)
    except ValueError:
        return {}


# -- the access that is kept -----------------------------------------------------------------------------------------


def _not_renewed(answer: Answer, name: str) -> str:
    if answer.status in (400, 401, 403) and answer.table():
        return f"The access to X has ended ({said(answer)[:80]}). Give the console another: {_how(name)}."
    return f"X does not renew our access just now (it answered {answer.status}). Try again in a minute."


def _how(name: str) -> str:
    return f"incident channels set {visible(name)} --sign-in"


class Tokens(Struct, frozen=True):
    """What a token endpoint gave."""

    access: str
    refresh: str
    scope: str = ""


class Access:
    """What this channel may use, and how it is renewed.

    Args:
        name: the channel's, for what a person is told to do.
        way: one of `WAYS`.
        client_id: the app's, for OAuth 2.
        secrets: where tokens are kept.
        ask: a secret of that name, made known to the redactor.
        learn: makes a value known to the redactor.
        clock: for signatures.
    """

    def __init__(
        self,
        name: str,
        way: str,
        client_id: str,
        *,
        secrets: Secrets,
        ask: Callable[[str], Awaitable[str]],
        learn: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self.way = way
        self._name = name
        self._client_id = client_id
        self._secrets = secrets
        self._ask = ask
        self._learn = learn
        self._clock = clock
        self._renewing = asyncio.Lock()
        self._unkept: dict[str, str] = {}

    async def user(self) -> httpx.Auth:
        """For what is done as the account.

        Raises:
            Denied: there is nothing to use, or the vault does not give it.
        """
        if self.way == OAUTH1:
            return Signed({name: await self.secret(name) for name in SIGNING}, self._clock)
        if self.way == BEARER:
            raise Denied("The console may only look at X: it was given no access to the account.")
        await self._offer()
        token = await self.secret(ACCESS)
        if not token:
            raise Denied(f"The console has no access to X. Give it some: {_how(self._name)}.")
        return Bearer(token)

    async def outside(self) -> httpx.Auth:
        """For looks: the app's own access where there is one, since it sees what strangers see; else the account's."""
        token = await self.secret("bearer-token")
        return Bearer(token, app=True) if token else await self.user()

    async def knows_more(self) -> bool:
        """Whether what `outside` gives is the app's own access, and there is the account's beside it."""
        return self.way != BEARER and bool(await self.secret("bearer-token"))

    async def secret(self, name: str) -> str:
        """A secret; what a vault refused to keep counts. Raises Denied when the vault does not answer."""
        if name in self._unkept:
            return self._unkept[name]
        try:
            return (await self._ask(name)).strip()
        except VaultError as error:
            raise Denied(f"The secrets cannot be reached: {error.what}") from error

    async def renew(self, client: httpx.AsyncClient, refused: httpx.Auth) -> bool:
        """Have another access after X refused one with 401; False when there is none to be had that could differ.

        Raises:
            Denied: X does not renew it, or did not answer; what was to be sent was not.
        """
        if self.way != OAUTH2 or not isinstance(refused, Bearer):
            return False
        async with self._renewing:
            if await self._another(refused.token):
                return True
            refresh = await self.secret(REFRESH)
            if not refresh:
                return False
            try:
                answer = await self._token(client, {"grant_type": "refresh_token", "refresh_token": refresh})
            except (NotSent, Lost) as error:
                raise Denied(f"The access to X could not be renewed: {error}") from error
            tokens = self._tokens_in(answer)
            if tokens is not None:
                await self.keep(tokens if tokens.refresh else Tokens(tokens.access, refresh, tokens.scope))
                return True
            await self._clock.sleep(OTHERS)
            if await self._another(refused.token):
                return True
            raise Denied(_not_renewed(answer, self._name))

    async def exchange(self, client: httpx.AsyncClient, asking: Asking, answered: str) -> Tokens:
        """What X gives for the account's agreement; not kept yet.

        Raises:
            Denied: it gives nothing.
            NotSent, Lost: as `web.send`.
        """
        code = code_in(asking, answered)
        for each in (code, asking.verifier):
            self._learn(each)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asking.redirect,
            "code_verifier": asking.verifier,
        }
        answer = await self._token(client, form)
        tokens = self._tokens_in(answer)
        if tokens is None:
            raise Denied(
                f"X gave no access ({answer.status}: {said(answer) or 'no token'}). "
                "Its code is good for half a minute, and once. Begin again."
            )
        return tokens

    async def end(self, client: httpx.AsyncClient, token: str) -> Answer:
        """Have X forget a token of ours (RFC 7009 section 2.1). Raises NotSent, Lost."""
        return await self._form(client, REVOKE, {"token": token})

    async def keep(self, tokens: Tokens) -> None:
        """Keep them, the one that cannot be had again first. What the vault refuses is offered again before anything is used."""
        for each in (tokens.access, tokens.refresh):
            self._learn(each)
        self._unkept = {REFRESH: tokens.refresh, ACCESS: tokens.access, SCOPE: tokens.scope}
        await self._offer()

    async def scope(self) -> str:
        """What the access may do, as X said when it gave it; empty when that is not known."""
        try:
            return await self._secrets.get(SCOPE)
        except VaultError:
            return ""

    # -- within ------------------------------------------------------------------------------------------------------

    async def _offer(self) -> None:
        """Have the vault keep what it does not have yet."""
        for name, value in list(self._unkept.items()):
            try:
                await self._secrets.keep(name, value)
            except VaultError as error:
                raise Denied(f"The renewed access to X cannot be kept: {error.what}") from error
            self._unkept.pop(name, None)

    async def _another(self, refused: str) -> bool:
        """Whether the vault has one that was not refused: another process, or another call, renewed it."""
        await self._offer()
        found = await self.secret(ACCESS)
        return bool(found) and found != refused

    async def _token(self, client: httpx.AsyncClient, form: dict[str, str]) -> Answer:
        return await self._form(client, TOKEN, form)

    async def _form(self, client: httpx.AsyncClient, path: str, form: dict[str, str]) -> Answer:
        """A form from our app: a public client names itself, a confidential one proves itself (RFC 6749 section 2.3.1)."""
        secret = await self.secret("client-secret")
        if not secret:
            return await send(client, "POST", path, data={**form, "client_id": self._client_id})
        basic = base64.b64encode(f"{self._client_id}:{secret}".encode()).decode()
        self._learn(basic)
        return await send(client, "POST", path, data=form, headers={"Authorization": f"Basic {basic}"})

    def _tokens_in(self, answer: Answer) -> Tokens | None:
        table = answer.table()
        access, refresh = text_in(table, "access_token"), text_in(table, "refresh_token")
        for each in (access, refresh):
            self._learn(each)
        fit = FIT.fullmatch(access) and (not refresh or FIT.fullmatch(refresh))
        return Tokens(access, refresh, text_in(table, "scope")[:400]) if answer.ok and fit else None
