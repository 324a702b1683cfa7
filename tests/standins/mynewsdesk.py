"""Mynewsdesk on loopback: `webservice_pressroom`, the public feed and the public pages of one newsroom, each behind its own cache.

Shapes after https://mynewsdesk.com/docs/webservice_pressroom and what its consumers read. It is as talkative as a careless
server: failures, missing pages and headers repeat the address that was asked, key and all.
"""

from __future__ import annotations

import email.utils
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from support_http import Reply, Request, StandIn

KEY = "hJ4kL9mN2pQr7sT_vW3xY-zA"
NAME = "Example Police & Crime Office"
FEED = "/rss/current_news/58119"
PLURALS = {"pressrelease": "pressreleases", "news": "news", "blog_post": "blog_posts"}
MEDIA = (*PLURALS, "event", "image", "video", "document", "contact_person")
ASKED = {
    "list": {"format", "strict", "type_of_media", "limit", "offset", "order"},
    "view": {"format", "strict", "type_of_media", "item_id"},
    "search": {"format", "strict", "type_of_media", "limit", "page", "query"},
    "pressroom_info": {"format", "strict"},
}


@dataclass
class Material:
    """One thing published; `turns` are the boot ms at which it was shown or withdrawn."""

    media: str
    number: int
    header: str
    body: str
    published: int
    created: int
    turns: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def slug(self) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", self.header.lower()).strip("-") or "item"
        return f"{words[:40]}-{self.number}"

    @property
    def path(self) -> str:
        return f"/{PLURALS[self.media]}/{self.slug}"

    def shown(self, boot: int) -> bool:
        return next((turned for at, turned in reversed(self.turns) if at <= boot), False)


