"""Drupal over its core JSON:API module, signed in with basic authentication. Writing must be allowed at /admin/config/services/jsonapi.

Sources: drupal.org/docs/core-modules-and-themes/core-modules/jsonapi-module (*Updating existing resources*, *Creating new resources*), jsonapi.org 1.1.
Errors are `{"errors": [{"title", "status", "detail"}]}`. A type under content moderation refuses `status` with 403; its state is set
instead. A new node's UUID is ours to choose, and a second of the same UUID is refused with 409: that makes a post repeatable.
"""

from __future__ import annotations

import html
import uuid
from typing import TYPE_CHECKING, Any, Final

import httpx

from console.channels.live.cms import PAGES, Entry, already, told, undone, words
from console.channels.live.feed import plain, when
from console.channels.live.outside import Light, words_of
from console.channels.live.web import Answer, Lost, NotSent, place_of
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen

if TYPE_CHECKING:
    from console.channels.live.cms import Desk

BUNDLES: Final = ("article", "page")
PER_PAGE: Final = 50
SEARCHED: Final = 10  # pages of a listing that are looked through for an address
FORMAT: Final = "plain_text"
MEDIA: Final = "application/vnd.api+json"
HEADERS: Final = {"Accept": MEDIA, "Content-Type": MEDIA}
LONGEST_TITLE: Final = 255
_MODERATED: Final = "moderated"
_NAMESPACE: Final = uuid.UUID("6f1d1a0e-3a52-5d0f-9d0b-5b8a6c5e7c11")


def words_in(answer: Answer) -> str | None:
    """Drupal's own words for what is wrong; None when it is not JSON:API that answers."""
    errors = answer.table().get("errors")
    if not isinstance(errors, list):
        return None
    first = errors[0] if errors else None
    return told(first, "detail") or told(first, "title") or "no reason given"


