"""WordPress's REST API as its reference describes it (developer.wordpress.org/rest-api/reference), as far as a console may use it."""

from __future__ import annotations

import base64
import re

from standins.website import USER, Site, iso
from support_http import Reply, Request

STATUSES = {"publish", "future", "draft", "pending", "private", "trash"}
LISTING = {"context", "status", "slug", "orderby", "order", "per_page", "page", "_fields"}
OUR_UUID = "11111111-2222-4333-8444-555555555555"


def error(status: int, code: str, message: str = "It was refused.") -> Reply:
    return Reply(status, {"code": code, "message": message, "data": {"status": status}})


class WordPressSite(Site):
    """One site with its posts, pages, users and application passwords.

    Attributes:
        posts: by type and id: slug, status, title, content, created and modified in wall ms.
        passwords: by user id, lists of application passwords.
        words: by UUID, the secret words of those of our user that work.
        makes: whether our user may make another.
        powers: our user's capabilities.
    """

    def __init__(self, clock):
        super().__init__(clock)
        self.posts = {"posts": {}, "pages": {}}
        self.next = 12
        self.users = [
            {
                "id": 1,
                "slug": "editor-in-chief",
                "email": "chief@example.org",
                "roles": ["administrator"],
                "capabilities": {"manage_options": True},
            },
            {
                "id": 3,
                "slug": "console",
                "email": "console@example.org",
                "roles": ["editor"],
                "capabilities": {},
            },
        ]
        self.powers = {"edit_others_posts", "edit_others_pages", "publish_posts", "list_users", "edit_users"}
        self.passwords = {
            1: [],
            3: [self.app_password(OUR_UUID, "console", None, None)],
        }
        self.words = {OUR_UUID: self.password}
        self.makes = True
        self.introspects = True
        self.mangle = lambda table: table

    def which(self, request: Request) -> str:
        """The UUID of the application password that a request is signed in with; empty for none."""
        kind, _, packed = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return ""
        user, _, said = base64.b64decode(packed).decode().partition(":")
        there = {each["uuid"] for each in self.passwords[3]}
        return next(
            (
                uuid
                for uuid, words in self.words.items()
                if uuid in there and user == USER and words.replace(" ", "") == said.replace(" ", "")
            ),
            "",
        )

    def signed_in(self, request: Request) -> bool | None:
        found = super().signed_in(request)  # refuses what no console may send
        return None if found is None else bool(self.which(request))

    # -- the other side ----------------------------------------------------------------------------------------------

    def app_password(self, uuid, name, last_used="2019-07-19T21:00:00", last_ip="203.0.113.9"):
        return {
            "uuid": uuid,
            "app_id": "",
            "name": name,
            "created": "2019-07-01T08:00:00",
            "last_used": last_used,
            "last_ip": last_ip,
        }

    def publish(self, title, body="<p>Words.</p>", *, kind="posts", status="publish", slug="", at=None):
        """Put something there; its link."""
        number, self.next = self.next, self.next + 1
        now = self.clock.now().wall
        slug = self.unique(kind, slug or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or str(number))
        self.posts[kind][number] = {
            "slug": slug,
            "status": status,
            "title": title,
            "content": body,
            "created": at or now,
            "modified": now,
        }
        return self.link(kind, number)

    def unique(self, kind, slug):
        taken = {each["slug"] for each in self.posts[kind].values()}
        found, n = slug, 2
        while found in taken:
            found, n = f"{slug}-{n}", n + 1
        return found

    def link(self, kind, number):
        post = self.posts[kind][number]
        if post["status"] == "publish":
            return f"{self.url}{self.where(kind, post)}"
        return f"{self.url}/?{'p' if kind == 'posts' else 'page_id'}={number}"

    def where(self, kind, post):
        return f"/2019/07/{post['slug']}/" if kind == "posts" else f"/{post['slug']}/"

    def public_titles(self):
        return sorted(
            each["title"]
            for kind in self.posts.values()
            for each in kind.values()
            if each["status"] == "publish"
        )

    def items(self):
        return [
            (
                self.where(kind, each),
                self.texturized(each["title"]),
                each["content"],
                each["status"] == "publish",
                each["created"],
            )
            for kind, posts in self.posts.items()
            for each in posts.values()
        ]

    def drawn(self, request):
        number = next((request.query[each] for each in ("p", "page_id") if each in request.query), "")
        if not number.isdecimal():
            return super().drawn(request)
        for kind, posts in self.posts.items():
            if int(number) in posts and posts[int(number)]["status"] == "publish":
                return Reply(301, "", {"Location": self.link(kind, int(number))})
        return Reply(404, self.page("Page not found", ""))

    def texturized(self, title):
        return title.replace("'", "&#8217;").replace("--", "&#8211;")

    # -- the API -----------------------------------------------------------------------------------------------------

    def failure(self, status):
        if status == 429:
            return Reply(429, "<html>Too many requests</html>", {"Retry-After": "30"})
        return error(status, "internal_server_error", "There has been a critical error on this website.")

    def api(self, request: Request) -> Reply:
        us = self.signed_in(request)
        if us is False:
            return error(
                401, "incorrect_password", "The provided password is an invalid application password."
            )
        if request.method in ("POST", "PUT", "PATCH") and not request.headers.get(
            "content-type", ""
        ).startswith("application/json"):
            self.refuse("a body that is no JSON")
        path = request.path.removeprefix("/wp-json")
        if path == "/":
            return Reply(
                200,
                {
                    "name": "Example Police",
                    "description": "News",
                    "url": self.url,
                    "home": self.url,
                    "namespaces": ["oembed/1.0", "wp/v2"],
                },
            )
        parts = path.strip("/").split("/")
        if parts[:2] != ["wp", "v2"] or len(parts) < 3:
            return error(404, "rest_no_route", "No route was found matching the URL and request method.")
        if parts[2] == "users":
            return self.people(request, parts[3:], us)
        if parts[2] not in self.posts:
            return error(404, "rest_no_route")
        if request.query.get("context") == "edit" and not us:
            return error(
                401, "rest_forbidden_context", "Sorry, you are not allowed to edit posts in this post type."
            )
        return self.mangled(self.content(request, parts[2], parts[3:], us))

    def mangled(self, reply):
        reply.body = self.mangle(reply.body)
        return reply

    def content(self, request, kind, rest, us):
        if not rest:
            return (
                self.listing(request, kind, us) if request.method == "GET" else self.create(request, kind, us)
            )
        if not rest[0].isdecimal():
            return error(404, "rest_no_route")
        number = int(rest[0])
        post = self.posts[kind].get(number)
        if post is None:
            return error(404, "rest_post_invalid_id", "Invalid post ID.")
        if rest[1:] == ["revisions"]:
            return Reply(
                200, [{"id": 900 + n, "parent": number, "author": 1} for n in range(post.get("revisions", 2))]
            )
        if request.method == "GET":
            if post["status"] != "publish" and not us:
                return error(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
            return Reply(200, self.shown(kind, number, us))
        if request.method != "POST":
            self.refuse(f"{request.method} {request.path}: nothing is ever deleted")
        return self.update(request, kind, number, us)

    def update(self, request, kind, number, us):
        if not us:
            return error(401, "rest_cannot_edit")
        if request.json() != {"status": "draft"}:
            self.refuse(f"an update that is more than a draft: {request.json()}")
        if "edit_others_posts" not in self.powers:
            return error(403, "rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        post = self.posts[kind][number]
        if post["status"] == "trash":
            return error(410, "rest_already_trashed")
        post |= {"status": "draft", "modified": self.clock.now().wall}
        return Reply(200, self.shown(kind, number, us))

    def create(self, request, kind, us):
        body = request.json()
        if set(body) != {"slug", "status", "title", "content"} or not all(
            isinstance(each, str) for each in body.values()
        ):
            self.refuse(f"a new post of {sorted(body)}")
        if not us:
            return error(401, "rest_cannot_create")
        if "publish_posts" not in self.powers:
            return error(
                403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type."
            )
        number, self.next = self.next, self.next + 1
        now = self.clock.now().wall
        self.posts[kind][number] = {
            "slug": self.unique(kind, body["slug"]),
            "status": body["status"],
            "title": body["title"],
            "content": body["content"],
            "created": now,
            "modified": now,
        }
        return Reply(201, self.shown(kind, number, us))

    def listing(self, request, kind, us):
        query = request.query
        if unknown := set(query) - LISTING:
            self.refuse(f"a listing by {unknown}")
        if not 1 <= int(query.get("per_page", "10")) <= 100:
            return error(400, "rest_invalid_param")
        wanted = set(query.get("status", "publish").split(","))
        if wanted - STATUSES:
            self.refuse(f"statuses {wanted}")
        if wanted != {"publish"} and not us:
            return error(400, "rest_invalid_param", "Status is forbidden.")
        slugs = set(query["slug"].split(",")) if "slug" in query else None
        found = [
            number
            for number, post in self.posts[kind].items()
            if post["status"] in wanted and (slugs is None or post["slug"] in slugs)
        ]
        found.sort(key=lambda number: self.posts[kind][number]["modified"], reverse=True)
        size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        if page > 1 and (page - 1) * size >= len(found):
            return error(400, "rest_post_invalid_page_number")
        return Reply(200, [self.shown(kind, each, us) for each in found[(page - 1) * size : page * size]])

    def shown(self, kind, number, us):
        post = self.posts[kind][number]
        where = self.where(kind, post)
        full = {
            "id": number,
            "status": post["status"],
            "slug": post["slug"],
            "link": self.link(kind, number),
            "title": {"rendered": self.texturized(post["title"])},
            "content": {"rendered": post["content"]},
            "date_gmt": iso(post["created"]),
            "modified_gmt": iso(post["modified"]),
            "author": 3,
        }
        if us:
            full["title"]["raw"], full["content"]["raw"] = post["title"], post["content"]
            name = "%postname%" if kind == "posts" else "%pagename%"
            full |= {
                "permalink_template": f"{self.url}{where.replace(post['slug'], name)}",
                "generated_slug": post["slug"],
            }
        return full

    def people(self, request, rest, us):
        if not us:
            return error(401, "rest_not_logged_in", "You are not currently logged in.")
        if not rest:
            if "list_users" not in self.powers:
                return error(403, "rest_forbidden_context")
            size, page = int(request.query.get("per_page", "10")), int(request.query.get("page", "1"))
            if not 1 <= size <= 100:
                return error(400, "rest_invalid_param")
            return Reply(200, self.users[(page - 1) * size : page * size])
        if rest == ["me"]:
            ours = next(each for each in self.users if each["id"] == 3)
            return Reply(200, {**ours, "capabilities": dict.fromkeys(self.powers, True)})
        return self.secrets(request, int(rest[0]), rest)

    def secrets(self, request, number, rest):
        if rest[1] != "application-passwords" or (number != 3 and "edit_users" not in self.powers):
            return error(403, "rest_cannot_list_application_passwords")
        if request.method == "GET" and rest[2:] == ["introspect"]:
            if not self.introspects:
                return error(
                    404, "rest_no_authenticated_app_password", "Cannot introspect application password."
                )
            ours = self.which(request)
            return Reply(200, next(each for each in self.passwords[3] if each["uuid"] == ours))
        if request.method == "GET" and not rest[2:]:
            return Reply(200, self.passwords.get(number, []))
        if request.method == "POST" and not rest[2:]:
            return self.make_password(request, number)
        if request.method != "DELETE" or len(rest) != 3:
            self.refuse(f"{request.method} {request.path}")
        if rest[2] == self.which(request):
            self.refuse("the console would lock itself out")
        gone = [each for each in self.passwords[number] if each["uuid"] == rest[2]]
        if not gone:
            return error(404, "rest_application_password_not_found", "Application password not found.")
        self.passwords[number].remove(gone[0])
        return Reply(200, {"deleted": True, "previous": gone[0]})

    def make_password(self, request, number):
        if set(request.json()) != {"name"} or number != 3:
            self.refuse("an application password is made with a name, for oneself")
        if not self.makes:
            return error(403, "rest_cannot_create_application_passwords")
        uuid = f"{len(self.words):08d}-aaaa-4333-8444-555555555555"
        self.words[uuid] = f"abcd efgh ijkl mnop qrst {len(self.words):04d}"
        made = self.app_password(uuid, request.json()["name"], None, None)
        self.passwords[number].append(made)
        return Reply(201, {**made, "password": self.words[uuid]})
