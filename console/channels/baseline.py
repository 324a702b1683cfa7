"""What stood on a channel in peace time: the watch and the sweep compare with it. Pure.

Items are known by the platform's own name for them and by the SHA-256 of their words, so that an edit of an old one shows. A
file of ours is RFC 8785 JSON; its SHA-256 is its name in the record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import rfc8785
from msgspec import Struct

from console.channels.protocol import Sighting
from console.errors import ChannelError
from console.text import counted, fit, visible

DAY: Final = 24 * 3_600_000
STALE: Final = 30 * DAY  # what was published since is unknown to it, and all of it would be judged at night
LARGEST: Final = 4 * 1024 * 1024
LONGEST: Final = 120  # cells of a value that a line shows
PINNED: Final = "pinned"
_NUMBERED: Final = re.compile(r"(.*?)([0-9]{1,19})", re.ASCII | re.DOTALL)
_LAST: Final = 253_402_300_800_000  # wall ms of the year 10000
WAYS_IN: Final = "application-passwords"  # a field of an adapter's profile with one way in a line
# Settings that say whose account it is; the rest may change without its being another one.
WHOSE: Final = ("base", "handle", "did", "user-id", "account-id", "feed")


class Known(Struct, frozen=True, forbid_unknown_fields=True):
    """One item that stood there. `sha256` is of its words, read as `source` says; see `protocol.Sighting`."""

    remote: str
    link: str = ""
    published: int = 0
    sha256: str = ""
    source: str = ""


class Baseline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One channel in peace time.

    Attributes:
        at: wall ms.
        of: the settings that say whose account it is.
        items: newest first.
        profile: as the adapter tells it, empty where it could not be read.
        likes: ids of what the account liked; None where a platform does not tell.
    """

    channel: str
    kind: str
    at: int
    of: dict[str, str] = {}
    items: tuple[Known, ...] = ()
    profile: dict[str, str] = {}
    likes: tuple[str, ...] | None = None
    format: int = 1

    @property
    def oldest(self) -> int:
        """Wall ms of the oldest item with a time; 0 when there is none: then nothing stood there."""
        return min((each.published for each in self.items if each.published), default=0)

    @property
    def remotes(self) -> frozenset[str]:
        """The platform's own names of all that stood there."""
        return frozenset(each.remote for each in self.items)

    def strangers(self, sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
        """Those that did not stand there, or not in these words. What is older than all it holds, it cannot tell.

        A date may be its author's choice. Platforms that count their items give a later one a higher number, and that is not.
        """
        known = {each.remote: each for each in self.items}
        oldest, last = self.oldest, _last_numbers(known)
        return tuple(
            each
            for each in sightings
            if _strange(each, known.get(_kept(each.remote)), oldest) or _came_after(each.remote, last)
        )

    def differences(self, profile: Mapping[str, str], ours: Iterable[str] = ()) -> tuple[str, ...]:
        """What a profile says otherwise, a line each; fields that only one of the two has are not compared.

        Args:
            profile: as the adapter tells it at this moment.
            ours: what we made ourselves since: ids or links of posts, ids of keys. A post of ours that is pinned is no difference,
                and neither is a key of ours, or one that was ended: the access ledger tells of those.
        """
        mine = tuple(ours)
        found: list[str] = []
        for name, was in sorted(self.profile.items()):
            value = _kept(profile.get(name, was))
            if value != was and not (name == PINNED and _pinned_by_us(value, was, mine)):
                found += _told(name, value, was, mine)
        return tuple(f"{self.channel}: {line}" for line in found)

    def uncompared(self, profile: Mapping[str, str]) -> tuple[str, ...]:
        """Names of the fields that only one of the two has."""
        return tuple(sorted(self.profile.keys() ^ profile.keys()))


def baseline(
    channel: str, kind: str, at: int, settings: Mapping[str, str], sightings: Iterable[Sighting]
) -> Baseline:
    """A baseline of what was read, without profile and likes."""
    return Baseline(
        channel=channel,
        kind=kind,
        at=at,
        of=whose(settings),
        items=tuple(
            Known(
                _kept(each.remote), _kept(each.link), max(each.published, 0), digest(each.words), each.source
            )
            for each in sightings
        ),
    )


def with_rest(
    known: Baseline, profile: Mapping[str, str] | None, likes: Iterable[Sighting] | None
) -> Baseline:
    """The baseline with a profile and likes, each as far as it could be read."""
    return msgspec.structs.replace(
        known,
        profile={name: _kept(value) for name, value in (profile or {}).items()},
        likes=None if likes is None else tuple(dict.fromkeys(_kept(each.remote) for each in likes)),
    )


def whose(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that say whose account it is."""
    return {name: settings[name] for name in WHOSE if settings.get(name)}


def digest(words: str) -> str:
    """The SHA-256 of words, whatever spaces are between them."""
    return hashlib.sha256(" ".join(words.split()).encode("utf-8", "surrogatepass")).hexdigest()


def encode(known: Baseline) -> bytes:
    """The canonical bytes."""
    return rfc8785.dumps(msgspec.to_builtins(known))


def decode(raw: bytes, channel: str, kind: str, settings: Mapping[str, str]) -> Baseline:
    """The baseline in a file's bytes.

    Raises:
        ChannelError: it is damaged, or of another channel or account than this one.
    """
    again = f"Take another in peace time: incident channels baseline {visible(channel)}"
    try:
        known = msgspec.json.decode(raw, type=Baseline)
        whole = len(raw) <= LARGEST and known.format == 1 and 0 <= known.at < _LAST and encode(known) == raw
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, rfc8785.CanonicalizationError):
        whole = False
    if not whole:
        raise ChannelError(
            f"The baseline of {visible(channel)} is damaged: it is not as it was saved.",
            "The watch and the sweep do without it.",
            again,
        )
    mine = whose(settings)
    other = next((name for name in known.of if mine.get(name, known.of[name]) != known.of[name]), "")
    if (known.channel, known.kind) != (channel, kind) or other:
        was = known.of.get(other, "") if other else f"{known.channel}, {known.kind}"
        raise ChannelError(
            f"The baseline of {visible(channel)} is another account's: {visible(was)}.",
            "The watch and the sweep do without it.",
            again,
        )
    return known


def words_of(known: Baseline) -> str:
    """What it holds: `87 items, 10 fields of the profile and 12 likes`."""
    parts = [counted(len(known.items), "item")]
    parts += [f"{counted(len(known.profile), 'field')} of the profile"] if known.profile else []
    parts += [counted(len(known.likes), "like")] if known.likes is not None else []
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def age_words(known: Baseline, now: int) -> str:
    """How old it is, such as `12 days old`."""
    days = max(now - known.at, 0) // DAY
    return f"{counted(days, 'day')} old" if days else "less than a day old"


def _strange(each: Sighting, known: Known | None, oldest: int) -> bool:
    if known is None:
        return not each.published or each.published >= oldest
    return known.source == each.source and known.sha256 != digest(each.words)


def _last_numbers(remotes: Iterable[str]) -> dict[str, int]:
    """The highest number of all names that begin alike, by how they begin."""
    last: dict[str, int] = {}
    for found in filter(None, map(_NUMBERED.fullmatch, remotes)):
        last[found[1]] = max(last.get(found[1], 0), int(found[2]))
    return last


def _came_after(remote: str, last: Mapping[str, int]) -> bool:
    found = _NUMBERED.fullmatch(remote)
    return found is not None and found[1] in last and int(found[2]) > last[found[1]]


def _pinned_by_us(value: str, was: str, ours: tuple[str, ...]) -> bool:
    """Whether the pins are those of before and our own, one of ours at least: where only one can be, it takes the other's place."""
    pins = set(value.split())
    mine = {pin for pin in pins if any(each == pin or each.rstrip("/").endswith(f"/{pin}") for each in ours)}
    return bool(mine) and pins - mine <= set(was.split())


def _told(name: str, value: str, was: str, ours: tuple[str, ...]) -> list[str]:
    """How one field differs: a list line by line, anything else whole."""
    before, after = was.splitlines(), value.splitlines()
    ways_in = name == WAYS_IN
    if max(len(before), len(after)) < 2 and not ways_in:
        return [f"{name} is {_quoted(value)}, was {_quoted(was)}"]
    # A way in begins with whose it is and its id; the name behind them is whatever somebody called it.
    new = [line for line in after if line not in before and not (ways_in and {*line.split()[:2]} & {*ours})]
    gone = [line for line in before if line not in after and not ways_in]
    came = [f"{name} has {_quoted(line)}, which was not there" for line in new]
    return [*came, *(f"{name} has no {_quoted(line)} any more" for line in gone)]


def _quoted(value: str) -> str:
    return f'"{fit(visible(value), LONGEST)}"' if value else "empty"


def _kept(text: str) -> str:
    """Text as a file can hold it: half a character cannot be written."""
    return text.encode("utf-8", "replace").decode()
