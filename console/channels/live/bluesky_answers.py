"""What Bluesky's answers and records say, and how they are named: atproto.com/specs (at-uri, record-key, tid) and the lexicons. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from console.channels.live.social import rows, said, table, wall_of
from console.channels.live.web import Answer
from console.channels.protocol import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable

POST: Final = "app.bsky.feed.post"
REPOST: Final = "app.bsky.feed.repost"
LIKE: Final = "app.bsky.feed.like"
PROFILE: Final = "app.bsky.actor.profile"
APP: Final = "https://bsky.app"
MOST_BYTES: Final = 3_000  # app.bsky.feed.post: maxLength of text, in UTF-8
SUSPENDED: Final = ("AccountTakedown", "AccountDeactivated")
_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"  # the tid specification's sortable base 32
_AT: Final = re.compile(r"at://([^/]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]{1,512})")
_PATH: Final = re.compile(r"/profile/([^/]+)/post/([A-Za-z0-9._:~-]{1,512})/?")
_LINK: Final = re.compile(r"https://[^\s<>\"]+")
DID: Final = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,200}")
HANDLE: Final = re.compile(
    r"@?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)", re.IGNORECASE
)


def tid(seed: bytes) -> str:
    """A record key of the form that posts have (13 letters, 63 bits), always the same for the same 8 bytes."""
    value = int.from_bytes(seed[:8], "big") & (2**63 - 1)
    return "".join(_LETTERS[value >> shift & 31] for shift in range(60, -1, -5))


def time_of(rkey: str) -> int:
    """The wall ms in a record key that a usual client made; 0 for any other."""
    if len(rkey) != 13 or any(char not in _LETTERS for char in rkey):
        return 0
    value = 0
    for char in rkey:
        value = value << 5 | _LETTERS.index(char)
    return (value >> 10) // 1_000


def place(item: str, names: Iterable[str]) -> tuple[str, str] | None:
    """Collection and record key of something that one of `names` (a DID, its handles) published; None for anything else."""
    item, known = item.strip(), {name.casefold() for name in names if name}
    found = _AT.fullmatch(item)
    if found and found[1].casefold() in known and found[2] in (POST, REPOST, LIKE):
        return found[2], found[3]
    try:
        parts = urlsplit(item)
    except ValueError:
        return None
    on_page = _PATH.fullmatch(parts.path) if f"{parts.scheme}://{parts.netloc}" == APP else None
    if on_page and unquote(on_page[1]).casefold() in known:
        return POST, on_page[2]
    return None


def address(did: str, collection: str, rkey: str) -> str:
    """The at-uri of a record."""
    return f"at://{did}/{collection}/{rkey}"


def link_of(uri: str) -> str:
    """Where a post is seen with a browser. By its DID, which stays when somebody changes the handle; empty for no post."""
    found = _AT.fullmatch(uri)
    return f"{APP}/profile/{found[1]}/post/{found[3]}" if found and found[2] == POST else ""


def facets(text: str) -> list[dict[str, Any]]:
    """The links of a text as app.bsky.richtext.facet: places are counted in bytes of UTF-8, the end not included."""
    found = []
    for match in _LINK.finditer(text):
        uri = match[0].rstrip(".,;:!?'")
        while uri.endswith(")") and uri.count(")") > uri.count("("):
            uri = uri[:-1].rstrip(".,;:!?'")
        if len(uri) <= len("https://"):
            continue
        start = len(text[: match.start()].encode())
        found.append(
            {
                "index": {"byteStart": start, "byteEnd": start + len(uri.encode())},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
            }
        )
    return found


def error_of(answer: Answer) -> str:
    """The name of an XRPC error; empty when there is none."""
    return "" if answer.ok else said(answer.table().get("error"))


def not_there(answer: Answer) -> bool:
    """Whether the account's server says that there is no such record; older ones do not name the error."""
    words = said(answer.table().get("message"))
    return answer.status in (400, 404) and (
        error_of(answer) == "RecordNotFound" or words.startswith("Could not locate record")
    )


def record_in(answer: Answer, uri: str) -> tuple[dict[str, Any], str] | None:
    """A record's value and its cid; None when this answer is not that record."""
    found = answer.table() if answer.ok else {}
    value, cid = found.get("value"), said(found.get("cid"))
    return (value, cid) if found.get("uri") == uri and isinstance(value, dict) and cid else None


def shown(answer: Answer, uri: str) -> bool | None:
    """Whether app.bsky.feed.getPosts shows a post to the public; None when it cannot be told."""
    posts = answer.table().get("posts") if answer.ok else None
    return any(each.get("uri") == uri for each in rows(posts)) if isinstance(posts, list) else None


def pinned_in(answer: Answer) -> str | None:
    """The at-uri that the public sees pinned in an author's feed; empty for none, None when it cannot be told."""
    feed = answer.table().get("feed") if answer.ok else None
    if not isinstance(feed, list):
        return None
    for each in rows(feed):
        if table(each.get("reason")).get("$type") == "app.bsky.feed.defs#reasonPin":
            return said(table(each.get("post")).get("uri"))
    return ""


def pin_of(value: dict[str, Any]) -> str:
    """The at-uri a profile record pins."""
    return said(table(value.get("pinnedPost")).get("uri"))


def of_feed(item: dict[str, Any]) -> Sighting | None:
    """A post or repost of an author's feed. The time is when the network saw it: what a record says of itself is its author's."""
    post, reason = table(item.get("post")), table(item.get("reason"))
    uri, words = said(post.get("uri")), said(table(post.get("record")).get("text"))
    if not uri:
        return None
    if reason.get("$type") == "app.bsky.feed.defs#reasonRepost":
        remote = said(reason.get("uri"))
        at = wall_of(reason.get("indexedAt"))
        return Sighting(remote, f"Reposted {link_of(uri) or uri}: {words}", "", at) if remote else None
    return Sighting(uri, words, link_of(uri), wall_of(post.get("indexedAt")))


def of_record(record: dict[str, Any], now: int) -> Sighting | None:
    """A post, repost or like as it stands in the account, with the latest of its times that is not in the future."""
    uri, value = said(record.get("uri")), table(record.get("value"))
    found = _AT.fullmatch(uri)
    if not found:
        return None
    times = [each for each in (wall_of(value.get("createdAt")), time_of(found[3])) if each <= now]
    subject = said(table(value.get("subject")).get("uri"))
    did = {REPOST: "Reposted", LIKE: "Liked"}.get(found[2], "")
    words = f"{did} {link_of(subject) or subject}" if did else said(value.get("text"))
    return Sighting(uri, words, link_of(uri), max(times, default=now), "record")


def pictures(post: dict[str, Any]) -> list[str]:
    """Addresses of the pictures in a post's view."""
    embed = table(post.get("embed"))
    images = rows(embed.get("images")) + rows(table(embed.get("media")).get("images"))
    return [link for each in images if (link := said(each.get("fullsize")))]


def profile(found: dict[str, Any]) -> dict[str, str]:
    """What a baseline compares: names, texts and pictures of an account, never its counts."""
    return {
        "name": said(found.get("displayName")),
        "handle": said(found.get("handle")),
        "description": said(found.get("description")),
        "website": said(found.get("website")),
        "url": f"{APP}/profile/{said(found.get('did'))}",
        "picture": said(found.get("avatar")),
        "banner": said(found.get("banner")),
        "pinned": pin_of(found),
    }
