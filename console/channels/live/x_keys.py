"""The console's own access to an account at X: asking for it, ending it and proving that it has ended, trying what it is good for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from console.channels.live.adapter import dollars
from console.channels.live.need import Tried
from console.channels.live.web import Answer, Lost, NotSent, canonical, ended, repeat
from console.channels.live.x_answers import in_words, published
from console.channels.live.x_auth import SIGNING, Bearer, Denied, NotOurs, Signed
from console.channels.live.x_calls import PAGE, XCalls, in_utc
from console.channels.live.x_needs import BEARER, OAUTH1, OAUTH2, REDIRECT
from console.channels.live.x_prices import DAY, DELETE, POST, POST_WITH_LINK, exactly, night
from console.channels.live.x_tokens import ACCESS, INVALIDATE, REFRESH, Asking, Tokens, authorise_url
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.incident.access import AccessChange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

SAMPLE: Final = 10  # of the newest posts, when it is tried
WHAT: Final = "the console's access token"
LOOKS: Final = 4  # at an access that should be dead
PAUSE: Final = 5_000  # ms between them
BY_ITSELF: Final = "By itself the console posts, deletes (50 in 15 minutes, then it waits and goes on), looks whether posts are gone and which one is pinned."
LOOKS_ONLY: Final = "By itself the console looks at what stands and which post is pinned. Posting and deleting are done by hand."
APPS: Final = "https://x.com/settings/connected_apps"
BY_HAND: Final = (
    "By hand, since X lets no program do it: pin and unpin, password, two-step codes, sessions, and connected apps "
    f"({APPS})."
)
CREDITS: Final = (
    "X tells no program how many credits are left: look at https://console.x.com before every exercise."
)


class XKeys(XCalls):
    """What the console may do at X, and how that ends."""

    # -- asking for access -------------------------------------------------------------------------------------------

    @property
    def signs_in(self) -> bool:
        """Whether the account can be asked for access in a browser."""
        return self._access.way == OAUTH2

    async def kept_access(self) -> dict[str, str]:
        """The access that the account gave before, by the names of its secrets; empty when there is none. Raises VaultError."""
        kept = {name: await self._secret(name) for name in (ACCESS, REFRESH)}
        return {name: value for name, value in kept.items() if value}

    def authorise_url(self, redirect: str = "") -> Asking:
        """The question to X that a person answers in a browser, signed in as the account."""
        redirect = redirect or self._settings.get("redirect", "").strip() or REDIRECT
        return authorise_url(self._settings.get("client-id", "").strip(), redirect)

    async def exchange_code(self, asking: Asking, answered: str) -> Outcome:
        """Turn X's answer, the address that the browser was sent to, into access that is kept; Done names the account.

        The access of another account is not kept. Where X does not say whose it is, it is kept: it is looked at again before
        anything is posted with it.
        """
        return await ended(self._exchanged(asking, answered))

    async def _exchanged(self, asking: Asking, answered: str) -> Outcome:
        tokens: Tokens = await self._access.exchange(self._client(), asking, answered)
        before, self._proved = self._proved, ""
        try:
            who = self._told_who(await self._sent("GET", "/2/users/me", Bearer(tokens.access), again=True))
        except NotOurs as error:
            self._proved = before
            return Failed(f"{error} {await self._given_back(tokens)}".strip())
        except (NotSent, Lost):
            who = ""
        await self._access.keep(tokens)
        return Done(canonical({"account": who, "scope": tokens.scope}), who)

    async def _given_back(self, tokens: Tokens) -> str:
        """End an access that nobody will use; a sentence for a person where that is not sure, else nothing."""
        ends = [await self._heard(self._ender(each)) for each in (tokens.refresh, tokens.access) if each]
        sure = all(each is not None and self._is_noted(each) for each in ends)
        return "" if sure else f"Whether what X gave for it has ended is not sure: look there at {APPS}."

    async def end_before(self, old: Mapping[str, str]) -> str:
        """End the access that was kept before another one was given; one sentence for a person on what came of it."""
        outcome = await self.revoke(old)
        self._proved = ""
        try:
            await self._prove()
        except NotSent as error:
            return f"With the access before it the new one seems to have ended: {error}"
        if isinstance(outcome, Done):
            return "The access before it has ended: X refuses it."
        return f"Whether the access before it has ended is not sure. {outcome.reason} Look at {APPS}."

    # -- ending it ---------------------------------------------------------------------------------------------------

    async def revoke(self, old: Mapping[str, str] | None = None) -> Outcome:
        """End an access of ours and prove that it is dead: X must refuse it with 401.

        Args:
            old: by the names of the secrets; the access in use when None.

        Returns:
            Done when X took note of the end of every token and refuses the access; Failed when X refused to end it, and it works.
        """
        return await ended(self._revoked(old))

    async def _revoked(self, old: Mapping[str, str] | None) -> Outcome:
        if self._access.way == BEARER:
            raise Denied("The app's bearer token is ended at https://console.x.com.")
        names = SIGNING if self._access.way == OAUTH1 else (ACCESS, REFRESH)
        tokens = {name: (old.get(name, "") if old else await self._access.secret(name)) for name in names}
        for each in tokens.values():
            self._redactor.learn(each)
        auth = Signed(tokens, self._clock) if self._access.way == OAUTH1 else Bearer(tokens[ACCESS])
        if self._access.way == OAUTH1:
            ends = [await self._heard(lambda: self._sent("POST", INVALIDATE, auth))]
        else:  # what could make another access goes first
            ends = [
                await self._heard(self._ender(tokens[name])) for name in (REFRESH, ACCESS) if tokens[name]
            ]
        self._proved = self._proved if old else ""
        return await self._proved_dead(auth, ends)

    def _ender(self, token: str) -> Callable[[], Awaitable[Answer]]:
        return lambda: self._access.end(self._client(), token)

    async def _heard(self, request: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer to what may be repeated; None when none came."""
        try:
            return await repeat(self._clock, request)
        except (NotSent, Lost):
            return None

    async def _proved_dead(self, auth: httpx.Auth, ends: list[Answer | None]) -> Outcome:
        """What it means that X answered so when it was asked to end them, and answers so when the access is used."""
        look = await self._heard_dead(auth)
        dead = look is not None and look.status == 401 and bool(look.table())
        said = [each.status if each is not None else 0 for each in ends]
        noted = [each is not None and self._is_noted(each) for each in ends]
        proof = look.proof(ended=said) if look is not None else canonical({"ended": said})
        if dead and all(noted):
            return Done(proof)
        if dead:
            return InDoubt("X refuses the access, but did not confirm that what renews it has ended.", proof)
        refused = all(400 <= status < 500 and status != 429 for status in said)
        if look is not None and look.ok and refused:
            return Failed(f"X did not end it, and it still works. {in_words(ends[0] or look)}", proof)
        return InDoubt("X was asked to end it, and does not refuse it yet.", proof)

    def _is_noted(self, answer: Answer) -> bool:
        """Whether X took note: 200, whatever JSON or nothing stands in it (RFC 7009 section 2.2); a signature with a dead token gets 401."""
        plain = bool(answer.table()) or not answer.body
        return plain and (answer.status == 200 or (answer.status == 401 and self._access.way == OAUTH1))

    async def _heard_dead(self, auth: httpx.Auth) -> Answer | None:
        """X's answer to the access that should be dead; the last of a few."""
        look = None
        for left in range(LOOKS - 1, -1, -1):
            look = await self._heard(lambda: self._sent("GET", "/2/users/me", auth))
            if not left or (look is not None and look.status == 401):
                break
            await self._clock.sleep(PAUSE)
        return look

    # -- changing it -------------------------------------------------------------------------------------------------

    async def _rotate(self, order: Order) -> Outcome:
        """Have another access, kept before the old one is ended, then prove the new one alive and the old one dead.

        The old refresh token is not shown to X again: it ended when it was used, and a second use may end all.
        """
        del order
        old = await self._access.secret(ACCESS)
        if not await self._access.secret(REFRESH):
            return Failed(
                "There is no refresh token to change it with. Sign in again with incident channels set."
            )
        client = self._client()
        try:
            await self._access.renew(client, Bearer(old))
        except Denied as error:
            if isinstance(error.__cause__, Lost):  # X may have changed it, and kept the answer
                return InDoubt(str(error))
            raise
        fresh = Bearer(await self._access.secret(ACCESS))
        if await self._alive(fresh) is not True:
            return InDoubt("Another access is kept, and X did not say that it works.")
        end = await self._heard(self._ender(old))
        look = await self._heard_dead(Bearer(old))
        works = await self._alive(fresh)
        dead = look is not None and look.status == 401
        found = {"end": end.status if end is not None else 0, "old-refused": dead, "new-works": works is True}
        proof = canonical(found)
        if works is False:
            ended = AccessChange(WHAT, "ended", "X ended the new one with the old one")
            return Failed(
                "X ended the new access together with the old one. Sign in again with incident channels set.",
                proof,
                access=(ended,),
            )
        if dead and works:
            return Done(
                proof, access=(AccessChange(WHAT, "changed", "the old one is refused, the new one works"),)
            )
        return InDoubt("Another access is in use. X does not refuse the old one yet.", proof)

    async def _rotated(self, order: Order) -> Seen:
        """Whether the access in use works: the one before is not kept, so nobody can try it."""
        del order
        works = await self._alive(Bearer(await self._access.secret(ACCESS)))
        return Seen("cannot-see", canonical({"new-works": works is True}))

    async def _alive(self, auth: httpx.Auth) -> bool | None:
        """Whether X takes the access; None when it does not say."""
        answer = await self._heard(lambda: self._sent("GET", "/2/users/me", auth, again=True))
        if answer is None or (not answer.ok and answer.status != 401):
            return None
        return answer.ok

    # -- trying it ---------------------------------------------------------------------------------------------------

    async def test(self) -> Tried:
        """Prove the channel with calls that only look, and say what it can and cannot do."""
        lines: list[str] = []
        try:
            lines += await self._test_who()
            right, said = await self._test_rights()
            lines += [said, *await self._test_timeline()]
        except (NotSent, Lost) as error:
            return Tried(False, (*lines, str(error)))
        own = BY_ITSELF if self._access.way != BEARER and right else LOOKS_ONLY
        return Tried(right, (*lines, own, BY_HAND, CREDITS))

    async def _test_who(self) -> list[str]:
        """Whose access it is, and where looks come from."""
        self._proved = ""
        if self._access.way == BEARER:
            who = await self._who()
            return [f"The app may look at X. @{self._handle} is account number {who}."]
        who = await self._prove()
        lines = [f"The access is @{self._handle}'s, account number {who}."]
        if not self._account:
            lines.append(
                f"Set user-id to {who}, so that the console knows the account even if somebody renames it."
            )
        if not await self._access.knows_more():
            lines.append(
                "The console looks with the account's own access. With a bearer-token it sees what strangers see."
            )
        return lines

    async def _test_rights(self) -> tuple[bool, str]:
        """Whether it may do what it is there for, as far as X said."""
        if self._access.way == BEARER:
            return True, "The app's access ends nothing and posts nothing."
        if self._access.way == OAUTH1:
            level = (await self._ask("GET", "/2/users/me", again=True)).headers.get("x-access-level", "")
            if level and "write" not in level:
                return (
                    False,
                    "This access may only read. Set the app to Read and write at https://console.x.com, then make another.",
                )
            return (
                True,
                "It may read and write."
                if level
                else "X does not say whether it may post. That shows when it posts.",
            )
        scope = (await self._access.scope()).split()
        renews = bool(await self._access.secret(REFRESH))
        ends = "It renews itself." if renews else "It ends after two hours, since there is no refresh token."
        if scope and "tweet.write" not in scope:
            return False, f"This access may not post. Ask for another with tweet.write. {ends}"
        may = (
            "It may read, post and delete."
            if scope
            else "X does not say whether it may post. That shows when it posts."
        )
        return True, f"{may} {ends}"

    async def _test_timeline(self) -> list[str]:
        """What the timeline shows, how often it may be looked at, and what that costs for a night."""
        posts, whole, answer = await self._timeline(page=SAMPLE, pages=1)
        newest = datetime.fromtimestamp(published(posts[0]) / 1_000, UTC) if posts else None
        lines = [
            f"The newest of its posts is of {newest:%d %B %Y, %H:%M} UTC." if newest else "It has no posts.",
            await self._for_a_night(posts, whole=whole),
        ]
        left, reset = (answer.headers.get(f"x-rate-limit-{name}", "") for name in ("remaining", "reset"))
        if all(each.isascii() and each.isdecimal() and len(each) <= 12 for each in (left, reset)):
            lines.append(
                f"X lets the console look at them {int(left)} more times until {in_utc(int(reset) * 1_000)} UTC."
            )
        return lines

    async def _for_a_night(self, posts: list[dict[str, Any]], *, whole: bool) -> str:
        """What a night of watching costs if the account posts on as in the sample of its newest posts."""
        ago = max(self._clock.now().wall - published(posts[-1]), DAY // 24) if posts else DAY
        per_day = len(posts) * DAY // ago
        own = self._access.way != BEARER and not await self._access.knows_more()
        price = night(len(posts) if whole else PAGE, per_day, own=own)
        return (
            f"By X's price list a night of watching costs about {dollars(price)}: the newest posts once a day, then what is new. "
            f"A post costs {exactly(POST)}, with a link {exactly(POST_WITH_LINK)}, a deletion {exactly(DELETE)}."
        )
