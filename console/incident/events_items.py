"""Facts about what was published, what is kept of it, who it was sent to, and the ways into our accounts."""

from __future__ import annotations

from console.incident.event import Event


class ItemSeen(Event, tag="item-seen", kw_only=True, frozen=True):
    """Something published on a channel. `verdict` is `bogus`, `ours` or `unknown`; `source` `officer` or `watch`.

    Attributes:
        read_as: where the watch read its words; see `channels.protocol.Sighting.source`.
        instead: the item whose place it takes under the same link: the thing was changed, or it was gone and stands there again. What
            was said, saved and seen of that one stays as it was: it was true of those words at that time.
    """

    item: str
    channel: str
    link: str = ""
    words: str = ""
    verdict: str = "bogus"
    at_risk: bool = False
    source: str = "officer"
    first_seen: int = 0
    read_as: str = ""
    instead: str = ""


class ItemMarked(Event, tag="item-marked", kw_only=True, frozen=True):
    """A person changed what an item is held to be."""

    item: str
    verdict: str = ""
    at_risk: bool | None = None


class ItemSaved(Event, tag="item-saved", kw_only=True, frozen=True):
    """An item's capture is kept: `sha256` of the bytes, or `by_hand` with where.

    Attributes:
        reach: how far it had gone by then, as the platform counts: `likes`, `reposts`, `views`.
    """

    item: str
    sha256: str = ""
    by_hand: bool = False
    where: str = ""
    reach: dict[str, int] = {}


class ItemGone(Event, tag="item-gone", kw_only=True, frozen=True):
    """An item is no longer there: `how` is `removed`, `hidden` or `gone`; verified when a check saw it, then `proof` is what it saw."""

    item: str
    how: str = "gone"
    verified: bool = False
    proof: str = ""


class Looked(Event, tag="looked", kw_only=True, frozen=True):
    """Somebody or something looked at channels and saw nothing bogus that is not on the list."""

    channels: tuple[str, ...] = ()
    source: str = "officer"


class ListFrozen(Event, tag="list-frozen", kw_only=True, frozen=True):
    """A list of recipients was read, cleaned and frozen in a ledger; `sha256` is of its normalised lines.

    Attributes:
        count: people on it; `duplicates` and `refused` lines were left out.
        source: the files' names, as shown; `age` of the oldest in ms when it was read; `read_as` how they were read.
        domains: where most of them are; `at_domains` how many are there.
        suppressed: lines left out because they stand on a suppression list, `suppression`.
    """

    channel: str
    ledger: str
    sha256: str
    count: int
    duplicates: int = 0
    refused: int = 0
    source: str = ""
    age: int = 0
    domains: tuple[str, ...] = ()
    at_domains: tuple[int, ...] = ()
    suppressed: int = 0
    suppression: str = ""
    read_as: str = ""


class EvidenceAdded(Event, tag="evidence-added", kw_only=True, frozen=True):
    """A file was brought in by hand and is kept under its SHA-256: a picture of a screen, a mail as it came.

    Attributes:
        name: what it was called where it came from, as it can be shown; it is no path here.
        size: in bytes.
        item: the item it shows, if it shows one.
        message_id: of a mail, what it calls itself, where an answer to it may name that.
    """

    sha256: str
    name: str
    size: int
    item: str = ""
    note: str = ""
    message_id: str = ""


class AccessChanged(Event, tag="access-changed", kw_only=True, frozen=True):
    """One line of the access ledger: what became of one way into an account.

    Attributes:
        channel: the account, by its channel.
        what: the way in, such as `passphrase` or `application password "console"`.
        how: `ended`, `changed`, `issued`, `kept` or `found`.
        detail: what is known of it, such as when it was last used and from where.
        verified: whether the console saw from outside that it is so; `proof` is what it saw.
    """

    channel: str
    what: str
    how: str
    detail: str = ""
    proof: str = ""
    verified: bool = False