class Drupal:
    """One Drupal site. It satisfies `cms.Cms`.

    Args:
        desk: a way to `/jsonapi`.
        base: the site's public address.
        bundles: content types; new ones are of the first.
        text_format: of a new body; the standard profile's `plain_text` turns nothing into markup.
    """

    title: Final = "Drupal"

    def __init__(self, desk: Desk, base: str, bundles: tuple[str, ...], text_format: str = "") -> None:
        self._desk = desk
        self._base = base
        self._bundles = bundles or BUNDLES
        self._format = text_format or FORMAT
        self._places = (place_of(base), place_of(desk.api))
        self._known: dict[str, tuple[str, str]] = {}  # what was seen at a path
        self._spoken: set[str] = set()  # UUIDs of what this process posted

    # -- finding -----------------------------------------------------------------------------------------------------

    async def find(self, item: str) -> Entry | None:
        """By a link of this site, `/node/12`, or `article/<uuid>`; None when the site says there is none."""
        bundle, _, name = item.rpartition("/")
        if bundle in self._bundles and _uuid(name):
            return await self._by_uuid(bundle, _uuid(name))
        path = self._path(item)
        if not path:
            return None
        number = path.rpartition("/")[2] if path.startswith("/node/") else ""
        if number.isascii() and number.isdecimal() and len(number) <= 20:
            return await self._by_number(number)
        found = self._known.pop(path, None)
        entry = await self._by_uuid(*found) if found else None
        if path in self._known:
            return entry  # and it still stands there: reading it told its address again
        await self._search(path)
        found = self._known.get(path)
        return await self._by_uuid(*found) if found else None

    def _path(self, item: str) -> str:
        if item.startswith("/"):
            return item.rstrip("/")
        if not place_of(item) or place_of(item) not in self._places:
            return ""
        return httpx.URL(item).path.rstrip("/")

    async def _by_uuid(self, bundle: str, name: str) -> Entry | None:
        answer = await self._desk.look(f"/node/{bundle}/{name}")
        if answer.status in (404, 410) and words_in(answer) is not None:
            return None
        entry = self._entry(bundle, answer.table().get("data"), answer.kept) if answer.ok else None
        if entry is None:
            raise self._desk.unclear(answer, f"What {bundle}/{name} is could not be read")
        return entry

    async def _by_number(self, number: str) -> Entry | None:
        for bundle in self._bundles:
            for entry in await self._page(bundle, {"filter[drupal_internal__nid]": number}):
                return entry
        return None

    async def _search(self, path: str) -> None:
        """Look for an address, which JSON:API cannot be asked for, among the newest of each type."""
        for bundle in self._bundles:
            for page in range(SEARCHED):
                rows = await self._page(bundle, self._newest(page))
                if path in self._known:
                    return
                if len(rows) < PER_PAGE:
                    break

    def _newest(self, page: int) -> dict[str, str]:
        return {"sort": "-changed", "page[limit]": str(PER_PAGE), "page[offset]": str(page * PER_PAGE)}

    async def _page(self, bundle: str, query: dict[str, str]) -> list[Entry]:
        answer = await self._desk.look(f"/node/{bundle}", **query)
        rows = answer.table().get("data") if answer.ok else None
        if not isinstance(rows, list):
            raise self._desk.unclear(answer, f"The list of {bundle} could not be read")
        return [entry for row in rows if (entry := self._entry(bundle, row, answer.kept)) is not None]

    def _entry(self, bundle: str, raw: Any, kept: str) -> Entry | None:
        name, fields = _uuid(told(raw, "id")), raw.get("attributes") if isinstance(raw, dict) else None
        if not name or not isinstance(fields, dict):
            return None
        number = fields.get("drupal_internal__nid")
        paths = [
            told(fields.get("path"), "alias"),
            f"/node/{number}" if isinstance(number, int | str) else "",
        ]
        for path in paths:
            if path.startswith("/"):
                self._known[path.rstrip("/")] = (bundle, name)
        path = next((each for each in paths if each.startswith("/")), "")
        title, body = told(fields, "title"), fields.get("body")
        text = plain(told(body, "processed") or html.escape(told(body, "value")))
        changed = max(when(told(fields, "created")), when(told(fields, "changed")))
        return Entry(
            kind=bundle,
            id=name,
            link=f"{self._base}{path}" if path else f"{bundle}/{name}",
            titles=(html.escape(title),)
            if title
            else (),  # plain text there, markup where pages are compared
            words=words("" if name in self._spoken else " ".join(title.split()), text),
            public=fields.get("status") in (True, 1, "1", "true"),
            published=changed or self._desk.clock.now().wall,
            kept=kept,
        )

    # -- acts --------------------------------------------------------------------------------------------------------

    async def unpublish(self, entry: Entry) -> Outcome:
        """Set `status` to false, or where moderation owns that field, the state to archived."""
        if not entry.public:
            return already(entry)
        answer, clean = await self._patch(entry, {"status": False})
        if answer.status in (403, 422) and _MODERATED in (words_in(answer) or ""):
            answer, again = await self._patch(entry, {"moderation_state": "archived"})
            clean = clean and again
        data = answer.table().get("data")
        fields = data.get("attributes") if isinstance(data, dict) else None
        if answer.ok and _uuid(told(data, "id")) == entry.id and _shut(fields):
            return Done(answer.proof(unpublished=entry.id))
        if answer.status in (404, 410) and words_in(answer) is not None:
            return Done(answer.proof(gone=entry.id))
        return self._desk.judged(answer, clean=clean)

    async def _patch(self, entry: Entry, fields: dict[str, object]) -> tuple[Answer, bool]:
        data = {"type": f"node--{entry.kind}", "id": entry.id, "attributes": fields}
        return await self._desk.change("PATCH", f"/node/{entry.kind}/{entry.id}", {"data": data})

    async def post(self, order: Order) -> Outcome:
        """Publish under a UUID of this effect alone: the site takes it once."""
        if not order.text.strip():
            return Failed("There are no words to post.")
        if order.attempt > 1:
            try:
                seen = await self.posted(order)
            except (NotSent, Lost) as error:
                return undone(order, error)
            if seen.verdict == "agrees":
                return Done(seen.raw, seen.value)
            if seen.verdict != "disagrees":
                return InDoubt("It may be there.", seen.raw)
        self._spoken.add(uuid_of(order))
        answer = await self._create(order, {"status": True})
        if answer.status in (403, 422) and _MODERATED in (words_in(answer) or ""):
            answer = await self._create(order, {"moderation_state": "published"})  # refused: nothing was made
        entry = self._entry(self._bundles[0], answer.table().get("data"), answer.kept)
        if answer.status == 201 and entry is not None and entry.id == uuid_of(order) and entry.public:
            return Done(answer.proof(id=entry.id), entry.link)
        if answer.status == 409:
            return InDoubt("It says that this notice is there already.", answer.proof())
        return self._desk.judged(answer)

    async def _create(self, order: Order, how: dict[str, object]) -> Answer:
        first = order.subject.strip() or order.text.strip().partition("\n")[0].strip()
        fields = {
            "title": first[:LONGEST_TITLE],
            "body": {"value": order.text, "format": self._format},
            **how,
        }
        data = {"type": f"node--{self._bundles[0]}", "id": uuid_of(order), "attributes": fields}
        return await self._desk.once("POST", f"/node/{self._bundles[0]}", {"data": data})

    async def posted(self, order: Order) -> Seen:
        """Look for this effect's UUID."""
        answer = await self._desk.look(f"/node/{self._bundles[0]}/{uuid_of(order)}")
        if answer.status == 404 and words_in(answer) is not None:
            return Seen("disagrees", answer.proof())
        data = answer.table().get("data") if answer.ok else None
        entry = self._entry(self._bundles[0], data, answer.kept)
        if entry is None or entry.id != uuid_of(order):
            return Seen("cannot-see", answer.proof())
        body = data["attributes"].get("body") if isinstance(data, dict) else None
        if words_of(html.escape(told(body, "value"))) != words_of(html.escape(order.text)):
            return Seen("cannot-see", answer.proof())
        return Seen("agrees", answer.proof(), entry.link)

    # -- looks -------------------------------------------------------------------------------------------------------

    async def listed(self) -> tuple[Entry, ...]:
        """Everything published, by its last change."""
        found: list[Entry] = []
        for bundle in self._bundles:
            for page in range(PAGES):
                rows = await self._page(bundle, {"filter[status]": "1", **self._newest(page)})
                found += rows
                if len(rows) < PER_PAGE:
                    break
        return tuple(sorted(found, key=lambda each: each.published, reverse=True))

    async def shown(self, entry: Entry) -> Light:
        """JSON:API, signed out: what is not published is 403, what is not there 404."""
        answer = await self._desk.look_outside(f"/node/{entry.kind}/{entry.id}")
        said = f"{answer.status} {(words_in(answer) or '')[:160]}".strip()
        against: bool | None = None
        if answer.ok and _uuid(told(answer.table().get("data"), "id")) == entry.id:
            against = True
        elif answer.status in (401, 403, 404, 410) and words_in(answer) is not None:
            against = False
        return Light(name="public JSON:API", against=against, said=said, kept=(answer.kept,), fresh=True)

    async def saved(self, item: str) -> tuple[Entry | None, dict[str, str]]:
        """The item as its editors see it. JSON:API lists no revisions."""
        entry = await self.find(item)
        return (entry, {"api": entry.kept}) if entry is not None else (None, {})

    async def profile(self) -> dict[str, str]:
        """The accounts and their roles, as far as we may see them."""
        answer = await self._desk.look("/user/user", **{"page[limit]": str(PER_PAGE)})
        rows = answer.table().get("data") if answer.ok else None
        if not isinstance(rows, list):
            raise self._desk.unclear(answer, "The users could not be listed")
        users = sorted(each for each in map(_user, rows) if each)
        powerful = [each for each in users if "administrator" in each.rpartition(" ")[2]]
        return {"administrators": "\n".join(powerful), "users": "\n".join(users)}

    async def tried(self) -> tuple[bool, tuple[str, ...]]:
        """What can be read there; whether we may write is only told by writing."""
        answer = await self._desk.look("")
        who = _me(answer)
        if not answer.ok or not isinstance(answer.table().get("links"), dict):
            said = words_in(answer)
            return False, (
                f"There is no JSON:API at {self._desk.api}: it answered {answer.status}{f', {said}' if said else ''}.",
            )
        if not who:
            return False, ("The site does not take our user and password: it answers as to a stranger.",)
        count = len(await self.listed())
        return True, (
            f"The console is signed in as the user {who}.",
            f"{count} published items can be read ({', '.join(self._bundles)}).",
            "Whether it may write is seen only when it does: writing must be allowed at /admin/config/services/jsonapi.",
        )


