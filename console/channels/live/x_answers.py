"""What X answers, read with suspicion: any key may be missing, any value of another type, and names are of two generations. Pure.

Sources: docs.x.com `x-api/fundamentals/response-codes-and-errors`, X's OpenAPI description 2.167 (`post.fields`, `pinned_post_id`) and
the prose of the same pages (`tweet.fields`, `pinned_tweet_id`). A problem is known by the end of its type: its host changes.
"""

from __future__ import annotations

import html
import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.channels.protocol import Failed, InDoubt, Outcome

if TYPE_CHECKING:
    from console.channels.live.web import Answer

FIRST: Final = 1_288_834_974_657  # wall ms of post number 0: ids are times, 22 bits below the milliseconds
MOST_WORDS: Final = 4_000  # characters of one post that are looked at
MOST_LINKS: Final = 50
NOT_FOUND: Final = "/resource-not-found"
DEFINITE: Final = (400, 401, 402, 403, 404, 409, 410, 413, 422)
_ID: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_LINK: Final = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.|m\.)?(?:x|twitter)\.com/(?:i/web|i|[A-Za-z0-9_]{1,15})/status(?:es)?/([0-9]{1,19})(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_SHORT: Final = re.compile(r"https?://t\.co/[A-Za-z0-9]+", re.ASCII)
_FIGURES: Final = {
    "likes": ("like_count",),
    "reposts": ("repost_count", "retweet_count"),
    "replies": ("reply_count",),
    "quotes": ("quote_count",),
    "bookmarks": ("bookmark_count",),
    "views": ("impression_count",),
}


class Names(Struct, frozen=True):
    """What one generation of the API calls things."""

    fields: str
    pin: str
    note: str

    def of_posts(self, fields: str, *, author: bool = False) -> dict[str, str]:
        """A question for these fields of posts and for what they repost, perhaps for whose they are: fields of old, expansions by now."""
        whose = ",author_id" if author else ""
        if self is OLD:
            return {self.fields: f"{fields},{self.note},referenced_tweets{whose}"}
        return {self.fields: f"{fields},{self.note}", "expansions": f"referenced_posts{whose}"}


OLD: Final = Names("tweet.fields", "pinned_tweet_id", "note_tweet")
NEW: Final = Names("post.fields", "pinned_post_id", "note_post")


def post_id(item: str) -> str:
    """The number of a post by itself or in a link to it; empty when it names none."""
    item = item.strip()
    if _ID.fullmatch(item):
        return item
    found = _LINK.fullmatch(item)
    return found[1] if found is not None else ""


def id_in(found: object, name: str = "id") -> str:
    """An id in a table of an answer, whether it came as a string or as a number; empty when there is none."""
    value = found.get(name) if isinstance(found, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        value = str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def table_in(found: object, name: str) -> dict[str, Any]:
    """A table in a table of an answer; empty when there is none."""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, dict) else {}


def tables_in(found: object, name: str) -> list[dict[str, Any]]:
    """The tables of a list in an answer."""
    value = found.get(name) if isinstance(found, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text_in(found: object, name: str) -> str:
    """A text in a table of an answer; empty when there is none."""
    value = found.get(name) if isinstance(found, dict) else None
    return value[:MOST_WORDS] if isinstance(value, str) else ""


# -- posts -----------------------------------------------------------------------------------------------------------


def published(post: dict[str, Any]) -> int:
    """Wall ms of a post: its `created_at`, or the time that is in its number."""
    with suppress(ValueError, OverflowError):
        said = datetime.fromisoformat(text_in(post, "created_at"))
        return int(said.replace(tzinfo=said.tzinfo or UTC).timestamp() * 1_000)
    return id_time(id_in(post) or "0")


def id_time(ident: str) -> int:
    """Wall ms at which a post got its number."""
    return (int(ident) >> 22) + FIRST


def reposted(post: dict[str, Any]) -> str:
    """The id of the post that this one reposts, whosever it is; empty when it reposts none."""
    named = (*tables_in(post, "referenced_tweets"), *tables_in(post, "referenced_posts"))
    return next((id_in(each) for each in named if each.get("type") == "retweeted"), "")


def words(post: dict[str, Any]) -> str:
    """A post's words as they were written: a long one whole, links in full instead of `t.co`, `&amp;` as `&`."""
    long = table_in(post, OLD.note) or table_in(post, NEW.note)
    text = text_in(long, "text") or text_in(post, "text")
    links = {
        text_in(each, "url"): text_in(each, "expanded_url")
        for source in (post, long)
        for each in tables_in(table_in(source, "entities"), "urls")[:MOST_LINKS]
    }
    return html.unescape(_SHORT.sub(lambda short: links.get(short[0]) or short[0], text))[:MOST_WORDS]


def same(post: dict[str, Any], said: str) -> bool:
    """Whether a post says just these words: X composes letters, joins spaces and writes every link out."""
    return _bare(words(post)) == _bare(said)


def hides_a_link(post: dict[str, Any], said: str) -> bool:
    """Whether it says these words, but for links that X did not write out: it may be this post, or not."""
    parts = [re.escape(part) for part in _SHORT.split(_bare(words(post), schemes=True))]
    return len(parts) > 1 and re.fullmatch(r"\S+".join(parts), _bare(said, schemes=True)) is not None


def _bare(text: str, *, schemes: bool = False) -> str:
    text = unicodedata.normalize("NFC", text)
    if not schemes:
        text = re.sub(r"\bhttps?://", "", text, flags=re.IGNORECASE)
    return " ".join(each.rstrip("/") for each in text.split())


def figures(post: dict[str, Any]) -> dict[str, str]:
    """How far a post reached, as far as X says."""
    counted = table_in(post, "public_metrics")
    found = {
        ours: next((counted[each] for each in theirs if each in counted), None)
        for ours, theirs in _FIGURES.items()
    }
    return {name: str(value) for name, value in found.items() if _is_count(value)}


def _is_count(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) <= 15
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15


# -- accounts --------------------------------------------------------------------------------------------------------


def pin_of(answer: dict[str, Any]) -> str:
    """The id of what is pinned, under either name; empty when the answer names none."""
    user = table_in(answer, "data")
    told = id_in(user, OLD.pin) or id_in(user, NEW.pin)
    included = table_in(answer, "includes")
    posts = tables_in(included, "tweets") or tables_in(included, "posts")
    return told or (id_in(posts[0]) if posts else "")


def profile_of(answer: dict[str, Any]) -> dict[str, str]:
    """What a baseline compares later, by plain names; what X does not say stands empty."""
    user = table_in(answer, "data")
    links = tables_in(table_in(table_in(user, "entities"), "url"), "urls")
    return {
        "id": id_in(user),
        "handle": text_in(user, "username"),
        "name": text_in(user, "name"),
        "description": text_in(user, "description"),
        "url": (text_in(links[0], "expanded_url") if links else "") or text_in(user, "url"),
        "location": text_in(user, "location"),
        "picture": text_in(user, "profile_image_url"),
        "banner": text_in(user, "profile_banner_url"),
        "protected": "yes" if user.get("protected") is True else "no",
        "pinned": pin_of(answer),
    }


# -- problems --------------------------------------------------------------------------------------------------------


def is_gone(answer: Answer, ident: str) -> bool:
    """Whether X says that there is no such post, as 404 or as 200 without data: by the problem's type, never by the status alone."""
    table = answer.table()
    if answer.status not in (200, 404) or table.get("data"):
        return False
    problems = [*tables_in(table, "errors"), table]
    return any(is_missing(each) == ident for each in problems)


def is_missing(problem: dict[str, Any]) -> str:
    """The id of the post that a problem says there is none of; empty when it says something else."""
    kind = text_in(problem, "resource_type")
    if not text_in(problem, "type").endswith(NOT_FOUND) or kind not in ("tweet", "post"):
        return ""
    return id_in(problem, "resource_id") or id_in(problem, "value")


def is_duplicate(answer: Answer) -> bool:
    """Whether X refuses words because they stand there already."""
    return answer.status == 403 and "duplicate content" in said(answer).lower()


def said(answer: Answer) -> str:
    """X's own words for what is wrong; hostile until they are shown by `text.visible`."""
    table = answer.table()
    for found in (table, *tables_in(table, "errors"), table_in(table, "error")):
        for name in ("detail", "message", "error_description", "title", "error"):
            if text := text_in(found, name):
                return text[:200]
    return ""


def in_words(answer: Answer) -> str:
    """What X answered, in one sentence."""
    if answer.status == 402:
        return (
            "The credits of the organisation's app at X are used up (402). Buy some at https://console.x.com"
        )
    words_of = said(answer).rstrip(". ")
    return f"X answered {answer.status}: {words_of}" if words_of else f"X answered {answer.status}"


def judged(answer: Answer, nothing: str) -> Outcome:
    """What an answer that is no success means for an act.

    Args:
        answer: no success.
        nothing: what did not happen then: `nothing was posted`.
    """
    if answer.status in DEFINITE and answer.table():
        return Failed(f"{in_words(answer)}; {nothing}.", answer.proof())
    return InDoubt(f"{in_words(answer)}. That tells nothing.", answer.proof())
