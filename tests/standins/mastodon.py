"""Mastodon on loopback, after docs.joinmastodon.org and the server's own sources. Its `log` and its state are the ground truth.

What the public is shown is `lag` ms old, as through a cache; what an account sees of itself is `own_lag` ms old.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from support_http import Reply, StandIn

HOUR = 3_600_000
WINDOW = 1_800_000
TOKEN = "Zx9-console-token-Yj3aBD8U8Cm7"
CLIENT, CLIENT_SECRET = "client-key-1", "client-secret-9f8e7d6c5b"
ALL = ("read", "write:statuses", "write:accounts")
_LINK = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)]")
_FAR = re.compile(r"@([A-Za-z0-9_]+)@([A-Za-z0-9.-]+[A-Za-z0-9])")


@dataclass
class Post:
    id: str
    account: str
    text: str
    made: int
    gone: int | None = None
    visibility: str = "public"
    boosts: str = ""

    def stands(self, at):
        return self.made <= at and (self.gone is None or self.gone > at)


@dataclass
class Pin:
    post: str
    since: int
    until: int | None = None

    def stands(self, at):
        return self.since <= at and (self.until is None or self.until > at)


class MastodonServer(StandIn):
    def __init__(self, clock, *, lag=0, own_lag=0):
        super().__init__()
        self.clock, self.lag, self.own_lag = clock, lag, own_lag
        self.accounts = {"7": "press", "8": "stranger"}
        self.tokens = {TOKEN: ("7", ALL)}
        self.posts: dict[str, Post] = {}
        self.pins: list[Pin] = []
        self.favourites: list[str] = []  # of the account 7, the newest first
        self.keys: dict[tuple[str, str], tuple[str, int]] = {}
        self.deletions: Counter[int] = Counter()
        self.tells_scopes = True
        self.closed = False  # shows nothing to who is not signed in
        self.next_id = 109_000

    # -- the world ---------------------------------------------------------------------------------------------------

    @property
    def now(self):
        return self.clock.now().wall

    def put(self, text, account="7", **more):
        self.next_id += 1
        post = Post(str(self.next_id), account, text, more.pop("made", self.now), **more)
        self.posts[post.id] = post
        return post

    def texts(self):
        return sorted(
            each.text for each in self.posts.values() if each.stands(self.now) and each.account == "7"
        )

    def pinned(self, at=None):
        at = self.now if at is None else at
        return [
            each.post for each in self.pins if each.stands(at) and (self.posts[each.post].gone or at + 1) > at
        ]

    def link(self, post):
        return f"{self.url}/@{self.accounts[post.account]}/{post.id}"

    # -- answers -----------------------------------------------------------------------------------------------------

    def failure(self, status):
        if status == 429:
            return self._window(429, {"error": "Too many requests"}, WINDOW)
        words = {503: "Remote data could not be fetched", 500: "We're sorry, but something went wrong"}
        return Reply(status, {"error": words.get(status, "Payment required")})

    def _window(self, status, body, period):
        reset = datetime.fromtimestamp((self.now // period + 1) * period / 1000, UTC)
        stamp = reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        left = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": stamp}
        return Reply(status, body, left)

    async def reply(self, request):
        for pattern, method, answer in (
            (r"/api/v1/accounts/verify_credentials", "GET", self._me),
            (r"/api/v1/apps/verify_credentials", "GET", self._app),
            (r"/api/v1/accounts/lookup", "GET", self._lookup),
            (r"/api/v1/accounts/(\d+)/statuses", "GET", self._timeline),
            (r"/api/v1/favourites", "GET", self._favourites),
            (r"/api/v1/statuses", "POST", self._create),
            (r"/api/v1/statuses/(\d+)", "GET", self._show),
            (r"/api/v1/statuses/(\d+)/history", "GET", self._history),
            (r"/api/v1/statuses/(\d+)", "DELETE", self._destroy),
            (r"/api/v1/statuses/(\d+)/(pin|unpin)", "POST", self._set_pin),
            (r"/oauth/revoke", "POST", self._revoke),
            (r"/@(\w+)/(\d+)", "GET", self._page),
        ):
            found = re.fullmatch(pattern, request.path)
            if found and request.method == method:
                return answer(request, *found.groups())
        return self.refuse(f"there is no {request.method} {request.path}")

    def _who(self, request):
        """The account and scopes of a request; nobody without a token; a Reply when the token is dead."""
        said = request.headers.get("authorization", "")
        if not said:
            return ("", ())
        kind, _, token = said.partition(" ")
        if kind != "Bearer":
            self.refuse(f"Authorization is {kind}")
        return self.tokens.get(token) or Reply(401, {"error": "The access token is invalid"})

    def _signed_in(self, request, *scopes):
        who = self._who(request)
        if isinstance(who, Reply):
            return who
        account, may = who
        if not account:
            return Reply(401, {"error": "The access token is invalid"})
        if not any(each in may or each.partition(":")[0] in may for each in scopes):
            return Reply(403, {"error": "This action is outside the authorized scopes"})
        return account

    def _viewer(self, request):
        who = self._who(request)
        if isinstance(who, Reply):
            return who
        if self.closed and not who[0]:
            return Reply(401, {"error": "This API requires an authenticated user"})
        return who[0]

    def _at(self, viewer):
        return self.now - (self.own_lag if viewer else self.lag)

    def _sees(self, viewer, post):
        at = self._at(viewer)
        return post.stands(at) and (post.visibility in ("public", "unlisted") or viewer == post.account)

    def _only(self, request, *names):
        extra = set(request.query) - set(names)
        if extra:
            self.refuse(f"{request.path} takes no {extra}")

    def _me(self, request):
        account = self._signed_in(request, "read:accounts", "read")
        return (
            account
            if isinstance(account, Reply)
            else Reply(200, self._account(account), {"X-RateLimit-Remaining": "298"})
        )

    def _app(self, request):
        who = self._signed_in(request, *ALL, "read")
        if isinstance(who, Reply):
            return who
        scopes = list(self._who(request)[1])
        return Reply(200, {"name": "console", **({"scopes": scopes} if self.tells_scopes else {})})

    def _lookup(self, request):
        viewer = self._viewer(request)
        if isinstance(viewer, Reply):
            return viewer
        self._only(request, "acct")
        for account, name in self.accounts.items():
            if name == request.query["acct"]:
                return Reply(200, self._account(account))
        return Reply(404, {"error": "Record not found"})

    def _account(self, account):
        name = self.accounts[account]
        return {
            "id": account,
            "username": name,
            "acct": name,
            "display_name": f"The {name} desk",
            "note": "<p>News &amp; notices</p>",
            "url": f"{self.url}/@{name}",
            "avatar": f"{self.url}/avatars/{name}.png",
            "header": f"{self.url}/headers/{name}.png",
            "locked": False,
            "followers_count": 41_207,
            "fields": [{"name": "Site", "value": '<a href="https://press.example">press.example</a>'}],
        }

    def _timeline(self, request, account):
        viewer = self._viewer(request)
        if isinstance(viewer, Reply):
            return viewer
        self._only(request, "limit", "max_id", "pinned", "exclude_reblogs")
        if not 1 <= int(request.query.get("limit", "20")) <= 40:
            self.refuse("limit is at most 40")
        pins = self.pinned(self._at(viewer))
        found = [
            each
            for each in self.posts.values()
            if each.account == account
            and self._sees(viewer, each)
            and (request.query.get("pinned") != "true" or each.id in pins)
            and (request.query.get("exclude_reblogs") != "true" or not each.boosts)
            and int(each.id) < int(request.query.get("max_id", "9" * 20))
        ]
        found.sort(key=lambda each: -int(each.id))
        page = found[: int(request.query.get("limit", "20"))]
        return Reply(200, [self._status(each, viewer) for each in page])

    def _favourites(self, request):
        account = self._signed_in(request, "read:favourites", "read")
        if isinstance(account, Reply):
            return account
        self._only(request, "limit")
        found = [self.posts[each] for each in self.favourites if self._sees(account, self.posts[each])]
        return Reply(200, [self._status(each, account) for each in found[: int(request.query["limit"])]])

    def _create(self, request):
        account = self._signed_in(request, "write:statuses")
        if isinstance(account, Reply):
            return account
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            self.refuse("a status comes as a form")
        form, key = request.form, request.headers.get("idempotency-key", "")
        if not key or set(form) - {"status", "visibility", "language"} or form.get("visibility") != "public":
            self.refuse(f"a status with {sorted(form)} and the key {key!r}")
        known, at = self.keys.get((account, key), ("", 0))
        if known and self.now - at < HOUR:
            post = self.posts[known]
            if not post.stands(self.now):
                return Reply(404, {"error": "Record not found"})
            return Reply(200, self._status(post, account))
        if not form["status"].strip():
            return Reply(422, {"error": "Validation failed: Text can't be blank"})
        if len(_LINK.sub("x" * 23, form["status"])) > 500:
            return Reply(422, {"error": "Validation failed: Text character limit of 500 exceeded"})
        post = self.put(form["status"], account)
        self.keys[account, key] = (post.id, self.now)
        return Reply(200, self._status(post, account))

    def _show(self, request, post):
        viewer = self._viewer(request)
        if isinstance(viewer, Reply):
            return viewer
        found = self.posts.get(post)
        if found is None or not self._sees(viewer, found):
            return Reply(404, {"error": "Record not found"})
        return Reply(200, self._status(found, viewer))

    def _history(self, request, post):
        shown = self._show(request, post)
        return shown if shown.status != 200 else Reply(200, [{"content": shown.body["content"]}])

    def _destroy(self, request, post):
        account = self._signed_in(request, "write:statuses")
        if isinstance(account, Reply):
            return account
        self._only(request, "delete_media")
        self.deletions[self.now // WINDOW] += 1
        if self.deletions[self.now // WINDOW] > 30:
            return self._window(429, {"error": "Too many requests"}, WINDOW)
        found = self.posts.get(post)
        if found is None or found.account != account or not found.stands(self.now):
            return Reply(404, {"error": "Record not found"})
        found.gone = self.now
        return Reply(200, {**self._status(found, account), "text": found.text})

    def _set_pin(self, request, post, verb):
        account = self._signed_in(request, "write:accounts")
        if isinstance(account, Reply):
            return account
        if request.body:
            self.refuse("a pin takes no body")
        found = self.posts.get(post)
        if found is None or not found.stands(self.now):
            return Reply(404, {"error": "Record not found"})
        if verb == "unpin":
            for pin in self.pins:
                if pin.post == post and pin.stands(self.now):
                    pin.until = self.now
            return Reply(200, self._status(found, account, self.now))
        if found.account != account:
            return Reply(422, {"error": "Validation failed: Someone else's post cannot be pinned"})
        if len(self.pinned()) >= 5:
            return Reply(
                422, {"error": "Validierung fehlgeschlagen: Du hast bereits die maximale Anzahl angeheftet"}
            )
        if post in self.pinned():
            return Reply(422, {"error": "Duplicate record"})
        self.pins.append(Pin(post, self.now))
        return Reply(200, self._status(found, account, self.now))

    def _revoke(self, request):
        form = request.form
        if set(form) != {"client_id", "client_secret", "token"} or "authorization" in request.headers:
            self.refuse(f"a revocation with {sorted(form)}")
        if (form["client_id"], form["client_secret"]) != (CLIENT, CLIENT_SECRET):
            return Reply(
                403,
                {
                    "error": "unauthorized_client",
                    "error_description": "You are not authorized to revoke this token",
                },
            )
        self.tokens.pop(form["token"], None)
        return Reply(200, {})

    def _page(self, request, name, post):
        if "authorization" in request.headers:
            self.refuse("a public page was asked with credentials")
        found = self.posts.get(post)
        if found is None or not self._sees("", found) or self.accounts[found.account] != name:
            return Reply(404, "<html>The page you are looking for isn't here.</html>")
        return Reply(200, f"<html><body>{_as_html(found.text)}</body></html>")

    def _status(self, post, viewer, at=None):
        stamp = datetime.fromtimestamp(post.made / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        boosted = self.posts.get(post.boosts)
        body = {
            "id": post.id,
            "created_at": stamp,
            "visibility": post.visibility,
            "uri": f"{self.url}/users/{self.accounts[post.account]}/statuses/{post.id}",
            "url": None if boosted else self.link(post),
            "spoiler_text": "",
            "replies_count": 3,
            "reblogs_count": 20,
            "favourites_count": 112,
            "content": _as_html(post.text),
            "reblog": self._status(boosted, viewer) if boosted else None,
            "media_attachments": [],
            "account": {"id": post.account, "acct": self.accounts[post.account]},
        }
        if viewer == post.account:
            body["pinned"] = post.id in self.pinned(self._at(viewer) if at is None else at)
        return body


def _as_html(text):
    def link(found):
        whole = found[0]
        scheme, _, rest = whole.partition("//")
        return (
            f'<a href="{whole}"><span class="invisible">{scheme}//</span><span class="ellipsis">{rest[:30]}</span>'
            f'<span class="invisible">{rest[30:]}</span></a>'
        )

    escaped = html.escape(text, quote=False)
    linked = _FAR.sub(
        r'<span class="h-card"><a href="https://\2/@\1">@<span>\1</span></a></span>', _LINK.sub(link, escaped)
    )
    paragraphs = re.split(r"\n{2,}", linked)
    return "".join(f"<p>{each.replace(chr(10), '<br />')}</p>" for each in paragraphs)