def uuid_of(order: Order) -> str:
    """The UUID of one effect's post: the same at every try."""
    return str(uuid.uuid5(_NAMESPACE, f"{order.incident} {order.effect}"))


def _shut(fields: object) -> bool:
    return isinstance(fields, dict) and "status" in fields and fields["status"] in (False, 0, "0", "false")


def _uuid(said: str) -> str:
    """A UUID in its usual form; empty when it is none."""
    try:
        return str(uuid.UUID(said)) if len(said) == 36 else ""
    except ValueError:
        return ""


def _me(answer: Answer) -> str:
    """Whom the site takes us for (`meta.links.me`, left out for strangers)."""
    found: Any = answer.table()
    for name in ("meta", "links", "me", "meta"):
        found = found.get(name) if isinstance(found, dict) else None
    return told(found, "id")


def _user(row: Any) -> str:
    fields = row.get("attributes") if isinstance(row, dict) else None
    name = _uuid(told(row, "id"))
    if not name or not isinstance(fields, dict):
        return ""
    related = row.get("relationships")
    roles = related.get("roles") if isinstance(related, dict) else None
    data = roles.get("data") if isinstance(roles, dict) else None
    found = [
        told(each.get("meta"), "drupal_internal__target_id") for each in data or () if isinstance(each, dict)
    ]
    said = told(fields, "name") or told(fields, "display_name")
    return f"{name} {said} {'+'.join(sorted(filter(None, found)))}" if isinstance(data, list | None) else ""
