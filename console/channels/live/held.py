"""An answer that goes on for as long as the line holds, one line of it at a time. It comes from a stranger, so all of it is bounded.

Source: docs.x.com `x-api/fundamentals/handling-disconnections`: an empty line every 20 seconds says that the line still holds.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx

from console.channels.live.web import Answer, Lost, NotSent
from console.channels.live.wire import HELD, TooMuch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from console.clock import Clock

LONGEST_LINE: Final = 256 * 1024  # bytes
MOST_LINES: Final = 300  # in a minute, signs of life among them
MINUTE: Final = 60_000
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Held:
    """An answer that is open.

    Args:
        response: as `Wire` left it.
        clock: for how many lines a minute has.
    """

    def __init__(self, response: httpx.Response, clock: Clock) -> None:
        self._response = response
        self._clock = clock
        self.keep: Callable[[bytes], str] = response.extensions["keep"]

    async def lines(self) -> AsyncGenerator[bytes]:
        """Every line without its end, empty ones too. Raises Lost when the line breaks, falls silent, or carries too much."""
        begun, said = self._clock.now().boot, 0
        try:
            async for line in split(self._response.aiter_raw()):
                if self._clock.now().boot - begun >= MINUTE:
                    begun, said = self._clock.now().boot, 0
                said += 1
                if said > MOST_LINES:
                    raise Lost(f"More than {MOST_LINES} lines came in a minute.")
                yield line
        except TooMuch as error:
            raise Lost(str(error)) from error
        except httpx.TimeoutException as error:
            raise Lost("Nothing came for too long.") from error
        except httpx.HTTPError as error:
            raise Lost("The line to it broke.") from error


@asynccontextmanager
async def held(
    client: httpx.AsyncClient, path: str, *, auth: httpx.Auth, silence: float, clock: Clock
) -> AsyncIterator[Held | Answer]:
    """Ask for an answer that goes on; what is no 200 is an ordinary answer.

    Args:
        client: over a `Wire`.
        path: what is asked for.
        auth: who asks.
        silence: seconds without a byte after which it is lost.
        clock: see `Held`.

    Raises:
        NotSent, Lost: as `web.send`.
    """
    response = await _asked(client, path, auth, silence)
    try:
        yield Held(response, clock) if "keep" in response.extensions else Answer(response)
    finally:
        await response.aclose()


async def _asked(client: httpx.AsyncClient, path: str, auth: httpx.Auth, silence: float) -> httpx.Response:
    more: dict[str, Any] = {"extensions": {HELD: True}, "timeout": httpx.Timeout(silence)}
    try:
        response = await client.send(
            client.build_request("GET", path, **more), auth=auth, stream=True, follow_redirects=False
        )
        if "keep" not in response.extensions:
            await response.aread()
    except _NOT_SENT as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise Lost(f"{type(error).__name__}: {error}") from error
    return response


async def split(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines of a stream, without their ends; raises TooMuch as soon as one is too long. What has no end is no line."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if max(map(len, (*whole, rest))) > LONGEST_LINE:
            raise TooMuch(f"A line is longer than {LONGEST_LINE // 1024} KiB.")
        for line in whole:
            yield line.removesuffix(b"\r")
