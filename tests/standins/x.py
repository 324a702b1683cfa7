"""X on loopback: posts, deletes, timelines, accounts, pins and every kind of token, as X's description and prose say.

What the adapter asks is held against X's own OpenAPI description, after the older names were turned into those of the
description; so are answers of success and of *not found*. Other failures are worded as X was seen to word them.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import html
import json
import re
import secrets
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

from standins.x_spec import spec, wrong_answer, wrong_event, wrong_request
from support_http import Reply, StandIn

from console.clock import TurnedClock
from console.text import weighted_length

US, THEM = "9", "777"
HANDLE = "ExamplePolice"
CLIENT, CLIENT_SECRET = "app-Client_1d", "app-secret-Zq8kk1"
API_KEY, API_SECRET = "consumer-key-91", "consumer-secret-xx77"
BEARER = "AAAAAAAAAA-app-only-bearer"
REDIRECT = "http://127.0.0.1:8723/callback"
FIRST = 1_288_834_974_657
QUARTER = 900_000
WINDOWS = {"post": 100, "delete": 50, "me": 75, "look": 900}
OLD_NAMES = {"tweet.fields": "post.fields", "note_tweet": "note_post", "pinned_tweet_id": "pinned_post_id"}
FORBIDDEN = {"title": "Forbidden", "status": 403, "type": "about:blank"}
DEAD = {"errors": [{"code": 89, "message": "Invalid or expired token."}]}
_LINK = re.compile(r"(?<![\w@.])(https?://)?(?:[\w-]+\.)+(?:uk|org|com|example)(?:/[^\s]*[^\s.,;:!?])?")


class Onward(TurnedClock):
    """Time passes only while somebody waits, and then at once."""

    async def sleep(self, ms):
        self.turn(ms)
        await asyncio.sleep(0)


@dataclass
class Post:
    """One post; `at` and `gone` are boot ms, `gone` None while it stands."""

    id: str
    by: str
    words: str
    wall: int
    at: int
    gone: int | None = None
    links: list[dict] = field(default_factory=list)
    likes: int = 12
    source: str = ""  # the post that it reposts

    @property
    def text(self):
        """As X gives it back: escaped, links shortened."""
        return self._shown

    def __post_init__(self):
        def short(match):
            url = f"https://t.co/{hashlib.sha256(match[0].encode()).hexdigest()[:10]}"
            full = match[0] if match[1] else f"http://{match[0]}"
            self.links.append(
                {"url": url, "expanded_url": full, "display_url": match[0], "start": 0, "end": 23}
            )
            return url

        words = unicodedata.normalize("NFC", self.words).strip()
        self._shown = html.escape(_LINK.sub(short, words), quote=False)


class XPlatform(StandIn):
    """Args:
    clock: what is seen is as old as `delay` says, in ms.

    Attributes:
        names: the generation it knows: `old`, `new`, `both`, or `deaf`: new, and silent about older ones.
        missing: the status of an answer about a post that is not there, 404 or 200; `problems` the host in its type.
        credits: requests that are still paid for; None is no end.
        lenient: it takes the same words again.
        suspended: the account is hidden from everybody, its posts with it.
        redirect: the app's callback address.
        liked: numbers of the posts that the account likes, the newest like first.
        deletes_reposts: whether a repost is deleted like a post, too; X's description does not say.
        allowed: whether the app may ask to be told of events.
        subscriptions: what it asked to be told of: kind of event and account.
        streams: a queue of pieces for each stream that is open; None closes it.
    """

    def __init__(self, clock, *, names="both"):
        super().__init__()
        self.clock = clock
        self.names = names
        self.delay = 0
        self.missing, self.problems = 404, "https://api.x.com"
        self.credits = None
        self.lenient = self.suspended = False
        self.deleted_again = "gone"
        self.posts: list[Post] = []
        self.accounts = {US: HANDLE, THEM: "SomebodyElse"}
        self.pin_turns: list[tuple[int, str]] = []
        self.user_tokens: dict[str, dict] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.signed_tokens: dict[str, tuple[str, str]] = {}
        self.codes: dict[str, dict] = {}
        self.redirect = REDIRECT
        self.allowed = True
        self.liked: list[str] = []
        self.deletes_reposts = False
        self.subscriptions: list[tuple[str, str]] = []
        self.streams: list[asyncio.Queue] = []
        self.bearers = {BEARER}
        self.confidential = False
        self.access_level = "read-write"
        self.nonces: set[str] = set()
        self.used: dict[tuple, list[int]] = defaultdict(list)
        self.renewals = 0
        self._serial = 0

    # -- what people do ----------------------------------------------------------------------------------------------

    def publish(self, words, by=US, wall=None, source=""):
        """Somebody posts, or reposts the post `source`, not through the console."""
        now = self.clock.now()
        self._serial += 1
        wall = now.wall if wall is None else wall
        post = Post(str(((wall - FIRST) << 22) + self._serial), by, words, wall, now.boot, source=source)
        self.posts.append(post)
        self.tell("post.create", {"id": post.id, "text": post.text, "author_id": by})
        return post

    def tell(self, event, payload, account=None):
        """Tell every open stream of an event, where the app asked for it."""
        account = account or payload.get("author_id", US)
        if (event, account) not in self.subscriptions:
            return
        self._serial += 1
        found = {"event_uuid": str(self._serial), "filter": {"user_id": account}, "event_type": event}
        told = {"data": {**found, "payload": payload}}
        if wrong := wrong_event(told):
            self.wrong.append(f"the stand-in tells what X does not: {wrong}")
        self.piece(json.dumps(told).encode() + b"\r\n")

    def piece(self, piece):
        """Send these bytes to every open stream; None closes them."""
        for each in self.streams:
            each.put_nowait(piece)

    def pin(self, ident):
        """A person pins a post in a browser; nothing with an empty id."""
        self.pin_turns.append((self.clock.now().boot, ident))

    def standing(self, by=US):
        return [each for each in self.posts if each.by == by and each.gone is None]

    def give(self, account=US, scope="tweet.read tweet.write users.read like.read offline.access"):
        """Access and refresh tokens of an account."""
        access, refresh = f"access-{secrets.token_hex(8)}", f"refresh-{secrets.token_hex(8)}"
        self.user_tokens[access] = {
            "account": account,
            "until": self.clock.now().wall + 7_200_000,
            "scope": scope,
        }
        self.refresh_tokens[refresh] = account
        return access, refresh

    def give_signed(self, account=US):
        token, secret = f"{account}-{secrets.token_hex(8)}", f"ts-{secrets.token_hex(8)}"
        self.signed_tokens[token] = (secret, account)
        return token, secret

    def expire(self):
        """Two hours pass for every access token."""
        for each in self.user_tokens.values():
            each["until"] = 0

    def agree(self, url, account=US):
        """The account's owner opens the page and agrees; the address the browser is sent to."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
        if not url.startswith("https://x.com/i/oauth2/authorize?") or asked["response_type"] != "code":
            self.refuse("that is not X's page for authorising")
        if (
            asked["client_id"] != CLIENT
            or asked["redirect_uri"] != self.redirect
            or asked["code_challenge_method"] != "S256"
        ):
            self.refuse("the app is not known, or wants to be called back elsewhere")
        code = secrets.token_hex(16)
        self.codes[code] = {**asked, "account": account, "until": self.clock.now().boot + 30_000}
        return f"{self.redirect}?state={quote(asked['state'])}&code={code}"

    # -- the line ----------------------------------------------------------------------------------------------------

    async def __aenter__(self):
        spec()  # it takes its time, which no answer should
        return await super().__aenter__()

    async def reply(self, request):
        if request.path.startswith(("/2/oauth2/", "/1.1/")):
            return self._of_tokens(request)
        who, scheme = self._who_asks(request)
        refused = self._checked(request, scheme)
        if isinstance(who, Reply):
            return who
        answer = refused or self._paid() or self._within(request, who) or self._of_api(request, who)
        if answer.stream is not None:
            return answer
        if answer.status in (200, 201) or (answer.status == 404 and self.problems == "https://api.x.com"):
            wrong = wrong_answer(request.method, request.path, answer.status, answer.body)
            if wrong and "api.twitter.com" not in str(answer.body):
                self.refuse(f"the stand-in answers what X does not: {wrong}")
        if scheme == "UserToken":
            answer.headers["x-access-level"] = self.access_level
        return answer

    def failure(self, status):
        titles = {
            402: "CreditsDepleted",
            429: "Too Many Requests",
            500: "Internal Server Error",
            503: "Service Unavailable",
        }
        title = titles[status]
        kind = "https://api.x.com/2/problems/credits-depleted" if status == 402 else "about:blank"
        reset = {"x-rate-limit-limit": "50", "x-rate-limit-remaining": "0"}
        reset["x-rate-limit-reset"] = str((self.clock.now().wall + 60_000) // 1_000)
        body = {"title": title, "status": status, "type": kind, "detail": title}
        return Reply(status, body, reset if status == 429 else {})

    def _of_api(self, request, who):
        method, path = request.method, request.path
        if path.startswith("/2/activity/"):
            return self._of_activity(request)
        if (method, path) == ("POST", "/2/tweets"):
            return self._create(request.json()["text"], who)
        if method == "DELETE":
            last = path.rpartition("/")[2]
            return (
                self._take_back(path.split("/")[3], last, who)
                if "retweets" in path
                else self._delete(last, who)
            )
        query = self._in_new_names(request.query)
        if path == "/2/tweets":
            return self._several(query)
        if path.startswith("/2/tweets/"):
            return self._one(path.rpartition("/")[2], query)
        if path.endswith("/liked_tweets"):
            return self._liked(path.split("/")[3], query, who)
        if path.endswith("/tweets"):
            return self._timeline(path.split("/")[3], query)
        if path == "/2/users/me":
            return self._account(who, query)
        if path.startswith("/2/users/by/username/"):
            handle = path.rpartition("/")[2].casefold()
            found = next((ident for ident, name in self.accounts.items() if name.casefold() == handle), "")
            return self._account(found, query)
        return self._account(path.rpartition("/")[2], query)

    def _of_activity(self, request):
        """Subscriptions, each taken once, and the stream of what they are about."""
        if not self.allowed:
            return Reply(403, {**FORBIDDEN, "detail": "Your app may not use this endpoint."})
        if request.path.endswith("/stream"):
            return Reply(200, stream=self._stream())
        drawn = [
            {"event_type": event, "filter": {"user_id": account}, "subscription_id": str(n + 1)}
            for n, (event, account) in enumerate(self.subscriptions)
        ]
        if request.method == "GET":
            return Reply(200, {"data": drawn})
        body = request.json()
        wanted = (body["event_type"], body["filter"]["user_id"])
        if wanted in self.subscriptions:
            return Reply(
                400, {"title": "Bad Request", "detail": "This subscription exists already.", "status": 400}
            )
        self.subscriptions.append(wanted)
        return Reply(200, {"data": {"subscription": {"event_type": wanted[0], "subscription_id": "99"}}})

    async def _stream(self):
        pieces = asyncio.Queue()
        self.streams.append(pieces)
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
        finally:
            self.streams.remove(pieces)

    # -- who asks, and what --------------------------------------------------------------------------------------------

    def _who_asks(self, request):
        header = request.headers.get("authorization", "")
        kind, _, rest = header.partition(" ")
        unauthorised = Reply(
            401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
        )
        if kind == "Bearer" and rest in self.bearers:
            return "", "BearerToken"
        if kind == "Bearer" and rest.startswith("AAAA"):
            return unauthorised, "BearerToken"
        if kind == "Bearer":
            known = self.user_tokens.get(rest)
            live = known is not None and known["until"] > self.clock.now().wall
            return known["account"] if live else unauthorised, "OAuth2UserToken"
        if kind == "OAuth":
            account = self._signed(request, rest)
            return account or Reply(401, DEAD), "UserToken"
        self.refuse(f"{request.method} {request.path} without access")
        return None

    def _signed(self, request, header):
        """RFC 5849 section 3.4, written down here a second time."""
        said = {key: unquote(value) for key, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
        secret, account = self.signed_tokens.get(said["oauth_token"], ("", ""))
        if said["oauth_consumer_key"] != API_KEY or said["oauth_version"] != "1.0":
            self.refuse("the signature names another app")
        if (
            abs(int(said["oauth_timestamp"]) - self.clock.now().wall // 1_000) > 300
            or said["oauth_nonce"] in self.nonces
        ):
            self.refuse("the signature is not of this moment, or was used before")
        if not account:
            return ""
        self.nonces.add(said["oauth_nonce"])
        given = said.pop("oauth_signature")
        pairs = [*parse_qsl(urlsplit(request.target).query, keep_blank_values=True), *said.items()]
        encoded = sorted((quote(key, safe="~"), quote(value, safe="~")) for key, value in pairs)
        normal = "&".join(f"{key}={value}" for key, value in encoded)
        address = f"{self.url}{urlsplit(request.target).path}"
        base = "&".join(quote(each, safe="~") for each in (request.method, address, normal))
        key = f"{quote(API_SECRET, safe='~')}&{quote(secret, safe='~')}"
        wanted = base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
        if given != wanted:
            self.refuse("the signature is wrong")
        return account

    def _checked(self, request, scheme):
        """What no generation of X takes is the adapter's mistake; what this generation does not take is answered so."""
        body = None
        if request.body:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                self.refuse("a body that is no JSON")
            body = request.json()
        wrong = wrong_request(request.method, request.path, self._in_new_names(request.query), body, scheme)
        if wrong:
            self.refuse(f"{request.method} {request.target}: {wrong}")
        spoken = str(request.query)
        old = any(name in spoken for name in OLD_NAMES)
        new = any(name in spoken for name in OLD_NAMES.values())
        if old and new:
            self.refuse("the names of both generations in one question")
        if (self.names == "new" and old) or (self.names == "old" and new):
            detail = "One or more parameters to your request was invalid."
            errors = [{"parameters": {}, "message": "The query parameter is not one of [...]"}]
            kind = f"{self.problems}/2/problems/invalid-request"
            return Reply(400, {"errors": errors, "title": "Invalid Request", "detail": detail, "type": kind})
        return None

    def _in_new_names(self, query):
        """What is a field of posts in the older names, what a post refers to, is an expansion in the description's."""
        new = {}
        for name, value in query.items():
            if self.names == "deaf" and any(each in f"{name}{value}" for each in OLD_NAMES):
                continue
            values = [OLD_NAMES.get(each, each) for each in value.split(",")]
            if name == "tweet.fields":
                moved = {"referenced_tweets": "referenced_posts", "author_id": "author_id"}
                onward = [moved[each] for each in values if each in moved]
                values = [each for each in values if each not in moved]
                if onward:
                    new["expansions"] = ",".join((*filter(None, [query.get("expansions")]), *onward))
            new[OLD_NAMES.get(name, name)] = ",".join(values)
        return new

    def _paid(self):
        if self.credits is None:
            return None
        self.credits -= 1
        return self.failure(402) if self.credits < 0 else None

    def _within(self, request, who):
        """X's windows of a quarter of an hour, by account and kind of request."""
        now = self.clock.now()
        kind = {"POST": "post", "DELETE": "delete"}.get(
            request.method, "me" if request.path.endswith("/me") else "look"
        )
        used = self.used[who, kind]
        used[:] = [each for each in used if now.boot - each < QUARTER]
        if len(used) < WINDOWS[kind]:
            used.append(now.boot)
            return None
        left = {"x-rate-limit-limit": str(WINDOWS[kind]), "x-rate-limit-remaining": "0"}
        left["x-rate-limit-reset"] = str((now.wall + QUARTER - (now.boot - used[0])) // 1_000)
        return Reply(429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, left)

    # -- posts -------------------------------------------------------------------------------------------------------

    def _create(self, text, who):
        if not text.strip() or weighted_length(text) > 280:
            self.refuse("a text that X does not take")
        now = self.clock.now()
        same = [
            each
            for each in self.standing(who)
            if each.words.split() == text.split() and now.wall - each.wall < 86_400_000
        ]
        if same and not self.lenient:
            return Reply(
                403, {**FORBIDDEN, "detail": "You are not allowed to create a Tweet with duplicate content."}
            )
        post = self.publish(text, who)
        return Reply(201, {"data": {"id": post.id, "text": post.text, "edit_history_post_ids": [post.id]}})

    def _delete(self, ident, who):
        post = next((each for each in self.posts if each.id == ident), None)
        if post is None or post.gone is not None:
            if self.deleted_again == "deleted":
                return Reply(200, {"data": {"deleted": True}})
            return Reply(self.missing, {"errors": [self._not_found(ident)]})
        if post.by != who or (post.source and not self.deletes_reposts):
            return Reply(403, {**FORBIDDEN, "detail": "You are not authorized to delete this Tweet."})
        self.take_away(post)
        return Reply(200, {"data": {"deleted": True}})

    def take_away(self, post):
        """It is deleted, by whomever."""
        post.gone = self.clock.now().boot
        self.tell("post.delete", {"id": post.id, "author_id": post.by})

    def _take_back(self, account, source, who):
        if account != who:
            return Reply(403, {**FORBIDDEN, "detail": "You are not permitted to perform this action."})
        for post in self.standing(who):
            if post.source == source:
                self.take_away(post)
        return Reply(200, {"data": {"retweeted": False}})

    def _liked(self, account, query, who):
        """X shows likes to the account itself alone, and only with the scope for it."""
        token = next((each for each in self.user_tokens.values() if each["account"] == who), None)
        may = token is None or "like.read" in token["scope"].split()
        if account != who or not may:
            return Reply(403, {**FORBIDDEN, "detail": "Your access lacks like.read."})
        found = [each for each in map(self._found, self.liked) if each is not None]
        page = found[: int(query["max_results"])]
        body = {"data": [self._drawn(each, query) for each in page]} if page else {}
        return Reply(200, {**body, "meta": {"result_count": len(page)}})

    def _not_found(self, ident):
        return {
            "value": ident,
            "detail": f"Could not find tweet with id: [{ident}].",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "id",
            "resource_id": ident,
            "type": f"{self.problems}/2/problems/resource-not-found",
        }

    def _seen(self, post):
        then = self.clock.now().boot - self.delay
        return post.at <= then and (post.gone is None or post.gone > then)

    def _found(self, ident):
        return next((each for each in self.posts if each.id == ident and self._seen(each)), None)

    def _drawn(self, post, query):
        asked = query.get("post.fields", "").split(",")
        drawn = {"id": post.id, "text": post.text, "edit_history_post_ids": [post.id]}
        if "created_at" in asked:
            drawn["created_at"] = datetime.fromtimestamp(post.wall / 1_000, UTC).isoformat(
                timespec="milliseconds"
            )
            drawn["created_at"] = drawn["created_at"].replace("+00:00", "Z")
        if "entities" in asked and post.links:
            drawn["entities"] = {"urls": post.links}
        if "author_id" in query.get("expansions", ""):
            drawn["author_id"] = post.by
        if post.source and "referenced_posts" in query.get("expansions", ""):
            name = "referenced_tweets" if self.names == "old" else "referenced_posts"
            drawn[name] = [{"type": "retweeted", "id": post.source}]
        if "public_metrics" in asked:
            figures = (
                "repost_count",
                "reply_count",
                "like_count",
                "quote_count",
                "bookmark_count",
                "impression_count",
            )
            drawn["public_metrics"] = dict.fromkeys(figures, 3) | {"like_count": post.likes}
        return drawn

    def _one(self, ident, query):
        if self.suspended:
            problem = {**self._not_found(ident), "title": "Authorization Error"}
            problem["type"] = f"{self.problems}/2/problems/not-authorized-for-resource"
            return Reply(200, {"errors": [problem]})
        post = self._found(ident)
        if post is None:
            return Reply(self.missing, {"errors": [self._not_found(ident)]})
        return Reply(200, {"data": self._drawn(post, query)})

    def _several(self, query):
        ids = query["ids"].split(",")
        found = [post for post in map(self._found, ids) if post is not None]
        missing = [self._not_found(each) for each in ids if each not in [post.id for post in found]]
        body = {"data": [self._drawn(each, query) for each in found]} if found else {}
        return Reply(200, {**body, **({"errors": missing} if missing else {})})

    def _timeline(self, account, query):
        if self.suspended or account not in self.accounts:
            return Reply(
                200, {"errors": [{**self._not_found(account), "resource_type": "user", "title": "Forbidden"}]}
            )
        since, until = int(query.get("since_id", 0)), int(query.get("until_id", 0)) or 2**64
        listed = [each for each in self.posts if each.by == account and self._seen(each)]
        listed = sorted(
            (each for each in listed if since < int(each.id) < until), key=lambda each: -int(each.id)
        )
        start = int(query.get("pagination_token", "p0")[1:])
        size = int(query["max_results"])
        page = listed[start : start + size]
        meta = {"result_count": len(page)}
        if start + size < len(listed):
            meta["next_token"] = f"p{start + size}"
        drawn = [self._drawn(each, query) for each in page]
        left = {
            "x-rate-limit-remaining": "899",
            "x-rate-limit-reset": str((self.clock.now().wall + QUARTER) // 1_000),
        }
        return Reply(200, {**({"data": drawn} if drawn else {}), "meta": meta}, left)

    # -- accounts ----------------------------------------------------------------------------------------------------

    def pinned(self):
        """What everybody sees pinned."""
        then = self.clock.now().boot - self.delay
        return next((ident for at, ident in reversed(self.pin_turns) if at <= then), "")

    def _account(self, account, query):
        if self.suspended or account not in self.accounts:
            return Reply(
                200, {"errors": [{**self._not_found(account), "resource_type": "user", "title": "Forbidden"}]}
            )
        handle = self.accounts[account]
        drawn = {"id": account, "name": "Example Police", "username": handle}
        asked = query.get("user.fields", "").split(",")
        more = {
            "description": "We police Example.",
            "protected": False,
            "url": "https://t.co/home",
            "location": "Example",
        }
        drawn |= {name: value for name, value in more.items() if name in asked}
        pin = self.pinned() if account == US else ""
        if pin and "pinned_post_id" in query.get("expansions", ""):
            drawn["pinned_tweet_id" if self.names == "old" else "pinned_post_id"] = pin
        return Reply(200, {"data": drawn})

    # -- tokens ------------------------------------------------------------------------------------------------------

    def _of_tokens(self, request):
        if request.method != "POST":
            self.refuse(f"{request.method} {request.path}")
        if request.path == "/1.1/oauth/invalidate_token.json":
            header = request.headers.get("authorization", "").removeprefix("OAuth ")
            if not self._signed(request, header):
                return Reply(401, DEAD)
            token = re.search(r'oauth_token="([^"]*)"', header)[1]
            del self.signed_tokens[token]
            return Reply(200, {"access_token": token})
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            self.refuse("a token endpoint takes a form")
        form = request.form
        refused = self._app(request, form)
        if refused:
            return refused
        if request.path == "/2/oauth2/revoke":
            self._only(form, {"token"})
            for kept in (self.user_tokens, self.refresh_tokens):
                kept.pop(form["token"], None)
            return Reply(200, {"revoked": True})
        if request.path == "/2/oauth2/token":
            return self._token(form)
        self.refuse(f"there is no {request.path}")
        return None

    def _app(self, request, form):
        header = request.headers.get("authorization", "")
        if self.confidential:
            wanted = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
            right = header == f"Basic {wanted}"
        else:
            right = form.pop("client_id", "") == CLIENT and not header
        if right:
            return None
        return Reply(
            401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
        )

    def _only(self, form, names):
        if set(form) != names:
            self.refuse(f"the form has {sorted(form)}")

    def _token(self, form):
        bad = Reply(
            400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
        )
        if form["grant_type"] == "refresh_token":
            self._only(form, {"grant_type", "refresh_token"})
            account = self.refresh_tokens.pop(form["refresh_token"], "")
            self.renewals += bool(account)
            return self._given(account) if account else bad
        self._only(form, {"grant_type", "code", "redirect_uri", "code_verifier"})
        asked = self.codes.pop(form["code"], None)
        if asked is None or asked["until"] < self.clock.now().boot:
            return bad
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            self.refuse("the code is exchanged by somebody else")
        return self._given(asked["account"], asked["scope"])

    def _given(self, account, scope="tweet.read tweet.write users.read like.read offline.access"):
        access, refresh = self.give(account, scope)
        return Reply(
            200,
            {
                "token_type": "bearer",
                "expires_in": 7200,
                "access_token": access,
                "refresh_token": refresh,
                "scope": scope,
            },
        )
