"""What Mastodon's answers say, and how its posts are named: entities Status and Account of docs.joinmastodon.org. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from console.channels.live.graphemes import graphemes
from console.channels.live.social import rows, said, table, wall_of
from console.channels.live.web import Answer, NotSent, canonical, place_of
from console.channels.protocol import Sighting
from console.text import visible

MOST_HTML: Final = (
    40_000  # characters of one post: the parser's time may grow with the square of what it is given
)
LINK_WEIGHS: Final = 23  # methods/statuses: every link counts as that many
_ID: Final = re.compile(r"[0-9]{1,30}")
_PATH: Final = re.compile(
    r"/(?:@[^/]+|(?:ap/)?users/[^/]+/statuses|web/statuses|web/@[^/]+|deck/@[^/]+)/([0-9]{1,30})(?:/(?:embed|activity))?/?"
)
_LINK: Final = re.compile(r"https?://[^\s]+")
_FAR: Final = re.compile(r"(@[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)@[A-Za-z0-9.-]+")
_MARKS: Final = re.compile(r"[\W_]+")


def id_of(item: str, base: str) -> str:
    """The id of a post on the server at `base`, from the id itself or any of its addresses; empty for anything else."""
    item = item.strip()
    if _ID.fullmatch(item):
        return item
    if not place_of(item) or place_of(item) != place_of(base):
        return ""
    found = _PATH.fullmatch(urlsplit(item).path)
    return found[1] if found else ""


def weight(text: str) -> int:
    """How long Mastodon counts a text: a link 23, a mention without its server, anything else by what a reader sees."""
    return graphemes(_FAR.sub(r"\1", _LINK.sub("x" * LINK_WEIGHS, text)))


class _Words(HTMLParser):
    """The words of a post's HTML: paragraphs and breaks are kept, tags are not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "br":
            self.parts.append("\n")
        elif tag == "p" and self.parts:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: Any) -> str:
    """A post's HTML as text; hostile like any other until it is shown by `text.visible`."""
    reader = _Words()
    try:
        reader.feed(said(html)[:MOST_HTML])
        reader.close()
    except AssertionError:  # the parser's own word for a declaration it cannot make sense of
        return ""
    return "".join(reader.parts).strip()


def same_words(text: str, html: Any) -> bool:
    """Whether a post says what we said. Letters and digits decide: servers may dress up the rest, and shorten mentions."""
    ours, theirs = _FAR.sub(r"\1", text), _FAR.sub(r"\1", plain(html))
    letters = _MARKS.sub("", ours).casefold()
    if letters:
        return letters == _MARKS.sub("", theirs).casefold()
    return "".join(ours.split()) == "".join(theirs.split())


def sighting(status: dict[str, Any]) -> Sighting | None:
    """A post or a boost as it stands on the account; None for what is no status."""
    remote = said(status.get("id"))
    if not remote:
        return None
    boosted = table(status.get("reblog"))
    words = plain((boosted or status).get("content"))
    warned = said((boosted or status).get("spoiler_text"))
    link = said(boosted.get("url") or boosted.get("uri")) if boosted else ""
    return Sighting(
        remote,
        f"Boosted {link}: {words}" if boosted else f"{warned}\n{words}".strip(),
        said(status.get("url")) or said(status.get("uri")),
        wall_of(status.get("created_at")),
    )


def ids(statuses: Any) -> tuple[str, ...]:
    """The ids of a list of statuses."""
    return tuple(found for each in rows(statuses) if (found := said(each.get("id"))))


def profile(account: dict[str, Any], pinned: tuple[str, ...] | None) -> dict[str, str]:
    """What a baseline compares: texts, addresses and pictures of an account, never its counts."""
    fields = [
        f"{plain(each.get('name'))}: {plain(each.get('value'))}" for each in rows(account.get("fields"))
    ]
    found = {
        "name": said(account.get("display_name")),
        "handle": said(account.get("acct")),
        "description": plain(account.get("note")),
        "url": said(account.get("url")),
        "picture": said(account.get("avatar")),
        "banner": said(account.get("header")),
        "locked": said(account.get("locked")),
        "fields": "\n".join(fields),
        "moved-to": said(table(account.get("moved")).get("url")),
    }
    if pinned is not None:
        found["pinned"] = " ".join(pinned)
    return found


def missing(answer: Answer) -> bool:
    """Whether the server itself says that there is no such post (404 `Record not found`)."""
    return answer.status in (404, 410) and bool(said(answer.table().get("error")))


def there(answer: Answer | None, post: str) -> bool | None:
    """Whether an answer shows the post; None when it cannot be told."""
    if answer is None:
        return None
    if answer.ok and said(answer.table().get("id")) == post:
        return True
    return False if missing(answer) else None


def is_pinned(answer: Answer | None, post: str) -> bool | None:
    """Whether the account's own view of a post says that it is pinned; a post that is gone is not."""
    if answer is None or missing(answer):
        return None if answer is None else False
    found = answer.table() if answer.ok else {}
    pinned = found.get("pinned")
    return pinned if said(found.get("id")) == post and isinstance(pinned, bool) else None


def account_in(answer: Answer) -> str:
    """The id of the account an answer is about; raises NotSent, since nothing can be asked about it without."""
    found = said(answer.table().get("id")) if answer.ok else ""
    if not _ID.fullmatch(found):
        raise NotSent(f"the account could not be found: the server answered {answer.status}.")
    return found


def both(public: Answer, own: Answer | None) -> str:
    """What the public's view and the account's own answered, as a raw answer."""
    return canonical(
        {
            "public": {"status": public.status, "kept": public.kept},
            "own": {"status": own.status, "kept": own.kept} if own is not None else None,
        }
    )


def scopes(told: Any) -> tuple[bool, str]:
    """Whether an application may do what the console does, and that in words; servers before 4.3 do not tell."""
    may = [visible(each) for each in told[:40] if isinstance(each, str)] if isinstance(told, list) else []
    if not may:
        return True, "What the token may do is not told there; it shows at the first post."
    wanted = ("read:accounts", "read:statuses", "write:accounts", "write:statuses")
    lacks = [each for each in wanted if each not in may and each.partition(":")[0] not in may]
    if lacks:
        return (
            False,
            f"The token lacks {', '.join(lacks)}: make one with these under Preferences, Development.",
        )
    return True, f"Its application may: {', '.join(may)}."
