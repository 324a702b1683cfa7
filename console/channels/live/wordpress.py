"""WordPress over its REST API, signed in with an application password (5.6 and later).

Sources: developer.wordpress.org/rest-api/reference (posts, post-revisions, users, application-passwords); WP-API/docs. Errors are
`{"code": "rest_…", "message": …, "data": {"status": …}}`. Drafts are set, never anything deleted: revisions are evidence.
"""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING, Any, Final

import httpx

from console.channels.live.cms import PAGES, Entry, already, told, undone, words
from console.channels.live.feed import plain, when
from console.channels.live.outside import Light, same_link, words_of
from console.channels.live.web import Answer, Lost, NotSent, place_of
from console.channels.live.wordpress_people import People
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen

if TYPE_CHECKING:
    from console.channels.live.cms import Desk

TYPES: Final = ("posts", "pages")
PER_PAGE: Final = 50
_FIELDS: Final = "id,slug,link,status,title,content,date_gmt,modified_gmt"
LONGEST_TITLE: Final = 100
_ANY: Final = "publish,future,draft,pending,private"
_PUBLIC: Final = ("publish", "future", "inherit")  # a scheduled item publishes itself
_NUMBERS: Final = ("p", "page_id")


def words_in(answer: Answer) -> str | None:
    """WordPress's own words for what is wrong; None when it is not WordPress that answers."""
    table = answer.table()
    return told(table, "message") or told(table, "code") if told(table, "code") else None