class Newsroom(StandIn):
    """Args:
    clock: turned by the test; caches are as old as `api_delay`, `feed_delay` and `page_delay` say, in ms.

    Attributes:
        strict: whether the shapes are those of `strict=true`, or the older ones.
        gone_page: what a withdrawn page answers: `404`, `410`, `start` (leads to the front page) or `shell` (200, without it).
        stuck: surfaces (`view`, `list`, `feed`, `page`) that go on showing what was withdrawn.
        known: whether the key is.
    """

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.items: list[Material] = []
        self.api_delay = self.feed_delay = self.page_delay = 0
        self.strict = True
        self.gone_page = "404"
        self.stuck: set[str] = set()
        self.known = True
        self.asked: Request | None = None
        self._next = 2_888_001

    # -- what people do ----------------------------------------------------------------------------------------------

    def publish(self, header, media="pressrelease", body="<p>Words</p>", published=None):
        now = self.clock.now()
        material = Material(
            media,
            self._next,
            header,
            body,
            now.wall if published is None else published,
            now.wall,
            [(now.boot, True)],
        )
        self._next += 1
        self.items.append(material)
        return material

    def withdraw(self, material):
        material.turns.append((self.clock.now().boot, False))

    def show_again(self, material):
        material.turns.append((self.clock.now().boot, True))

    def link(self, material):
        return f"{self.url}{material.path}"

    def shows(self, surface, material):
        """Whether a surface shows it at this moment, caches and all."""
        delay = {"feed": self.feed_delay, "page": self.page_delay}.get(surface, self.api_delay)
        return surface in self.stuck or material.shown(max(self.clock.now().boot - delay, 0))

    # -- what is answered --------------------------------------------------------------------------------------------

    async def _answered(self, request, word):
        self.asked = request
        return await super()._answered(request, word)

    def failure(self, status):
        where = self.asked.target if self.asked is not None else ""
        return Reply(status, f"<h1>{status}</h1><p>{where}</p>", {"X-Asked": where})

    async def reply(self, request):
        self._public(request)
        found = re.fullmatch(r"/services/pressroom/([a-z_]+)/([^/]+)", request.path)
        if found is not None:
            return self._service(request, *found.groups())
        if KEY in request.target:
            self.refuse("the key was told where no key belongs")
        if request.path == FEED:
            return Reply(200, self._feed(), {"Content-Type": "application/rss+xml"})
        if request.path == "/":
            return Reply(200, self._page("Start", ""))
        return self._material(request)

    def _public(self, request):
        if request.method != "GET" or request.body:
            self.refuse(f"{request.method}: nothing can be changed here")
        for header in ("authorization", "cookie", "referer"):
            if header in request.headers:
                self.refuse(f"a {header} was sent, which tells who is asking")

    def _service(self, request, service, key):
        allowed, query = ASKED.get(service), request.query
        if allowed is None or not set(query) <= allowed or query.get("format") != "json":
            self.refuse(f"no such call: {service} with {sorted(query)}")
        if query.get("strict") != "true":
            self.refuse("not strict")
        if service != "pressroom_info" and query.get("type_of_media") not in MEDIA:
            self.refuse("no such type_of_media")
        if not 1 <= int(query.get("limit", "20")) <= 100 or query.get("order", "published") not in (
            "published",
            "updated",
            "created",
        ):
            self.refuse("limit or order out of range")
        if key != KEY or not self.known:
            return self.failure(404)
        return getattr(self, f"_{service}")(request, query)

    def _list(self, request, query):
        shown = [x for x in self.items if x.media == query["type_of_media"] and self.shows("list", x)]
        shown.sort(key=lambda x: x.published if query["order"] == "published" else x.created, reverse=True)
        start = int(query["offset"])
        page = [self._plain(each) for each in shown[start : start + int(query["limit"])]]
        items = page if self.strict else {"item": page}
        return self._told({"total_count": len(shown), "items": items}, request)

    def _view(self, request, query):
        for each in self.items:
            if (each.media, str(each.number)) == (query["type_of_media"], query["item_id"]) and self.shows(
                "view", each
            ):
                plain = self._plain(each)
                return self._told({"item": [plain] if self.strict else plain}, request)
        return self.failure(404)

    def _search(self, request, query):
        words = query["query"].lower()
        found = [
            self._plain(x)
            for x in self.items
            if x.media == query["type_of_media"]
            and self.shows("list", x)
            and words in f"{x.header} {x.body}".lower()
        ]
        summary = {
            "nr_of_items": len(found),
            "total_items": len(found),
            "limit": 10,
            "page": 1,
            "page_count": 1,
        }
        items = found if self.strict else {"item": found}
        return self._told({"search_result": {"summary": summary, "items": items}}, request)

    def _pressroom_info(self, request, query):
        info = {
            "id": 432,
            "country": {"@code": "gb"},
            "source_name": NAME,
            "source_id": 58119,
            "header": "Newsroom",
            "description": "<p>All our news</p>",
            "logotype": "https://news.example/logo.png",
            "tag_cloud": [{"name": "crime", "count": 3}],
            "press_contacts": [{"name": "Press Office", "phone": "020 7946 0000"}],
        }
        return self._told({"pressroom": info}, request)

    def _told(self, plain, request):
        return Reply(
            200,
            {**plain, "request": request.target},
            {"X-Asked": request.target, "Set-Cookie": "seen=1; Path=/"},
        )

    def _plain(self, material):
        at = _iso(material.published)
        number = material.number if self.strict else str(material.number)
        return {
            "id": number,
            "type_of_media": material.media,
            "header": material.header,
            "summary": "",
            "body": material.body,
            "url": self.link(material),
            "published_at": {"datetime": at, "text": at} if self.strict else at.replace("T", " ").rstrip("Z"),
            "created_at": {"datetime": _iso(material.created)} if self.strict else _iso(material.created),
            "source_name": NAME,
            "tags": [],
        }

    def _feed(self):
        shown = [x for x in self.items if self.shows("feed", x)]
        shown.sort(key=lambda x: x.published, reverse=True)
        items = "".join(
            f"<item><title>{html.escape(x.header)}</title><link>{self.link(x)}?utm_source=rss#top</link>"
            f"<guid>{self.link(x)}</guid><description>{html.escape(x.body)}</description>"
            f"<pubDate>{email.utils.formatdate(x.published / 1000, usegmt=True)}</pubDate></item>"
            for x in shown[:20]
        )
        head = f"<title>{html.escape(NAME)}</title><link>{self.url}</link><description>All news</description>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
        )

    def _material(self, request):
        found = next((x for x in self.items if x.path == request.path), None)
        if found is not None and self.shows("page", found):
            return Reply(200, self._page(found.header, found.body))
        if found is None or self.gone_page in ("404", "410"):
            return self.failure(int(self.gone_page) if found is not None else 404)
        if self.gone_page == "start":
            return Reply(302, b"", {"Location": "/"})
        return Reply(200, self._page("Not here any more", ""))

    def _page(self, header, body):
        words = " ".join(f"<i>{html.escape(word)}</i>" for word in header.split())
        return f"<html><body><h2>{html.escape(NAME)}</h2><h1>{words}</h1>{body}</body></html>"


def _iso(wall):
    return datetime.fromtimestamp(wall / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
