"""Drupal's JSON:API module as core answers (`jsonapi`, `content_moderation`), as far as a console may use it."""

from __future__ import annotations

import html
import uuid

from standins.website import USER, Site, iso
from support_http import Reply, Request

MEDIA = "application/vnd.api+json"


def error(status: int, title: str, detail: str) -> Reply:
    return Reply(
        status,
        {
            "jsonapi": {"version": "1.0"},
            "errors": [{"title": title, "status": str(status), "detail": detail}],
        },
        {"Content-Type": MEDIA},
    )


class DrupalSite(Site):
    """One site with its nodes.

    Attributes:
        nodes: by bundle and UUID: nid, title, body, alias, status, created and changed in wall ms.
        moderated: bundles under content moderation.
        writable: whether JSON:API takes writes at all.
    """

    password = "drupal-pass word"

    def __init__(self, clock):
        super().__init__(clock)
        self.nodes = {"article": {}, "page": {}}
        self.moderated = set()
        self.writable = True
        self.next = 40
        self.mangle = lambda table: table

    def publish(self, title, body="<p>Words.</p>", *, kind="article", alias=None):
        name, number = str(uuid.UUID(int=self.next)), self.next
        self.next += 1
        now = self.clock.now().wall
        alias = f"/news/item-{number}" if alias is None else alias
        self.nodes[kind][name] = {
            "nid": number,
            "title": title,
            "value": body,
            "alias": alias,
            "status": True,
            "created": now,
            "changed": now,
        }
        return f"{self.url}{alias or f'/node/{number}'}"

    def public_titles(self):
        return sorted(
            each["title"] for kind in self.nodes.values() for each in kind.values() if each["status"]
        )

    def items(self):
        return [
            (
                each["alias"] or f"/node/{each['nid']}",
                html.escape(each["title"]),
                each["value"],
                each["status"],
                each["created"],
            )
            for nodes in self.nodes.values()
            for each in nodes.values()
        ]

    def failure(self, status):
        if status == 429:
            return Reply(429, "<html>Too many requests</html>", {"Retry-After": "30"})
        return error(status, "Internal Server Error", "The website encountered an unexpected error.")

    def api(self, request: Request) -> Reply:
        us = self.signed_in(request)
        if request.headers.get("accept") != MEDIA:
            self.refuse("an Accept that is not JSON:API's")
        if us is False:
            return error(401, "Unauthorized", "Bad username or password.")
        if request.method in ("POST", "PATCH") and request.headers.get("content-type") != MEDIA:
            return error(415, "Unsupported Media Type", "No route found that matches the Content-Type.")
        path = request.path.removeprefix("/jsonapi").strip("/")
        if not path:
            me = (
                {"me": {"meta": {"id": str(uuid.UUID(int=3))}, "href": f"{self.url}/jsonapi/user/user/3"}}
                if us
                else {}
            )
            return Reply(
                200,
                {"data": [], "links": {"self": {"href": self.url}}, "meta": {"links": me}}
                if us
                else {"data": [], "links": {}},
            )
        parts = path.split("/")
        if parts == ["user", "user"]:
            return Reply(
                200, {"data": [self.user(3, USER, "editor"), self.user(1, "admin", "administrator")]}
            )
        if parts[0] != "node" or len(parts) not in (2, 3) or parts[1] not in self.nodes:
            return error(404, "Not Found", f"No route found for {request.method} {path}")
        reply = (
            self.collection(request, parts[1], us)
            if len(parts) == 2
            else self.single(request, parts[1], parts[2], us)
        )
        reply.body = self.mangle(reply.body)
        return reply

    def user(self, number, name, role):
        return {
            "type": "user--user",
            "id": str(uuid.UUID(int=number)),
            "attributes": {"display_name": name, "name": name},
            "relationships": {
                "roles": {
                    "data": [
                        {
                            "type": "user_role--user_role",
                            "id": str(uuid.UUID(int=90)),
                            "meta": {"drupal_internal__target_id": role},
                        }
                    ]
                }
            },
        }

    def collection(self, request, bundle, us):
        if request.method == "POST":
            return self.create(request, bundle, us)
        query = request.query
        if unknown := set(query) - {
            "filter[status]",
            "filter[drupal_internal__nid]",
            "sort",
            "page[limit]",
            "page[offset]",
        }:
            self.refuse(f"a collection by {unknown}")
        if int(query.get("page[limit]", "50")) > 50:
            self.refuse("a page of more than 50")
        found = [
            name
            for name, node in self.nodes[bundle].items()
            if node["status"] or (us and "filter[status]" not in query)
        ]
        if "filter[drupal_internal__nid]" in query:
            found = [
                each
                for each in found
                if str(self.nodes[bundle][each]["nid"]) == query["filter[drupal_internal__nid]"]
            ]
        found.sort(key=lambda each: self.nodes[bundle][each]["changed"], reverse=True)
        start, size = int(query.get("page[offset]", "0")), int(query.get("page[limit]", "50"))
        return Reply(
            200, {"data": [self.shown(bundle, each) for each in found[start : start + size]], "links": {}}
        )

    def single(self, request, bundle, name, us):
        node = self.nodes[bundle].get(name)
        if node is None:
            return error(404, "Not Found", 'The "entity" parameter was not converted for the path')
        if request.method == "GET":
            if not node["status"] and not us:
                return error(
                    403, "Forbidden", "The current user is not allowed to GET the selected resource."
                )
            return Reply(200, {"data": self.shown(bundle, name)}, {"Content-Type": MEDIA})
        if request.method != "PATCH":
            self.refuse(f"{request.method} {request.path}: nothing is ever deleted")
        return self.patch(request, bundle, name, us)

    def patch(self, request, bundle, name, us):
        if not self.writable:
            return error(405, "Method Not Allowed", "JSON:API is configured to accept only read operations.")
        data = request.json()["data"]
        if (
            data["type"] != f"node--{bundle}"
            or data["id"] != name
            or set(data) != {"type", "id", "attributes"}
        ):
            self.refuse(f"a PATCH of {data}")
        if not us:
            return error(403, "Forbidden", "The current user is not allowed to PATCH the selected resource.")
        node, fields = self.nodes[bundle][name], data["attributes"]
        if fields == {"status": False} and bundle in self.moderated:
            return error(
                403,
                "Forbidden",
                "The current user is not allowed to PATCH the selected field (status). Cannot edit the published field of moderated entities.",
            )
        if fields not in ({"status": False}, {"moderation_state": "archived"}):
            self.refuse(f"a PATCH of {fields}")
        if "moderation_state" in fields and bundle not in self.moderated:
            return error(422, "Unprocessable Content", "moderation_state is not a field of this type")
        node |= {"status": False, "changed": self.clock.now().wall}
        return Reply(200, {"data": self.shown(bundle, name)}, {"Content-Type": MEDIA})

    def create(self, request, bundle, us):
        if not self.writable:
            return error(405, "Method Not Allowed", "JSON:API is configured to accept only read operations.")
        if not us:
            return error(401, "Unauthorized", "No authentication credentials provided.")
        data = request.json()["data"]
        fields = data["attributes"]
        if set(data) != {"type", "id", "attributes"} or set(fields) - {
            "title",
            "body",
            "status",
            "moderation_state",
        }:
            self.refuse(f"a new node of {data}")
        uuid.UUID(data["id"])
        if not fields["title"] or len(fields["title"]) > 255 or set(fields["body"]) != {"value", "format"}:
            return error(422, "Unprocessable Content", "title: This value is too long.")
        if data["id"] in self.nodes[bundle]:
            return error(409, "Conflict", "Conflict: Entity already exists.")
        if "status" in fields and bundle in self.moderated:
            return error(
                403,
                "Forbidden",
                "The current user is not allowed to POST the selected field (status). Cannot edit the published field of moderated entities.",
            )
        number, self.next = self.next, self.next + 1
        now = self.clock.now().wall
        public = fields.get("status") is True or fields.get("moderation_state") == "published"
        self.nodes[bundle][data["id"]] = {
            "nid": number,
            "title": fields["title"],
            "value": fields["body"]["value"],
            "alias": f"/news/item-{number}",
            "status": public,
            "created": now,
            "changed": now,
        }
        return Reply(201, {"data": self.shown(bundle, data["id"])}, {"Content-Type": MEDIA})

    def shown(self, bundle, name):
        node = self.nodes[bundle][name]
        state = (
            {"moderation_state": "published" if node["status"] else "archived"}
            if bundle in self.moderated
            else {}
        )
        return {
            "type": f"node--{bundle}",
            "id": name,
            "attributes": {
                "drupal_internal__nid": node["nid"],
                "title": node["title"],
                "status": node["status"],
                "created": f"{iso(node['created'])}+00:00",
                "changed": f"{iso(node['changed'])}+00:00",
                "path": {"alias": node["alias"] or None, "pid": 1, "langcode": "en"},
                "body": {"value": node["value"], "format": "plain_text", "processed": node["value"]},
                **state,
            },
        }
