"""A platform on loopback: stateful, strict about what it is asked, able to misbehave, with a log that is the ground truth.

A stand-in answers in `reply`. Before and after that it may do what its `misbehave` says of a request:

    drop-before   close the line before anything was done        drop-after   do it, then close the line
    silent        do it, and never answer
    500 503 429 402   answer so, nothing was done                500-after    do it, then answer 500
    html garbage huge endless bomb                               do it, then answer nonsense of that kind
    redirect      send the caller somewhere inside
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import json
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

INSIDE = "http://169.254.169.254/latest/meta-data/"
ENDINGS = ("html", "garbage", "huge", "endless", "bomb")


@dataclass
class Request:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes | str | dict | list = b""
    headers: dict[str, str] = field(default_factory=dict)
    stream: AsyncGenerator[bytes] | None = None  # what comes piece by piece, instead of a body

    def raw(self) -> tuple[bytes, str]:
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json; charset=utf-8"


class BadRequest(AssertionError):
    """The adapter asked what the platform's description does not allow; the test fails with it."""


class StandIn:
    """One platform. Subclasses answer in `reply`; use it with `async with`.

    Attributes:
        log: every request that was acted on, in order.
        wrong: what was asked that the platform's description does not allow; `async with` raises it at the end.
        misbehave: asked of each request; a word of the list above, or empty for good behaviour.
    """

    def __init__(self) -> None:
        self.log: list[Request] = []
        self.wrong: list[str] = []
        self.script: deque[str] = deque()
        self.misbehave: Callable[[Request], str] = lambda _request: (
            self.script.popleft() if self.script else ""
        )
        self.port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def reply(self, request: Request) -> Reply:
        raise NotImplementedError

    def refuse(self, what: str) -> None:
        """The adapter did what no real platform takes."""
        self.wrong.append(what)
        raise BadRequest(what)

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind, *_rest):
        self._server.close()
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        await self._server.wait_closed()
        if kind is None and self.wrong:
            raise BadRequest("; ".join(self.wrong))

    # -- the line ----------------------------------------------------------------------------------------------------

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._lines.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError, h11.RemoteProtocolError):
                await self._talk(reader, writer)
        finally:
            self._lines.discard(task)
            writer.close()

    async def _talk(self, reader, writer):
        line = h11.Connection(h11.SERVER)
        while True:
            request = await self._request(line, reader)
            if request is None:
                return
            word = self.misbehave(request)
            if word == "drop-before":
                return
            answer = await self._answered(request, word)
            if word == "drop-after":
                return
            if word == "silent":
                await asyncio.Event().wait()
            if word == "endless":
                await _endless(line, writer)
                return
            if answer.stream is not None:
                await _piecemeal(line, writer, answer)
                return
            writer.write(_drawn(line, answer))
            await writer.drain()
            if line.our_state is h11.MUST_CLOSE or line.their_state is h11.MUST_CLOSE:
                return
            line.start_next_cycle()

    async def _request(self, line, reader):
        head, body = None, b""
        while True:
            event = line.next_event()
            if event is h11.NEED_DATA:
                line.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                headers = {key.decode().lower(): value.decode() for key, value in head.headers}
                return Request(head.method.decode(), head.target.decode(), headers, body)
            else:
                return None

    async def _answered(self, request, word):
        if word in ("500", "503", "429", "402"):
            return self.failure(int(word))
        if word == "redirect":
            return Reply(302, b"", {"Location": INSIDE})
        try:
            answer = await self.reply(request)
        except BadRequest as error:
            return Reply(599, {"wrong": str(error)})
        self.log.append(request)
        if word == "500-after":
            return self.failure(500)
        return _nonsense(word) if word in ENDINGS else answer

    def failure(self, status: int) -> Reply:
        """How this platform words a failure."""
        return Reply(status, {"error": "it failed"})


@contextlib.contextmanager
def in_thread(make: Callable[[], StandIn]):
    """A stand-in that answers from a thread of its own, because verbs are processes."""
    ready, holder = threading.Event(), {}

    async def live():
        holder["stop"], holder["loop"] = asyncio.Event(), asyncio.get_running_loop()
        async with make() as running:
            holder["server"] = running
            ready.set()
            await holder["stop"].wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield holder["server"]
    finally:
        with contextlib.suppress(RuntimeError):
            holder["loop"].call_soon_threadsafe(holder["stop"].set)
        thread.join(20)


@functools.cache
def _nonsense(word: str) -> Reply:
    if word == "html":
        return Reply(200, "<html><body>Service unavailable \x1b[2J</body></html>")
    if word == "garbage":
        return Reply(200, b"\x00\xff\x1b]52;c;aGk=\x07{{{{")
    if word == "huge":
        return Reply(200, b"[" + b"0," * (5 * 1024 * 1024) + b"0]")
    if word == "bomb":
        return Reply(200, gzip.compress(b"\x00" * (64 * 1024 * 1024), 1), {"Content-Encoding": "gzip"})
    return Reply(200)


def _drawn(line, answer: Reply) -> bytes:
    body, kind = answer.raw()
    headers = {"Content-Type": kind, **answer.headers, "Content-Length": str(len(body))}
    out = line.send(h11.Response(status_code=answer.status, headers=list(headers.items()), reason=b"."))
    return out + line.send(h11.Data(data=body)) + line.send(h11.EndOfMessage())


async def _piecemeal(line, writer, answer):
    """Each piece as it comes; then the line is closed in the middle of the answer, as servers do that go down."""
    headers = [*answer.headers.items(), ("Transfer-Encoding", "chunked")]
    writer.write(line.send(h11.Response(status_code=answer.status, headers=headers)))
    await writer.drain()
    async with contextlib.aclosing(answer.stream) as pieces:
        async for piece in pieces:
            writer.write(line.send(h11.Data(data=piece)))
            await writer.drain()


async def _endless(line, writer):
    writer.write(line.send(h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")])))
    while True:
        writer.write(line.send(h11.Data(data=b"x" * 65536)))
        await writer.drain()