class WordPress:
    """One WordPress site. It satisfies `cms.Cms`.

    Args:
        desk: a way to `/wp-json`.
        base: the site's public address.
        types: REST bases of the types that can be published; new posts are of the first.
    """

    title: Final = "WordPress"

    def __init__(self, desk: Desk, base: str, types: tuple[str, ...]) -> None:
        self.people: Final = People(desk)
        self._desk = desk
        self._types = types or TYPES
        self._places = (place_of(base), place_of(desk.api))
        self._known: dict[
            str, tuple[str, str]
        ] = {}  # what was seen at a link, also when it is a draft by now
        self._spoken: set[str] = set()  # slugs of what this process posted

    # -- finding -----------------------------------------------------------------------------------------------------

    async def find(self, item: str) -> Entry | None:
        """By a link of this site, `?p=12`, `posts/12` or `12`; None when the site says there is none.

        Of several at one link the public one is meant: a draft may have any slug.
        """
        found: list[Entry] = []
        named = self._named(item)
        slug = _slug(item) if not named and place_of(item) in self._places else ""
        if slug:
            for kind in self._types:
                found += await self._by_slug(kind, slug, item)
            if not found and same_link(item) in self._known:
                named = (self._known[same_link(item)],)
        for kind, number in named:
            entry = await self._by_number(kind, number)
            found += [entry] if entry is not None else []
        return max(found, key=lambda each: each.public, default=None)

    def _named(self, item: str) -> tuple[tuple[str, str], ...]:
        """What may be meant: type and number."""
        kind, _, number = item.rpartition("/")
        if kind in self._types and number.isascii() and number.isdecimal():
            return ((kind, number),)
        if place_of(item) in self._places and place_of(item):
            query = httpx.URL(item).params
            number = next((query[each] for each in _NUMBERS if each in query), "")
        else:
            number = item
        if number.isascii() and number.isdecimal() and len(number) <= 20:
            return tuple((each, number) for each in self._types)
        return ()

    async def _by_number(self, kind: str, number: str) -> Entry | None:
        answer = await self._desk.look(f"/wp/v2/{kind}/{number}", context="edit")
        if answer.status in (404, 410) and words_in(answer) is not None:
            return None
        entry = self._entry(kind, answer.json(), answer.kept) if answer.ok else None
        if entry is None:
            raise self._desk.unclear(answer, f"What {kind}/{number} is could not be read")
        return entry

    async def _by_slug(self, kind: str, slug: str, item: str) -> list[Entry]:
        answer = await self._desk.look(f"/wp/v2/{kind}", slug=slug, status=_ANY, context="edit")
        found = answer.json() if answer.ok else None
        if not isinstance(found, list):
            raise self._desk.unclear(answer, f"What stands at {item[:200]} could not be read")
        return [
            entry
            for each in found
            if (entry := self._entry(kind, each, answer.kept)) is not None
            and same_link(item) in _addresses(each)
        ]

    def _entry(self, kind: str, raw: Any, kept: str) -> Entry | None:
        number = _number(raw)
        if not number:
            return None
        title, body = raw.get("title"), raw.get("content")
        written, shown = told(title, "raw"), told(title, "rendered")
        link = told(raw, "link")
        if place_of(link):
            self._known[same_link(link)] = (kind, number)
        body_words = plain(told(body, "raw") or told(body, "rendered"))
        ours = told(raw, "slug") in self._spoken  # the watch tells our own words by the words alone
        changed = max(when(told(raw, "date_gmt")), when(told(raw, "modified_gmt")))
        return Entry(
            kind=kind,
            id=number,
            link=link if place_of(link) else f"{kind}/{number}",
            titles=tuple(each for each in (written, shown) if each),
            words=words("" if ours else plain(written or shown), body_words),
            public=told(raw, "status") in _PUBLIC,
            published=changed or self._desk.clock.now().wall,  # an item without a time is not an old one
            kept=kept,
        )

    # -- acts --------------------------------------------------------------------------------------------------------

    async def unpublish(self, entry: Entry) -> Outcome:
        """Set it to draft (posts, *Update a Post*); `trash` cannot be set so, and nothing is deleted."""
        if not entry.public:
            return already(entry)
        answer, clean = await self._desk.change(
            "POST", f"/wp/v2/{entry.kind}/{entry.id}", {"status": "draft"}
        )
        table = answer.table()
        if answer.ok and _number(table) == entry.id and told(table, "status") == "draft":
            return Done(answer.proof(draft=entry.id))
        if answer.status in (404, 410) and words_in(answer) is not None:
            return Done(answer.proof(gone=entry.id))
        return self._desk.judged(answer, clean=clean)

    async def post(self, order: Order) -> Outcome:
        """Publish under a slug of this effect alone, by which it is found again."""
        if not order.text.strip():
            return Failed("There are no words to post.")
        if order.attempt > 1:
            try:
                seen = await self.posted(order)
            except (NotSent, Lost) as error:
                return undone(order, error)
            if seen.verdict != "disagrees":
                return (
                    Done(seen.raw, seen.value)
                    if seen.verdict == "agrees"
                    else InDoubt("It may be there.", seen.raw)
                )
        self._spoken.add(slug_of(order))
        answer = await self._desk.once(
            "POST",
            f"/wp/v2/{self._types[0]}",
            {
                "slug": slug_of(order),
                "status": "publish",
                "title": html.escape(_title(order), quote=False),
                "content": _paragraphs(order.text),
            },
        )
        table = answer.table()
        link = told(table, "link")
        if answer.status == 201 and _number(table) and told(table, "status") == "publish" and place_of(link):
            return Done(answer.proof(id=_number(table)), link)
        return self._desk.judged(answer)

    async def posted(self, order: Order) -> Seen:
        """Look for this effect's slug in every status, the bin too, where its name has a tail."""
        slug = slug_of(order)
        answer = await self._desk.look(
            f"/wp/v2/{self._types[0]}", slug=f"{slug},{slug}__trashed", status=f"{_ANY},trash", context="edit"
        )
        found = answer.json() if answer.ok else None
        if not isinstance(found, list):
            return Seen("cannot-see", answer.proof())
        if not found:
            return Seen("disagrees", answer.proof())
        for each in found:
            body = each.get("content") if isinstance(each, dict) else None
            if words_of(told(body, "raw") or told(body, "rendered")) == words_of(html.escape(order.text)):
                return Seen("agrees", answer.proof(), told(each, "link"))
        return Seen("cannot-see", answer.proof())  # under our name, and not in our words: somebody was there

    # -- looks -------------------------------------------------------------------------------------------------------

    async def listed(self) -> tuple[Entry, ...]:
        """Everything published, by its last change, so that a back-dated or an edited item comes first too."""
        found: list[Entry] = []
        for kind in self._types:
            for page in range(1, PAGES + 1):
                answer = await self._desk.look(
                    f"/wp/v2/{kind}",
                    context="edit",
                    status="publish",
                    orderby="modified",
                    order="desc",
                    per_page=str(PER_PAGE),
                    page=str(page),
                    _fields=_FIELDS,
                )
                rows = answer.json() if answer.ok else None
                if not isinstance(rows, list):
                    raise self._desk.unclear(answer, f"The list of {kind} could not be read")
                found += [entry for row in rows if (entry := self._entry(kind, row, answer.kept)) is not None]
                if len(rows) < PER_PAGE:
                    break
        return tuple(sorted(found, key=lambda each: each.published, reverse=True))

    async def shown(self, entry: Entry) -> Light:
        """The public REST API, signed out: a draft is 401 `rest_forbidden`, what is not there 404 `rest_post_invalid_id`."""
        answer = await self._desk.look_outside(f"/wp/v2/{entry.kind}/{entry.id}")
        said = f"{answer.status} {told(answer.table(), 'code')}".strip()
        against: bool | None = None
        if answer.ok and _number(answer.table()) == entry.id:
            against = True
        elif answer.status in (401, 403, 404, 410) and words_in(answer) is not None:
            against = False
        return Light(name="public REST", against=against, said=said[:200], kept=(answer.kept,), fresh=True)

    async def saved(self, item: str) -> tuple[Entry | None, dict[str, str]]:
        """The item as its editors see it, and what it was before (post-revisions, *List Post Revisions*)."""
        entry = await self.find(item)
        if entry is None:
            return None, {}
        answer = await self._desk.look(
            f"/wp/v2/{entry.kind}/{entry.id}/revisions", context="edit", per_page=str(PER_PAGE)
        )
        rows = answer.json() if answer.ok else None
        count = {"revision-count": str(len(rows))} if isinstance(rows, list) else {}
        return entry, {"api": entry.kept, "revisions": answer.kept, **count}

    async def profile(self) -> dict[str, str]:
        """The site's own words, its people and their application passwords, as far as we may see them."""
        answer = await self._desk.look("/")
        root = answer.table()
        if not answer.ok or not isinstance(root.get("namespaces"), list):
            raise Lost(f"it answered {answer.status} where the site says what it is")
        return {
            **{name: told(root, name) for name in ("name", "description", "url", "home")},
            **await self.people.profile(),
        }

    async def tried(self) -> tuple[bool, tuple[str, ...]]:
        """Who we are there, and what we may do."""
        answer = await self._desk.look("/")
        if not answer.ok or not isinstance(answer.table().get("namespaces"), list):
            return False, (
                f"There is no WordPress REST API at {self._desk.api}: it answered {answer.status}.",
            )
        able, lines = await self.people.tried(self._types)
        if able:
            count = len(await self.listed())
            lines = (*lines, f"{count} published items can be read ({', '.join(self._types)}).")
        return able, lines


