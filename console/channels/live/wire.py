"""The wire every platform is talked to over: bounded, never redirected by itself, and written down as it happened.

Answers come from strangers. A body has a largest size, also once it is unpacked; an answer has a longest time, however slowly it
drips; a name that a stranger wrote is never let to an address inside the house, and what was looked up is what is connected
to, so that DNS cannot change its mind in between (OWASP, *Server Side Request Forgery Prevention*).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import zlib
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

import httpcore
import httpx
from msgspec import Struct

from console.channels.live.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from console.clock import Clock

MOST_BYTES: Final = 4 * 1024 * 1024  # of one answer, unpacked
LONGEST: Final = 30.0  # seconds of one exchange, from the first byte to the last
CONNECT: Final = 10.0
CONNECTIONS: Final = 10
AGENT: Final = "incident-console"
HELD: Final = "held"  # the extension of a request whose answer is to be read as it comes


class Exchange(Struct, frozen=True, kw_only=True):
    """One request and what came back, as it is kept: secrets are out of it already.

    Attributes:
        at, ended: wall ms UTC when it began, and when its end was seen.
        request: method and URL, headers in order, body.
        status: 0 when no answer was seen; then `error` says why.
        headers, body: the answer's, the body unpacked.
    """

    at: int
    ended: int
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: str = ""


class Keeper(Protocol):
    """Where exchanges are kept as evidence."""

    def keep(self, exchange: Exchange) -> str:
        """Keep it; the name by which it is found again, durable when this returns."""
        ...


class TooMuch(httpx.RemoteProtocolError):
    """The answer is larger than any we read."""


class Wire(httpx.AsyncBaseTransport):
    """A transport for `httpx.AsyncClient`, also inside authlib's clients.

    Args:
        clock: for the times in what is kept.
        keeper: gets every exchange, answered or not.
        redactor: takes secrets out before it does.
        open_to: `host:port` pairs that a person of this organisation configured; only these may be inside the house.
        longest: seconds that one exchange may take.
        connections: how many exchanges may go on at once.
    """

    def __init__(
        self,
        clock: Clock,
        keeper: Keeper,
        redactor: Redactor | None = None,
        *,
        open_to: Iterable[str] = (),
        longest: float = LONGEST,
        most: int = MOST_BYTES,
        connections: int = CONNECTIONS,
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._redactor = redactor or Redactor()
        self._longest = longest
        self._most = most
        self._inner = _Pinned(frozenset(open_to), connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the whole answer; `extensions["kept"]` of the response names what was kept of both.

        Where the request's extensions have `HELD`, an answer of 200 is left open, for `held.lines`: its `extensions["keep"]`
        keeps one line of it.
        """
        held = HELD in request.extensions
        request.headers["Accept-Encoding"] = "identity" if held else "gzip"
        request.headers.setdefault("User-Agent", AGENT)
        at = self._clock.now().wall
        try:
            async with asyncio.timeout(self._longest):
                answer = await self._inner.handle_async_request(request)
                if held and answer.status_code == httpx.codes.OK:
                    return self._open(request, answer)
                body = await self._body(answer)
        except TimeoutError as error:
            late = httpx.ReadTimeout(f"No whole answer within {self._longest:g} s.", request=request)
            self._keep(request, at, error=str(late))
            raise late from error
        except httpx.TransportError as error:
            self._keep(request, at, error=f"{type(error).__name__}: {error}")
            raise
        headers = [(key, value) for key, value in answer.headers.multi_items() if key not in _UNPACKED]
        kept = self._keep(request, at, answer=answer, headers=headers, body=body)
        return httpx.Response(answer.status_code, headers=headers, content=body, extensions={"kept": kept})

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._inner.aclose()

    def _open(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        """An answer that goes on; every line that is kept of it is an exchange with the request it answers."""

        def keep(line: bytes) -> str:
            headers = answer.headers.multi_items()
            return self._keep(request, self._clock.now().wall, answer=answer, headers=headers, body=line)

        extensions = {"kept": keep(b""), "keep": keep}
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=answer.stream, extensions=extensions
        )

    async def _body(self, answer: httpx.Response) -> bytes:
        packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in ("identity", "gzip", "x-gzip", ""):
            await answer.aclose()
            raise httpx.RemoteProtocolError(
                f"The answer is packed as {packed[:20]!r}, which was not asked for."
            )
        try:
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            return await bounded(answer.stream, self._most, packed=packed in ("gzip", "x-gzip"))
        finally:
            await answer.aclose()

    def _keep(
        self,
        request: httpx.Request,
        at: int,
        *,
        answer: httpx.Response | None = None,
        headers: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        error: str = "",
    ) -> str:
        exchange = Exchange(
            at=at,
            ended=self._clock.now().wall,
            method=request.method,
            url=str(request.url),
            request_headers=tuple(request.headers.multi_items()),
            request_body=request.content if isinstance(request.stream, httpx.ByteStream) else b"",
            status=answer.status_code if answer is not None else 0,
            headers=tuple(headers or ()),
            body=body,
            error=error,
        )
        return self._keeper.keep(self._redactor.of(exchange))


_UNPACKED: Final = ("content-encoding", "content-length", "transfer-encoding")


async def bounded(stream: AsyncIterable[bytes], most: int, *, packed: bool = False) -> bytes:
    """All bytes of a stream, unpacked, if they are no more than `most`; raises TooMuch as soon as they are more."""
    unpacker = zlib.decompressobj(wbits=31) if packed else None
    body = bytearray()
    try:
        async for chunk in stream:
            room = most - len(body) + 1
            body += unpacker.decompress(chunk, room) if unpacker is not None else chunk[:room]
            if len(body) > most:
                raise TooMuch(f"The answer is larger than {most // 1024:,} KiB.")
    except zlib.error as error:
        raise httpx.RemoteProtocolError("The answer is packed wrongly.") from error
    return bytes(body)


class _Pinned(httpx.AsyncHTTPTransport):
    """httpx's own transport over a network that looks a name up once, and only goes where it may."""

    def __init__(self, open_to: frozenset[str], connections: int) -> None:
        super().__init__(verify=_context(), trust_env=False, retries=0)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_context(),
            max_connections=connections,
            max_keepalive_connections=(connections + 1) // 2,
            keepalive_expiry=5.0,
            http1=True,
            http2=False,
            network_backend=_Network(open_to),
        )


@cache
def _context() -> ssl.SSLContext:
    """The authorities to trust, loaded once: that takes longer than most exchanges."""
    return httpx.create_ssl_context(trust_env=False)


class _Network(httpcore.AsyncNetworkBackend):
    """Where connections come from. TLS still asks for the name, so the certificate must fit it."""

    def __init__(self, open_to: frozenset[str]) -> None:
        self._open_to = open_to
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the name up and connect to what was found."""
        addresses = await self._addresses(host, port)
        last: Exception = httpcore.ConnectError("The name leads nowhere.")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def sleep(self, seconds: float) -> None:
        """As httpcore wants it; nothing here retries."""
        await self._inner.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # a label longer than 63 characters is no OSError
            raise httpcore.ConnectError(f"The name {host[:60]} cannot be looked up.") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if f"{host}:{port}" not in self._open_to and not all(is_outside(each) for each in addresses):
            raise httpcore.ConnectError("That name leads to an address that no public page has.")
        return addresses


def is_outside(address: str) -> bool:
    """Whether an IP address is one on the public internet; what wraps another address is judged by that one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_outside(str(inner))
        if found in _NAT64:
            return is_outside(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
