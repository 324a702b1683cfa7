"""Bluesky on loopback: an account's server and the public view in one, after the atproto lexicons. Its state is the ground truth.

The public view is `lag` ms behind the account's server. Bodies are held against what the lexicons say of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from support_http import Reply, StandIn

HANDLE, DID = "press.example", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
PASSWORD, MAIN = "abcd-efgh-ijkl-mnop", "correct horse battery staple"
POST, REPOST, PROFILE = "app.bsky.feed.post", "app.bsky.feed.repost", "app.bsky.actor.profile"
LIKE = "app.bsky.feed.like"
HOUR = 3_600_000
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_POST_FIELDS = {"$type", "text", "createdAt", "langs", "facets"}


@dataclass
class Record:
    """One record's versions, oldest first: since when, and what; None from when it is gone."""

    versions: list[tuple[int, dict | None]] = field(default_factory=list)

    def at(self, when):
        found = None
        for since, value in self.versions:
            if since <= when:
                found = value
        return found


def cid_of(value):
    raw = json.dumps(value, sort_keys=True).encode()
    return "bafyrei" + hashlib.sha256(raw).hexdigest()[:52]


def error(status, name, message):
    return Reply(status, {"error": name, "message": message})


class BlueskyServer(StandIn):
    def __init__(self, clock, *, lag=0, own_lag=0):
        super().__init__()
        self.clock, self.lag, self.own_lag = clock, lag, own_lag
        self.records: dict[tuple[str, str], Record] = {}
        self.passwords = {
            "console": PASSWORD,
            "Old phone": "zzzz-zzzz-zzzz-zzzz",
            "unknown tool": "yyyy-yyyy-yyyy-yyyy",
        }
        self.access: dict[str, int] = {}  # token: when it runs out
        self.refresh: set[str] = set()
        self.handle = HANDLE
        self.factor = self.suspended = self.limited = False
        self.others_write = 0  # how often somebody else changes the profile just before we do
        self.numbered = 0
        self.write(
            PROFILE,
            "self",
            {
                "$type": PROFILE,
                "displayName": "Press",
                "description": "News",
                "avatar": {"$type": "blob", "ref": {"$link": "bafkrei1"}, "mimeType": "image/png", "size": 5},
            },
        )

    # -- the world ---------------------------------------------------------------------------------------------------

    @property
    def now(self):
        return self.clock.now().wall

    def stamp(self, wall):
        return datetime.fromtimestamp(wall / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def write(self, collection, rkey, value, at=None):
        self.records.setdefault((collection, rkey), Record()).versions.append(
            (self.now if at is None else at, value)
        )
        return f"at://{DID}/{collection}/{rkey}"

    def put(self, text, *, made=None, created=None):
        """Somebody else's post on the account."""
        self.numbered += 1
        at = self.now if made is None else made
        value = {"$type": POST, "text": text, "createdAt": self.stamp(at if created is None else created)}
        return self.write(POST, self.rkey(at), value, at)

    def repost(self, uri):
        self.numbered += 1
        value = {
            "$type": REPOST,
            "subject": {"uri": uri, "cid": "bafyreix"},
            "createdAt": self.stamp(self.now),
        }
        return self.write(REPOST, self.rkey(self.now), value)

    def like(self, uri):
        self.numbered += 1
        value = {"$type": LIKE, "subject": {"uri": uri, "cid": "bafyreix"}, "createdAt": self.stamp(self.now)}
        return self.write(LIKE, self.rkey(self.now), value)

    def rkey(self, wall):
        value = (wall * 1000 << 10) + self.numbered
        return "".join("234567abcdefghijklmnopqrstuvwxyz"[value >> shift & 31] for shift in range(60, -1, -5))

    def standing(self, collection=POST, at=None):
        when = self.now if at is None else at
        return {
            key[1]: value
            for key, each in self.records.items()
            if key[0] == collection and (value := each.at(when))
        }

    def texts(self):
        return sorted(each["text"] for each in self.standing().values())

    def stands(self, uri):
        _, _, _, collection, rkey = uri.split("/")
        return rkey in self.standing(collection)

    def pinned(self, at=None):
        profile = self.standing(PROFILE, at).get("self", {})
        return profile.get("pinnedPost", {}).get("uri", "")

    # -- answers -----------------------------------------------------------------------------------------------------

    def failure(self, status):
        if status == 429:
            reset = str((self.now // HOUR + 1) * HOUR // 1000)
            more = {"RateLimit-Limit": "5000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset}
            return Reply(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, more)
        names = {500: "InternalServerError", 503: "NotEnoughResources", 402: "PaymentRequired"}
        return error(status, names[status], "Upstream Failure")

    async def reply(self, request):
        if not request.path.startswith("/xrpc/"):
            return Reply(200, b"picture") if request.path.startswith("/img/") else self.refuse(request.path)
        method = request.path.removeprefix("/xrpc/")
        answer = getattr(self, "_" + method.rpartition(".")[2], None)
        if answer is None or (request.method == "POST") != (method in _PROCEDURES):
            self.refuse(f"there is no {request.method} {method}")
        if method.startswith("app.bsky.") and "authorization" in request.headers:
            self.refuse(f"{method} was asked with credentials")
        if (
            request.method == "POST"
            and request.body
            and request.headers.get("content-type") != "application/json"
        ):
            self.refuse("a procedure takes JSON")
        return answer(request)

    def _token(self, request):
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind not in ("", "Bearer"):
            self.refuse(f"Authorization is {kind}")
        return token

    def _denied(self, request):
        token = self._token(request)
        if not token:
            return error(401, "AuthMissing", "Authentication Required")
        if token not in self.access:
            return error(400, "InvalidToken", "Token could not be verified")
        return error(400, "ExpiredToken", "Token has expired") if self.access[token] <= self.now else None

    def _session(self):
        self.numbered += 1
        access, refresh = f"eyJ-access-{self.numbered}-9f8e7d", f"eyJ-refresh-{self.numbered}-6c5b4a"
        self.access[access] = self.now + 2 * HOUR
        self.refresh.add(refresh)
        return Reply(
            200,
            {
                "accessJwt": access,
                "refreshJwt": refresh,
                "handle": self.handle,
                "did": DID,
                "active": not self.suspended,
                **({"status": "suspended"} if self.suspended else {}),
            },
        )

    def _createSession(self, request):  # noqa: N802 - the method's own name
        body = request.json()
        if set(body) != {"identifier", "password"}:
            self.refuse(f"a session with {sorted(body)}")
        if body["password"] == MAIN and self.factor:
            return error(401, "AuthFactorTokenRequired", "A sign in code has been sent to your email address")
        known = body["identifier"] in (HANDLE, DID)
        if not known or body["password"] not in (*self.passwords.values(), MAIN):
            return error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    def _refreshSession(self, request):  # noqa: N802 - the method's own name
        token = self._token(request)
        if request.body or not token:
            self.refuse("a refresh takes the refresh token and no body")
        if token not in self.refresh:
            return error(400, "ExpiredToken", "Token has been revoked")
        self.refresh.discard(token)
        return self._session()

    def _listAppPasswords(self, request):  # noqa: N802 - the method's own name
        denied = self._denied(request)
        if denied or self.limited:
            return denied or error(400, "InvalidToken", "Bad token scope")
        return Reply(
            200, {"passwords": [{"name": name, "createdAt": self.stamp(0)} for name in self.passwords]}
        )

    def _revokeAppPassword(self, request):  # noqa: N802 - the method's own name
        denied = self._denied(request)
        if denied:
            return denied
        if set(request.json()) != {"name"}:
            self.refuse("a revocation takes a name")
        self.passwords.pop(request.json()["name"], None)
        return Reply(200, b"")

    def _body(self, request, *names):
        body = request.json()
        if set(body) != set(names) or body["repo"] != DID:
            self.refuse(f"{request.path} with {sorted(body)}")
        return body

    def _createRecord(self, request):  # noqa: N802 - the method's own name
        denied = self._denied(request)
        if denied:
            return denied
        body = self._body(request, "repo", "collection", "rkey", "record")
        if body["collection"] != POST or not _TID.fullmatch(body["rkey"]):
            self.refuse(f"a record {body['collection']}/{body['rkey']}")
        wrong = self._post(body["record"])
        if wrong:
            return error(400, "InvalidRequest", wrong)
        key = (POST, body["rkey"])
        if key in self.records and self.records[key].at(self.now):
            return error(500, "InternalServerError", "Internal Server Error")
        uri = self.write(*key, body["record"])
        return Reply(200, {"uri": uri, "cid": cid_of(body["record"]), "validationStatus": "valid"})

    def _post(self, value):
        if set(value) - _POST_FIELDS or value["$type"] != POST or not _STAMP.fullmatch(value["createdAt"]):
            self.refuse(f"a post with {sorted(value)}")
        raw = value["text"].encode()
        for facet in value.get("facets", []):
            (feature,) = facet["features"]
            index = facet["index"]
            if raw[index["byteStart"] : index["byteEnd"]] != feature["uri"].encode():
                self.refuse(
                    f"a facet over {raw[index['byteStart'] : index['byteEnd']]!r} for {feature['uri']}"
                )
        if len(value["text"]) > 300 or len(raw) > 3000:
            return f"Invalid {POST} record: text must not be longer than 300 graphemes"
        return ""

    def _putRecord(self, request):  # noqa: N802 - the method's own name
        denied = self._denied(request)
        if denied:
            return denied
        body = self._body(request, "repo", "collection", "rkey", "record", "swapRecord")
        if (body["collection"], body["rkey"]) != (PROFILE, "self") or body["record"].get("$type") != PROFILE:
            self.refuse("only the profile is put")
        if self.others_write:
            self.others_write -= 1
            now = self.standing(PROFILE).get("self", {"$type": PROFILE})
            self.write(PROFILE, "self", {**now, "description": f"Changed {self.others_write}"})
        now = self.standing(PROFILE).get("self")
        if body["swapRecord"] != (cid_of(now) if now else None):
            return error(400, "InvalidSwap", f"Record was at {cid_of(now) if now else 'null'}")
        uri = self.write(PROFILE, "self", body["record"])
        return Reply(200, {"uri": uri, "cid": cid_of(body["record"]), "validationStatus": "valid"})

    def _deleteRecord(self, request):  # noqa: N802 - the method's own name
        denied = self._denied(request)
        if denied:
            return denied
        body = self._body(request, "repo", "collection", "rkey")
        key = (body["collection"], body["rkey"])
        if key in self.records and self.records[key].at(self.now):
            self.write(*key, None)
            return Reply(200, {"commit": {"cid": "bafyreic", "rev": "3k"}})
        return Reply(200, {})

    def _getRecord(self, request):  # noqa: N802 - the method's own name
        if self._token(request) and (denied := self._denied(request)):
            return denied
        query = request.query
        if set(query) != {"repo", "collection", "rkey"} or query["repo"] != DID:
            self.refuse(f"a record by {sorted(query)}")
        uri = f"at://{DID}/{query['collection']}/{query['rkey']}"
        value = self.standing(query["collection"], self.now - self.own_lag).get(query["rkey"])
        if value is None:
            return error(400, "RecordNotFound", f"Could not locate record: {uri}")
        return Reply(200, {"uri": uri, "cid": cid_of(value), "value": value})

    def _listRecords(self, request):  # noqa: N802 - the method's own name
        if self._token(request) and (denied := self._denied(request)):
            return denied
        found = sorted(
            self.standing(request.query["collection"], self.now - self.own_lag).items(), reverse=True
        )
        return Reply(
            200,
            {
                "records": [
                    {
                        "uri": f"at://{DID}/{request.query['collection']}/{rkey}",
                        "cid": cid_of(value),
                        "value": value,
                    }
                    for rkey, value in found[: int(request.query["limit"])]
                ]
            },
        )

    # -- the public view ---------------------------------------------------------------------------------------------

    def _hidden(self):
        return error(400, "AccountTakedown", "Account has been suspended") if self.suspended else None

    def _resolveHandle(self, request):  # noqa: N802 - the method's own name
        if request.query != {"handle": HANDLE}:
            return error(400, "InvalidRequest", "Unable to resolve handle")
        return Reply(200, {"did": DID})

    def _getProfile(self, request):  # noqa: N802 - the method's own name
        hidden = self._hidden()
        if hidden:
            return hidden
        value = self.standing(PROFILE, self.now - self.lag).get("self", {})
        more = {"pinnedPost": value["pinnedPost"]} if "pinnedPost" in value else {}
        return Reply(
            200,
            {
                "did": DID,
                "handle": self.handle,
                "displayName": value.get("displayName"),
                "description": value.get("description"),
                "avatar": f"{self.url}/img/avatar",
                "followersCount": 12,
                **more,
            },
        )

    def _view(self, uri, value, since):
        return {
            "uri": uri,
            "cid": cid_of(value),
            "author": {"did": DID, "handle": self.handle},
            "record": value,
            "embed": {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": f"{self.url}/img/1"}]},
            "likeCount": 12,
            "repostCount": 7,
            "replyCount": 3,
            "quoteCount": 1,
            "indexedAt": self.stamp(since),
        }

    def _seen(self, collection):
        """What the public view has: (time it was seen, address, value)."""
        when = self.now - self.lag
        return [
            (self.records[collection, rkey].versions[0][0], f"at://{DID}/{collection}/{rkey}", value)
            for rkey, value in self.standing(collection, when).items()
            if not self.suspended
        ]

    def _getPosts(self, request):  # noqa: N802 - the method's own name
        uris = [value for name, value in parse_qsl(urlsplit(request.target).query) if name == "uris"]
        if not 1 <= len(uris) <= 25 or any(not each.startswith(f"at://{DID}/") for each in uris):
            self.refuse(f"posts {uris}")
        return Reply(
            200,
            {
                "posts": [
                    self._view(uri, value, since) for since, uri, value in self._seen(POST) if uri in uris
                ]
            },
        )

    def _getPostThread(self, request):  # noqa: N802 - the method's own name
        if set(request.query) - {"uri", "depth", "parentHeight"}:
            self.refuse(f"a thread by {sorted(request.query)}")
        for since, uri, value in self._seen(POST):
            if uri == request.query["uri"]:
                return Reply(
                    200,
                    {
                        "thread": {
                            "$type": "app.bsky.feed.defs#threadViewPost",
                            "post": self._view(uri, value, since),
                        }
                    },
                )
        return error(400, "NotFound", f"Post not found: {request.query['uri']}")

    def _getAuthorFeed(self, request):  # noqa: N802 - the method's own name
        query = request.query
        if set(query) - {"actor", "limit", "cursor", "includePins"} or not 1 <= int(query["limit"]) <= 100:
            self.refuse(f"a feed by {query}")
        if query["actor"] != DID:
            return error(400, "InvalidRequest", "Profile not found")
        hidden = self._hidden()
        if hidden:
            return hidden
        items = [
            (min(since, _wall(value["createdAt"])), {"post": self._view(uri, value, since)})
            for since, uri, value in self._seen(POST)
        ]
        for since, uri, value in self._seen(REPOST):
            post = {
                "uri": value["subject"]["uri"],
                "cid": "bafyreix",
                "record": {"text": "Somebody's words"},
                "indexedAt": self.stamp(since),
            }
            reason = {"$type": "app.bsky.feed.defs#reasonRepost", "uri": uri, "indexedAt": self.stamp(since)}
            items.append((since, {"post": post, "reason": reason}))
        items.sort(key=lambda each: -each[0])
        start, limit = int(query.get("cursor", "0")), int(query["limit"])
        page = [each for _, each in items[start : start + limit]]
        pin = self.pinned(self.now - self.lag)
        if query.get("includePins") == "true" and not start:
            for _, each in items:
                if each["post"]["uri"] == pin:
                    page.insert(0, {**each, "reason": {"$type": "app.bsky.feed.defs#reasonPin"}})
        more = {"cursor": str(start + limit)} if len(items) > start + limit else {}
        return Reply(200, {"feed": page, **more})


def _wall(stamp):
    return int(datetime.fromisoformat(stamp).timestamp() * 1000)


_PROCEDURES = {
    f"com.atproto.{name}"
    for name in (
        "server.createSession",
        "server.refreshSession",
        "server.revokeAppPassword",
        "repo.createRecord",
        "repo.putRecord",
        "repo.deleteRecord",
    )
}
