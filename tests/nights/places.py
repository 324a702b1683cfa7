"""The platforms of a night as their truth is known: what stands there, what was made there, what a request to them would change."""

from __future__ import annotations

import re

from nights.edges import Edges
from standins.bluesky import DID, POST, BlueskyServer
from standins.bluesky import HANDLE as BLUESKY_HANDLE
from standins.bluesky import PASSWORD as APP_PASSWORD
from standins.mastodon import TOKEN, MastodonServer
from standins.mynewsdesk import FEED, KEY, Newsroom
from standins.website import PASSWORD, USER
from standins.wordpress import WordPressSite
from standins.x import API_KEY, API_SECRET, CLIENT, HANDLE, US, XPlatform

from console.channels.live.outside import words_of
from console.incident.manifest import from_bytes
from console.incident.posted import posted

LAGS = (0, 0, 5_000, 30_000, 60_000)


class Place:
    """One platform of one night.

    Attributes:
        name, kind: the playbook's channel, and what it is.
        stand: the stand-in.
        lag: ms after which everybody sees what was published.
    """

    name = "account"
    kind = ""
    lag = 0

    def __init__(self, night) -> None:
        self.night = night
        self.chance, self.clock = night.chance, night.clock
        self.stand = self.made_for(night)

    def made_for(self, night):
        """Its stand-in, in a mood of this night."""
        raise NotImplementedError

    def settings(self) -> dict[str, str]:
        """What the machine knows of it."""
        raise NotImplementedError

    def secrets(self) -> dict[str, str]:
        """What the vault holds of it."""
        raise NotImplementedError

    def publish(self, words: str) -> str:
        """Somebody publishes there, not through the console; the link."""
        raise NotImplementedError

    def stands(self, link: str) -> bool:
        """Whether what is behind the link can be seen by the public, once every copy is fresh."""
        raise NotImplementedError

    def made(self, text: str) -> list[str]:
        """The ids, or links, of everything that was ever made there with this text."""
        raise NotImplementedError

    def pinned(self) -> str:
        """The id of what is pinned."""
        return ""

    def take_away(self, link: str) -> None:
        """Somebody takes it away, not through the console."""
        self.night.truth.went[link] = self.clock.now().boot
        self.taken(link)

    def taken(self, link: str) -> None:
        """The platform's side of it."""
        raise NotImplementedError

    def by_hand(self, state, effect) -> None:
        """A person does what a guided effect says."""
        if effect.item:
            self.take_away(state.items[effect.item].link)

    def change(self, request) -> str:
        """What a request would change: `post`, `delete`, `unpublish`, `pin`; empty when it only looks."""
        raise NotImplementedError

    def removed_by(self, request) -> str:
        """The link of what a request would remove; empty when it removes nothing."""
        raise NotImplementedError


class X(Place):
    kind = "x"

    def made_for(self, night):
        stand = with_edges(XPlatform, night)
        stand.names = self.chance.choice(["old", "new", "both", "deaf"])
        stand.missing = self.chance.choice([200, 404])
        stand.problems = self.chance.choice(["https://api.x.com", "https://api.twitter.com"])
        stand.lenient = self.chance.random() < 0.5
        stand.deleted_again = self.chance.choice(["gone", "deleted"])
        self.lag = stand.delay = self.chance.choice(LAGS)
        self.way = self.chance.choice(["oauth2", "oauth1"])
        return stand

    def settings(self):
        told = {"handle": f"@{HANDLE}", "sign-in": self.way, "client-id": CLIENT}
        return {"kind": "x", "base": self.stand.url, **told}

    def secrets(self):
        if self.way == "oauth1":
            token, secret = self.stand.give_signed(US)
            known = {"api-key": API_KEY, "api-secret": API_SECRET}
            return known | {"token": token, "token-secret": secret}
        access, refresh = self.stand.give(US)
        return {"access-token": access, "refresh-token": refresh}

    def publish(self, words):
        return self._link(self.stand.publish(words).id)

    def stands(self, link):
        return any(self._link(each.id) == link for each in self.stand.standing(US))

    def made(self, text):
        return [each.id for each in self.stand.posts if each.words.split() == text.split()]

    def pinned(self):
        return self.stand.pin_turns[-1][1] if self.stand.pin_turns else ""

    def taken(self, link):
        for each in self.stand.standing(US):
            if self._link(each.id) == link:
                self.stand.take_away(each)

    def by_hand(self, state, effect):
        target = from_bytes(state.plans[effect.digest].raw.encode()).targets[0]
        self.stand.pin(posted(state, "account") if target.verb == "pin" else "")

    def change(self, request):
        kind = {("POST", "/2/tweets"): "post"}.get((request.method, request.path), "")
        return "delete" if request.method == "DELETE" else kind

    def removed_by(self, request):
        return self._link(request.path.rpartition("/")[2]) if request.method == "DELETE" else ""

    def _link(self, ident):
        return f"https://x.com/{HANDLE}/status/{ident}"


class Mastodon(Place):
    kind = "mastodon"

    def made_for(self, night):
        self.lag = self.chance.choice(LAGS)
        return with_edges(MastodonServer, night, lag=self.lag)

    def settings(self):
        return {"kind": "mastodon", "base": self.stand.url, "handle": "@press"}

    def secrets(self):
        return {"access-token": TOKEN}

    def publish(self, words):
        return self.stand.link(self.stand.put(words))

    def stands(self, link):
        post = self.stand.posts.get(link.rpartition("/")[2])
        return post is not None and post.gone is None

    def made(self, text):
        return [each.id for each in self.stand.posts.values() if each.text == text]

    def pinned(self):
        return next(iter(self.stand.pinned()), "")

    def taken(self, link):
        post = self.stand.posts[link.rpartition("/")[2]]
        post.gone = self.stand.now if post.gone is None else post.gone

    def change(self, request):
        if request.method == "DELETE":
            return "delete"
        if request.method != "POST":
            return ""
        return "post" if request.path.endswith("/statuses") else "pin"

    def removed_by(self, request):
        ident = request.path.rpartition("/")[2]
        known = self.stand.posts.get(ident)
        return self.stand.link(known) if request.method == "DELETE" and known is not None else ""


