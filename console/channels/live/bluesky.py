"""Bluesky: posts under a fixed record key, pins by compare-and-swap, deletions that ensure absence, app passwords that can be ended.

Sources: bluesky-social/atproto `lexicons/com/atproto/{repo,server}`, `lexicons/app/bsky/{feed,actor}` and `packages/pds/src/api`;
docs.bsky.app, *Rate Limits*.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from console.channels.live.arrivals import key_of
from console.channels.live.bluesky_answers import (
    DID,
    HANDLE,
    MOST_BYTES,
    POST,
    PROFILE,
    address,
    error_of,
    facets,
    pin_of,
    tid,
)
from console.channels.live.bluesky_looks import BlueskyLooking
from console.channels.live.bluesky_reading import PASSWORD, VIEW, Record
from console.channels.live.graphemes import graphemes
from console.channels.live.need import Need, Tried
from console.channels.live.social import digest, rows, said, unfit
from console.channels.live.web import Answer, Lost, NotSent, canonical, judged, place_of
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.incident.access import AccessChange
from console.playbook.kinds import BLUESKY_LIMIT
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.live.adapter import Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

SWAPS: Final = 4  # how often a profile that others change meanwhile is read again
MOST_NAMED: Final = 20
OWN_NAME: Final = "app-password-name"
_APP_PASSWORD: Final = re.compile(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}")
_LINGERS: Final = "sessions made with it can act for up to two hours more"
_HOSTS: Final = ("localhost", "127.0.0.1", "::1", "[::1]")

NEEDS: Final = (
    Need(name="handle", asks="What is the account called there, such as press.example.org?"),
    Need(name=PASSWORD, asks="An app password? Settings, Privacy and security, App passwords.", secret=True),
    Need(
        name=OWN_NAME,
        asks="What is that app password called there? It lets the console end all the others.",
        optional=True,
    ),
    Need(
        name="did",
        asks="The account's permanent name, such as did:plc:..., so that a changed handle misleads nobody?",
        optional=True,
    ),
    Need(name="base", asks="Which server is the account on?", default="https://bsky.social", optional=True),
    Need(name="view", asks="Where does the public read Bluesky?", default=VIEW, optional=True),
    Need(name="language", asks="In which language are posts, such as en?", default="en", optional=True),
)


def problems(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that is wrong with a channel's settings, one part of a sentence each."""
    wrong = []
    if not HANDLE.fullmatch(settings.get("handle", "")):
        wrong.append("handle must look like press.example.org")
    for name in ("base", "view"):
        value = settings.get(name, "")
        host = place_of(value).rpartition(":")[0]
        if value and not host:
            wrong.append(f"{name} is no web address")
        elif value and not value.startswith("https://") and host not in _HOSTS:
            wrong.append(f"{name} must begin with https://")
    if settings.get("did") and not DID.fullmatch(settings["did"]):
        wrong.append("did must look like did:plc:abcdefghijklmnopqrstuvwx")
    if not re.fullmatch(r"[a-z]{2,3}", settings.get("language", "") or "en"):
        wrong.append("language must be two letters, such as en")
    return tuple(wrong)


