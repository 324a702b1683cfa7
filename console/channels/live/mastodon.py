"""Mastodon: posts with an idempotency key, pins, deletions thirty in half an hour, and an own token that can be ended.

Sources: docs.joinmastodon.org methods/statuses, methods/accounts, methods/oauth and api/rate-limits; mastodon/mastodon
`config/initializers/rack_attack.rb` (the windows) and `app/services/post_status_service.rb` (what a key remembers).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from console.channels.live.arrivals import key_of
from console.channels.live.mastodon_answers import both, id_of, ids, is_pinned, missing, scopes, there, weight
from console.channels.live.mastodon_reading import A_PAGE, HANDLE, TOKEN, MastodonReading
from console.channels.live.need import Need, Tried
from console.channels.live.social import digest, said, table, unfit
from console.channels.live.web import Answer, Lost, NotSent, judged, place_of, send
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.playbook.kinds import MASTODON_LIMIT
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

MOST_PINS: Final = 5
WINDOW: Final = 31 * 60_000  # ms: a deletion window is 30 minutes, and clocks differ
SECRET: Final = "client-secret"  # noqa: S105 - its name

NEEDS: Final = (
    Need(name="base", asks="Which server is the account on, such as https://social.example?"),
    Need(name="handle", asks="What is the account called there, such as @press?"),
    Need(
        name=TOKEN,
        asks="The access token? Preferences, Development, New application; scopes read, write:statuses, write:accounts.",
        secret=True,
    ),
    Need(
        name="client-id",
        asks="That application's client key? It lets the console end the token itself.",
        optional=True,
    ),
    Need(name=SECRET, asks="That application's client secret?", secret=True, optional=True),
    Need(name="language", asks="In which language are posts, such as en?", default="en", optional=True),
)


def problems(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that is wrong with a channel's settings, one part of a sentence each."""
    wrong = []
    base = settings.get("base", "")
    host = place_of(base).rpartition(":")[0]
    if not host:
        wrong.append("base is no web address")
    elif not base.startswith("https://") and host not in ("localhost", "127.0.0.1", "::1", "[::1]"):
        wrong.append("base must begin with https://, or the token would go about in the open")
    if not HANDLE.fullmatch(settings.get("handle", "")):
        wrong.append("handle must look like @press")
    if not re.fullmatch(r"[a-z]{2,3}", settings.get("language", "") or "en"):
        wrong.append("language must be two letters, such as en")
    return tuple(wrong)


