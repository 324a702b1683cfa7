"""What every platform adapter says and hears over HTTP: requests that end as an answer, a definite no, or a doubt.

`NotSent` is raised only where no byte of the request can have left (RFC 9110 section 9.2.2 says what may be repeated by
itself). Everything else that is no whole answer is `Lost`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from console.channels.protocol import Failed, InDoubt, Outcome, Seen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.clock import Clock

TRIES: Final = 3  # of what may be repeated by itself
PAUSE: Final = 2_000  # ms before the second try, doubled before the third
LONGEST_WAIT: Final = 16 * 60_000  # ms that a rate window may make an act wait: X's is 15 minutes
MOST_HOPS: Final = 5
MOST_SHOWN: Final = 600  # characters of an answer that a proof quotes
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class NotSent(Exception):
    """The request never left."""


class Lost(Exception):
    """It may have left, and no whole answer came."""


class Answer:
    """What a platform answered.

    Attributes:
        status: the HTTP status.
        headers: as they came.
        body: unpacked, bounded.
        kept: the name under which the exchange is kept as evidence.
        after_loss: whether the end of an earlier try of the same was not seen: what this one refuses may be done already.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.content
        self.kept = str(response.extensions.get("kept", ""))
        self.after_loss = False

    @property
    def ok(self) -> bool:
        """Whether the status says so."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as plain values; None when it is no JSON, which is an answer that tells nothing."""
        with suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return msgspec.json.decode(self.body)
        return None

    def table(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        found = self.json()
        return found if isinstance(found, dict) else {}

    def proof(self, **more: object) -> str:
        """What goes into the record: status, where the raw bytes are kept, and the beginning of the body."""
        shown = self.body[: MOST_SHOWN * 4].decode("utf-8", "replace")[:MOST_SHOWN]
        return canonical({"status": self.status, "kept": self.kept, "answer": shown, **more})

    def wait(self, now: int) -> int:
        """Milliseconds until it may be asked again, as the answer says; 0 when it does not say.

        `x-rate-limit-reset` is epoch seconds at X; Mastodon's is a timestamp; `Retry-After` seconds or a date (RFC 9110 10.2.3).
        """
        for name in ("retry-after", "x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset"):
            said = self.headers.get(name, "").strip()
            if said:
                return max(_until(said, now, after=name == "retry-after"), 0)
        return 0


def _until(said: str, now: int, *, after: bool) -> int:
    if said.isascii() and said.isdecimal() and len(said) <= 12:
        return int(said) * 1_000 if after else int(said) * 1_000 - now
    from datetime import datetime

    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError):
            return int(read(said).timestamp() * 1_000) - now
    return 0


def canonical(plain: object) -> str:
    """Compact JSON with sorted keys, ASCII only."""
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


async def send(client: httpx.AsyncClient, method: str, url: str, **more: Any) -> Answer:
    """One request, once. No redirect is followed.

    Raises:
        NotSent: it never left.
        Lost: it may have left.
    """
    try:
        return Answer(await client.request(method, url, follow_redirects=False, **more))
    except httpx.InvalidURL as error:
        raise NotSent("The address is none.") from error
    except _NOT_SENT as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise Lost(f"{type(error).__name__}: {error}") from error


async def repeat(clock: Clock, request: Callable[[], Awaitable[Answer]], tries: int = TRIES) -> Answer:
    """A request that may be made again by itself (it only looks, or doing it twice changes nothing), made until it is answered.

    Raises:
        NotSent: no try ever left.
        Lost: the last try's end was not seen, or an earlier one's and the last did not leave.
    """
    pause, lost = PAUSE, False
    for left in range(tries - 1, -1, -1):
        try:
            answer = await request()
        except Lost:
            lost = True
            if not left:
                raise
        except NotSent as error:
            if not left and lost:
                raise Lost(f"One try's end was not seen, the last was not sent: {error}") from error
            if not left:
                raise
        else:
            if answer.status < 500 or not left:
                answer.after_loss = lost
                return answer
        await clock.sleep(pause)
        pause *= 2
    raise AssertionError("unreachable")


async def ended(work: Awaitable[Outcome]) -> Outcome:
    """An outcome whatever happens on the wire: never sent is a definite no, lost is a doubt."""
    try:
        return await work
    except NotSent as error:
        return Failed(f"It was not sent: {error}")
    except Lost as error:
        return InDoubt(f"No whole answer came: {error}")


async def looked(work: Awaitable[Seen]) -> Seen:
    """A look whatever happens on the wire: no answer is not seen."""
    try:
        return await work
    except (NotSent, Lost) as error:
        return Seen("cannot-see", f"no answer: {error}")


def judged(
    answer: Answer, *, definite: tuple[int, ...] = (400, 401, 402, 403, 404, 409, 410, 422)
) -> Outcome:
    """What an answer that is no success means for an act: an authenticated 4xx of the list is *not done*, all else a doubt."""
    words = f"It answered {answer.status}{_words_of(answer)}"
    if answer.status in definite and not answer.after_loss:
        return Failed(words, answer.proof())
    return InDoubt(words, answer.proof())


def _words_of(answer: Answer) -> str:
    """A platform's own words for what is wrong, shortened; hostile until they are shown by `text.visible`."""
    found = answer.table()
    for name in ("detail", "message", "error_description", "error", "title"):
        said = found.get(name)
        if isinstance(said, str) and said:
            return f": {said[:200]}"
    return ""


async def fetch(client: httpx.AsyncClient, url: str) -> tuple[Answer, ...]:
    """A public page by a link that anybody may have written: the answers on the way to it, the page's own last.

    Raises:
        NotSent: it is no web address, or leads inside.
        Lost: no whole answer came.
    """
    answers: list[Answer] = []
    while len(answers) < MOST_HOPS:
        if not place_of(url):
            raise NotSent("It is no web address.")
        answers.append(await send(client, "GET", url, auth=None))
        onward = answers[-1].headers.get("location", "")
        if answers[-1].status not in (301, 302, 303, 307, 308) or not onward:
            return tuple(answers)
        try:
            url = str(httpx.URL(url).join(onward))
        except httpx.InvalidURL:
            raise NotSent("It leads on to what is no web address.") from None
    raise Lost(f"It leads on and on, {MOST_HOPS} times.")


def place_of(url: str) -> str:
    """`host:port` of an http or https address; empty for anything else."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        return ""
    if parsed.scheme not in ("http", "https") or not parsed.host:
        return ""
    return f"{parsed.host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"