class Bluesky(BlueskyLooking):
    """One Bluesky account as a channel."""

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._acts = {"post": self._post, "pin": self._pin, "unpin": self._unpin, "delete": self._delete}
        if settings.get(OWN_NAME):
            self._acts["rotate"] = self._rotate
            self._probes["rotate"] = self._only_ours

    # -- acts --------------------------------------------------------------------------------------------------------

    async def _post(self, order: Order) -> Outcome:
        """Post once, under a key that is this effect's alone: the server takes no second record under it."""
        wrong = unfit(order.text, graphemes(order.text), BLUESKY_LIMIT, self.title)
        if not wrong and len(order.text.encode()) > MOST_BYTES:
            wrong = f"The text is longer than the {MOST_BYTES:,} bytes that Bluesky takes."
        if wrong:
            return Failed(wrong)
        did, rkey = (await self._signed_in()).did, tid(digest(order))
        before = await self._own_record(POST, rkey)
        if before is not None and before.value is not None:
            return self._stood_before(order, address(did, POST, rkey), before)
        if order.attempt > 1 and (before is None or before.stands is None):
            return InDoubt("Nothing was sent: what stands on the account could not be read first.")
        body = {"repo": did, "collection": POST, "rkey": rkey, "record": self._words(order.text)}
        answer = await self._authed("POST", "com.atproto.repo.createRecord", body)
        if answer.ok and answer.table().get("uri") == address(did, POST, rkey):
            return Done(answer.proof(), address(did, POST, rkey))
        if answer.status == 429:
            return self._held_up(answer)
        return judged(answer, definite=(400, 401, 402, 403, 404, 405, 413))

    def _stood_before(self, order: Order, uri: str, before: Record) -> Outcome:
        """A record under our key that this try did not make: an earlier try's, or another incident's by the same names."""
        assert before.value is not None
        proof = before.answer.proof()
        if order.attempt == 1:
            return Failed(
                "These very words stand there already, from an earlier incident. Change the text, or use that post.",
                proof,
            )
        if before.value.get("text") != order.text:
            return InDoubt("Another text stands under the name of this post.", proof)
        return Done(proof, uri)

    def _words(self, text: str) -> dict[str, Any]:
        now = datetime.fromtimestamp(self._clock.now().wall / 1000, UTC)
        links = facets(text)
        return {
            "$type": POST,
            "text": text,
            "createdAt": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "langs": [self._settings.get("language", "") or "en"],
            **({"facets": links} if links else {}),
        }

    async def _delete(self, order: Order) -> Outcome:
        where = await self._place(order.item)
        if where is None:
            return Failed(f"This names nothing of this account: {order.item[:200]}")
        body = {"repo": await self._own_did(), "collection": where[0], "rkey": where[1]}
        answer = await self._patient(
            key_of(order), partial(self._authed, "POST", "com.atproto.repo.deleteRecord", body)
        )
        if answer.ok and isinstance(answer.json(), dict):
            return Done(answer.proof(), order.item)
        return self._ended_as(answer)

    async def _pin(self, order: Order) -> Outcome:
        rkey = await self._meant(order)
        post = await self._record(POST, rkey)
        if post.stands is None:
            raise Lost(f"the post could not be read; the server answered {post.answer.status}.")
        if not post.stands:
            return Failed("The post is not there.", post.answer.proof())
        uri = address(await self._own_did(), POST, rkey)
        return await self._change_pin(order, uri, {"uri": uri, "cid": post.cid})

    async def _unpin(self, order: Order) -> Outcome:
        return await self._change_pin(
            order, address(await self._own_did(), POST, await self._meant(order)), None
        )

    async def _change_pin(self, order: Order, uri: str, pin: Mapping[str, str] | None) -> Outcome:
        """Write the profile with or without the pin, onto the very version that was read; what else it holds stays as it is."""
        for _ in range(SWAPS):
            now = await self._profile_record()
            if now.stands is None:
                raise Lost(f"the profile could not be read; the server answered {now.answer.status}.")
            value = now.value or {"$type": PROFILE}
            if (pin_of(value) == uri) is (pin is not None):
                return Done(now.answer.proof(), uri)
            rest = {name: each for name, each in value.items() if name != "pinnedPost"}
            body = {
                "repo": await self._own_did(),
                "collection": PROFILE,
                "rkey": "self",
                "record": {**rest, **({"pinnedPost": dict(pin)} if pin is not None else {})},
                "swapRecord": now.cid or None,
            }
            answer = await self._patient(
                key_of(order),
                partial(self._authed, "POST", "com.atproto.repo.putRecord", body),
            )
            if answer.ok and answer.table().get("uri") == address(await self._own_did(), PROFILE, "self"):
                return Done(answer.proof(), uri)
            if error_of(answer) != "InvalidSwap":
                return self._ended_as(answer)
        return Failed("Somebody else keeps changing the profile. Nothing was changed by us.", answer.proof())

    def _ended_as(self, answer: Answer) -> Outcome:
        return self._held_up(answer) if answer.status == 429 else judged(answer)

    async def _rotate(self, order: Order) -> Outcome:
        """End every app password but our own: a new one for ourselves is made by hand, since ours may make none."""
        del order
        return await self.revoke_others()

    async def _only_ours(self, order: Order) -> Seen:
        """Whether ours is the only app password left."""
        del order
        left, answer = await self._passwords()
        if left is None:
            return Seen("cannot-see", answer.proof())
        only = left == [self._settings.get(OWN_NAME, "")]
        return Seen("agrees" if only else "disagrees", canonical({"left": left, "kept": answer.kept}))

    async def revoke_others(self) -> Outcome:
        """End every app password but our own, and read back that only ours is left.

        Returns:
            Done when only ours is left, Failed when nothing or not all was ended, InDoubt when that cannot be seen.
        """
        try:
            return self._clean(await self._revoked())
        except NotSent as error:
            return Failed(f"It was not sent: {error}")
        except Lost as error:
            return InDoubt(f"Which app passwords are left cannot be seen: {error}")

    async def _revoked(self) -> Outcome:
        own = self._settings.get(OWN_NAME, "")
        if not own:
            return Failed("It is not set what our own app password is called, so it might end itself.")
        before, answer = await self._passwords()
        if before is None:
            return Failed(
                "This log-in may not see app passwords. End them by hand: Settings, Privacy and security.",
                answer.proof(),
            )
        if own not in before:
            return Failed(
                f"None of the app passwords is called {visible(own)}. Nothing was ended.", answer.proof()
            )
        try:
            await self._end([name for name in before if name != own])
            left, answer = await self._passwords()
        except NotSent as error:
            raise Lost(str(error)) from error
        if left is None:
            return InDoubt("Which app passwords are left cannot be seen.", answer.proof())
        more = [name for name in left if name != own]
        ended = [name for name in before if name != own and name not in left]
        lines = (
            *(AccessChange(f'app password "{visible(name)}"', "ended", _LINGERS) for name in ended),
            AccessChange(f'app password "{visible(own)}"', "kept", "the console's own; changed by hand"),
        )
        if more:
            return Failed(f"Still there: {_named(more)}.", answer.proof(), access=lines)
        found = {"ended": ended, "left": left, "note": _LINGERS, "kept": answer.kept}
        return Done(canonical(found), access=lines)

    async def _end(self, names: list[str]) -> None:
        for name in names:
            await self._patient(
                f"revoke {name}",
                partial(self._authed, "POST", "com.atproto.server.revokeAppPassword", {"name": name}),
            )

    async def _passwords(self) -> tuple[list[str] | None, Answer]:
        answer = await self._authed("GET", "com.atproto.server.listAppPasswords")
        found = answer.table().get("passwords") if answer.ok else None
        if not isinstance(found, list):
            return None, answer
        return [name for each in rows(found) if (name := said(each.get("name")))], answer

    # -- trying ------------------------------------------------------------------------------------------------------

    async def test(self) -> Tried:
        """Sign in and look who we are there and what the app password may do; nothing is changed."""
        try:
            tried = await self._tried()
        except (NotSent, Lost) as error:
            tried = Tried(ok=False, lines=(f"It could not be tried: {error}",))
        return Tried(ok=tried.ok, lines=tuple(map(self._redactor.text, tried.lines)))

    async def _tried(self) -> Tried:
        session = await self._signed_in()
        lines = [f"The console is @{visible(session.handle)} there, {visible(session.did)}."]
        right = session.handle.casefold() == self._handle.casefold()
        if not right:
            lines.append(f"That is not the handle that is set, @{visible(self._handle)}. Was it changed?")
        if not self._settings.get("did"):
            lines.append(f"Set did to {visible(session.did)}, so that a changed handle misleads nobody.")
        if not session.active:
            lines.append(
                f"The account is not active there: {visible(session.status) or 'no reason is given'}."
            )
        if not _APP_PASSWORD.fullmatch(await self._password()):
            lines.append("What is kept looks like the main password. An app password can be ended by itself.")
        names, _ = await self._passwords()
        public = await self._public("app.bsky.actor.getProfile", actor=session.did)
        lines += [
            _others(names, self._settings.get(OWN_NAME, "")),
            "It can look at the account as the public does."
            if public.ok
            else f"The public view cannot be read: it answered {public.status}.",
            "By itself the console posts, pins, unpins and deletes.",
            "By hand: the main password, the e-mail address and the handle, under Settings, Account.",
        ]
        return Tried(ok=right and session.active and public.ok, lines=tuple(lines))


def _named(names: list[str]) -> str:
    """The first of them, and how many more."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(visible(name)[:80] for name in names[:MOST_NAMED]) + more


def _others(names: list[str] | None, own: str) -> str:
    if names is None:
        return "This log-in may not see app passwords: others are ended by hand, under Settings, Privacy and security."
    there = f"There {'is' if len(names) == 1 else 'are'} {counted(len(names), 'app password')}"
    if own in names:
        return f"{there}. The console can end all but its own."
    return f"{there}, none called {visible(own) or 'as ours is'}: others are ended by hand until {OWN_NAME} is set."
