"""What can be read of a Bluesky account: by anybody through the network's public view, and on the account's own server.

The two are different machines: a record is on the account's server (com.atproto.repo) the moment it is written, and in the public
view (app.bsky) once that has caught up. Sessions are kept in this process only: the app password makes another at any time.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.channels.live.bluesky_answers import (
    DID,
    HANDLE,
    LIKE,
    POST,
    PROFILE,
    REPOST,
    address,
    error_of,
    not_there,
    of_feed,
    of_record,
    pictures,
    place,
    profile,
    record_in,
)
from console.channels.live.social import Social, rows, said, table
from console.channels.live.web import Answer, Lost, NotSent, fetch, repeat, send
from console.channels.protocol import Sighting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

PASSWORD: Final = "app-password"  # noqa: S105 - its name
VIEW: Final = "https://public.api.bsky.app"
A_PAGE: Final = 100  # the most that app.bsky.feed.getAuthorFeed and com.atproto.repo.listRecords give at once
PAGES: Final = 2
MOST_MEDIA: Final = 4
_OLD: Final = ("ExpiredToken", "InvalidToken")
_REACH: Final = {
    "likes": "likeCount",
    "reposts": "repostCount",
    "replies": "replyCount",
    "quotes": "quoteCount",
}


class Session(Struct, frozen=True):
    """A log-in: whose it is, and its two tokens."""

    did: str
    handle: str
    access: str
    refresh: str
    active: bool = True
    status: str = ""


class Record(Struct, frozen=True):
    """What the account's server says of one record: the answer, and its value and cid; no value when it is not there."""

    answer: Answer
    value: dict[str, Any] | None = None
    cid: str = ""
    known: bool = True

    @property
    def stands(self) -> bool | None:
        """Whether it is there; None when that cannot be told."""
        return self.value is not None if self.known else None