class Mastodon(MastodonReading):
    """One Mastodon account as a channel."""

    patience = WINDOW

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._acts = {"post": self._post, "pin": self._pin, "unpin": self._unpin, "delete": self._delete}
        self._probes = {
            "post": self._was_posted,
            "pin": lambda order: self._was_pinned(order, wanted=True),
            "unpin": lambda order: self._was_pinned(order, wanted=False),
            "delete": self._was_deleted,
        }
        self._checks = {
            "absent": self._absent,
            "pinned": lambda order: self._pinned(order, wanted=True),
            "unpinned": lambda order: self._pinned(order, wanted=False),
        }

    # -- acts --------------------------------------------------------------------------------------------------------

    async def _post(self, order: Order) -> Outcome:
        """Post once. A later try looks first: the key is forgotten after an hour."""
        wrong = unfit(order.text, weight(order.text), MASTODON_LIMIT, self.title)
        if wrong:
            return Failed(wrong)
        if order.attempt > 1:
            answer, found = await self._own_words(order)
            if found is None:
                return InDoubt("Nothing was sent: what stands on the account could not be read first.")
            if found:
                return Done(answer.proof(found=found), found)
        answer = await send(
            self._client(),
            "POST",
            "/api/v1/statuses",
            headers={**await self._bearer(), "Idempotency-Key": digest(order).hex()},
            data={
                "status": order.text,
                "visibility": "public",
                "language": self._settings.get("language", "") or "en",
            },
        )
        remote = said(answer.table().get("id")) if answer.ok else ""
        if remote.isdecimal():
            return Done(answer.proof(), remote)
        if answer.status == 429:
            return self._held_up(answer)
        # A key that was used for a post that is gone answers 404: that one happened.
        return judged(
            answer,
            definite=(400, 401, 402, 403, 405, 413, 422, *((404, 410) if order.attempt == 1 else ())),
        )

    async def _delete(self, order: Order) -> Outcome:
        """Delete, with its media at once. What is not there any more is deleted."""
        post = id_of(order.item, self._base)
        if not post:
            return Failed(f"This names no post on {self._base}: {order.item[:200]}")
        head = await self._bearer()
        answer = await self._patient(
            key_of(order),
            lambda: send(
                self._client(),
                "DELETE",
                f"/api/v1/statuses/{post}",
                headers=head,
                params={"delete_media": "true"},
            ),
        )
        if answer.ok and said(answer.table().get("id")) == post:
            return Done(answer.proof(), order.item)
        if answer.status in (404, 410):
            return await self._not_found(post, order, answer)
        return self._ended_as(answer)

    async def _not_found(self, post: str, order: Order, answer: Answer) -> Outcome:
        """A deletion that found nothing: already gone, or never ours."""
        now = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
        if missing(answer) and missing(now):
            return Done(now.proof(), order.item)
        owner = said(table(now.table().get("account")).get("id"))
        if now.ok and owner and owner != await self._own_id():
            return Failed("It is another account's post. Report it to the server instead.", now.proof())
        return InDoubt("It was not found to be deleted, and what stands there cannot be told.", now.proof())

    async def _pin(self, order: Order) -> Outcome:
        post = await self._meant(order)
        answer = await self._set_pin(order, post)
        status = answer.table() if answer.ok else {}
        if said(status.get("id")) == post and status.get("pinned") is True:
            return Done(answer.proof(), post)
        if answer.status != 422:
            return self._ended_as(answer)
        # It refuses what is pinned already, and words its refusals in the account's language: look instead.
        now = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
        if now.ok and now.table().get("pinned") is True:
            return Done(now.proof(), post)
        others = await self._pins(await self._own_id(), await self._bearer())
        if others is not None and len(others) >= MOST_PINS:
            return Failed(
                f"{counted(len(others), 'post')} are pinned there already, and no more can be. Unpin one by hand, then pin again.",
                answer.proof(),
            )
        return judged(answer)

    async def _unpin(self, order: Order) -> Outcome:
        post = await self._meant(order)
        answer = await self._set_pin(order, post)
        status = answer.table() if answer.ok else {}
        if said(status.get("id")) == post and not status.get("pinned", False):
            return Done(answer.proof(), post)
        if answer.status in (404, 410):
            now = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
            if missing(answer) and missing(now):
                return Done(now.proof(), post)
        return self._ended_as(answer)

    async def _set_pin(self, order: Order, post: str) -> Answer:
        head, path = await self._bearer(), f"/api/v1/statuses/{post}/{order.verb}"
        return await self._patient(key_of(order), lambda: send(self._client(), "POST", path, headers=head))

    async def _meant(self, order: Order) -> str:
        """The post a pin is about: the item, or else our own post with the text; raises NotSent when neither says."""
        post = id_of(order.item, self._base)
        if not post and not order.item and order.text:
            _, found = await self._own_words(order)
            post = found or ""
        if not post:
            raise NotSent("which post is meant is not said, or it is not on this server.")
        return post

    def _ended_as(self, answer: Answer) -> Outcome:
        return self._held_up(answer) if answer.status == 429 else judged(answer)

    async def revoke(self) -> Outcome:
        """End the console's own token, and prove it dead: what it may ask no more (methods/oauth#revoke).

        Returns:
            Done when the server refuses the token, Failed when it was not ended, InDoubt when that cannot be seen.
        """
        try:
            return self._clean(await self._revoked())
        except (NotSent, Lost) as error:
            return InDoubt(f"Whether the token still works cannot be seen: {error}")

    async def _revoked(self) -> Outcome:
        client, secret = self._settings.get("client-id", ""), await self._may_be_told(SECRET)
        head = await self._bearer()
        if not client or not secret:
            return Failed(
                "Without its client key and secret the token is ended by hand: Preferences, Development."
            )
        body = {
            "client_id": client,
            "client_secret": secret,
            "token": head["Authorization"].partition(" ")[2],
        }
        ended: Answer | None = None
        try:
            ended = await self._patient(
                "revoke", lambda: send(self._client(), "POST", "/oauth/revoke", data=body)
            )
        except (NotSent, Lost):
            ended = None
        now = await self._get("/api/v1/accounts/verify_credentials", head)
        if now.status == 401 and said(now.table().get("error")):
            return Done(now.proof())
        if now.ok and said(now.table().get("id")) and ended is not None and ended.status < 500:
            return Failed(f"The token still works; the server answered {ended.status}.", now.proof())
        return InDoubt("Whether the token still works cannot be seen.", now.proof())

    # -- looks into doubts -------------------------------------------------------------------------------------------

    async def _was_posted(self, order: Order) -> Seen:
        answer, found = await self._own_words(order)
        return self._settled(order, None if found is None else bool(found), answer.proof(), found or "")

    async def _was_deleted(self, order: Order) -> Seen:
        post = id_of(order.item, self._base)
        if not post:
            return Seen("cannot-see", "it names no post on this server")
        answer = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
        stands = there(answer, post)
        return self._settled(order, None if stands is None else not stands, answer.proof(), order.item)

    async def _was_pinned(self, order: Order, *, wanted: bool) -> Seen:
        post = await self._meant(order)
        answer = await self._get(f"/api/v1/statuses/{post}", await self._bearer())
        pinned = is_pinned(answer, post)
        return self._settled(order, None if pinned is None else pinned is wanted, answer.proof(), post)

    # -- looks from outside ------------------------------------------------------------------------------------------

    async def _absent(self, order: Order) -> Seen:
        post = id_of(order.item, self._base)
        if not post:
            return Seen("cannot-see", "it names no post on this server")
        public = await self._get(f"/api/v1/statuses/{post}")
        own = await self._own_view(f"/api/v1/statuses/{post}")
        shown, stands = there(public, post), there(own, post)
        return self._weighed(
            f"absent {post}",
            outside=None if shown is None else not shown,
            inside=None if stands is None else not stands,
            raw=both(public, own),
        )

    async def _pinned(self, order: Order, *, wanted: bool) -> Seen:
        post = id_of(order.item, self._base)
        if not post:
            return Seen("cannot-see", "which post is meant is not said")
        account = await self._public_id()
        public = await self._get(f"/api/v1/accounts/{account}/statuses", pinned="true", limit=str(A_PAGE))
        own = await self._own_view(f"/api/v1/statuses/{post}")
        listed = post in ids(public.json()) if public.ok and isinstance(public.json(), list) else None
        pinned = is_pinned(own, post)
        return self._weighed(
            f"pinned {wanted} {post}",
            outside=None if listed is None else listed is wanted,
            inside=None if pinned is None else pinned is wanted,
            raw=both(public, own),
            value=post if wanted else "",
        )

    # -- trying ------------------------------------------------------------------------------------------------------

    async def test(self) -> Tried:
        """Look who we are there and what the token may do; nothing is changed."""
        try:
            tried = await self._tried()
        except (NotSent, Lost) as error:
            tried = Tried(ok=False, lines=(f"It could not be tried: {error}",))
        return Tried(ok=tried.ok, lines=tuple(map(self._redactor.text, tried.lines)))

    async def _tried(self) -> Tried:
        head = await self._bearer()
        me = await self._get("/api/v1/accounts/verify_credentials", head)
        account = me.table() if me.ok else {}
        acct = said(account.get("acct"))
        if not acct:
            return Tried(
                ok=False, lines=(f"The token opens nothing there: the server answered {me.status}.",)
            )
        lines = [
            f"The console is @{visible(acct)} there, called {visible(said(account.get('display_name')))}."
        ]
        right = acct.casefold() == self._local.casefold()
        if not right:
            lines.append(f"That is not the account that is set, @{visible(self._local)}.")
        app = await self._get("/api/v1/apps/verify_credentials", head)
        may, words = scopes(app.table().get("scopes") if app.ok else None)
        public = await self._get("/api/v1/accounts/lookup", acct=self._local)
        left = me.headers.get("x-ratelimit-remaining", "")
        lines += [
            words,
            *((f"{visible(left[:12])} more requests are let through in this window.",) if left else ()),
            "By itself the console posts, pins, unpins and deletes; 30 deletions in half an hour, then it waits and goes on.",
            "It can look at the account as the public does."
            if public.ok
            else "The server shows nothing to who is not signed in: what the public sees is looked at by hand.",
            "It can end its own token."
            if self._settings.get("client-id") and await self._may_be_told(SECRET)
            else "Its own token is ended by hand, under Preferences, Development: no client key and secret are kept.",
            "By hand: the password, two-factor codes, other log-ins and authorised apps, under Preferences, Account.",
        ]
        return Tried(ok=right and may, lines=tuple(lines))