class Bluesky(Place):
    kind = "bluesky"

    def made_for(self, night):
        self.lag = self.chance.choice(LAGS)
        return with_edges(BlueskyServer, night, lag=self.lag)

    def settings(self):
        url = self.stand.url
        return {"kind": "bluesky", "base": url, "view": url, "handle": BLUESKY_HANDLE}

    def secrets(self):
        return {"app-password": APP_PASSWORD}

    def publish(self, words):
        return self._link(self.stand.put(words))

    def stands(self, link):
        return link.rpartition("/")[2] in self.stand.standing()

    def made(self, text):
        return [
            f"at://{DID}/{POST}/{rkey}"
            for (collection, rkey), record in self.stand.records.items()
            if collection == POST
            for _, value in record.versions
            if value is not None and value["text"] == text
        ]

    def pinned(self):
        return self.stand.pinned()

    def taken(self, link):
        if self.stands(link):
            self.stand.write(POST, link.rpartition("/")[2], None)

    def change(self, request):
        verb = request.path.rpartition(".")[2]
        return {"createRecord": "post", "deleteRecord": "delete", "putRecord": "pin"}.get(verb, "")

    def removed_by(self, request):
        if not request.path.endswith("deleteRecord"):
            return ""
        body = request.json()
        return self._link(f"at://{DID}/{body['collection']}/{body['rkey']}")

    def _link(self, uri):
        return f"https://bsky.app/profile/{DID}/post/{uri.rpartition('/')[2]}"


class Website(Place):
    name = kind = "website"

    def made_for(self, night):
        stand = with_edges(WordPressSite, night)
        self.lag = stand.cache_ms = self.chance.choice(LAGS)
        return stand

    def settings(self):
        return {"kind": "website", "base": self.stand.url, "engine": "wordpress", "user": USER}

    def secrets(self):
        return {"password": PASSWORD}

    def publish(self, words):
        return self.stand.publish(words, "<p>Share this at once</p>")

    def stands(self, link):
        return any(
            f"{self.stand.url}{where}" == link and public for where, _, _, public, _ in self.stand.items()
        )

    def taken(self, link):
        for kind, posts in self.stand.posts.items():
            for post in posts.values():
                if f"{self.stand.url}{self.stand.where(kind, post)}" == link:
                    post |= {"status": "draft", "modified": self.clock.now().wall}

    def made(self, text):
        wanted = words_of(text)
        return [
            self.stand.link("posts", number)
            for number, post in self.stand.posts["posts"].items()
            if words_of(re.sub("<[^>]*>", " ", post["content"])) == wanted
        ]

    def change(self, request):
        if request.method != "POST" or not request.path.startswith("/wp-json"):
            return ""
        return "post" if request.path.endswith("/posts") else "unpublish"

    def removed_by(self, request):
        found = re.fullmatch(r"/wp-json/wp/v2/(posts|pages)/(\d+)", request.path)
        if request.method != "POST" or found is None:
            return ""
        post = self.stand.posts[found[1]].get(int(found[2]))
        return f"{self.stand.url}{self.stand.where(found[1], post)}" if post is not None else ""


class Room(Place):
    """The newsroom, which nobody but a person changes."""

    name, kind = "newsroom", "mynewsdesk"

    def made_for(self, night):
        stand = with_edges(Newsroom, night)
        stand.api_delay, stand.feed_delay, stand.page_delay = (self.chance.choice(LAGS) for _ in range(3))
        self.lag = max(stand.api_delay, stand.feed_delay, stand.page_delay)
        stand.gone_page = self.chance.choice(["404", "410", "start", "shell"])
        stand.strict = self.chance.random() < 0.5
        return stand

    def settings(self):
        url = self.stand.url
        return {"kind": "mynewsdesk", "base": url, "feed": f"{url}{FEED}", "account-id": "met"}

    def secrets(self):
        return {"key": KEY}

    def publish(self, words):
        return self.stand.link(self.stand.publish(words, self.chance.choice(["pressrelease", "news"])))

    def stands(self, link):
        surfaces = ("view", "list", "feed", "page")
        found = next(each for each in self.stand.items if self.stand.link(each) == link)
        return found.turns[-1][1] or any(each in self.stand.stuck for each in surfaces)

    def by_hand(self, state, effect):
        if effect.item:
            self.take_away(state.items[effect.item].link)
        else:
            words = from_bytes(state.plans[effect.digest].raw.encode()).text
            self.night.truth.honest[self.publish(words)] = words

    def taken(self, link):
        self.stand.withdraw(next(each for each in self.stand.items if self.stand.link(each) == link))
        if self.chance.random() < 0.2:
            self.stand.stuck = {self.chance.choice(["view", "list", "feed", "page"])}

    def made(self, text):
        return []

    def change(self, request):
        return ""

    def removed_by(self, request):
        return ""


def with_edges(stand, night, **more):
    """A stand-in of that class whose edges are this night's."""
    made = type(stand.__name__, (Edges, stand), {})(night.clock, **more)
    made.night = night
    return made


ACCOUNTS = (X, Mastodon, Bluesky)