def slug_of(order: Order) -> str:
    """The slug of one effect's post: the same at every try, and it tells a reader nothing."""
    return f"notice-{hashlib.sha256(f'{order.incident} {order.effect}'.encode()).hexdigest()[:16]}"


def _title(order: Order) -> str:
    first = order.subject.strip() or order.text.strip().partition("\n")[0].strip()
    return (
        first
        if len(first) <= LONGEST_TITLE
        else f"{first[:LONGEST_TITLE].rpartition(' ')[0] or first[:LONGEST_TITLE]} …"
    )


def _paragraphs(text: str) -> str:
    blocks = [block.strip() for block in text.strip().split("\n\n") if block.strip()]
    return "\n".join(
        f"<p>{'<br>'.join(html.escape(line, quote=False) for line in block.splitlines())}</p>"
        for block in blocks
    )


def _number(raw: Any) -> str:
    """A post's id, whether it came as a number or as a string; empty when there is none."""
    found = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | str):
        return ""
    said = str(found)
    return said if said.isascii() and said.isdecimal() and len(said) <= 20 else ""


def _slug(link: str) -> str:
    """The last part of a link's path."""
    if not place_of(link):
        return ""
    return httpx.URL(link).path.rstrip("/").rpartition("/")[2][:200]


def _addresses(raw: Any) -> set[str]:
    """Where an item stands, and where it would stand if it were published."""
    slug = told(raw, "slug") or told(raw, "generated_slug")
    template = told(raw, "permalink_template")
    would = [template.replace("%postname%", slug).replace("%pagename%", slug)] if template and slug else []
    return {same_link(each) for each in (told(raw, "link"), *would) if place_of(each)}
