"""What X tells at once of an account: an alarm that makes the console look, never what it goes by. The watch looks in any case.

Sources: docs.x.com `x-api/activity` (subscriptions, stream, events, all asked for with the app's own access) and
`x-api/fundamentals/handling-disconnections` (a sign of life every 20 seconds; come back at once, then ever more slowly).
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from console.channels.live.held import MINUTE, Held, held
from console.channels.live.need import Tried
from console.channels.live.web import Answer, Lost, NotSent
from console.channels.live.x_answers import id_in, said, table_in, tables_in, text_in
from console.channels.live.x_auth import Bearer, Denied
from console.channels.live.x_prices import EVENT
from console.channels.live.x_reading import XReading

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

STREAM: Final = "/2/activity/stream"
SUBSCRIPTIONS: Final = "/2/activity/subscriptions"
CREATED: Final = "post.create"
DELETED: Final = "post.delete"
EVENTS: Final = (
    CREATED,
    DELETED,
    *(
        f"profile.update.{each}"
        for each in ("bio", "profile_picture", "banner_picture", "screenname", "geo", "url", "handle")
    ),
)
TAG: Final = "incident-console"
SILENCE: Final = 45.0  # seconds: two signs of life that did not come
FIRST: Final = 1_000  # ms of the first pause before it is asked for again
MOST: Final = 5 * MINUTE  # ms of the longest
MOST_ODD: Final = 20  # lines of one stream that are no event
TOLD: Final = "stream"  # what a note is about


class XStream(XReading):
    """The account's activity, as X tells it.

    Attributes:
        silence: seconds without a sign of life after which the stream is lost.
    """

    silence = SILENCE

    @property
    def told_at_once(self) -> bool:
        """Whether it is set that X tells the console what happens."""
        return self._settings.get("stream", "") == "yes"

    async def alerts(self) -> AsyncGenerator[str]:
        """A word for everything that X tells, and for everything it may have told while nobody heard; as long as somebody listens.

        Where it is not set, it ends at once. Whatever goes wrong is in `notes` until it is right again.
        """
        if not self.told_at_once:
            return
        pause, open_since = FIRST, -1
        while True:
            try:
                async with aclosing(self._told()) as told:
                    async for word in told:
                        open_since = self._clock.now().boot if open_since < 0 else open_since
                        yield word
                why, wait = "X ended it.", 0
            except Denied as error:
                why, wait = str(error), MINUTE
            except _Refused as error:
                why, wait = str(error), error.wait
            except (NotSent, Lost) as error:
                why, wait = str(error), 0
            if 0 <= open_since <= self._clock.now().boot - MINUTE:
                pause = FIRST
            self.notes[TOLD] = (
                f"X does not tell at once what happens. {why} The console goes on looking by itself."
            )
            await self._clock.sleep(max(pause, wait))
            pause, open_since = min(pause * 2, MOST), -1

    async def _told(self) -> AsyncGenerator[str]:
        """One stream: a word once it is open, then one for each event of the account. Raises _Refused, NotSent, Lost."""
        auth = await self._app()
        who = await self._who()
        await self._subscribe(auth, who)
        async with held(self._client(), STREAM, auth=auth, silence=self.silence, clock=self._clock) as answer:
            if isinstance(answer, Answer):
                raise self._refused_with(answer)
            self.notes.pop(TOLD, None)
            yield "open"
            async with aclosing(self._heard_of(answer, who)) as events:
                async for event in events:
                    yield event

    async def _heard_of(self, stream: Held, who: str) -> AsyncGenerator[str]:
        """The events of one stream that are the account's, each kept as it came. Raises Lost."""
        odd = 0
        async with aclosing(stream.lines()) as lines:
            async for line in lines:
                if not line.strip():
                    continue
                event, problem = _event_in(line)
                if problem:
                    raise Lost(problem)
                odd += not event
                if odd > MOST_ODD:
                    raise Lost("What comes is not what X says that it tells.")
                if event and _is_about(event, who):
                    stream.keep(line)
                    self.spent += EVENT
                    self._take(event)
                    yield text_in(event, "event_type")[:100]

    def _take(self, event: dict[str, Any]) -> None:
        """What is told to be gone is not read as standing, and the next look reads anew; the checks see for themselves."""
        if text_in(event, "event_type") == DELETED:
            self._not_standing(id_in(table_in(event, "payload")))
            self._deleted_at = self._clock.now().boot

    # -- asking for it -----------------------------------------------------------------------------------------------

    async def _app(self) -> Bearer:
        """The app's own access. Raises Denied."""
        token = await self._access.secret("bearer-token")
        if not token:
            raise Denied("For that it needs the app's bearer-token, and none is kept.")
        return Bearer(token, app=True)

    async def _subscribe(self, auth: httpx.Auth, who: str) -> None:
        """Have X tell of every kind of event, where it does not already. Raises _Refused, NotSent, Lost."""
        known = await self._subscribed(auth, who)
        for event in (each for each in EVENTS if each not in known):
            body = {"event_type": event, "filter": {"user_id": who}, "tag": TAG}
            answer = await self._sent("POST", SUBSCRIPTIONS, auth, json=body)
            if not answer.ok and not _exists(answer) and event == CREATED:
                raise self._refused_with(answer)

    async def _subscribed(self, auth: httpx.Auth, who: str) -> set[str]:
        """The kinds of event of this account that X tells already. Raises _Refused, NotSent, Lost."""
        answer = await self._sent("GET", SUBSCRIPTIONS, auth, params={"max_results": "1000"})
        if not answer.ok:
            raise self._refused_with(answer)
        return {
            text_in(each, "event_type")
            for each in tables_in(answer.table(), "data")
            if text_in(table_in(each, "filter"), "user_id") == who
        }

    def _refused_with(self, answer: Answer) -> _Refused:
        wait = self._wait(answer) if answer.status == 429 else MINUTE
        return _Refused(self._why(answer).rstrip(".") + ".", wait)

    async def test(self) -> Tried:
        """Prove the channel with calls that only look, and say what it can and cannot do; nothing is subscribed to."""
        tried = await super().test()
        if not tried.ok or not self.told_at_once:
            return tried
        try:
            await self._subscribed(await self._app(), await self._who())
        except (NotSent, Lost) as error:
            line = f"X does not tell at once what happens. {error}"
        else:
            line = "X tells at once what happens at the account."
        return replace(tried, lines=(*tried.lines, f"{line} The console looks by itself in any case."))


class _Refused(Lost):
    """X answered, and did not open the stream; `wait` is how many ms it should be left alone."""

    def __init__(self, why: str, wait: int) -> None:
        super().__init__(why)
        self.wait = wait


def _event_in(line: bytes) -> tuple[dict[str, Any], str]:
    """The event in a line, empty when there is none; and the problem that X tells of instead, before it closes the line."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}, ""
    event = table_in(found, "data")
    if text_in(event, "event_type"):
        return event, ""
    problem = next(iter(tables_in(found, "errors")), {})
    words = text_in(problem, "detail") or text_in(problem, "title")
    return {}, f"X says: {words[:200].rstrip('.')}." if words else ""


def _is_about(event: dict[str, Any], who: str) -> bool:
    """Whether it is this account's: an app may have subscribed to others as well."""
    named = text_in(table_in(event, "filter"), "user_id") or id_in(table_in(event, "payload"), "author_id")
    return named in ("", who)


def _exists(answer: Answer) -> bool:
    """Whether X refuses a subscription because there is one like it."""
    words = said(answer).lower()
    return answer.status in (400, 403, 409) and any(
        each in words for each in ("exist", "duplicate", "already")
    )
