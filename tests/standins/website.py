"""A website on loopback: public pages before a cache, a feed, a notice included from a folder; WordPress or Drupal behind it."""

from __future__ import annotations

import base64
import html
from datetime import UTC, datetime
from email.utils import format_datetime

from support_http import Reply, Request, StandIn

USER = "console"
PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"


class Site(StandIn):
    """The public side. Subclasses know their items: `items()` gives (path, title, body html, public, wall ms).

    Attributes:
        cache_ms: how long a page asked for plainly is answered from the cache.
        notice: the folder whose notice.html every page includes.
        has_feed: False answers 404 for it.
    """

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.cache_ms = 0
        self.notice = None
        self.has_feed = True
        self.pages = {"/": "Example Police", "/news/": "News", "/contact/": "Contact"}
        self.redirects = {}
        self._cache = {}

    def items(self):
        return []

    async def reply(self, request: Request) -> Reply:
        if request.path.startswith(("/wp-json", "/jsonapi")):
            return self.api(request)
        return self.public(request)

    def api(self, request: Request) -> Reply:
        return Reply(404, "<html>nothing here</html>")

    # -- the public side ---------------------------------------------------------------------------------------------

    def public(self, request: Request) -> Reply:
        if request.method != "GET":
            self.refuse(f"{request.method} {request.path}")
        if "authorization" in request.headers or "cookie" in request.headers:
            self.refuse(f"{request.path} was asked for signed in")
        now = self.clock.now().boot
        kept = self._cache.get(request.target)
        if kept is None or now - kept[0] >= self.cache_ms:
            kept = (now, self.drawn(request))
            self._cache[request.target] = kept
        return kept[1]

    def drawn(self, request: Request) -> Reply:
        path = request.path
        if path in self.redirects:
            return Reply(302, "", {"Location": self.redirects[path]})
        if path == "/feed/":
            return self.feed() if self.has_feed else Reply(404, self.page("Page not found", ""))
        if path in self.pages:
            listed = "".join(f"<li>{title}</li>" for _, title, _, public, _ in self.items() if public)
            return Reply(
                200, self.page(self.pages[path], f"<ul>{listed}</ul>" if path != "/contact/" else "")
            )
        for where, title, body, public, _ in self.items():
            if public and self.is_at(request, where):
                own = f'<link rel="canonical" href="{self.url}{where}">'
                return Reply(200, self.page(title, own + body))
        return Reply(404, self.page("Page not found", "<p>Nothing is here.</p>"))

    def is_at(self, request: Request, where: str) -> bool:
        return request.path.rstrip("/") == where.rstrip("/")

    def page(self, title: str, body: str) -> str:
        notice = ""
        if self.notice is not None and (self.notice / "notice.html").exists():
            notice = (self.notice / "notice.html").read_text()
        return f"<!doctype html><html><head><title>{title}</title></head><body>{notice}<h1>{title}</h1>{body}</body></html>"

    def feed(self) -> Reply:
        entries = "".join(
            f"<item><title>{title}</title><link>{self.url}{where}</link><guid>{self.url}{where}</guid>"
            f"<pubDate>{format_datetime(datetime.fromtimestamp(at / 1000, UTC))}</pubDate>"
            f"<description>{html.escape(body)}</description></item>"
            for where, title, body, public, at in self.items()
            if public
        )
        raw = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'
        return Reply(200, raw.encode(), {"Content-Type": "application/rss+xml"})

    # -- for the two systems -----------------------------------------------------------------------------------------

    def signed_in(self, request: Request) -> bool | None:
        """True with our sign-in, False with another, None without any."""
        said = request.headers.get("authorization", "")
        if not said:
            return None
        kind, _, packed = said.partition(" ")
        if kind != "Basic":
            self.refuse(f"signed in with {kind}")
        user, _, password = base64.b64decode(packed).decode().partition(":")
        return (user, password.replace(" ", "")) == (USER, self.password.replace(" ", ""))

    password = PASSWORD


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