class BlueskyReading(Social):
    """The looking half of a Bluesky channel."""

    kind = "bluesky"
    title = "Bluesky"
    base = "https://bsky.social"

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        found = HANDLE.fullmatch(settings.get("handle", ""))
        self._handle = found[1].lower() if found else ""
        self._view = (settings.get("view", "") or VIEW).rstrip("/")
        self._did = settings.get("did", "")
        self._session: Session | None = None
        self._signing = asyncio.Lock()

    async def read(self) -> tuple[Sighting, ...] | None:
        """Posts and reposts, newest first: what the public sees, and what stands in the account and is not shown yet."""
        found: dict[str, Sighting] = {}
        readable = False
        with suppress(NotSent, Lost):
            seen = await self._feed()
            readable = seen is not None
            found = {each.remote: each for each in seen or ()}
        with suppress(NotSent, Lost):
            did = await self._own_did()
            for collection in (POST, REPOST):
                answer = await self._authed(
                    "GET", "com.atproto.repo.listRecords", repo=did, collection=collection, limit=str(A_PAGE)
                )
                records = answer.table().get("records") if answer.ok else None
                readable = readable or isinstance(records, list)
                for each in rows(records):
                    sighting = of_record(each, self._clock.now().wall)
                    if sighting is not None:
                        found.setdefault(sighting.remote, sighting)
        return tuple(sorted(found.values(), key=lambda each: -each.published)) if readable else None

    async def likes(self) -> tuple[Sighting, ...] | None:
        """What the account liked last, the newest first, each by the record of the like; None where that cannot be read."""
        with suppress(NotSent, Lost):
            answer = await self._authed(
                "GET",
                "com.atproto.repo.listRecords",
                repo=await self._own_did(),
                collection=LIKE,
                limit=str(A_PAGE),
            )
            records = answer.table().get("records") if answer.ok else None
            if isinstance(records, list):
                now = self._clock.now().wall
                return tuple(each for each in (of_record(record, now) for record in rows(records)) if each)
        return None

    async def _feed(self) -> list[Sighting] | None:
        """The author's feed as the public sees it; None when it cannot be read."""
        seen: list[Sighting] = []
        cursor = ""
        for page in range(PAGES):
            answer = await self._public(
                "app.bsky.feed.getAuthorFeed",
                actor=await self._own_did(),
                limit=str(A_PAGE),
                **({"cursor": cursor} if cursor else {}),
            )
            feed = answer.table().get("feed") if answer.ok else None
            if not isinstance(feed, list):
                return seen if page else None
            seen += [each for each in map(of_feed, rows(feed)) if each is not None]
            cursor = said(answer.table().get("cursor"))
            if not cursor:
                break
        return seen

    async def profile(self) -> dict[str, str]:
        """What a baseline compares later; empty when it cannot be read."""
        with suppress(NotSent, Lost):
            did = await self._own_did()
            answer = await self._public("app.bsky.actor.getProfile", actor=did)
            if answer.ok and answer.table().get("did") == did:
                return profile(answer.table())
        return {}

    async def capture(self, item: str) -> dict[str, str]:
        """Fetch everything about one post: how the public sees it, the thread around it, the record itself, its pictures.

        Returns:
            Names of what was kept, what is `missing` of it and why, and the reach: `likes`, `reposts`, `replies`, `quotes`.

        Raises:
            NotSent, Lost: neither the public view nor the record could be fetched.
        """
        did = await self._own_did()
        where = place(item, (did, self._handle))
        if where is None:
            raise NotSent("It names no post of this account.")
        uri = address(did, *where)
        answer = await self._public("app.bsky.feed.getPosts", uris=uri)
        views = rows(answer.table().get("posts")) if answer.ok else []
        post = next((each for each in views if each.get("uri") == uri), {})
        found: dict[str, str] = {"api": answer.kept} if post else {}
        missing: list[str] = [] if post else [f"the public does not see it ({answer.status})"]
        record = await self._plain_record(uri, did, *where)
        if record_in(record, uri) is not None:
            found["record"] = record.kept
        if not found:
            raise Lost(
                f"The post could not be read: the servers answered {answer.status} and {record.status}."
            )
        if where[0] == POST:
            thread = await self._public("app.bsky.feed.getPostThread", uri=uri, depth="6", parentHeight="80")
            found["thread"] = thread.kept
        for number, link in enumerate(pictures(post)[:MOST_MEDIA], 1):
            try:
                found[f"medium-{number}"] = (await fetch(self._client(), link))[-1].kept
            except (NotSent, Lost) as error:
                missing.append(f"picture {number}: {error}")
        reach = {name: said(post.get(field)) for name, field in _REACH.items() if post}
        return {**found, **({"missing": "; ".join(missing)} if missing else {}), **reach}

    # -- requests ----------------------------------------------------------------------------------------------------

    async def _public(self, method: str, **query: str) -> Answer:
        """A question to the public view, as anybody may ask it."""
        return await send(self._client(), "GET", f"{self._view}/xrpc/{method}", params=query)

    async def _authed(self, verb: str, method: str, body: object = None, **query: str) -> Answer:
        """A request of ours to the account's server; a session that has run out is renewed once, for nothing was done by it."""
        session = await self._signed_in()
        answer = await self._once(verb, method, session.access, body, query)
        if error_of(answer) in _OLD:
            session = await self._renewed(session)
            answer = await self._once(verb, method, session.access, body, query)
        return answer

    async def _once(
        self, verb: str, method: str, token: str, body: object, query: Mapping[str, str]
    ) -> Answer:
        more = {"json": body} if body is not None else {}
        head = {"Authorization": f"Bearer {token}"}
        return await send(self._client(), verb, f"/xrpc/{method}", headers=head, params=query, **more)

    async def _record(self, collection: str, rkey: str) -> Record:
        """A record of ours on the account's server, with our own eyes: no cache answers."""
        did = await self._own_did()
        answer = await self._authed(
            "GET", "com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey
        )
        found = record_in(answer, address(did, collection, rkey))
        if found is not None:
            return Record(answer, *found)
        return Record(answer, known=not_there(answer))

    async def _own_record(self, collection: str, rkey: str) -> Record | None:
        """The same, or None when it cannot be asked."""
        with suppress(NotSent, Lost):
            return await self._record(collection, rkey)
        return None

    async def _plain_record(self, uri: str, did: str, collection: str, rkey: str) -> Answer:
        """A record with our own eyes, or as anybody may ask for it where we have none."""
        query = {"repo": did, "collection": collection, "rkey": rkey}
        with suppress(NotSent, Lost):
            answer = await self._authed("GET", "com.atproto.repo.getRecord", **query)
            if record_in(answer, uri) is not None:
                return answer
        return await send(self._client(), "GET", "/xrpc/com.atproto.repo.getRecord", params=query)

    async def _profile_record(self) -> Record:
        return await self._record(PROFILE, "self")

    async def _own_did(self) -> str:
        """The account's permanent name: as it is set, or as its log-in or its handle says; raises NotSent."""
        if not self._did:
            try:
                self._did = (await self._signed_in()).did
            except NotSent:
                answer = await self._public("com.atproto.identity.resolveHandle", handle=self._handle)
                found = said(answer.table().get("did")) if answer.ok else ""
                if not DID.fullmatch(found):
                    raise
                return found  # a name server may lie; only a log-in makes it ours for good
        return self._did

    # -- signing in --------------------------------------------------------------------------------------------------

    async def _signed_in(self) -> Session:
        """The session, made at its first use. Whatever goes wrong here, nothing was done: raises NotSent."""
        async with self._signing:
            if self._session is None:
                self._session = await self._made_session()
            return self._session

    async def _renewed(self, old: Session) -> Session:
        """Another session for one that has run out; whoever comes second takes what the first got."""
        async with self._signing:
            if self._session is None or self._session == old:
                self._session = None
                self._session = await self._refreshed(old) or await self._made_session()
            return self._session

    async def _refreshed(self, old: Session) -> Session | None:
        with suppress(NotSent, Lost):
            answer = await self._once("POST", "com.atproto.server.refreshSession", old.refresh, None, {})
            found = self._session_in(answer)
            return found if found is not None and found.did == old.did else None
        return None

    async def _made_session(self) -> Session:
        body = {
            "identifier": self._settings.get("did", "") or self._handle,
            "password": await self._password(),
        }
        try:
            answer = await repeat(
                self._clock,
                lambda: send(self._client(), "POST", "/xrpc/com.atproto.server.createSession", json=body),
                tries=2,
            )
        except Lost as error:
            raise NotSent(f"signing in got no answer ({error}).") from error
        found = self._session_in(answer)
        if found is None:
            raise NotSent(self._why_not(answer))
        if self._did and found.did != self._did:
            raise NotSent("the app password opens another account than the one that is set.")
        return found

    async def _password(self) -> str:
        return await self._told(PASSWORD, "app password")

    def _why_not(self, answer: Answer) -> str:
        error = error_of(answer)
        if error == "AuthFactorTokenRequired":
            return (
                "Bluesky wants a code from an e-mail for this log-in, so what is kept is the account's main password. "
                "Make an app password under Settings, Privacy and security, and keep that."
            )
        if answer.status == 429:
            wait = answer.wait(self._clock.now().wall)
            return f"Bluesky lets nobody sign in for this account before {self._at(wait)}."
        if error in ("AccountTakedown", "AccountDeactivated"):
            return "Bluesky has suspended the account, or it was switched off."
        words = said(answer.table().get("message"))[:200]
        return f"signing in was answered with {answer.status}{': ' + words if words else ''}."

    def _session_in(self, answer: Answer) -> Session | None:
        """The session in an answer; its tokens are known to the redactor before they are used."""
        found = answer.table() if answer.ok else {}
        names = ("did", "handle", "accessJwt", "refreshJwt")
        did, handle, access, refresh = (said(found.get(name)) for name in names)
        for token in (access, refresh):
            self._redactor.learn(token)
        usable = all(each and each.isascii() and each.isprintable() for each in (access, refresh))
        if not usable or not DID.fullmatch(did):
            return None
        return Session(
            did, handle, access, refresh, found.get("active") is not False, said(table(found).get("status"))
        )
