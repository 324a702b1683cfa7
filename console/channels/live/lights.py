"""Whether something is gone, judged by several lights that were each looked at apart, and never by one answer that may be stale.

A platform whose answers are cached shows for a while what is gone, and may hide for a while what is there. So nothing is judged
before the cache's life has passed since somebody first asked, all lights must say *gone* before that is believed, and
*still there* is only said once it cannot be the cache any more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.channels.live.feed import unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.channels.live.web import Answer

GONE: Final = "gone"
THERE: Final = "still there"
UNSEEN: Final = "cannot be seen"
SETTLES: Final = 60_000  # ms: Mynewsdesk's documentation gives its cache 60 seconds
STALE: Final = 180_000  # ms: what is still shown then is no cache
MOST_KNOWN: Final = 2_000  # items whose times are remembered
SHORTEST: Final = 8  # letters: a shorter headline stands by chance on many a page
SHORTEST_NAME: Final = 6
LONGEST_WHY: Final = 120  # characters: an error may quote what a server sent

_NO_LETTER: Final = re.compile(r"[\W_]+")
_TAG: Final = re.compile(r"<[^<>]*>")


class Light(Struct, frozen=True):
    """One look: its name, what it says (GONE, THERE, UNSEEN), why in a few words, and the kept exchange."""

    name: str
    says: str
    why: str
    kept: str = ""

    def line(self) -> str:
        """As it stands in the raw answer of a check."""
        return f"{self.name}: {self.says}, {self.why[:LONGEST_WHY]}"


def told(lights: Sequence[Light]) -> str:
    """All lights as one raw answer: first what each says, since a record may cut the end, then where its proof is kept."""
    kept = "; ".join(f"{light.name} {light.kept}" for light in lights if light.kept)
    return "; ".join(light.line() for light in lights) + (f". Kept: {kept}." if kept else ".")


class _Asked(Struct):
    first: int
    since: int  # of the newest sign that somebody is at work on it
    said: dict[str, str] = {}
    agreed: bool = False


class Patience:
    """Remembers, for each item, since when somebody asks whether it is gone. Times are boot ms."""

    def __init__(self, settles: int = SETTLES, stale: int = STALE) -> None:
        self._settles = settles
        self._stale = stale
        self._asked: dict[str, _Asked] = {}

    def early(self, item: str, now: int) -> int:
        """Milliseconds until the first look is worth anything; 0 when it is. The first call begins the wait."""
        asked = self._asked.get(item)
        if asked is None:
            if len(self._asked) >= MOST_KNOWN:
                del self._asked[next(iter(self._asked))]
            asked = self._asked[item] = _Asked(now, now)
        return max(asked.first + self._settles - now, 0)

    def judged(self, item: str, lights: Sequence[Light], now: int) -> str:
        """`agrees` when all say gone, `disagrees` when one says otherwise for too long to be a cache, else `cannot-see`."""
        asked = self._asked.setdefault(item, _Asked(now, now))
        said = {light.name: light.says for light in lights}
        turned = any(asked.said.get(name) == THERE and said[name] == GONE for name in said)
        if turned or (asked.agreed and THERE in said.values()):
            # Somebody is at work there: what the other lights still show may be the cache again.
            asked.since = now
        asked.said.update({name: says for name, says in said.items() if says != UNSEEN})
        asked.agreed = bool(said) and all(says == GONE for says in said.values())
        if asked.agreed:
            return "agrees"
        red = THERE in said.values()
        return "disagrees" if red and now - asked.since >= self._stale else "cannot-see"


def on_page(answer: Answer, headline: str, names: Iterable[str]) -> tuple[str, str]:
    """Whether a public page still shows a headline: what that light says, and why.

    A page without the headline is only believed where it names the newsroom: an error page or a stranger's shows neither.
    """
    if answer.status in (404, 410):
        return GONE, f"it answered {answer.status}"
    if answer.status != 200:
        return UNSEEN, f"it answered {answer.status}"
    wanted = letters(headline)
    if not wanted:
        return UNSEEN, "the page is there, and what its headline was is not known here"
    shown = _shown(answer.body)
    if any(wanted in each for each in shown):
        if len(wanted) < SHORTEST:
            return UNSEEN, "the page is there, and its headline is too short to be told from other words"
        return THERE, "the page shows its headline"
    ours = [name for name in map(letters, names) if len(name) >= SHORTEST_NAME]
    if any(name in each for name in ours for each in shown):
        return GONE, "the page is the newsroom's and no longer shows the headline"
    return UNSEEN, "the page is there, but shows neither the headline nor the newsroom's name"


def shows(answer: Answer, words: str) -> bool:
    """Whether a page that was had shows these words."""
    wanted = letters(words)
    return answer.status == 200 and bool(wanted) and any(wanted in each for each in _shown(answer.body))


def letters(text: str) -> str:
    """Only its letters and digits, so that markup, spaces and typographer's signs make no difference."""
    return _NO_LETTER.sub("", text.casefold())


def _shown(body: bytes) -> tuple[str, ...]:
    """The page's letters, with and without markup, as UTF-8 and as Windows-1252: one planted byte must not hide the rest."""
    return tuple(
        letters(unescaped(text))
        for page in (body.decode("utf-8", "replace"), body.decode("cp1252", "replace"))
        for text in (page, _TAG.sub("", page))
    )
